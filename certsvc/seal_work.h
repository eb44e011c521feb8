/*
 * seal_work.h - private to seal_picture: a seal while it is drawn.
 */
#ifndef CERTSVC_SEAL_WORK_H
#define CERTSVC_SEAL_WORK_H

#include "certsvc/seal_outline.h"
#include "certsvc/seal_picture.h"

struct seal_work {
	const struct font_set *fonts;
	const struct seal_definition *def;
	struct drawing *d;
	double width, height; /* mm */
	struct colour colour;
	/* The inner edge of the frame, which no ink may touch: an ellipse, or a
	 * rectangle; half sizes, mm, about the middle of the picture. */
	int round;
	double inner_x, inner_y;
	struct seal_ink ink[SEAL_ARC_MAX + SEAL_BELOW_MAX + SEAL_CODE_MAX + 1];
	size_t nink;
	struct err *e;
};

/* A line of text and the least height of its characters, mm. */
struct seal_line {
	const char *pointer; /* "/" and the member, for errors */
	const char *text;
	size_t max; /* characters */
	enum font_style style;
	double least;
};

/*
 * Shape a line, each character one glyph.  ERR_INPUT "seal_text", "no_glyph".
 * Release with font_line_release.
 */
int seal_work_shape(struct seal_work *w, const struct seal_line *line,
    struct font_line *shaped);

/* Draw a character of a line at g's place; a blank leaves nothing. */
void seal_work_glyph(struct seal_work *w, const struct font_glyph *character,
    struct seal_glyph *g);

/* ERR_INPUT "seal_crowded". */
int seal_work_crowded(struct seal_work *w);

/* The kinds; each draws everything and sets w's frame. */
int seal_draw_round(struct seal_work *w);
int seal_draw_rectangular(struct seal_work *w);
int seal_draw_personal(struct seal_work *w);

#endif
