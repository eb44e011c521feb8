/* layout_place.c - lines of a flow to steps; see layout_flow.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/layout_flow.h"

/* The em box of a Chinese character stands this far above the baseline. */
static const float ascent = 0.88f;

/* Filling a line may widen a gap by this much, ems; more looks torn. */
static const float gap_max = 0.75f;

/* Width of the stroke that makes a character bold, ems. */
static const float weight = 0.03f;

struct placer {
	const struct flow *flow;
	struct step_box box;
	unsigned int block;
	float size;
	struct step_page *page;
	struct err *e;
};

/* A pen that moves along a line, mm. */
struct pen {
	float x, y;
	float gap; /* extra after each unit, mm */
};

static int
is_cjk(const struct flow_unit *u)
{
	return u->cp >= 0x2E80;
}

/* May the gap after unit i of a justified line grow?  Latin words stay whole
 * unless the line is spread. */
static int
stretches(const struct flow *flow, size_t i)
{
	const struct flow_unit *u = &flow->units[i];

	return flow->style.align == ALIGN_SPREAD || u->blank || is_cjk(u) ||
	       is_cjk(&u[1]);
}

static float
gap_of(const struct flow *flow, const struct flow_line *line, float room)
{
	size_t to = line->to, i, n = 0;
	float gap;

	if (flow->style.align != ALIGN_SPREAD &&
	    (flow->style.align != ALIGN_JUSTIFY || line->last))
		return 0;
	while (to > line->from && flow->units[to - 1].blank)
		to--;
	for (i = line->from; i + 1 < to; i++)
		n += (size_t)stretches(flow, i);
	if (n == 0)
		return 0;
	gap = (room - line->width) / (float)n;
	if (flow->style.align == ALIGN_JUSTIFY && gap > gap_max)
		return 0;
	return gap > 0 ? gap : 0;
}

/* Where a line of `width` starts in `room`, ems. */
static float
indent_of(const struct flow *flow, float width, float room)
{
	switch (flow->style.align) {
	case ALIGN_CENTER:
		return (room - width) / 2;
	case ALIGN_RIGHT:
		return room - width;
	case ALIGN_LEFT:
	case ALIGN_JUSTIFY:
	case ALIGN_SPREAD:
		break;
	}
	return flow->style.direction == DIRECTION_RTL ? room - width : 0;
}

static int
same_run(const struct flow *flow, const struct flow_unit *a,
    const struct flow_unit *b)
{
	return flow->line.v[a->first].font == flow->line.v[b->first].font &&
	       a->rtl == b->rtl;
}

/* The text of units [from, to) of one run; glyphs' offsets count from it. */
static char *
run_text(const struct flow *flow, size_t from, size_t to)
{
	const struct font_glyph *v = flow->line.v;
	const struct flow_unit *u = flow->units;
	uint32_t start = v[u[from].first].start;
	uint32_t end = v[u[to - 1].first].end;

	return strndup(flow->text + start, end - start);
}

static struct step_text *
new_run(struct placer *p, const struct pen *pen, size_t from, size_t to)
{
	const struct flow *flow = p->flow;
	struct step *step = step_add(p->page, STEP_TEXT);
	struct step_text *t;
	size_t n = 0, i;

	if (step == NULL)
		return NULL;
	for (i = from; i < to; i++)
		n += flow->units[i].nglyphs;
	t = &step->u.text;
	t->font = flow->line.v[flow->units[from].first].font;
	t->size = p->size;
	t->floor = flow->style.min;
	t->colour = flow->style.colour;
	if (flow->style.font == FONT_KAI_BOLD)
		t->stroke = p->size * weight;
	t->x = pen->x;
	t->y = pen->y;
	t->vertical = flow->style.direction == DIRECTION_VERTICAL;
	t->box = p->box;
	t->block = p->block;
	t->text = run_text(flow, from, to);
	t->glyphs = calloc(n, sizeof(*t->glyphs));
	return t->text == NULL || t->glyphs == NULL ? NULL : t;
}

