/* step_check.c - does a list of steps keep its promises?  See step.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/step.h"

/* Sums of rounded millimetres. */
static const float slack = 0.06f;

/* What the runs of one block cover. */
struct covered {
	float x0, y0, x1, y1;
	unsigned int block;
};

static int
broken(struct err *e, size_t page, float x, float y, const char *zh,
    const char *en)
{
	return err_set(e, ERR_INTERNAL, "layout_broken",
	    "版式有误：第 %zu 页 (%.1f, %.1f) 毫米处，%s%.0s",
	    "broken layout: page %zu at (%.1f, %.1f) mm, %.0s%s", page + 1,
	    (double)x, (double)y, zh, en);
}

/* The em boxes of a run's glyphs; upright text only. */
static struct covered
cover(const struct step_text *t)
{
	struct covered c = {1e9f, 1e9f, -1e9f, -1e9f, t->block};
	const struct glyph *g;
	float x, y, w, h, pen = t->y;
	size_t i;

	for (i = 0; i < t->nglyphs; i++) {
		g = &t->glyphs[i];
		if (t->vertical) {
			x = t->x - t->size / 2;
			y = pen;
			w = t->size;
			h = g->advance;
			pen += h;
		} else {
			x = t->x + g->x;
			y = t->y - 0.88f * t->size;
			w = g->advance;
			h = t->size;
		}
		c.x0 = fminf(c.x0, x);
		c.y0 = fminf(c.y0, y);
		c.x1 = fmaxf(c.x1, x + w);
		c.y1 = fmaxf(c.y1, y + h);
	}
	return c;
}

static int
inside(const struct covered *c, struct step_box box)
{
	return c->x0 >= box.x - slack && c->y0 >= box.y - slack &&
	       c->x1 <= box.x + box.w + slack && c->y1 <= box.y + box.h + slack;
}

static int
overlap(const struct covered *a, const struct covered *b)
{
	return a->x0 < b->x1 - slack && b->x0 < a->x1 - slack &&
	       a->y0 < b->y1 - slack && b->y0 < a->y1 - slack;
}

static int
check_text(const struct step_list *list, size_t page, const struct step_text *t,
    const struct covered *c, struct err *e)
{
	const struct step_page *p = &list->pages[page];
	struct step_box whole = {0, 0, p->width, p->height};
	struct covered box = {
	    t->box.x, t->box.y, t->box.x + t->box.w, t->box.y + t->box.h, 0};

	if (!inside(&box, whole))
		return broken(e, page, t->x, t->y, "文本框超出页面",
		    "a text box leaves the page");
	if (!inside(c, t->box))
		return broken(e, page, t->x, t->y, "文字超出文本框",
		    "text leaves its box");
	if (t->size < t->floor - 0.001f)
		return broken(e, page, t->x, t->y, "字号低于下限",
		    "text is below its floor");
	return 0;
}

/* Join a run's cover to its block's. */
static void
join(struct covered *v, size_t *n, const struct covered *c)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (v[i].block == c->block) {
			v[i].x0 = fminf(v[i].x0, c->x0);
			v[i].y0 = fminf(v[i].y0, c->y0);
			v[i].x1 = fmaxf(v[i].x1, c->x1);
			v[i].y1 = fmaxf(v[i].y1, c->y1);
			return;
		}
	v[(*n)++] = *c;
}

static int
check_overlaps(const struct covered *v, size_t n, size_t page, struct err *e)
{
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = i + 1; j < n; j++)
			if (overlap(&v[i], &v[j]))
				return broken(e, page, v[j].x0, v[j].y0,
				    "两处内容重叠", "two things overlap");
	return 0;
}

/* Does a seal or a slice stand on this text? */
static int
under_seal(const struct step_page *page, const struct covered *text)
{
	const struct step_seal *s;
	struct covered c;
	size_t i;

	for (i = 0; i < page->nsteps; i++) {
		if (page->steps[i].kind != STEP_SEAL)
			continue;
		s = &page->steps[i].u.seal;
		c = (struct covered){s->x, s->y, s->x + s->w, s->y + s->h, 0};
		if (overlap(text, &c))
			return 1;
	}
	return 0;
}

/* A slice is on the page, and touches no whole seal; whole seals keep apart. */
static int
check_seals(const struct step_list *list, size_t page, struct err *e)
{
	const struct step_page *p = &list->pages[page];
	struct step_box whole = {0, 0, p->width, p->height};
	const struct step_seal *a, *b;
	struct covered ca, cb;
	size_t i, j;

	for (i = 0; i < p->nsteps; i++) {
		if (p->steps[i].kind != STEP_SEAL)
			continue;
		a = &p->steps[i].u.seal;
		ca = (struct covered){a->x, a->y, a->x + a->w, a->y + a->h, 0};
		if (!inside(&ca, whole) ||
		    (a->slices > 0 && a->slice >= a->slices))
			return broken(e, page, a->x, a->y, "印章超出页面",
			    "a seal leaves the page");
		for (j = 0; j < i; j++) {
			if (p->steps[j].kind != STEP_SEAL)
				continue;
			b = &p->steps[j].u.seal;
			cb = (struct covered){
			    b->x, b->y, b->x + b->w, b->y + b->h, 0};
			if (overlap(&ca, &cb))
				return broken(e, page, a->x, a->y,
				    "两枚印章重叠", "two seals overlap");
		}
	}
	return 0;
}

/* The QR code is a block of its own; a seal may stand on text, never on it. */
static int
check_page(
    const struct step_list *list, size_t page, struct covered *v, struct err *e)
{
	const struct step_page *p = &list->pages[page];
	struct covered c, qr = {0, 0, 0, 0, 0};
	const struct step *s;
	size_t i, n = 0;
	int rc;

	for (i = 0; i < p->nsteps; i++) {
		s = &p->steps[i];
		if (s->kind == STEP_QR) {
			qr = (struct covered){s->u.qr.x, s->u.qr.y,
			    s->u.qr.x + s->u.qr.size, s->u.qr.y + s->u.qr.size,
			    ~0U};
			v[n++] = qr;
		}
		if (s->kind != STEP_TEXT || s->u.text.decoration)
			continue;
		c = cover(&s->u.text);
		rc = check_text(list, page, &s->u.text, &c, e);
		if (rc == 0 && s->u.text.clear && under_seal(p, &c))
			rc = broken(e, page, c.x0, c.y0, "印章压住打印行",
			    "a seal covers the print line");
		if (rc != 0)
			return rc;
		join(v, &n, &c);
	}
	for (i = 0; i < p->nsteps; i++) {
		s = &p->steps[i];
		if (s->kind != STEP_SEAL)
			continue;
		c = (struct covered){s->u.seal.x, s->u.seal.y,
		    s->u.seal.x + s->u.seal.w, s->u.seal.y + s->u.seal.h, 0};
		if (overlap(&c, &qr))
			return broken(e, page, c.x0, c.y0, "印章压住二维码",
			    "a seal covers the QR code");
	}
	rc = check_seals(list, page, e);
	return rc != 0 ? rc : check_overlaps(v, n, page, e);
}

int
step_list_check(const struct step_list *list, struct err *e)
{
	struct covered *v;
	size_t page;
	int rc = 0;

	for (page = 0; rc == 0 && page < list->npages; page++) {
		v = calloc(list->pages[page].nsteps + 1, sizeof(*v));
		if (v == NULL)
			return err_nomem(e);
		rc = check_page(list, page, v, e);
		free(v);
	}
	return rc;
}
