/*
 * seal_outline.h - private to seal_picture: a glyph's outline, placed, as
 * straight lines fine enough for any printer.
 */
#ifndef CERTSVC_SEAL_OUTLINE_H
#define CERTSVC_SEAL_OUTLINE_H

#include "certsvc/drawing.h"
#include "certsvc/font.h"

/* Where a glyph goes: its em square becomes width x height mm, the middle of
 * its advance (`middle` ems from its origin) at (x, y), turned clockwise by
 * `turn` radians. */
struct seal_glyph {
	const struct font *font;
	uint32_t id;
	double x, y, width, height, turn, middle;
};

/* A turned rectangle round ink. */
struct seal_ink {
	double x[4], y[4]; /* corners, in order */
};

/* Add the outline as a path of its own and tell where its ink is. */
void seal_outline(struct drawing *d, const struct seal_glyph *g,
    struct colour colour, struct seal_ink *ink);

/* 1 when two rectangles share area. */
int seal_ink_overlap(const struct seal_ink *a, const struct seal_ink *b);

#endif
