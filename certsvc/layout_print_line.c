/*
 * layout_print_line.c - where a sheet says its number, office and day, and what
 * stands in the way of it.
 */
#include <stdlib.h>

#include "certsvc/layout_read.h"

/* What the usual place leaves free at the edges of the paper, mm: printers
 * print nothing in the outer 4 or 5. */
static const float usual_side = 10;
static const float usual_below = 4.3f;

void
layout_usual_print_line(struct layout_page *page)
{
	page->print_line = (struct layout_print_line){
	    {usual_side, page->height - usual_below - LAYOUT_PRINT_LINE_HEIGHT,
		page->width - 2 * usual_side, LAYOUT_PRINT_LINE_HEIGHT},
	    ALIGN_CENTER, 0};
}

void
layout_read_print_line(
    struct layout_reader *r, struct layout_page *page, xmlNodePtr node)
{
	static const char *const aligns[] = {"left", "center", "right"};
	struct layout_print_line *at = &page->print_line;

	if (at->line != 0)
		layout_complain(r, node, "一页只能有一个打印行",
		    "only one print line a page", "");
	at->box = layout_box(node);
	at->align =
	    (enum layout_align)LAYOUT_CHOICE(node, "align", aligns, ALIGN_LEFT);
	at->line = (int)xmlGetLineNo(node);
	layout_check_box(r, node, at->box);
}

static int
add(struct layout_page *page, int line, struct step_box box)
{
	struct layout_ink *grown;

	grown = realloc(page->ink, (page->nink + 1) * sizeof(*grown));
	if (grown == NULL)
		return -1;
	page->ink = grown;
	page->ink[page->nink++] = (struct layout_ink){box, line};
	return 0;
}

static int
read_line(struct layout_page *page, xmlNodePtr node, int line)
{
	float x1 = layout_number(node, "x1", 0);
	float x2 = layout_number(node, "x2", 0);
	float y1 = layout_number(node, "y1", 0);
	float y2 = layout_number(node, "y2", 0);
	float left = x1 < x2 ? x1 : x2, right = x1 < x2 ? x2 : x1;
	float top = y1 < y2 ? y1 : y2, bottom = y1 < y2 ? y2 : y1;
	float pen = layout_number(node, "width", 0.2f) / 2;

	return add(page, line,
	    (struct step_box){left - pen, top - pen, right - left + 2 * pen,
		bottom - top + 2 * pen});
}

/* How far the sides of a frame reach inwards and outwards, as
 * layout_ornament.c draws them. */
static void
sides(xmlNodePtr node, float pen, float *in, float *out)
{
	static const char *const kinds[] = {"single", "double", "ornate"};
	int kind = LAYOUT_CHOICE(node, "kind", kinds, 0);

	*in = pen / 2;
	*out = pen / 2;
	if (kind == 1)
		*in = pen * 2;
	if (kind == 2) {
		*in = layout_number(node, "band", 6) + pen * 12;
		*out = pen * 1.5f;
	}
}

int
layout_read_ink(struct layout_page *page, xmlNodePtr node)
{
	int line = (int)xmlGetLineNo(node);
	struct step_box b = layout_box(node);
	float pen = layout_number(node, "width", 0.3f), in, out, thick;

	if (layout_is(node, "line"))
		return read_line(page, node, line);
	if (xmlHasProp(node, BAD_CAST "fill") != NULL &&
	    b.w * b.h > page->width * page->height / 2)
		page->filled = line;
	if (!layout_is(node, "frame") || pen <= 0)
		return 0;
	sides(node, pen, &in, &out);
	thick = in + out;
	b = (struct step_box){
	    b.x - out, b.y - out, b.w + 2 * out, b.h + 2 * out};
	if (add(page, line, (struct step_box){b.x, b.y, b.w, thick}) != 0 ||
	    add(page, line, (struct step_box){b.x, b.y, thick, b.h}) != 0 ||
	    add(page, line,
		(struct step_box){b.x, b.y + b.h - thick, b.w, thick}) != 0)
		return -1;
	return add(
	    page, line, (struct step_box){b.x + b.w - thick, b.y, thick, b.h});
}

static int
overlap(struct step_box a, struct step_box b)
{
	const float slack = 0.01f;

	return a.x < b.x + b.w - slack && b.x < a.x + a.w - slack &&
	       a.y < b.y + b.h - slack && b.y < a.y + a.h - slack;
}

/* Not even one of two slices of a seam seal may touch it. */
static int
on_a_seam(const struct layout_spec *spec, const struct layout_page *page)
{
	static const enum step_edge other[] = {
	    EDGE_RIGHT, EDGE_LEFT, EDGE_BOTTOM, EDGE_TOP};
	const struct layout_seam *seam;
	enum step_edge edge;
	size_t i;
	int k, edges;

	for (i = 0; i < spec->nseams; i++) {
		seam = &spec->seams[i];
		edges = seam->duplex == DUPLEX_MIRRORED ? 2 : 1;
		for (k = 0; k < edges; k++) {
			edge = k == 0 ? seam->edge : other[seam->edge];
			if (overlap(page->print_line.box,
				layout_seam_window(seam, edge, seam->size / 2,
				    page->width, page->height)))
				return 1;
		}
	}
	return 0;
}

int
layout_print_line_blocked(
    const struct layout_spec *spec, const struct layout_page *page)
{
	struct step_box box = page->print_line.box;
	size_t i;

	for (i = 0; i < page->nitems; i++)
		if (page->items[i].kind != LAYOUT_DRAWING &&
		    overlap(box, page->items[i].box))
			return page->items[i].line;
	for (i = 0; i < page->nink; i++)
		if (overlap(box, page->ink[i].box))
			return page->ink[i].line;
	return on_a_seam(spec, page) ? -1 : 0;
}

float
layout_print_line_room(const struct layout_page *page)
{
	struct step_box box = page->print_line.box;
	float free = box.h - LAYOUT_MICRO_HEIGHT - LAYOUT_PRINT_SIZE;
	int lines = free < -0.001f
			? 0
			: 1 + (int)((free + 0.001f) /
				    (LAYOUT_PRINT_SIZE * LAYOUT_PRINT_LEADING));

	return (float)lines * box.w / LAYOUT_PRINT_SIZE;
}
