/* layout_drawing.c - <line>, <frame>, <guilloche>, <emblem> as drawings. */
#include <string.h>

#include "certsvc/layout_ornament.h"
#include "certsvc/layout_read.h"

static const struct colour gold = {0xB0, 0x8A, 0x3E};
static const struct colour black = {0, 0, 0};

static void
read_line(struct layout_reader *r, xmlNodePtr node, struct drawing *d)
{
	struct ornament_pen pen = {layout_colour(node, "colour", black),
	    layout_number(node, "width", 0.2f)};
	float x1 = layout_number(node, "x1", 0);
	float y1 = layout_number(node, "y1", 0);
	float x2 = layout_number(node, "x2", 0);
	float y2 = layout_number(node, "y2", 0);

	if (x1 > r->page->width || x2 > r->page->width ||
	    y1 > r->page->height || y2 > r->page->height)
		layout_complain(
		    r, node, "元素超出页面", "it leaves the page", "line");
	ornament_line(d, &pen, x1, y1, x2, y2);
}

static void
read_frame(struct layout_reader *r, xmlNodePtr node, struct drawing *d)
{
	struct ornament_pen pen = {layout_colour(node, "colour", gold),
	    layout_number(node, "width", 0.3f)};
	struct step_box box = layout_box(node);
	float radius = layout_number(node, "radius", 0);
	float band = layout_number(node, "band", 6);
	char kind[16] = "single";

	layout_check_box(r, node, box);
	layout_attr(node, "kind", kind, sizeof(kind));
	if (xmlHasProp(node, BAD_CAST "fill"))
		ornament_fill(
		    d, layout_colour(node, "fill", black), box, radius);
	if (strcmp(kind, "ornate") == 0 &&
	    (box.w < 6 * band || box.h < 6 * band || band < 2))
		layout_complain(r, node, "花边过宽或过窄",
		    "the band does not suit the frame", "");
	else if (strcmp(kind, "ornate") == 0)
		ornament_border(d, &pen, box, band);
	else if (strcmp(kind, "double") == 0)
		ornament_double(d, &pen, box);
	else if (pen.width > 0)
		ornament_frame(d, &pen, box, radius);
}

static void
read_guilloche(struct layout_reader *r, xmlNodePtr node, struct drawing *d)
{
	struct ornament_pen pen = {layout_colour(node, "colour", gold),
	    layout_number(node, "width", 0.08f)};
	struct step_box box = layout_box(node);
	float gap = layout_number(node, "gap", 2.5f);
	char kind[16] = "waves";

	layout_check_box(r, node, box);
	layout_attr(node, "kind", kind, sizeof(kind));
	if (strcmp(kind, "rosette") == 0)
		ornament_rosette(d, &pen, box);
	else if (gap < 0.5f)
		layout_complain(r, node, "线距过小", "gap is under 0.5 mm", "");
	else
		ornament_waves(d, &pen, box, gap);
}

static void
read_emblem(struct layout_reader *r, xmlNodePtr node, struct drawing *d)
{
	static const struct colour red = {0xC0, 0x1F, 0x1F};
	struct step_box box = layout_box(node);

	box.w = box.h = layout_number(node, "size", 20);
	layout_check_box(r, node, box);
	ornament_emblem(d, layout_colour(node, "colour", red),
	    layout_colour(node, "colour2", gold), box.x, box.y, box.w);
}

void
layout_read_drawing(struct layout_reader *r, xmlNodePtr node, struct drawing *d)
{
	if (layout_is(node, "line"))
		read_line(r, node, d);
	else if (layout_is(node, "frame"))
		read_frame(r, node, d);
	else if (layout_is(node, "guilloche"))
		read_guilloche(r, node, d);
	else
		read_emblem(r, node, d);
}
