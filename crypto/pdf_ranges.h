/*
 * pdf_ranges.h - the bytes a PDF signature covers: everything but one gap,
 * which holds the /Contents string (ISO 32000-1, 12.8.1).
 */
#ifndef CRYPTO_PDF_RANGES_H
#define CRYPTO_PDF_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* /ByteRange [0 gap resume rest]: bytes 0..gap-1, resume..resume+rest-1. */
struct pdf_ranges {
	size_t gap;    /* offset of the '<' of /Contents */
	size_t resume; /* offset after its '>' */
	size_t rest;   /* bytes from there on */
};

/* SHA-256 over the ranges of pdf; ERR_INPUT "malformed" when they do not lie
 * in it. */
int pdf_ranges_digest(struct bytes pdf, const struct pdf_ranges *ranges,
    uint8_t digest[32], struct err *e);

#endif
