/*
 * glyph_cache.h - private to outline: rounded glyphs remembered.  The
 * labels of a licence are the same in each one; rounding their outlines again
 * was a twelfth of its CPU.
 */
#ifndef CERTSVC_FORMAT_GLYPH_CACHE_H
#define CERTSVC_FORMAT_GLYPH_CACHE_H

#include "certsvc/format/glyph_outline.h"

/*
 * Append the glyph rounded to the grid (> 1), or as it is when it is not a
 * simple glyph; returns how far its left edge moved.  A glyph is known by all
 * its bytes, not by its font, which may go.  Safe from several threads; work is
 * the caller's scratch.
 */
int glyph_cache_round(struct bytes glyph, uint8_t grid,
    struct glyph_outline *work, struct buf *out);

#endif
