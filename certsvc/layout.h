/*
 * layout.h - template + face + code -> steps.  The only place where text is
 * measured, wrapped and shrunk.
 */
#ifndef CERTSVC_LAYOUT_H
#define CERTSVC_LAYOUT_H

#include "certsvc/font.h"
#include "certsvc/qr_symbol.h"
#include "certsvc/step.h"
#include "certsvc/template.h"
#include "crypto/base/err.h"
#include "crypto/face.h"

enum {
	LAYOUT_PAGES_MAX = 60,
	LAYOUT_TEXT_BYTES_MAX = 16384 /* of one box */
};

/*
 * Lay out one variant.  qr may be NULL (the place stays empty).  *out borrows
 * from fonts, t and qr: they outlive it; release with step_list_release.
 * Errors name the field as pointer of an item (/fields/<id>, for a table
 * /fields/<id>/<row>/<column id>, for header fields /face/<name>):
 * ERR_INPUT "no_glyph" (no font draws a character with ink), "does_not_fit"
 * (too long even at the smallest size, or a table without a next page),
 * "qr_too_dense" (modules under 0.45 mm); ERR_NOT_FOUND "no_variant".
 */
int layout_make(const struct font_set *fonts, const struct template *t,
    const char *variant, const struct face *face, const struct qr_symbol *qr,
    struct step_list *out, struct err *e);

/* The same with a large grey 样张 across each page; such a list is for looking
 * at and is never sealed. */
int layout_preview(const struct font_set *fonts, const struct template *t,
    const char *variant, const struct face *face, const struct qr_symbol *qr,
    struct step_list *out, struct err *e);

/* What a printed sheet is laid out from. */
struct layout_sheet {
	const struct template *template;
	const char *variant;
	const struct face *face;
	const struct qr_symbol *qr; /* NULL: grey places for code and seals */
	const char *word;	    /* across each page; NULL: none */
	const char *line;	    /* the print line of every page */
	const char *number;	    /* of the certificate, for micro text */
	uint64_t seed;		    /* of the background, when the type asks
				       for one */
	int data_only;		    /* leave out what is pre-printed */
};

/* Lay out a sheet; as layout_make, and ERR_INPUT "does_not_fit" with pointer
 * /print when its line has no room. */
int layout_sheet_make(const struct font_set *fonts,
    const struct layout_sheet *sheet, struct step_list *out, struct err *e);

/* Move everything to the right and down, mm; step_list_check then tells whether
 * something left the page. */
void layout_move(struct step_list *steps, float dx, float dy);

/* An A4 page to set a printer's offsets by, moved by dx, dy (at most 10 mm). */
int layout_calibration_make(const struct font_set *fonts, float dx, float dy,
    struct step_list *out, struct err *e);

#endif