/* Add the glyphs of one unit; the pen moves past it. */
static void
add_unit(struct placer *p, struct step_text *t, struct pen *pen, size_t unit,
    uint32_t base)
{
	const struct flow_unit *u = &p->flow->units[unit];
	float pitch = p->flow->style.tracking * p->size +
		      (stretches(p->flow, unit) ? pen->gap : 0);
	const struct font_glyph *g;
	struct glyph *out;
	uint32_t k;

	for (k = 0; k < u->nglyphs; k++) {
		/* In a cluster of a right-to-left run the last comes first. */
		g = &p->flow->line
			 .v[u->first + (u->rtl ? u->nglyphs - 1 - k : k)];
		out = &t->glyphs[t->nglyphs++];
		out->id = g->id;
		out->text = g->start - base;
		out->x = pen->x + g->dx * p->size - t->x;
		out->y = pen->y - g->dy * p->size - t->y;
		out->advance = g->advance * p->size;
		if (t->vertical)
			pen->y += out->advance;
		else
			pen->x += out->advance;
	}
	if (t->vertical)
		pen->y += pitch;
	else
		pen->x += pitch;
}

static int
place_run(struct placer *p, struct pen *pen, size_t from, size_t to)
{
	struct step_text *t = new_run(p, pen, from, to);
	const struct flow_unit *u = p->flow->units;
	uint32_t base = p->flow->line.v[u[from].first].start;
	size_t i;

	if (t == NULL)
		return err_nomem(p->e);
	for (i = from; i < to; i++)
		add_unit(p, t, pen, u[from].rtl ? from + to - 1 - i : i, base);
	return 0;
}

/* Runs of one line from left to right (or from top to bottom). */
static int
place_line(struct placer *p, struct pen *pen, const struct flow_line *line)
{
	const struct flow *flow = p->flow;
	size_t from, to, end = line->to;
	int rc = 0, rtl = flow->style.direction == DIRECTION_RTL;

	while (end > line->from && flow->units[end - 1].blank)
		end--;
	if (!rtl)
		for (from = line->from; rc == 0 && from < end; from = to) {
			to = from + 1;
			while (to < end && same_run(flow, &flow->units[from],
					       &flow->units[to]))
				to++;
			rc = place_run(p, pen, from, to);
		}
	else
		for (to = end; rc == 0 && to > line->from; to = from) {
			from = to - 1;
			while (from > line->from &&
			       same_run(flow, &flow->units[from - 1],
				   &flow->units[to - 1]))
				from--;
			rc = place_run(p, pen, from, to);
		}
	return rc;
}

/* Lines follow each other downwards, or, vertical, columns leftwards. */
static int
place_lines(struct placer *p, float height)
{
	const struct flow *flow = p->flow;
	int vertical = flow->style.direction == DIRECTION_VERTICAL, tight;
	float along = vertical ? p->box.h : p->box.w;
	float across = vertical ? p->box.w : p->box.h;
	float room = along / p->size, start = 0, offset;
	struct flow_line line;
	struct pen pen;
	size_t at = 0;
	int rc = 0;

	if (flow->style.valign == VALIGN_MIDDLE)
		start = (across - height) / 2;
	else if (flow->style.valign == VALIGN_BOTTOM)
		start = across - height;
	while (rc == 0 && flow_next(flow, room, &at, &line, &tight)) {
		pen.gap = gap_of(flow, &line, room) * p->size;
		offset = pen.gap > 0
			     ? 0
			     : indent_of(flow, line.width, room) * p->size;
		if (vertical) {
			pen.x = p->box.x + p->box.w - start - p->size / 2;
			pen.y = p->box.y + offset;
		} else {
			pen.x = p->box.x + offset;
			pen.y = p->box.y + start + ascent * p->size;
		}
		rc = place_line(p, &pen, &line);
		start += flow->style.leading * p->size;
	}
	return rc;
}

int
flow_place(const struct flow *flow, struct step_box box, unsigned int block,
    struct step_page *page, struct err *e)
{
	struct placer p = {flow, box, block, flow_fit(flow, box), page, e};
	int tight, vertical = flow->style.direction == DIRECTION_VERTICAL;

	if (p.size <= 0) {
		err_add(e, "does_not_fit", flow->pointer,
		    "内容过长，最小字号也放不下",
		    "too long: it does not fit even at the smallest size");
		return err_set(e, ERR_INPUT, "does_not_fit",
		    "%s 的内容过长，最小字号也放不下",
		    "%s is too long: it does not fit even at the smallest size",
		    flow->pointer);
	}
	return place_lines(
	    &p, flow_height(flow, p.size, vertical ? box.h : box.w, &tight));
}
