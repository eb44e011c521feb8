/*
 * font.h - the fonts of a service, loaded once and shared by threads, and the
 * shaping of text with a fallback chain.  Fonts are named dependencies (Debian
 * packages), never whatever the host has; only TrueType outlines.  A glyph
 * counts only when it has ink: a font that maps a character to an empty outline
 * does not have it.
 */
#ifndef CERTSVC_FONT_H
#define CERTSVC_FONT_H

#include <hb.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/base/err.h"

enum font_style {
	FONT_KAI,
	FONT_KAI_BOLD,
	FONT_SONG,
	FONT_HEI,
	FONT_STYLES
};

enum {
	FONT_TEXT_MAX = 65536 /* bytes shaped in one call */
};

struct font {
	const char *name;	       /* PostScript name: LXGWWenKai-Regular */
	const char *package;	       /* Debian package */
	char *path;		       /* owned */
	int64_t file_size, file_mtime; /* bytes; UTC seconds */
	hb_face_t *face;	       /* immutable */
	hb_face_t *outlines; /* only the tables an embedded subset needs */
	hb_font_t *font;     /* immutable; scale = units per em */
	unsigned int upem;
	unsigned int nglyphs;
	_Atomic uint8_t *ink; /* per glyph, a guarded cache: 0 not looked at */
};

struct font_set;

/*
 * Load all fonts; each is searched in the directories in order, then in
 * /usr/share/fonts/truetype and below it.  ERR_INTERNAL "font_missing" names
 * the file and the package, "font_unusable" a font without outlines.
 */
int font_set_load(const char *const *dirs, size_t ndirs, struct font_set **out,
    struct err *e);
void font_set_free(struct font_set *set);

/* The fonts of a set, for doctor. */
size_t font_set_count(const struct font_set *set);
const struct font *font_set_at(const struct font_set *set, size_t i);

/* 1 when the glyph's outline encloses area.  Remembered per font. */
int font_glyph_has_ink(const struct font *font, uint32_t glyph);

/* One shaped glyph; positions in ems. */
struct font_glyph {
	const struct font *font;
	uint32_t id;
	uint32_t start, end; /* bytes of its cluster in the text */
	float dx, dy;	     /* ems from the pen, y up */
	float advance;	     /* ems along the line */
	int rtl;	     /* of a right-to-left run */
	int blank;	     /* a space: no ink expected */
	int whole;	     /* the one glyph of a cluster of one character */
};

struct font_line {
	struct font_glyph
	    *v; /* owned; logical order, also right-to-left runs */
	size_t n;
};

/* A paragraph to shape. */
struct font_text {
	enum font_style style;
	const char *text; /* valid UTF-8, no line breaks */
	size_t len;
	int vertical;	     /* characters follow each other downwards */
	int rtl;	     /* the paragraph reads from right to left */
	const char *pointer; /* which field it is in, for errors; may be "" */
};

/*
 * Shape one paragraph.  ERR_INPUT "no_glyph" names the first character (with
 * U+XXXX) that no font of the chain draws with ink, "invalid_utf8";
 * ERR_LIMIT "too_long".  Release with font_line_release.
 */
int font_shape(const struct font_set *set, const struct font_text *text,
    struct font_line *line, struct err *e);
void font_line_release(struct font_line *line);

#endif
