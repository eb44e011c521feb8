/*
 * layout_flow.h - private to layout*.c: a text shaped once, then broken into
 * lines for any size and width, and placed as steps.
 */
#ifndef CERTSVC_LAYOUT_FLOW_H
#define CERTSVC_LAYOUT_FLOW_H

#include "certsvc/layout_spec.h"

/* What a line is broken between: a cluster of glyphs. */
struct flow_unit {
	uint32_t first, nglyphs; /* in flow.line */
	uint32_t cp;		 /* its first character */
	float advance;		 /* ems, tracking included */
	uint8_t blank, rtl;
	uint8_t may_break;  /* a line may start here */
	uint8_t must_break; /* a paragraph starts here */
};

struct flow {
	struct layout_style style;
	char *text; /* owned */
	struct font_line line;
	struct flow_unit *units; /* owned */
	size_t nunits;
	const char *pointer; /* of the field, for errors; borrowed */
};

/* A line: units [from, to), trailing blanks left out of `width` (ems). */
struct flow_line {
	size_t from, to;
	float width;
	int last; /* of its paragraph */
};

/* Shape the text ('\n' breaks a line).  Errors as font_shape. */
int flow_make(const struct font_set *fonts, const struct layout_style *style,
    const char *text, const char *pointer, struct flow *flow, struct err *e);
void flow_release(struct flow *flow);

/* The next line from unit *at on, for lines of `room` ems; 0 at the end.
 * Sets *tight when the line does not fit into the room. */
int flow_next(const struct flow *flow, float room, size_t *at,
    struct flow_line *line, int *tight);

/* Height of the text at a size and width, mm; *tight as above. */
float flow_height(const struct flow *flow, float size, float width, int *tight);

/* The largest size between floor and size that fits the box; 0 when none. */
float flow_fit(const struct flow *flow, struct step_box box);

/*
 * Place the text in the box as STEP_TEXTs of block number `block`.
 * ERR_INPUT "does_not_fit" (an item with the pointer) when even the floor is
 * too large.
 */
int flow_place(const struct flow *flow, struct step_box box, unsigned int block,
    struct step_page *page, struct err *e);

#endif
