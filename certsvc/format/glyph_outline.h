/*
 * glyph_outline.h - private to outline: one simple glyph as points and back.
 */
#ifndef CERTSVC_FORMAT_GLYPH_OUTLINE_H
#define CERTSVC_FORMAT_GLYPH_OUTLINE_H

#include "certsvc/format/outline.h"

enum {
	GLYPH_CONTOURS_MAX = 256
};

struct glyph_point {
	int x, y;
	uint8_t on; /* on the curve; bit 6: contours overlap (first point) */
};

struct glyph_outline {
	unsigned int ncontours;
	unsigned int ends[GLYPH_CONTOURS_MAX]; /* last point of each */
	struct glyph_point points[OUTLINE_POINTS_MAX];
	unsigned int npoints;
	int left; /* edge of its box as stored */
	/* Work space, here because it is too much for the stack: a flag and at
	 * most four bytes of coordinates for each point. */
	uint8_t flags[OUTLINE_POINTS_MAX], bytes[5 * OUTLINE_POINTS_MAX];
};

/* 0, or -1 when it is not a simple glyph that we understand. */
int glyph_outline_read(struct bytes data, struct glyph_outline *g);

/* Round to the grid, drop what says nothing, append the glyph's bytes; returns
 * how far its left edge moved.  Changes *g. */
int glyph_outline_write(struct glyph_outline *g, int grid, struct buf *out);

#endif
