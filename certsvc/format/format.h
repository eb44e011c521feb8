/*
 * format.h - a certificate as a document of one format: a plug point.  A new
 * format is one file, one row of format_table.c and one golden case.
 */
#ifndef CERTSVC_FORMAT_FORMAT_H
#define CERTSVC_FORMAT_FORMAT_H

#include "certsvc/format/pdf.h"
#include "certsvc/qr_symbol.h"
#include "certsvc/step.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* All that a document may be made of; a format takes what it needs. */
struct format_request {
	const struct step_list *steps; /* layout of the variant */
	const struct pdf_info *info;
	struct bytes face;	    /* canonical bytes */
	const char *qr_text;	    /* text of the code */
	const struct qr_symbol *qr; /* the same as modules */
};

struct format {
	const char *name;      /* "pdf" */
	const char *extension; /* of a file: "pdf", "qr.txt" */
	const char *mime;
	int has_variants; /* differs by variant: it is laid out */
	int is_sealed;	  /* the seal is appended to what write makes */

	/* Append the (unsealed) document. */
	int (*write)(
	    const struct format_request *req, struct buf *out, struct err *e);
};

/* The formats, in the order in which they are offered. */
extern const struct format *const format_table[];
extern const size_t format_count;

/* By name; NULL when there is none. */
const struct format *format_find(const char *name);

/* The rows (pdf.c, xml.c, qr.c). */
extern const struct format format_pdf, format_xml, format_qr, format_qr_png;

#endif
