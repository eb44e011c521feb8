/*
 * pdf_write.h - the small tokens of a PDF content stream, and its deflating.
 */
#ifndef CERTSVC_FORMAT_PDF_WRITE_H
#define CERTSVC_FORMAT_PDF_WRITE_H

#include "certsvc/step.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

void pdf_write_int(struct buf *out, long v);

/* v with at most `places` (0..6) decimals, no trailing zeros, no exponent. */
void pdf_write_real(struct buf *out, double v, unsigned int places);

/* "r g b op" with three decimals. */
void pdf_write_colour(struct buf *out, struct colour colour, const char *op);

/* Append plain as a zlib stream (RFC 1950), level 1..12 of libdeflate. */
int pdf_deflate(struct bytes plain, int level, struct buf *out, struct err *e);

#endif
