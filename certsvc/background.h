/*
 * background.h - the secure background of a printed sheet (底纹): fine lines
 * that differ from sheet to sheet, and between them, in two line screens of the
 * same tone, the words 复印 COPY: a copier loses the finer screen, and the
 * words appear.
 */
#ifndef CERTSVC_BACKGROUND_H
#define CERTSVC_BACKGROUND_H

#include <stdint.h>

#include "certsvc/drawing.h"
#include "certsvc/font.h"
#include "crypto/base/err.h"

/*
 * Draw it for a page of width x height mm.  The same seed gives the same lines.
 * *out is finished (drawing.h) and the caller's to free.
 */
int background_make(const struct font_set *fonts, float width, float height,
    uint64_t seed, struct drawing **out, struct err *e);

#endif
