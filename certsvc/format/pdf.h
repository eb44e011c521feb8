/*
 * pdf.h - steps -> unsigned PDF 1.7 in the shape of PDF/A-3U (ISO 19005-3):
 * libharu for the document, its pages, objects, cross-reference table and
 * trailer; fonts, ToUnicode, XMP, colour profile, attachment and /ID are ours.
 * Whole seals are not drawn on the page: pdf_seal.c appends them.  Slices of a
 * seam seal are, clipped.
 */
#ifndef CERTSVC_FORMAT_PDF_H
#define CERTSVC_FORMAT_PDF_H

#include <stdint.h>

#include "certsvc/step.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	PDF_ID_SIZE = 16
};

struct format_seal; /* certsvc/format/format.h */

struct pdf_info {
	const char *title;	 /* UTF-8 */
	const char *author;	 /* UTF-8: the department; may be NULL */
	const char *language;	 /* BCP 47: "zh-CN" */
	const char *identifier;	 /* of the certificate; may be NULL */
	int64_t created;	 /* UTC seconds */
	uint8_t id[PDF_ID_SIZE]; /* random; both halves of the trailer's /ID */
	struct bytes attachment; /* certificate.xml; n = 0: none */
};

/*
 * Append the PDF.  The same arguments give the same bytes.  seals: pictures for
 * slices of a seam seal, by place; a slice without one stays empty.  Out of
 * memory or a libharu failure is ERR_INTERNAL.
 */
int pdf_render(const struct step_list *steps, const struct format_seal *seals,
    size_t nseals, const struct pdf_info *info, struct buf *out, struct err *e);

#endif
