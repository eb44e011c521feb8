/*
 * layout_seam.c - riding seam seals (骑缝章): a seal cut into as many slices as
 * there are pages, one at the edge of each, so that pages laid out like a fan
 * show it whole and a page that was changed does not fit.
 */
#include <stdio.h>

#include "certsvc/layout_read.h"
#include "certsvc/layout_work.h"

enum {
	PAGES_DEFAULT = 10 /* a seal of 42 mm has slices of 4 mm then */
};

static int
upright(enum step_edge edge)
{
	return edge == EDGE_LEFT || edge == EDGE_RIGHT;
}

struct step_box
layout_seam_window(const struct layout_seam *seam, enum step_edge edge,
    float thick, float width, float height)
{
	float in = seam->margin + thick;

	switch (edge) {
	case EDGE_LEFT:
		return (struct step_box){
		    seam->margin, seam->along, thick, seam->size};
	case EDGE_RIGHT:
		return (struct step_box){
		    width - in, seam->along, thick, seam->size};
	case EDGE_TOP:
		return (struct step_box){
		    seam->along, seam->margin, seam->size, thick};
	case EDGE_BOTTOM:
		break;
	}
	return (struct step_box){seam->along, height - in, seam->size, thick};
}

static int
overlap(struct step_box a, struct step_box b)
{
	return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h &&
	       b.y < a.y + a.h;
}

/* No slice, not even one of two, may leave the page or touch the code or a
 * seal. */
static void
check_page(struct layout_reader *r, xmlNodePtr node,
    const struct layout_page *page, const struct layout_seam *seam,
    enum step_edge edge)
{
	struct step_box box = layout_seam_window(
	    seam, edge, seam->size / 2, page->width, page->height);
	const struct layout_item *item;
	size_t i;

	r->page = page;
	layout_check_box(r, node, box);
	for (i = 0; i < page->nitems; i++) {
		item = &page->items[i];
		if ((item->kind == LAYOUT_QR || item->kind == LAYOUT_SEAL) &&
		    overlap(box, item->box))
			layout_complain(r, node, "骑缝章压住二维码或印章",
			    "the seam seal covers the code or a seal", "");
	}
}

static void
check_seam(
    struct layout_reader *r, xmlNodePtr node, const struct layout_seam *seam)
{
	static const enum step_edge other[] = {
	    EDGE_RIGHT, EDGE_LEFT, EDGE_BOTTOM, EDGE_TOP};
	const struct layout_spec *spec = r->spec;

	if (!spec->has_continuation) {
		layout_complain(r, node, "只有一页的版式不能有骑缝章",
		    "a layout of one page has no seam", "");
		return;
	}
	if (seam->place >= spec->nseals)
		layout_complain(r, node, "骑缝章所用的印章位置不存在",
		    "the seam names a seal place that is not there", "");
	check_page(r, node, &spec->first, seam, seam->edge);
	check_page(r, node, &spec->continuation, seam, seam->edge);
	if (seam->duplex != DUPLEX_MIRRORED)
		return;
	if (!upright(seam->edge))
		layout_complain(r, node, "只有左右两边的骑缝章可以镜像",
		    "only a seam at the left or right can be mirrored", "");
	check_page(r, node, &spec->first, seam, other[seam->edge]);
	check_page(r, node, &spec->continuation, seam, other[seam->edge]);
}

void
layout_read_seam(struct layout_reader *r, xmlNodePtr node)
{
	static const char *const edges[] = {"left", "right", "top", "bottom"};
	static const char *const duplex[] = {"none", "front", "mirrored"};
	struct layout_spec *spec = r->spec;
	struct layout_seam *seam;
	const char *along;

	if (spec->nseams == LAYOUT_SEAMS_MAX) {
		layout_complain(r, node, "骑缝章过多", "too many seams", "");
		return;
	}
	seam = &spec->seams[spec->nseams++];
	seam->edge =
	    (enum step_edge)LAYOUT_CHOICE(node, "edge", edges, EDGE_RIGHT);
	seam->duplex = (enum layout_duplex)LAYOUT_CHOICE(
	    node, "duplex", duplex, DUPLEX_NONE);
	along = upright(seam->edge) ? "y" : "x";
	if (xmlHasProp(node, (const xmlChar *)along) == NULL)
		layout_complain(r, node, "骑缝章缺少属性",
		    "the seam needs the attribute", along);
	seam->along = layout_number(node, along, 0);
	seam->size = layout_number(node, "size", 0);
	seam->margin = layout_number(node, "margin", 0);
	seam->place = (unsigned int)layout_number(node, "place", 0);
	seam->pages =
	    (size_t)layout_number(node, "pages-per-seal", (float)PAGES_DEFAULT);
	check_seam(r, node, seam);
}

static int
place_slice(struct layout_work *w, const struct layout_seam *seam,
    size_t number, size_t k, size_t n)
{
	struct step_page *page = &w->out->pages[number];
	enum step_edge edge = seam->edge;
	struct step *step;
	struct step_box box;

	/* The back of a sheet: its other edge is the front's. */
	if (seam->duplex == DUPLEX_MIRRORED && number % 2 == 1)
		edge = edge == EDGE_LEFT ? EDGE_RIGHT : EDGE_LEFT;
	step = step_add(page, STEP_SEAL);
	if (step == NULL)
		return err_nomem(w->e);
	box = layout_seam_window(
	    seam, edge, seam->size / (float)n, page->width, page->height);
	step->u.seal.x = box.x;
	step->u.seal.y = box.y;
	step->u.seal.w = box.w;
	step->u.seal.h = box.h;
	step->u.seal.place = seam->place;
	step->u.seal.edge = edge;
	step->u.seal.slices = (unsigned int)n;
	/* Pages pushed to the left or upwards show the last one first. */
	if (seam->edge == EDGE_LEFT || seam->edge == EDGE_TOP)
		k = n - 1 - k;
	step->u.seal.slice = (unsigned int)k;
	return 0;
}

/* Share the pages out over seals as evenly as can be; none has one alone. */
static int
place_seam(struct layout_work *w, const struct layout_seam *seam)
{
	size_t every = seam->duplex == DUPLEX_FRONT ? 2 : 1;
	size_t carriers = (w->npages + every - 1) / every;
	size_t seals = (carriers + seam->pages - 1) / seam->pages;
	size_t i, from, to, k;
	int rc = 0;

	if (seals > carriers / 2)
		seals = carriers / 2;
	for (i = 0; i < seals; i++) {
		from = carriers * i / seals;
		to = carriers * (i + 1) / seals;
		for (k = from; rc == 0 && k < to; k++)
			rc = place_slice(
			    w, seam, k * every, k - from, to - from);
	}
	return rc;
}

int
layout_place_seams(struct layout_work *w)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < w->spec->nseams; i++)
		rc = place_seam(w, &w->spec->seams[i]);
	return rc;
}
