/*
 * seal_picture.h - a seal's definition (印章: frame, text, star, number) drawn
 * as vectors: no font and no text in it, so nothing of it can be searched,
 * copied or replaced.  Proportions after GB/T 33481-2016.
 */
#ifndef CERTSVC_SEAL_PICTURE_H
#define CERTSVC_SEAL_PICTURE_H

#include <jansson.h>

#include "certsvc/drawing.h"
#include "certsvc/font.h"
#include "certsvc/step.h"

enum {
	SEAL_ARC_MAX = 40,   /* characters on the arc */
	SEAL_BELOW_MAX = 12, /* characters below the middle */
	SEAL_CODE_MAX = 20,  /* digits and letters on the lower arc */
	SEAL_LINE_MAX = 20,  /* characters in a line of a rectangle */
	SEAL_NAME_MIN = 2,   /* characters of a person's name */
	SEAL_NAME_MAX = 4
};

/*
 * Strings are views owned by the caller, UTF-8, NULL or "" when absent; all
 * sizes in mm.  What a kind does not list it must not have.
 *
 * round        arc, below, code, diameter (30 to 60), starless
 * oval         arc, below, code, width (30 to 60), height (20 to 45, less than
 *              width); has no star
 * rectangular  text (one line, or two with a line feed between), width (20 to
 *              80), height (8 to 40), frameless
 * personal     text (2 to 4 characters), width, height (8 to 40): square and
 *              read in columns from the right, or wider than high and read in
 *              one line; frameless
 */
struct seal_definition {
	const char *kind;
	const char *arc;   /* name of the department, along the upper edge */
	const char *below; /* what the seal is for */
	double diameter;
	double width, height;
	const char *text;
	const char *code;   /* ASCII, along the lower edge */
	const char *colour; /* "red" (also when NULL) or "blue" */
	int starless, frameless;
};

/*
 * Read a definition from a JSON object: the members are named as above, with
 * "star" and "frame" (booleans, true when absent) for the last two.  `others`
 * names the members the caller reads itself, NULL at its end; any further
 * member, and one its kind does not have, is ERR_INPUT "unknown_member"; one
 * of a wrong type "seal_member"; "seal_kind".  The strings are views into the
 * JSON.  Sizes and texts are judged by seal_picture_make.
 */
int seal_definition_read(const json_t *json, const char *const *others,
    struct seal_definition *def, struct err *e);

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
 * Draw a seal.  ERR_INPUT "seal_kind", "seal_size", "seal_colour", "seal_text"
 * (empty, too long, a script that is not supported), "seal_crowded" (characters
 * would be too small to read, touch each other or leave the frame), "no_glyph"
 * (names the character).  Release with seal_picture_release.
 */
int seal_picture_make(const struct font_set *fonts,
    const struct seal_definition *def, struct seal_picture *out, struct err *e);
void seal_picture_release(struct seal_picture *picture);

/* The picture as an SVG document, for a preview; ERR_INTERNAL. */
int seal_picture_svg(
    const struct seal_picture *picture, struct buf *out, struct err *e);

/* The rectangle of the seal, centred in its place on the page, mm.  Of a slice
 * the whole seal's, which reaches over the edge of the page. */
struct step_box seal_picture_box(
    const struct seal_picture *picture, const struct step_seal *place);
/* What of that rectangle the page shows: a slice's share, at its edge. */
struct step_box seal_picture_window(
    const struct seal_picture *picture, const struct step_seal *place);

#endif
