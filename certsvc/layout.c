/* layout.c - template + face + code -> steps; see layout.h. */
#include "certsvc/layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/layout_work.h"

static const struct template_field *
field_named(const struct template_field *v, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	return NULL;
}

void
layout_pointer(const struct layout_work *w, const char *field,
    const char *column, size_t row, char out[ERR_POINTER_SIZE])
{
	const struct template_field *f, *c = NULL;

	f = field_named(w->t->fields, w->t->nfields, field);
	if (f != NULL && column != NULL)
		c = field_named(f->columns, f->ncolumns, column);
	if (f == NULL)
		snprintf(out, ERR_POINTER_SIZE, "/face/%s", field);
	else if (column == NULL)
		snprintf(out, ERR_POINTER_SIZE, "/fields/%s", f->id);
	else
		snprintf(out, ERR_POINTER_SIZE, "/fields/%s/%zu/%s", f->id, row,
		    c != NULL ? c->id : column);
}

int
layout_place_text(struct layout_work *w, const struct layout_style *style,
    struct step_box box, const char *text, const char *pointer)
{
	struct flow flow;
	int rc;

	rc = flow_make(w->fonts, style, text, pointer, &flow, w->e);
	if (rc != 0)
		return rc;
	rc = flow_place(&flow, box, ++w->block, &w->out->pages[w->page], w->e);
	flow_release(&flow);
	return rc;
}

int
layout_place_box(struct layout_work *w, struct step_box box,
    const struct colour *fill, const struct colour *stroke, float width)
{
	struct step *step = step_add(&w->out->pages[w->page], STEP_PATH);
	struct path_point *p;
	size_t i;

	if (step == NULL || (p = calloc(5, sizeof(*p))) == NULL)
		return err_nomem(w->e);
	step->u.path.points = p;
	step->u.path.npoints = 5;
	for (i = 0; i < 4; i++) {
		p[i].op = i == 0 ? PATH_MOVE : PATH_LINE;
		p[i].x[0] = box.x + (i == 1 || i == 2 ? box.w : 0);
		p[i].y[0] = box.y + (i >= 2 ? box.h : 0);
	}
	p[4].op = PATH_CLOSE;
	if (fill != NULL) {
		step->u.path.fill = 1;
		step->u.path.fill_colour = *fill;
	}
	if (stroke != NULL) {
		step->u.path.width = width;
		step->u.path.stroke_colour = *stroke;
	}
	return 0;
}

/* The parts of a text with their values; *bound counts fields, *found those
 * that have a value, pointer names the first field (or the template line). */
static void
fill_text(struct layout_work *w, const struct layout_item *item,
    struct buf *text, int *empty, char pointer[ERR_POINTER_SIZE])
{
	const struct layout_part *part;
	size_t i, bound = 0, found = 0;
	const char *value;

	snprintf(pointer, ERR_POINTER_SIZE, "/layout/%d", item->line);
	for (i = 0; i < item->nparts; i++) {
		part = &item->parts[i];
		if (part->literal != NULL) {
			buf_add_str(text, part->literal);
		} else if (part->field[0] == '\0') {
			buf_printf(text, "%zu",
			    part->format == FORMAT_PAGE ? w->page + 1
							: w->npages);
		} else {
			if (bound++ == 0)
				layout_pointer(
				    w, part->field, NULL, 0, pointer);
			value = face_get(w->face, part->field);
			if (value == NULL)
				continue;
			found++;
			layout_format_value(text, part->format, value);
		}
	}
	*empty = bound > 0 && found == 0;
}

static int
place_text(struct layout_work *w, const struct layout_item *item)
{
	struct buf text = BUF_INIT;
	char pointer[ERR_POINTER_SIZE];
	const char *s;
	int rc = 0, empty;

	fill_text(w, item, &text, &empty, pointer);
	s = empty ? item->empty : buf_cstr(&text);
	if (buf_failed(&text))
		rc = err_nomem(w->e);
	else if (text.n > LAYOUT_TEXT_BYTES_MAX)
		rc = err_set(w->e, ERR_INPUT, "does_not_fit", "%s 的内容过长",
		    "%s is too long", pointer);
	else if (s != NULL && s[0] != '\0')
		rc = layout_place_text(w, &item->style, item->box, s, pointer);
	buf_release(&text);
	return rc;
}

static int
place_qr(struct layout_work *w, const struct layout_item *item)
{
	struct step *step;
	float module;

	if (w->qr == NULL && w->sheet != NULL)
		return layout_place_grey(w, item);
	if (w->qr == NULL)
		return 0;
	module = item->box.w / (float)(w->qr->side + 2 * QR_QUIET_ZONE);
	if (module < QR_MODULE_MIN)
		return err_set(w->e, ERR_INPUT, "qr_too_dense",
		    "二维码内容过多：印在 %.1f 毫米内时每个模块只有 %.2f 毫米，至少要 %.2f 毫米",
		    "the code holds too much: in %.1f mm its modules are %.2f mm wide, %.2f mm are needed",
		    (double)item->box.w, (double)module, (double)QR_MODULE_MIN);
	step = step_add(&w->out->pages[w->page], STEP_QR);
	if (step == NULL)
		return err_nomem(w->e);
	step->u.qr.x = item->box.x;
	step->u.qr.y = item->box.y;
	step->u.qr.size = item->box.w;
	step->u.qr.symbol = w->qr;
	return 0;
}

