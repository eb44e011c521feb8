/*
 * outline.h - TrueType outlines on a coarser grid: a document's glyphs
 * shrink by a third when their points stand where a 1000 dpi printer can tell
 * them apart, and no finer.
 */
#ifndef CERTSVC_FORMAT_OUTLINE_H
#define CERTSVC_FORMAT_OUTLINE_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	OUTLINE_POINTS_MAX = 8192 /* of one glyph; one with more is kept */
};

/*
 * Append the font with the points of its simple glyphs moved to the nearest
 * multiple of grid[glyph] font units (0 and 1 keep the glyph), and points that
 * say nothing dropped; widths stay, side bearings follow.  Glyphs from ngrid on
 * are kept.  ERR_INTERNAL "internal" when it is no TrueType font as HarfBuzz
 * writes it.
 */
int outline_round(struct bytes font, const uint8_t *grid, size_t ngrid,
    struct buf *out, struct err *e);

#endif
