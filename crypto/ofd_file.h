/*
 * ofd_file.h - an OFD document (GB/T 33190-2016), read strictly for
 * verification: the package, OFD.xml, the document with its pages and
 * attachments, and the signatures with what they protect.  Links are followed,
 * never assumed (ST_Loc, 7.2): "/" is the package's root, anything else lies
 * beside the file that names it.  Refused: several documents in one package,
 * links that lead nowhere or out, one name for two things.
 */
#ifndef CRYPTO_OFD_FILE_H
#define CRYPTO_OFD_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/ofd_xml.h"
#include "crypto/zip_file.h"

enum {
	OFD_PAGES_MAX = 2048,
	OFD_ATTACHMENTS_MAX = 256,
	OFD_SIGNATURES_MAX = 64,
	OFD_STAMPS_MAX = 4096, /* of one signature */
	OFD_SM3_SIZE = 32
};

struct ofd_page {
	uint32_t id;
	struct zip_entry *entry;
};

struct ofd_attachment {
	struct bytes id, name;
	struct zip_entry *entry;
};

enum ofd_kind {
	OFD_SEAL, /* GB/T 38540 (also when nothing is said) */
	OFD_SIGN, /* GB/T 35275 */
	OFD_OTHER
};

/* Where the file says that a signature is. */
struct ofd_listed {
	struct bytes id;
	enum ofd_kind kind;
	struct zip_entry *entry; /* its Signature.xml */
};

/* A document; views are into the archive. */
struct ofd_file {
	struct zip_file *zip; /* owned */
	struct ofd_xml root_xml, document_xml, attachments_xml, signatures_xml;
	const struct ofd_node *body;	    /* DocBody */
	struct zip_entry *root, *document;  /* OFD.xml, Document.xml */
	struct zip_entry *attachments_part; /* the lists; NULL: none */
	struct zip_entry *signatures_part;
	struct ofd_page *pages; /* owned, as are these lists */
	struct ofd_attachment *attachments;
	struct ofd_listed *signatures;
	size_t npages, nattachments, nsignatures;
	uint8_t (*sm3)[OFD_SM3_SIZE]; /* of the entries, once asked for */
	uint8_t *hashed;
};

/*
 * Read a document; file must outlive it.  ERR_INPUT: the codes of
 * zip_file_open, "ofd_malformed", "ofd_missing_part" for a link that leads
 * nowhere; ERR_LIMIT "too_large".  Caller frees with ofd_file_free.
 */
int ofd_file_open(struct bytes file, struct ofd_file **out, struct err *e);
void ofd_file_free(struct ofd_file *f);

/* SM3 of an entry's content, computed once; of large ones that pack well, once
 * for all documents (thread-safe). */
int ofd_file_sm3(struct ofd_file *f, struct zip_entry *entry,
    const uint8_t **digest, struct err *e);

/* The one attachment of this name: 0; ERR_NOT_FOUND "no_attachment"; ERR_INPUT
 * "ofd_malformed" when there are several. */
int ofd_file_attachment(
    struct ofd_file *f, const char *name, struct bytes *content, struct err *e);

enum ofd_digest {
	OFD_DIGEST_SM3,
	OFD_DIGEST_WEAK, /* MD5, SHA-1 */
	OFD_DIGEST_OTHER
};

struct ofd_reference {
	struct zip_entry *entry;
	struct bytes check; /* CheckValue, base64 */
};

struct ofd_stamp {
	struct bytes id;
	size_t page;		/* place in the list of pages */
	double box[4], clip[4]; /* x, y, width, height in mm */
	int has_clip;
};

/* One Signature.xml. */
struct ofd_signature {
	struct ofd_xml xml;
	struct bytes bytes; /* the whole Signature.xml: what is sealed */
	struct bytes method, provider;
	enum ofd_digest digest;
	struct zip_entry *entry, *value, *seal; /* seal: NULL when not given */
	struct ofd_reference *references;	/* owned */
	struct ofd_stamp *stamps;		/* owned */
	size_t nreferences, nstamps;
};

/* Read the i-th signature of the list; errors as for ofd_file_open.  To be
 * released in any case. */
int ofd_signature_read(struct ofd_file *f, size_t i,
    struct ofd_signature *signature, struct err *e);
void ofd_signature_release(struct ofd_signature *signature);

/* Hold each reference against what it protects.  ERR_INPUT "modified", or
 * "weak_digest", "unsupported_version" for a method that cannot be checked. */
int ofd_signature_digests(
    struct ofd_file *f, const struct ofd_signature *signature, struct err *e);

/* 1 when the i-th of all signatures protects every file but the list of
 * signatures, its own two files and those of signatures after it. */
int ofd_signature_covers(
    const struct ofd_file *f, const struct ofd_signature *signatures, size_t i);

/*
 * 0 when the document is built as our licences are, to the last byte but for
 * what the seals themselves protect: one canonical archive, its entries in our
 * order, links, references and nothing that acts or hides.  signatures: all of
 * them, read.  ERR_INPUT "profile", "not_covered".
 */
int ofd_licence_check(
    struct ofd_file *f, const struct ofd_signature *signatures, struct err *e);

/* Parts of the reader: the entry that a ST_Loc in the file `from` leads to. */
int ofd_link(const struct ofd_file *f, const struct zip_entry *from,
    struct bytes loc, struct zip_entry **out, struct err *e);
/* A ST_ID, which is a number; 0, or -1. */
int ofd_id(struct bytes text, uint32_t *id);
int ofd_malformed(struct err *e, const char *what);

#endif
