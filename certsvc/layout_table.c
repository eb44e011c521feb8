/* layout_table.c - tables that flow over pages; see layout_work.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/layout_work.h"

static const struct layout_item *
page_table(const struct layout_page *page)
{
	size_t i;

	for (i = 0; i < page->nitems; i++)
		if (page->items[i].kind == LAYOUT_TABLE)
			return &page->items[i];
	return NULL;
}

/* The shown text of a cell, appended to out. */
static void
cell_text(const struct face_field *field, size_t row,
    const struct layout_column *column, struct buf *out)
{
	const struct face_row *r = &field->rows[row];
	size_t i;

	if (column->field[0] == '#') {
		buf_printf(out, "%zu", row + 1);
		return;
	}
	for (i = 0; i < r->ncells; i++)
		if (strcmp(r->cells[i].name, column->field) == 0)
			layout_format_value(
			    out, column->format, r->cells[i].value);
}

static struct layout_style
cell_style(const struct layout_item *item, const struct layout_column *column)
{
	struct layout_style style = item->style;

	style.align = column->align;
	style.valign = VALIGN_MIDDLE;
	return style;
}

/* Height that a cell's text asks for, padding included, mm. */
static int
cell_height(struct layout_work *w, const struct layout_item *item,
    const struct layout_column *column, const char *text, const char *pointer,
    float *height)
{
	struct layout_style style = cell_style(item, column);
	float padding = item->table->padding;
	struct flow flow;
	int rc, tight;

	*height = 0;
	if (!style.wrap)
		return 0;
	rc = flow_make(w->fonts, &style, text, pointer, &flow, w->e);
	if (rc != 0)
		return rc;
	*height = 2 * padding + flow_height(&flow, style.size,
				    column->width - 2 * padding, &tight);
	flow_release(&flow);
	return 0;
}

static int
row_height(struct layout_work *w, const struct layout_item *item,
    const struct face_field *field, size_t row, float *height)
{
	const struct layout_table *table = item->table;
	char pointer[ERR_POINTER_SIZE];
	struct buf text = BUF_INIT;
	float cell = 0;
	size_t i;
	int rc = 0;

	*height = table->row;
	for (i = 0; rc == 0 && i < table->ncolumns; i++) {
		buf_reset(&text);
		cell_text(field, row, &table->columns[i], &text);
		layout_pointer(
		    w, table->field, table->columns[i].field, row, pointer);
		if (buf_cstr(&text) == NULL)
			rc = err_nomem(w->e);
		else
			rc = cell_height(w, item, &table->columns[i],
			    buf_cstr(&text), pointer, &cell);
		if (cell > *height)
			*height = cell;
	}
	buf_release(&text);
	return rc;
}

static int
does_not_fit(struct layout_work *w, const char *field)
{
	char pointer[ERR_POINTER_SIZE];

	layout_pointer(w, field, NULL, 0, pointer);
	err_add(w->e, "does_not_fit", pointer, "表格超出版式的页面",
	    "the table does not fit the pages of the layout");
	return err_set(w->e, ERR_INPUT, "does_not_fit",
	    "%s 的表格超出版式的页面",
	    "the table %s does not fit the pages of the layout", pointer);
}

/* Share n rows out; at least one row a page, or it would never end. */
static int
share_out(struct layout_work *w, const struct layout_item *first, size_t n)
{
	const struct layout_item *next = page_table(&w->spec->continuation);
	const struct layout_item *item = first;
	size_t row = 0, from;
	float left;

	do {
		left = item->box.h - item->table->head;
		from = row;
		while (row < n && w->heights[row] <= left + 0.01f)
			left -= w->heights[row++];
		if ((row == from && n > 0) || w->npages == LAYOUT_PAGES_MAX ||
		    (row < n && next == NULL))
			return does_not_fit(w, first->table->field);
		w->slices[w->npages].from = from;
		w->slices[w->npages].to = row;
		w->npages++;
		item = next;
	} while (row < n);
	return 0;
}

