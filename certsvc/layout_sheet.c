/*
 * layout_sheet.c - what a printed sheet has more than the document as issued:
 * the print line, a secure background, and, on pre-printed stock, data only,
 * moved to where the blank's places are.
 */
#include <string.h>

#include "certsvc/background.h"
#include "certsvc/layout_work.h"

static const struct layout_style line_style = {.font = FONT_HEI,
    .size = LAYOUT_PRINT_SIZE,
    .min = LAYOUT_PRINT_SIZE,
    .valign = VALIGN_MIDDLE,
    .leading = LAYOUT_PRINT_LEADING,
    .wrap = 1,
    .colour = {0x40, 0x40, 0x40}};

/* Digits 0.35 mm high: a line to the eye, text under a lens, and a blur on a
 * copy. */
static const struct layout_style micro_style = {.font = FONT_HEI,
    .size = 0.48f,
    .min = 0.48f,
    .valign = VALIGN_BOTTOM,
    .leading = 1,
    .colour = {0x40, 0x40, 0x40}};

static const struct layout_style grey_style = {.font = FONT_HEI,
    .size = 4,
    .min = 2,
    .align = ALIGN_CENTER,
    .valign = VALIGN_MIDDLE,
    .leading = 1.3f,
    .wrap = 1,
    .colour = {0x70, 0x70, 0x70}};

static int
has_background(const struct layout_work *w)
{
	return w->t->print_background && !w->sheet->data_only;
}

int
layout_left_out(const struct layout_work *w, const struct layout_item *item)
{
	return w->sheet != NULL && w->sheet->data_only && item->preprinted;
}

int
layout_place_grey(struct layout_work *w, const struct layout_item *item)
{
	int code = item->kind == LAYOUT_QR;
	const char *words = code ? "二维码\nCODE" : "印章 SEAL";
	struct layout_style style = grey_style;
	struct step_box box = item->box;
	static const struct colour grey = {0xDC, 0xDC, 0xDC};
	struct step_page *page = &w->out->pages[w->page];
	size_t first = page->nsteps;
	struct flow flow;
	int rc = layout_place_box(w, box, &grey, NULL, 0);

	if (rc != 0)
		return rc;
	layout_under_text(page, first);
	/* Names and dates stand in the middle of a seal's place. */
	style.valign = code ? VALIGN_MIDDLE : VALIGN_TOP;
	rc = flow_make(w->fonts, &style, words, "", &flow, w->e);
	if (rc != 0)
		return rc;
	first = page->nsteps;
	rc = flow_place(&flow, box, 0, page, w->e);
	flow_release(&flow);
	for (; first < page->nsteps; first++)
		page->steps[first].u.text.decoration = 1;
	return rc;
}

/* The certificate's number, over and over, along the foot of the print line. */
static int
place_micro(struct layout_work *w, struct step_box box)
{
	struct step_page *page = &w->out->pages[w->page];
	size_t first = page->nsteps, n, i;
	struct buf text = BUF_INIT;
	struct flow flow;
	float once = 0;
	int rc;

	rc = flow_make(w->fonts, &micro_style, w->sheet->number, "/face/ZZBH",
	    &flow, w->e);
	if (rc != 0)
		return rc;
	for (i = 0; i < flow.nunits; i++)
		once += flow.units[i].advance;
	flow_release(&flow);
	/* One em more for the gap. */
	n = (size_t)(box.w / (micro_style.size * (once + 1)));
	for (i = 0; i < n; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : "　", w->sheet->number);
	if (n == 0)
		return 0;
	if (buf_cstr(&text) == NULL)
		rc = err_nomem(w->e);
	if (rc == 0)
		rc = flow_make(w->fonts, &micro_style, buf_cstr(&text),
		    "/face/ZZBH", &flow, w->e);
	buf_release(&text);
	if (rc != 0)
		return rc;
	rc = flow_place(&flow, box, 0, page, w->e);
	flow_release(&flow);
	for (; first < page->nsteps; first++)
		page->steps[first].u.text.decoration = 1;
	return rc;
}

