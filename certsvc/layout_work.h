/*
 * layout_work.h - private to layout.c and layout_table.c: one layout under way.
 */
#ifndef CERTSVC_LAYOUT_WORK_H
#define CERTSVC_LAYOUT_WORK_H

#include "certsvc/layout.h"
#include "certsvc/layout_flow.h"

/* Rows [from, to) of the table stand on a page. */
struct layout_slice {
	size_t from, to;
};

struct layout_work {
	const struct font_set *fonts;
	const struct template *t;
	const struct layout_spec *spec;
	const struct face *face;
	const struct qr_symbol *qr;
	const struct layout_sheet *sheet; /* NULL: the document as issued */
	struct step_list *out;
	struct err *e;
	struct layout_slice *slices; /* owned; one a page */
	size_t npages;
	size_t page;	    /* being placed, 0.. */
	float *heights;	    /* owned; of the table's rows, mm */
	unsigned int block; /* last block number of the page */
};

/* Pointer of a field for an error; row and column may be NULL / 0 when it is
 * no table. */
void layout_pointer(const struct layout_work *w, const char *field,
    const char *column, size_t row, char out[ERR_POINTER_SIZE]);

/* Shape and place one text in a box of the current page. */
int layout_place_text(struct layout_work *w, const struct layout_style *style,
    struct step_box box, const char *text, const char *pointer);

/* A filled or stroked box on the current page; colour NULL: no fill. */
int layout_place_box(struct layout_work *w, struct step_box box,
    const struct colour *fill, const struct colour *stroke, float width);

/* Measure the rows of the layout's table and share them out over pages:
 * fills heights, slices, npages (1 when there is no table). */
int layout_paginate(struct layout_work *w);

/* Put the slices of the seam seals on the finished pages. */
int layout_place_seams(struct layout_work *w);

/* layout_mark.c: move the steps from `first` on to before the step `to`. */
void layout_under(struct step_page *page, size_t to, size_t first);
/* Move the steps from `first` on below the first text, above the
 * ornaments; where they are then. */
size_t layout_under_text(struct step_page *page, size_t first);
/* A large grey word across a page, under its text; share: its size, of the
 * page's shorter side. */
int layout_mark_word(const struct font_set *fonts, const char *word,
    float share, struct step_page *page, struct err *e);
/* What a purpose-bound copy is for, across every page: light, under the text,
 * off the code.  Nothing to do when the face is no copy's. */
int layout_mark_copy(struct layout_work *w);

/* layout_sheet.c: is the item on the blank already? */
int layout_left_out(
    const struct layout_work *w, const struct layout_item *item);
/* A grey place under the text, with words, where a code or seal will be. */
int layout_place_grey(struct layout_work *w, const struct layout_item *item);
/* The print line of the current page. */
int layout_place_print_line(
    struct layout_work *w, const struct layout_page *from);
/* What goes under and across the finished pages. */
int layout_finish_sheet(struct layout_work *w);

/* Place the current page's slice of the table. */
int layout_place_table(struct layout_work *w, const struct layout_item *item);

#endif