static int
place_drawing(struct layout_work *w, const struct layout_item *item)
{
	struct step *step = step_add(&w->out->pages[w->page], STEP_DRAWING);

	if (step == NULL)
		return err_nomem(w->e);
	step->u.drawing.drawing = item->drawing;
	return 0;
}

static int
place_seal(struct layout_work *w, const struct layout_item *item)
{
	struct step *step;

	if (w->qr == NULL && w->sheet != NULL)
		return layout_place_grey(w, item);
	step = step_add(&w->out->pages[w->page], STEP_SEAL);
	if (step == NULL)
		return err_nomem(w->e);
	step->u.seal.x = item->box.x;
	step->u.seal.y = item->box.y;
	step->u.seal.w = item->box.w;
	step->u.seal.h = item->box.h;
	step->u.seal.place = item->place;
	return 0;
}

static int
place_item(struct layout_work *w, const struct layout_item *item)
{
	int last = w->page + 1 == w->npages;

	if ((item->when == WHEN_LAST && !last) ||
	    (item->when == WHEN_NOT_LAST && last) || layout_left_out(w, item))
		return 0;
	switch (item->kind) {
	case LAYOUT_TEXT:
		return place_text(w, item);
	case LAYOUT_TABLE:
		return layout_place_table(w, item);
	case LAYOUT_DRAWING:
		return place_drawing(w, item);
	case LAYOUT_QR:
		return place_qr(w, item);
	case LAYOUT_SEAL:
		return place_seal(w, item);
	}
	return 0;
}

static int
place_page(struct layout_work *w, size_t page)
{
	const struct layout_page *from =
	    page == 0 ? &w->spec->first : &w->spec->continuation;
	size_t i;
	int rc = 0;

	w->page = page;
	w->block = 0;
	if (step_page_add(w->out, from->width, from->height) == NULL)
		return err_nomem(w->e);
	for (i = 0; rc == 0 && i < from->nitems; i++)
		rc = place_item(w, &from->items[i]);
	if (rc == 0 && w->sheet != NULL)
		rc = layout_place_print_line(w, from);
	return rc;
}

static const struct layout_spec *
find_variant(const struct template *t, const char *variant)
{
	size_t i;

	for (i = 0; i < t->nvariants; i++)
		if (strcmp(t->variants[i].id, variant) == 0)
			return t->variants[i].layout;
	return NULL;
}

/* Lay out the variant; on failure nothing is left in w->out. */
static int
make(struct layout_work *w, const char *variant)
{
	size_t page;
	int rc;

	*w->out = (struct step_list)STEP_LIST_INIT;
	w->spec = find_variant(w->t, variant);
	if (w->spec == NULL)
		return err_set(w->e, ERR_NOT_FOUND, "no_variant",
		    "没有这种版式：%s", "no such variant: %s", variant);
	rc = layout_paginate(w);
	for (page = 0; rc == 0 && page < w->npages; page++)
		rc = place_page(w, page);
	if (rc == 0 && (w->sheet == NULL || w->qr != NULL))
		rc = layout_place_seams(w);
	if (rc == 0)
		rc = layout_mark_copy(w);
	if (rc == 0 && w->sheet != NULL)
		rc = layout_finish_sheet(w);
	free(w->heights);
	free(w->slices);
	if (rc != 0)
		step_list_release(w->out);
	return rc;
}

int
layout_make(const struct font_set *fonts, const struct template *t,
    const char *variant, const struct face *face, const struct qr_symbol *qr,
    struct step_list *out, struct err *e)
{
	struct layout_work w = {
	    .fonts = fonts, .t = t, .face = face, .qr = qr, .out = out, .e = e};

	return make(&w, variant);
}

int
layout_sheet_make(const struct font_set *fonts,
    const struct layout_sheet *sheet, struct step_list *out, struct err *e)
{
	struct layout_work w = {.fonts = fonts,
	    .t = sheet->template,
	    .face = sheet->face,
	    .qr = sheet->qr,
	    .sheet = sheet,
	    .out = out,
	    .e = e};

	return make(&w, sheet->variant);
}

int
layout_preview(const struct font_set *fonts, const struct template *t,
    const char *variant, const struct face *face, const struct qr_symbol *qr,
    struct step_list *out, struct err *e)
{
	size_t page;
	int rc = layout_make(fonts, t, variant, face, qr, out, e);

	for (page = 0; rc == 0 && page < out->npages; page++)
		rc =
		    layout_mark_word(fonts, "样张", 0.3f, &out->pages[page], e);
	if (rc != 0)
		step_list_release(out);
	return rc;
}
