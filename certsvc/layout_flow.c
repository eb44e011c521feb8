/* layout_flow.c - shaping and breaking a text; see layout_flow.h. */
#include "certsvc/layout_flow.h"

#include <stdlib.h>
#include <string.h>
#include <uchar.h>

#include "crypto/base/text.h"

/* Distances are sums of rounded numbers: what is this close, fits (ems). */
static const float slack = 0.002f;

/* Characters that may not begin a line, and that may not end one (GB/T 15834
 * 5.1; 中文排版需求 3.1). */
static const char32_t no_start[] =
    U"，。、；：？！）》」』】〕〉”’·～…—％‰℃,.;:?!)]}%年月日号元条款项";
static const char32_t no_end[] = U"（《「『【〔〈“‘([{￥¥";

static int
is_in(const char32_t *set, uint32_t cp)
{
	for (; *set != 0; set++)
		if (*set == cp)
			return 1;
	return 0;
}

/* A character with room on both sides for a line break. */
static int
is_wide(uint32_t cp)
{
	return cp >= 0x2E80 && cp != 0x3000;
}

static int
is_digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

/* 年 and the like stick to the number before them, not to every character. */
static int
may_break(uint32_t before, uint32_t cp, int blank_before)
{
	if (blank_before)
		return 1;
	if (is_in(no_end, before))
		return 0;
	if (is_in(no_start, cp))
		return cp > 0x4E00 && cp < 0xA000 && !is_digit(before);
	return is_wide(before) || is_wide(cp);
}

static void
make_units(struct flow *flow, size_t from, size_t len)
{
	const struct font_glyph *g;
	struct flow_unit *u = NULL, *prev;
	size_t i, pos;
	int fresh = 1;

	for (i = from; i < flow->line.n; i++) {
		g = &flow->line.v[i];
		if (u != NULL && g[-1].start == g->start && i > from) {
			u->nglyphs++;
			u->advance += g->advance;
			continue;
		}
		prev = u;
		u = &flow->units[flow->nunits++];
		memset(u, 0, sizeof(*u));
		pos = g->start;
		u->first = (uint32_t)i;
		u->nglyphs = 1;
		u->cp = (uint32_t)text_utf8_next(flow->text, len, &pos);
		u->advance = g->advance + flow->style.tracking;
		u->blank = g->blank != 0;
		u->rtl = g->rtl != 0;
		u->must_break = fresh && flow->nunits > 1;
		u->may_break = prev != NULL && !u->blank &&
			       may_break(prev->cp, u->cp, prev->blank);
		fresh = 0;
	}
}

/* Shape one paragraph at text[start, end) and append it. */
static int
add_paragraph(const struct font_set *fonts, struct flow *flow, size_t start,
    size_t end, struct err *e)
{
	const struct font_text paragraph = {.style = flow->style.font,
	    .text = flow->text + start,
	    .len = end - start,
	    .vertical = flow->style.direction == DIRECTION_VERTICAL,
	    .rtl = flow->style.direction == DIRECTION_RTL,
	    .pointer = flow->pointer};
	struct font_line part;
	struct font_glyph *grown;
	struct flow_unit *units;
	size_t before = flow->line.n, i;
	int rc;

	rc = font_shape(fonts, &paragraph, &part, e);
	if (rc != 0)
		return rc;
	grown = realloc(flow->line.v, (before + part.n + 1) * sizeof(*grown));
	if (grown != NULL)
		flow->line.v = grown;
	units =
	    realloc(flow->units, (flow->nunits + part.n + 1) * sizeof(*units));
	if (units != NULL)
		flow->units = units;
	if (grown == NULL || units == NULL) {
		font_line_release(&part);
		return err_nomem(e);
	}
	for (i = 0; i < part.n; i++) {
		grown[before + i] = part.v[i];
		grown[before + i].start += (uint32_t)start;
		grown[before + i].end += (uint32_t)start;
	}
	flow->line.n += part.n;
	font_line_release(&part);
	make_units(flow, before, strlen(flow->text));
	return 0;
}

int
flow_make(const struct font_set *fonts, const struct layout_style *style,
    const char *text, const char *pointer, struct flow *flow, struct err *e)
{
	size_t start = 0, len = strlen(text), n;
	int rc = 0;

	memset(flow, 0, sizeof(*flow));
	flow->style = *style;
	flow->pointer = pointer;
	flow->text = strdup(text);
	if (flow->text == NULL)
		return err_nomem(e);
	while (rc == 0 && start < len) {
		n = strcspn(text + start, "\n");
		rc = add_paragraph(fonts, flow, start, start + n, e);
		start += n + 1;
	}
	if (rc != 0)
		flow_release(flow);
	return rc;
}

void
flow_release(struct flow *flow)
{
	font_line_release(&flow->line);
	free(flow->units);
	free(flow->text);
	memset(flow, 0, sizeof(*flow));
}

/* Width of units [from, to) without trailing blanks and tracking. */
static float
width_of(const struct flow *flow, size_t from, size_t to)
{
	float width = 0;
	size_t i;

	while (to > from && flow->units[to - 1].blank)
		to--;
	for (i = from; i < to; i++)
		width += flow->units[i].advance;
	return to > from ? width - flow->style.tracking : 0;
}

int
flow_next(const struct flow *flow, float room, size_t *at,
    struct flow_line *line, int *tight)
{
	size_t i, good = 0;
	float width = 0;

	if (*at >= flow->nunits)
		return 0;
	line->from = *at;
	for (i = *at; i < flow->nunits; i++) {
		if (i > *at && flow->units[i].must_break)
			break;
		if (i > *at && flow->units[i].may_break)
			good = i;
		width += flow->units[i].advance;
		if (flow->units[i].blank || !flow->style.wrap ||
		    width - flow->style.tracking <= room + slack)
			continue;
		/* A word longer than the line is cut where it must be. */
		i = good > *at ? good : (i > *at ? i : i + 1);
		break;
	}
	line->to = i;
	line->last = i >= flow->nunits || flow->units[i].must_break;
	line->width = width_of(flow, line->from, line->to);
	if (line->width > room + slack)
		*tight = 1;
	*at = i;
	return 1;
}

float
flow_height(const struct flow *flow, float size, float width, int *tight)
{
	struct flow_line line;
	size_t at = 0, lines = 0;

	*tight = 0;
	while (flow_next(flow, width / size, &at, &line, tight))
		lines++;
	if (lines == 0)
		return 0;
	return size * (1 + (float)(lines - 1) * flow->style.leading);
}

static int
fits(const struct flow *flow, float size, float along, float across)
{
	int tight;
	float height = flow_height(flow, size, along, &tight);

	return !tight && height <= across + slack * size;
}

float
flow_fit(const struct flow *flow, struct step_box box)
{
	int vertical = flow->style.direction == DIRECTION_VERTICAL;
	float along = vertical ? box.h : box.w;
	float across = vertical ? box.w : box.h;
	float size = flow->style.size, min = flow->style.min;

	for (;;) {
		if (fits(flow, size, along, across))
			return size;
		if (size <= min)
			return 0;
		size = size * 0.97f > min ? size * 0.97f : min;
	}
}
