/*
 * sheet.h - the bytes of what an office prints.  A sheet is a new rendition of
 * an issued certificate: the stored face, a code of its own that names number,
 * office and day, and the seals on it.  Nothing is stored and nothing counted
 * here: that is the print desk's.  Thread-safe; each call takes the directory's
 * lock itself, so the caller holds none.
 */
#ifndef CERTSVC_SHEET_H
#define CERTSVC_SHEET_H

#include <stdint.h>

#include "certsvc/service.h"

enum {
	SHEET_OFFSET_MAX = 10,	/* mm that a printer is put right by */
	SHEET_MEDIA_SIZE = 48,	/* a PWG media name, with NUL */
	SHEET_BLANK_MAX = 40,	/* bytes of a blank's number */
	SHEET_NUMBER_MAX = 9999 /* sheets of one certificate */
};

struct sheet_request {
	/* An operator (office key and ticket go to the keeper) or a department.
	 */
	const struct service_caller *caller;
	/* As the store reads it, with face and qr; status is not looked at. */
	const struct store_certificate *certificate;
	uint64_t number; /* of this sheet, from 1; office and day are those of
			    the code that the keeper signs */
	const char *variant; /* NULL: the type's first */
	const char *blank;   /* number of the pre-printed blank: data only is
				printed; NULL: the whole page */
	float dx, dy;	     /* mm to the right and down, with a blank only */
};

/*
 * Make a sheet: the keeper signs its code, the page gets the print line with
 * the office and the day of that code, the keeper seals.  pdf gets the
 * document, qr_text the code's text (either empty before, the caller's to
 * release).  ERR_CONFLICT "template_changed" when the type has another version
 * than it was issued by, "is_copy" for a purpose-bound copy (it is printed as
 * it is); ERR_INPUT "no_stock" (the type has no pre-printed stock),
 * "bad_blank", "bad_offset" (over SHEET_OFFSET_MAX, or something would leave
 * the page), "does_not_fit" (no room for the print line); ERR_NOT_FOUND
 * "no_variant"; and what the keeper says (keys/keeper.h).
 */
int sheet_make(struct service *s, const struct sheet_request *req,
    struct buf *pdf, struct buf *qr_text, struct err *e);

/*
 * The same page to look at before it is printed: 预览 PREVIEW across it, grey
 * places where code and seals go, no signature.  The keeper is not asked.
 * Errors as sheet_make.
 */
int sheet_preview(struct service *s, const struct store_certificate *c,
    const char *variant, struct buf *pdf, struct err *e);

/*
 * An A4 page to set a printer's offsets by: crosses, rulers in mm on all edges,
 * words how to read them; everything is moved by dx, dy (ERR_INPUT
 * "bad_offset").
 */
int sheet_calibration(
    struct service *s, float dx, float dy, struct buf *pdf, struct err *e);

/*
 * The PWG 5101.1 name of the paper that a variant (NULL: the type's first) is
 * made for, as IPP's "media": iso_a4_210x297mm, or custom_..mm for a size
 * that has no name; upright, whichever way the page lies.  ERR_NOT_FOUND
 * "no_variant".
 */
struct template;
int sheet_media(const struct template *t, const char *variant,
    char media[SHEET_MEDIA_SIZE], struct err *e);

/*
 * IPP's "sides" for a variant (NULL: the type's first): both when a seam seal
 * of it is cut for that, turned like the pages of a book.  ERR_NOT_FOUND
 * "no_variant".
 */
int sheet_sides(const struct template *t, const char *variant,
    const char **sides, struct err *e);

/* 1 when a page of that paper (a PWG name) lies whole on the other one, one way
 * round or the other. */
int sheet_media_fits(const char *page, const char *paper);

/* What a person calls a paper: "A4"; the name itself for one without. */
const char *sheet_media_word(const char *media);

#endif
