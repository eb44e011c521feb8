/*
 * seal_png.h - a seal's picture as pixels, for a preview.
 */
#ifndef CERTSVC_SEAL_PNG_H
#define CERTSVC_SEAL_PNG_H

#include "certsvc/seal_picture.h"

enum {
	SEAL_PNG_DPI_MIN = 36,
	SEAL_PNG_DPI_MAX = 1200
};

/*
 * Append a PNG (ISO/IEC 15948) of the picture at so many dots an inch: RGBA,
 * transparent where there is no ink, edges smoothed.  ERR_INPUT "seal_size" for
 * a resolution out of range; ERR_INTERNAL.
 */
int seal_png(const struct seal_picture *picture, unsigned int dpi,
    struct buf *out, struct err *e);

#endif
