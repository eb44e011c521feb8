/*
 * seal_picture.h - a seal's definition (印章: ring, text on an arc, star, text
 * below) drawn as vectors: no font and no text in it, so nothing of it can be
 * searched, copied or replaced.  Proportions after GB/T 33481-2016.
 */
#ifndef CERTSVC_SEAL_PICTURE_H
#define CERTSVC_SEAL_PICTURE_H

#include "certsvc/drawing.h"
#include "certsvc/font.h"
#include "certsvc/step.h"

enum {
	SEAL_ARC_MAX = 40,  /* characters on the arc */
	SEAL_BELOW_MAX = 12 /* characters below the star */
};

struct seal_definition {
	const char *kind;  /* "round" */
	const char *arc;   /* UTF-8, name of the department */
	const char *below; /* UTF-8, may be NULL or "" */
	double diameter;   /* mm, 30 to 60 */
};

/* Immutable once made: make it once for each seal and share it. */
struct seal_picture {
	float width, height;	/* mm */
	struct drawing drawing; /* owned; mm, y down */
	/* The same as content of a PDF form XObject that needs no resources,
	 * deflated: view into the drawing. */
	struct bytes content;
	double bbox[4]; /* of the content: 0 0 width height, in 1/100 mm */
};

/*
 * Draw a seal.  ERR_INPUT "seal_kind", "seal_size", "seal_text" (empty or too
 * long), "seal_crowded" (characters would be too small or touch each other),
 * "no_glyph".  Release with seal_picture_release.
 */
int seal_picture_make(const struct font_set *fonts,
    const struct seal_definition *def, struct seal_picture *out, struct err *e);
void seal_picture_release(struct seal_picture *picture);

/* The rectangle of the seal, centred in its place on the page, mm; of a slice,
 * that of the whole seal. */
struct step_box seal_picture_box(
    const struct seal_picture *picture, const struct step_seal *place);

#endif
