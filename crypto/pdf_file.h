/*
 * pdf_file.h - a whole PDF file, read strictly for verification (ISO 32000-1,
 * 7.5).  Every cross-reference section of the /Prev chain and every object of
 * every section is read; nothing is searched for, repaired or guessed.
 * Refused: bytes before the header or after the last end-of-file marker,
 * encryption, hybrid cross-references, a number twice in one section.
 */
#ifndef CRYPTO_PDF_FILE_H
#define CRYPTO_PDF_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/pdf_object.h"

enum {
	PDF_FILE_MAX = 33554432,     /* bytes of a file */
	PDF_OBJECTS_MAX = 200000,    /* objects of a file, all revisions */
	PDF_SECTIONS_MAX = 64,	     /* cross-reference sections */
	PDF_INFLATED_MAX = 67108864, /* inflated bytes of one file */
	PDF_RATIO_MAX = 200,	     /* inflated to deflated bytes, a stream */
	PDF_HEADER_SIZE = 9	     /* "%PDF-1.7" and an end of line */
};

enum pdf_entry_kind {
	PDF_ENTRY_FREE,
	PDF_ENTRY_AT, /* an object at an offset */
	PDF_ENTRY_IN  /* an object in an object stream */
};

struct pdf_entry {
	enum pdf_entry_kind kind;
	uint32_t num, gen;
	size_t place;	/* offset; or number of the object stream */
	size_t index;	/* place in the object stream */
	size_t section; /* index of its section */
};

/* One cross-reference section; sections[0] is the newest. */
struct pdf_section {
	size_t at;	  /* offset of the table or of the stream's object */
	size_t eof;	  /* offset just after %%EOF */
	size_t end;	  /* the same with one end of line */
	size_t startxref; /* the offset written before %%EOF */
	int is_stream;
	struct pdf_value *trailer;
	size_t first, count; /* its entries in pdf_file.entries */
};

struct pdf_object {
	uint32_t num, gen;
	size_t section;
	size_t at, end; /* bytes of "N G obj" ... "endobj"; 0 in a stream */
	struct pdf_value *value;
	struct bytes stream; /* raw bytes, p == NULL: no stream */
};

struct pdf_file {
	struct bytes bytes; /* owned by the caller */
	struct pdf_arena arena;
	struct pdf_section sections[PDF_SECTIONS_MAX];
	size_t nsections;
	struct pdf_entry *entries;
	size_t nentries;
	struct pdf_object *objects; /* all revisions, newest section first */
	size_t nobjects;
	uint32_t *latest; /* by number: index of its object + 1, or 0 */
	uint32_t *newest; /* by number: index of its newest entry + 1 */
	size_t numbers;	  /* length of both */
	size_t inflated;  /* bytes inflated so far */
};

/*
 * Read a file; bytes must outlive it.  ERR_INPUT "malformed" or "encrypted",
 * ERR_LIMIT "too_large".  Caller frees with pdf_file_free.
 */
int pdf_file_open(struct bytes bytes, struct pdf_file **out, struct err *e);
void pdf_file_free(struct pdf_file *f);

/* The newest object of a number, or NULL. */
const struct pdf_object *pdf_file_object(
    const struct pdf_file *f, int64_t number);

/* v itself, or what it refers to (one step; NULL when there is none). */
struct pdf_value *pdf_file_resolve(
    const struct pdf_file *f, struct pdf_value *v);

/* pdf_get, then pdf_file_resolve. */
struct pdf_value *pdf_file_get(
    const struct pdf_file *f, const struct pdf_value *v, const char *key);

/* The catalog of the newest revision, or NULL. */
const struct pdf_object *pdf_file_catalog(const struct pdf_file *f);

/*
 * Append the decoded bytes of a stream: none or FlateDecode, PNG predictors.
 * At most `max` bytes, and the limits of the file.
 */
int pdf_file_stream(struct pdf_file *f, const struct pdf_object *obj,
    size_t max, struct buf *out, struct err *e);

/*
 * Decode the one attachment that the catalog's /AF names `name` (ISO 32000-2,
 * 7.11.4; PDF/A-3): 0; ERR_NOT_FOUND "no_attachment"; ERR_INPUT "malformed"
 * when there are several or it cannot be read.
 */
int pdf_file_attachment(struct pdf_file *f, const char *name, size_t max,
    struct buf *out, struct err *e);

/* Object `num` of page n (0 = first), or NULL. */
const struct pdf_object *pdf_file_page(const struct pdf_file *f, size_t n);

/* Used by the parts of the reader (pdf_xref.c, pdf_stream.c). */
int pdf_xref_read(struct pdf_file *f, struct err *e);
int pdf_object_read(
    struct pdf_file *f, size_t at, struct pdf_object *obj, struct err *e);
int pdf_entry_add(
    struct pdf_file *f, const struct pdf_entry *entry, struct err *e);

#endif