int
layout_place_print_line(struct layout_work *w, const struct layout_page *from)
{
	struct layout_style style = line_style;
	struct step_page *page = &w->out->pages[w->page];
	struct step_box box = from->print_line.box;
	size_t first = page->nsteps;
	int rc;

	style.align = from->print_line.align;
	if (has_background(w))
		box.h -= LAYOUT_MICRO_HEIGHT;
	rc = layout_place_text(w, &style, box, w->sheet->line, "/print");
	for (; rc == 0 && first < page->nsteps; first++)
		page->steps[first].u.text.clear = 1;
	if (rc == 0 && has_background(w))
		rc = place_micro(w, from->print_line.box);
	return rc;
}

/* Nothing is under the code but white. */
static int
clear_codes(struct layout_work *w)
{
	static const struct colour white = {0xFF, 0xFF, 0xFF};
	const struct step_page *page = &w->out->pages[w->page];
	struct step_qr qr;
	size_t i, n = page->nsteps;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		if (page->steps[i].kind != STEP_QR)
			continue;
		qr = page->steps[i].u.qr;
		rc = layout_place_box(w,
		    (struct step_box){qr.x, qr.y, qr.size, qr.size}, &white,
		    NULL, 0);
	}
	return rc;
}

/* *drawing: the one of the page before, when that had the same size. */
static int
place_background(struct layout_work *w, struct drawing **drawing)
{
	struct step_page *page = &w->out->pages[w->page];
	size_t first = page->nsteps;
	struct step *step;
	int rc = 0, is_new = 0;

	if (w->page > 0 &&
	    (page[-1].width != page->width || page[-1].height != page->height))
		*drawing = NULL;
	if (*drawing == NULL) {
		rc = background_make(w->fonts, page->width, page->height,
		    w->sheet->seed, drawing, w->e);
		is_new = 1;
	}
	if (rc != 0)
		return rc;
	step = step_add(page, STEP_DRAWING);
	if (step == NULL) {
		if (is_new)
			drawing_free(*drawing);
		return err_nomem(w->e);
	}
	step->u.drawing.drawing = *drawing;
	if (is_new)
		step->u.drawing.owned = *drawing;
	rc = clear_codes(w);
	layout_under(page, 0, first);
	return rc;
}

static void
move_step(struct step *step, float dx, float dy)
{
	float nowhere[2] = {0, 0}, *x = &nowhere[0], *y = &nowhere[1];

	switch (step->kind) {
	case STEP_TEXT:
		step->u.text.box.x += dx;
		step->u.text.box.y += dy;
		x = &step->u.text.x;
		y = &step->u.text.y;
		break;
	case STEP_PATH:
		x = &step->u.path.ox;
		y = &step->u.path.oy;
		break;
	case STEP_DRAWING:
		x = &step->u.drawing.x;
		y = &step->u.drawing.y;
		break;
	case STEP_PICTURE:
		x = &step->u.picture.x;
		y = &step->u.picture.y;
		break;
	case STEP_QR:
		x = &step->u.qr.x;
		y = &step->u.qr.y;
		break;
	case STEP_SEAL:
		x = &step->u.seal.x;
		y = &step->u.seal.y;
		break;
	}
	*x += dx;
	*y += dy;
}

void
layout_move(struct step_list *steps, float dx, float dy)
{
	size_t i, j;

	for (i = 0; i < steps->npages; i++)
		for (j = 0; j < steps->pages[i].nsteps; j++)
			move_step(&steps->pages[i].steps[j], dx, dy);
}

int
layout_finish_sheet(struct layout_work *w)
{
	struct drawing *drawing = NULL;
	int rc = 0;

	for (w->page = 0; rc == 0 && w->page < w->npages; w->page++) {
		if (has_background(w))
			rc = place_background(w, &drawing);
		if (rc == 0 && w->sheet->word != NULL)
			rc = layout_mark_word(w->fonts, w->sheet->word, 0.1f,
			    &w->out->pages[w->page], w->e);
	}
	return rc;
}
