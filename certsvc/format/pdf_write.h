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

/* Four upper-case hexadecimal digits. */
void pdf_write_hex16(struct buf *out, unsigned int v);

struct libdeflate_compressor;

/* One for all streams of a document: making one touches much memory.  Level
 * 1..12; NULL when out of memory. */
struct libdeflate_compressor *pdf_deflater_new(int level);
void pdf_deflater_free(struct libdeflate_compressor *z);

/* Append plain as a zlib stream (RFC 1950). */
int pdf_deflate(struct libdeflate_compressor *z, struct bytes plain,
    struct buf *out, struct err *e);

#endif
