/*
 * font_private.h - shared by font*.c.
 */
#ifndef CERTSVC_FONT_PRIVATE_H
#define CERTSVC_FONT_PRIVATE_H

#include "certsvc/font.h"

enum {
	FONT_CHAIN_MAX = 6
};

/* The i-th font of a style's chain, or NULL past its end. */
const struct font *font_chain(
    const struct font_set *set, enum font_style style, size_t i);

#endif
