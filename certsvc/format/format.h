/*
 * format.h - a certificate as a finished document of one format: a plug point.
 * A new format is one file, one row of format_table.c and one golden case.
 */
#ifndef CERTSVC_FORMAT_FORMAT_H
#define CERTSVC_FORMAT_FORMAT_H

#include "certsvc/format/pdf.h"
#include "certsvc/seal_picture.h"
#include "certsvc/step.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* A seal that goes on the document; its number is that of its place. */
struct format_seal {
	const struct seal_picture *picture;
	struct bytes object; /* DER of the SES seal, for FORMAT_SES */
	const char *name;    /* UTF-8: the seal's department */
	const char *id;
};

/* What one seal of a document is to sign. */
struct format_to_sign {
	size_t seal; /* index in format_request.seals */
	/* FORMAT_CMS: SHA-256 of the byte ranges; FORMAT_SES: SM3 of
	 * Signature.xml. */
	uint8_t document_digest[32];
	uint8_t package_digest[32]; /* FORMAT_SES: SHA-256 of the package before
				       this seal's SignedValue.dat */
	const char *property;	    /* FORMAT_SES: path of Signature.xml */
};

/* Append the signature: DER of the kind the format wants. */
typedef int (*format_sign_fn)(void *ctx, const struct format_to_sign *what,
    struct buf *signature, struct err *e);

/* All that a document may be made of; a format takes what it needs. */
struct format_request {
	const struct step_list *steps; /* layout of the variant */
	const struct pdf_info *info;
	struct bytes face;   /* canonical bytes */
	const char *qr_text; /* text of the code */
	const struct format_seal *seals;
	size_t nseals;
	format_sign_fn sign; /* called once for each seal, in order */
	void *sign_ctx;
};

/* The kind of signature that a format's seals are. */
enum format_signature {
	FORMAT_UNSIGNED,
	FORMAT_CMS, /* SignedData (RFC 5652), ES256 */
	FORMAT_SES  /* SES_Signature (GB/T 38540), SM2 */
};

struct format {
	const char *name;      /* "pdf": in the API and in the store */
	const char *media;     /* its media type */
	unsigned int template; /* its bit in struct template: TEMPLATE_PDF */
	int has_variants;      /* differs by variant: it is laid out */
	enum format_signature signature;

	/* Write the finished document with all its seals to *out, which is
	 * empty.  Errors are those of the writer and of the callback. */
	int (*write)(
	    const struct format_request *req, struct buf *out, struct err *e);
};

/* The formats, in the order in which their documents are listed. */
extern const struct format *const format_table[];
extern const size_t format_count;

/* By name, or NULL. */
const struct format *format_find(const char *name);

/* The rows (pdf_seal.c, ofd.c, xml.c). */
extern const struct format format_pdf, format_ofd, format_xml;

#endif
