/*
 * layout_spec.h - the <layout> of a template (templates/layout.xsd) as C:
 * pages of boxes, each with its style, before any certificate's values.
 * Immutable once read; shared by threads.
 */
#ifndef CERTSVC_LAYOUT_SPEC_H
#define CERTSVC_LAYOUT_SPEC_H

#include <libxml/tree.h>
#include <stddef.h>

#include "certsvc/drawing.h"
#include "certsvc/font.h"
#include "certsvc/layout_format.h"
#include "certsvc/step.h"
#include "crypto/base/err.h"
#include "crypto/face.h"

enum {
	LAYOUT_STYLES_MAX = 32,
	LAYOUT_ITEMS_MAX = 512, /* items of one page */
	LAYOUT_COLUMNS_MAX = 12,
	LAYOUT_SEAMS_MAX = 4
};

enum layout_align {
	ALIGN_LEFT,
	ALIGN_CENTER,
	ALIGN_RIGHT,
	ALIGN_JUSTIFY, /* all lines but the last fill the width */
	ALIGN_SPREAD   /* all lines fill the width (两端对齐 of labels) */
};
enum layout_valign {
	VALIGN_TOP,
	VALIGN_MIDDLE,
	VALIGN_BOTTOM
};
enum layout_direction {
	DIRECTION_LTR,
	DIRECTION_RTL,
	DIRECTION_VERTICAL
};
enum layout_when {
	WHEN_ALL,
	WHEN_LAST,
	WHEN_NOT_LAST
};

struct layout_style {
	enum font_style font;
	float size, min; /* em height and its floor, mm */
	struct colour colour;
	enum layout_align align;
	enum layout_valign valign;
	enum layout_direction direction;
	float leading;	/* line distance, ems */
	float tracking; /* extra space after a character, ems */
	int wrap;
};

/* A piece of a text: a literal, or the value of a field. */
struct layout_part {
	char *literal;		    /* owned, or NULL */
	char field[FACE_NAME_SIZE]; /* else the field's face name */
	enum layout_format format;
};

struct layout_column {
	char field[FACE_NAME_SIZE]; /* name in the row, or "#": its number */
	char *title;		    /* owned */
	float width;
	enum layout_align align;
	enum layout_format format;
};

struct layout_table {
	char field[FACE_NAME_SIZE];
	struct layout_column columns[LAYOUT_COLUMNS_MAX];
	size_t ncolumns;
	struct layout_style head_style;
	float row, head;     /* least heights, mm */
	float padding, line; /* mm */
	struct colour line_colour, head_fill;
	int has_head_fill;
};

struct layout_item {
	enum layout_kind {
		LAYOUT_TEXT,
		LAYOUT_TABLE,
		LAYOUT_DRAWING,
		LAYOUT_QR,
		LAYOUT_SEAL
	} kind;
	enum layout_when when;
	int line; /* of the template file */
	struct step_box box;
	struct layout_style style; /* text, table */
	struct layout_part *parts; /* text; owned */
	size_t nparts;
	char *empty;		    /* text: instead of no value; owned */
	struct layout_table *table; /* owned */
	struct drawing *drawing;    /* owned; drawn at the page's corner */
	int preprinted;		    /* on a blank of pre-printed stock */
	unsigned int place;	    /* seal */
};

/* Sheets with both sides printed. */
enum layout_duplex {
	DUPLEX_NONE,	/* every page is the front of a sheet */
	DUPLEX_FRONT,	/* slices on the fronts only: pages 1, 3, 5 ... */
	DUPLEX_MIRRORED /* on backs at the other edge: the same of the sheet */
};

/* A riding seam seal (骑缝章): the seal of a place set across the edges of
 * several pages. */
struct layout_seam {
	enum step_edge edge;
	enum layout_duplex duplex;
	unsigned int place;
	float along;	    /* from the page's top or left to the seal, mm */
	float size, margin; /* of the whole; from the edge to its slices, mm */
	size_t pages;	    /* that one seal is cut for, at most */
};

/* The print line of a sheet; below it, in the same box, micro text.  mm. */
#define LAYOUT_PRINT_SIZE 2.3f /* 6.5 pt */
#define LAYOUT_PRINT_LEADING 1.25f
#define LAYOUT_MICRO_HEIGHT 0.7f
#define LAYOUT_PRINT_LINE_HEIGHT 3.2f /* of the usual place */

/* Where a sheet says its number, office and day. */
struct layout_print_line {
	struct step_box box;
	enum layout_align align;
	int line; /* of the template file; 0: none given, the usual place */
};

/* What a line, or a side of a frame, covers. */
struct layout_ink {
	struct step_box box;
	int line; /* of the template file */
};

struct layout_page {
	float width, height;
	struct layout_item *items; /* owned */
	size_t nitems;
	struct layout_ink *ink; /* owned: of lines and frames */
	size_t nink;
	int filled; /* line of a frame whose fill covers most of it, or 0 */
	struct layout_print_line print_line;
};

/* A field the layout shows, for the template reader to check. */
struct layout_binding {
	const char *field;  /* face name */
	const char *column; /* name in the row, or NULL: a single value */
	int line;	    /* of the template file */
};

struct layout_spec {
	struct layout_page first, continuation;
	int has_continuation;
	struct layout_seam seams[LAYOUT_SEAMS_MAX];
	size_t nseams;
	struct layout_binding *bindings; /* owned; views into the items */
	size_t nbindings;
	unsigned int nseals; /* seal places of the first page or its sequel */
	int has_qr;
};

/*
 * Read a <layout> element that passed the XSD.  What an XSD cannot say is
 * checked: unknown styles, boxes off the page, bad {...}, a table that does not
 * fill its box, a missing continuation's table.  Each mistake is an item of *e
 * (code "layout", pointer "file:line"); ERR_INPUT "template_invalid" then.
 * Caller frees with layout_spec_free.
 */
int layout_spec_read(xmlNodePtr layout, const char *file,
    struct layout_spec **out, struct err *e);
void layout_spec_free(struct layout_spec *spec);

/* Line of the template file of what the print line of a page would touch, -1
 * for a seam seal, 0: nothing. */
int layout_print_line_blocked(
    const struct layout_spec *spec, const struct layout_page *page);
/* Ems of the print line's size that its box has room for. */
float layout_print_line_room(const struct layout_page *page);

#endif
