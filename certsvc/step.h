/*
 * step.h - a laid-out certificate: pages of drawing steps, in millimetres from
 * the top-left corner of the page, y down.  PDF and OFD are two writers of the
 * same list; nothing is measured or wrapped after layout.
 */
#ifndef CERTSVC_STEP_H
#define CERTSVC_STEP_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/err.h"

struct font;	  /* certsvc/font.h: one face of the fallback chain */
struct qr_symbol; /* certsvc/qr_symbol.h: modules of a QR code */
struct drawing;	  /* certsvc/drawing.h: paths shared by many certificates */

struct colour {
	uint8_t r, g, b;
};

/* mm from the top-left corner of the page. */
struct step_box {
	float x, y, w, h;
};

/* One glyph; its origin is where the pen stands, in the run's own frame. */
struct glyph {
	uint32_t id;   /* glyph index in the font, never 0 */
	uint32_t text; /* byte offset of its cluster in the run's text */
	float x, y;    /* mm from the run's origin, y down */
	float advance; /* mm, along the run */
};

/*
 * Text of one font, size and direction.  The frame of the run is at (x, y) and
 * turned by `turn` degrees clockwise (0 horizontal; 90 for a column that reads
 * downwards with its glyphs on their side).  Glyphs are in visual order; the
 * text is in logical order, as it must come back from a search.
 */
struct step_text {
	const struct font *font;
	float size; /* em height, mm */
	struct colour colour;
	float stroke; /* width of a line round each glyph, mm; 0: none */
	float x, y;   /* origin of the baseline, mm */
	float turn;   /* degrees clockwise */
	char *text;   /* owned, UTF-8 */
	struct glyph *glyphs; /* owned */
	size_t nglyphs;
	int vertical;	/* glyphs follow each other downwards */
	int decoration; /* not part of the record (background, watermark) */
	int clear;	/* nothing may stand on it, not even a seal */
	struct step_box box; /* where the layout said it must stay */
	unsigned int block;  /* runs of one box share this; 1.. on each page */
	float floor;	     /* smallest size the layout allows, mm */
};

enum path_op {
	PATH_MOVE,
	PATH_LINE,
	PATH_CURVE,
	PATH_CLOSE
};

struct path_point {
	enum path_op op;
	float x[3], y[3]; /* MOVE, LINE: [0]; CURVE: two controls, end */
};

/*
 * Filled when fill is set, stroked when width > 0 (mm).  Points are relative to
 * the origin (ox, oy), turned by `angle` degrees clockwise.  With repeat > 1
 * copy k = 0 .. repeat - 1 is drawn at the origin plus k * (dx, dy), turned by
 * k * turn degrees clockwise about it: fine-line patterns stay small that way.
 */
struct step_path {
	struct path_point *points; /* owned */
	size_t npoints;
	int fill, even_odd;
	struct colour fill_colour, stroke_colour;
	float width;
	float ox, oy, angle;
	unsigned int repeat;
	float dx, dy, turn;
};

/* Paths that every certificate of a template shows alike. */
struct step_drawing {
	float x, y;		       /* mm, added to its own coordinates */
	const struct drawing *drawing; /* owned by the template, or here */
	struct drawing *owned;	       /* freed with the step, or NULL */
};

/* An RGB picture, 8 bits a sample, scaled into the box. */
struct step_picture {
	float x, y, w, h;
	uint32_t columns, rows; /* pixels */
	const uint8_t
	    *rgb; /* columns * rows * 3 bytes, owned by the template */
};

/* A QR code: dark modules as filled squares, quiet zone kept free. */
struct step_qr {
	float x, y, size;		/* box with quiet zone, mm */
	const struct qr_symbol *symbol; /* owned by the caller of layout_make */
};

/* The edge of the page that a slice of a riding seam seal (骑缝章) is at. */
enum step_edge {
	EDGE_LEFT,
	EDGE_RIGHT,
	EDGE_TOP,
	EDGE_BOTTOM
};

/*
 * Where a seal goes.  A whole one (slices 0) is drawn in the signature's
 * appearance, not on the page.  A slice is what one page of several shows of a
 * seal that was set across their edges: the box has room for its share of the
 * largest seal; seal_picture_window says where the share of a seal is.
 */
struct step_seal {
	float x, y, w, h;
	unsigned int place;	    /* 0 = first seal of the type */
	unsigned int slice, slices; /* 0.. from the left or from above */
	enum step_edge edge;	    /* of a slice */
};

struct step {
	enum step_kind {
		STEP_TEXT,
		STEP_PATH,
		STEP_DRAWING,
		STEP_PICTURE,
		STEP_QR,
		STEP_SEAL
	} kind;
	union {
		struct step_text text;
		struct step_path path;
		struct step_drawing drawing;
		struct step_picture picture;
		struct step_qr qr;
		struct step_seal seal;
	} u;
};

struct step_page {
	float width, height; /* mm */
	struct step *steps;  /* owned */
	size_t nsteps, capacity;
};

struct step_list {
	struct step_page *pages; /* owned */
	size_t npages;
};

#define STEP_LIST_INIT                                                         \
	{                                                                      \
		.pages = NULL                                                  \
	}

void step_list_release(struct step_list *list);

/* Append a page; NULL when out of memory.  Earlier pages may move. */
struct step_page *step_page_add(
    struct step_list *list, float width, float height);
/* Append a step of zero bytes; NULL when out of memory.  Earlier steps of the
 * page may move. */
struct step *step_add(struct step_page *page, enum step_kind kind);

/* The first whole STEP_SEAL of this place and the page it is on (0..); NULL
 * when there is none. */
const struct step_seal *step_list_seal(
    const struct step_list *list, unsigned int place, size_t *page);

/*
 * Does the list keep its promises?  Every text stays in its box and the box on
 * the page, no text is below its floor, no two boxes' texts overlap, no text
 * and no seal covers the QR code, no seal a text that is to stay clear, seals
 * and slices stay on the page and apart. 0, or ERR_INTERNAL "layout_broken"
 * that names the page and the place (mm), never the text.
 */
int step_list_check(const struct step_list *list, struct err *e);

#endif