int
layout_paginate(struct layout_work *w)
{
	const struct layout_item *item = page_table(&w->spec->first);
	const struct face_field *field = NULL;
	size_t n, row;
	int rc = 0;

	w->slices = calloc(LAYOUT_PAGES_MAX, sizeof(*w->slices));
	if (w->slices == NULL)
		return err_nomem(w->e);
	if (item == NULL) {
		w->npages = 1;
		return 0;
	}
	field = face_field(w->face, item->table->field);
	n = field == NULL ? 0 : field->nrows;
	w->heights = calloc(n + 1, sizeof(*w->heights));
	if (w->heights == NULL)
		return err_nomem(w->e);
	for (row = 0; rc == 0 && row < n; row++)
		rc = row_height(w, item, field, row, &w->heights[row]);
	return rc != 0 ? rc : share_out(w, item, n);
}

static struct step_box
padded(struct step_box box, float by)
{
	return (struct step_box){box.x + by, box.y, box.w - 2 * by, box.h};
}

static int
place_head(struct layout_work *w, const struct layout_item *item)
{
	const struct layout_table *table = item->table;
	struct layout_style style = table->head_style;
	struct step_box box = item->box;
	char pointer[ERR_POINTER_SIZE];
	size_t i;
	int rc = 0;

	box.h = table->head;
	if (table->has_head_fill)
		rc = layout_place_box(w, box, &table->head_fill, NULL, 0);
	style.align = ALIGN_CENTER;
	style.valign = VALIGN_MIDDLE;
	snprintf(pointer, sizeof(pointer), "/layout/%d", item->line);
	for (i = 0; rc == 0 && i < table->ncolumns; i++) {
		box.w = table->columns[i].width;
		if (table->columns[i].title[0] != '\0')
			rc = layout_place_text(w, &style,
			    padded(box, table->padding / 2),
			    table->columns[i].title, pointer);
		box.x += box.w;
	}
	return rc;
}

static int
place_row(struct layout_work *w, const struct layout_item *item,
    const struct face_field *field, size_t row, float y)
{
	const struct layout_table *table = item->table;
	struct step_box box = {item->box.x, y, 0, w->heights[row]};
	char pointer[ERR_POINTER_SIZE];
	struct buf text = BUF_INIT;
	struct layout_style style;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < table->ncolumns; i++) {
		box.w = table->columns[i].width;
		buf_reset(&text);
		cell_text(field, row, &table->columns[i], &text);
		layout_pointer(
		    w, table->field, table->columns[i].field, row, pointer);
		style = cell_style(item, &table->columns[i]);
		if (buf_cstr(&text) == NULL)
			rc = err_nomem(w->e);
		else if (text.n > 0)
			rc = layout_place_text(w, &style,
			    padded(box, table->padding), buf_cstr(&text),
			    pointer);
		box.x += box.w;
	}
	buf_release(&text);
	return rc;
}

/* Lines between columns and rows, as boxes without area. */
static int
place_grid(struct layout_work *w, const struct layout_item *item,
    struct layout_slice slice, float height)
{
	const struct layout_table *table = item->table;
	struct step_box line = item->box;
	size_t i;
	int rc;

	line.h = height;
	rc = layout_place_box(
	    w, line, NULL, &table->line_colour, table->line * 2);
	line.w = 0;
	for (i = 0; rc == 0 && i + 1 < table->ncolumns; i++) {
		line.x += table->columns[i].width;
		rc = layout_place_box(
		    w, line, NULL, &table->line_colour, table->line);
	}
	line = item->box;
	line.y += table->head;
	line.h = 0;
	for (i = slice.from; rc == 0 && i < slice.to; i++) {
		rc = layout_place_box(
		    w, line, NULL, &table->line_colour, table->line);
		line.y += w->heights[i];
	}
	return rc;
}

int
layout_place_table(struct layout_work *w, const struct layout_item *item)
{
	const struct face_field *field;
	struct layout_slice slice = w->slices[w->page];
	float y = item->box.y + item->table->head;
	size_t row;
	int rc;

	field = face_field(w->face, item->table->field);
	rc = place_head(w, item);
	for (row = slice.from; rc == 0 && row < slice.to; row++) {
		rc = place_row(w, item, field, row, y);
		y += w->heights[row];
	}
	if (rc == 0 && item->table->line > 0)
		rc = place_grid(w, item, slice, y - item->box.y);
	return rc;
}
