/*
 * qr_symbol.h - a QR code's modules (ISO/IEC 18004), level M, in the smallest
 * version, and its picture.
 */
#ifndef CERTSVC_QR_SYMBOL_H
#define CERTSVC_QR_SYMBOL_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	QR_SYMBOL_TEXT_MAX = 2048, /* bytes of text we encode */
	QR_QUIET_ZONE = 4,	   /* modules kept free on each side */
	QR_SIDE_MAX = 177	   /* modules of version 40 */
};

/* Smallest printed module that a 200 dpi scan reads reliably, mm. */
#define QR_MODULE_MIN 0.45f

struct qr_symbol {
	unsigned int side; /* modules of one side, without the quiet zone */
	uint8_t dark[QR_SIDE_MAX * QR_SIDE_MAX]; /* 1 = dark; row by row */
};

/* ERR_LIMIT "qr_too_long" when the text does not fit version 40. */
int qr_symbol_make(const char *text, struct qr_symbol *qr, struct err *e);

/* Append a PNG of one bit a pixel: `scale` (1..32) pixels a module, quiet zone
 * included. */
int qr_symbol_png(const struct qr_symbol *qr, unsigned int scale,
    struct buf *out, struct err *e);

#endif
