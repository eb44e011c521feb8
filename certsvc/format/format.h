/*
 * format.h - a certificate as a document of one format: a plug point.  A new
 * format is one file, one row of format_table.c and one golden case.
 */
#ifndef CERTSVC_FORMAT_FORMAT_H
#define CERTSVC_FORMAT_FORMAT_H

#include "certsvc/format/pdf.h"
#include "certsvc/step.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* All that a document may be made of; a format takes what it needs. */
struct format_request {
	const struct step_list *steps; /* layout of the variant */
	const struct pdf_info *info;
	struct bytes face;   /* canonical bytes */
	const char *qr_text; /* text of the code */
};

struct format {
	const char *name;      /* "pdf": in the API and in the store */
	unsigned int template; /* its bit in struct template: TEMPLATE_PDF */
	int has_variants;      /* differs by variant: it is laid out */
	int is_sealed;	       /* the seal is appended to what write makes */

	/* Append the (unsealed) document. */
	int (*write)(
	    const struct format_request *req, struct buf *out, struct err *e);
};

/* The formats, in the order in which their documents are listed. */
extern const struct format *const format_table[];
extern const size_t format_count;

/* The rows (pdf.c, xml.c). */
extern const struct format format_pdf, format_xml;

#endif
