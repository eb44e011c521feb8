/* seal_outline.c - outlines of glyphs as lines; see seal_outline.h. */
#include "certsvc/seal_outline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	CONTOUR_MAX = 4096 /* points of one contour */
};

/* How far the lines may be off the curve, mm: a little over a dot of a 1000 dpi
 * printer. */
static const double tolerance = 0.03;

struct point {
	double x, y;
};

struct tracer {
	struct drawing *d;
	const struct seal_glyph *g;
	struct point pen;		   /* font units */
	double x0, y0, x1, y1;		   /* ink in the glyph's frame, mm */
	struct point contour[CONTOUR_MAX]; /* mm in the glyph's frame */
	unsigned char keep[CONTOUR_MAX];
	size_t n;
};

/* From font units (y up, em box 0.88 above the baseline) to the glyph's own
 * frame: mm from the centre of the em square, y down. */
static void
add_point(struct tracer *t, double x, double y)
{
	double em = t->g->font->upem;
	struct point p = {(x / em - t->g->middle) * t->g->width,
	    (0.38 - y / em) * t->g->height};

	if (t->n == CONTOUR_MAX)
		return;
	t->x0 = fmin(t->x0, p.x);
	t->x1 = fmax(t->x1, p.x);
	t->y0 = fmin(t->y0, p.y);
	t->y1 = fmax(t->y1, p.y);
	t->contour[t->n++] = p;
}

static void
on_move(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y,
    void *user)
{
	struct tracer *t = data;

	(void)f, (void)st, (void)user;
	t->n = 0;
	add_point(t, x, y);
	t->pen = (struct point){x, y};
}

static void
on_line(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y,
    void *user)
{
	struct tracer *t = data;

	(void)f, (void)st, (void)user;
	add_point(t, x, y);
	t->pen = (struct point){x, y};
}

/* A parabola cut into n chords is off by |P0 - 2 P1 + P2| / (4 n^2). */
static void
on_quad(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float cx, float cy,
    float x, float y, void *user)
{
	struct tracer *t = data;
	double mm = fmax(t->g->width, t->g->height) / t->g->font->upem;
	double bend = hypot(t->pen.x - 2 * (double)cx + x,
			  t->pen.y - 2 * (double)cy + y) *
		      mm / 4;
	int n = (int)ceil(sqrt(bend / (tolerance / 4))), i;
	double k, a, b, c;

	(void)f, (void)st, (void)user;
	for (i = 1; i < n; i++) {
		k = (double)i / n;
		a = (1 - k) * (1 - k);
		b = 2 * k * (1 - k);
		c = k * k;
		add_point(t, a * t->pen.x + b * cx + c * x,
		    a * t->pen.y + b * cy + c * y);
	}
	add_point(t, x, y);
	t->pen = (struct point){x, y};
}

/* Distance of p from the line through a and b. */
static double
off_line(struct point p, struct point a, struct point b)
{
	double dx = b.x - a.x, dy = b.y - a.y, length = hypot(dx, dy);

	if (length < 1e-9)
		return hypot(p.x - a.x, p.y - a.y);
	return fabs((p.x - a.x) * dy - (p.y - a.y) * dx) / length;
}

/* Douglas and Peucker: keep the point that is furthest off the line, and look
 * at both halves again; the work left is a stack of ends. */
static void
simplify(struct tracer *t)
{
	size_t stack[2 * CONTOUR_MAX], top = 0, from, to, i, far;
	double off, most;

	memset(t->keep, 0, t->n);
	t->keep[0] = t->keep[t->n - 1] = 1;
	stack[top++] = 0;
	stack[top++] = t->n - 1;
	while (top > 0) {
		to = stack[--top];
		from = stack[--top];
		most = tolerance;
		far = 0;
		for (i = from + 1; i < to; i++) {
			off = off_line(
			    t->contour[i], t->contour[from], t->contour[to]);
			if (off > most) {
				most = off;
				far = i;
			}
		}
		if (far == 0)
			continue;
		t->keep[far] = 1;
		stack[top++] = from;
		stack[top++] = far;
		stack[top++] = far;
		stack[top++] = to;
	}
}

static void
on_close(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, void *user)
{
	struct tracer *t = data;
	size_t i;

	(void)f, (void)st, (void)user;
	if (t->n < 3)
		return;
	simplify(t);
	drawing_move(t->d, (float)t->contour[0].x, (float)t->contour[0].y);
	for (i = 1; i < t->n; i++)
		if (t->keep[i])
			drawing_line(t->d, (float)t->contour[i].x,
			    (float)t->contour[i].y);
	drawing_close(t->d);
	t->n = 0;
}

/* A corner of the ink, from the glyph's frame to the picture. */
static void
corner(
    const struct seal_glyph *g, double u, double v, struct seal_ink *ink, int i)
{
	ink->x[i] = g->x + u * cos(g->turn) - v * sin(g->turn);
	ink->y[i] = g->y + u * sin(g->turn) + v * cos(g->turn);
}

void
seal_outline(struct drawing *d, const struct seal_glyph *g,
    struct colour colour, struct seal_ink *ink)
{
	hb_draw_funcs_t *funcs = hb_draw_funcs_create();
	struct step_path *path = drawing_path(d, (float)g->x, (float)g->y);
	struct tracer *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		d->failed = 1;
		hb_draw_funcs_destroy(funcs);
		return;
	}
	/* A hair line makes the light strokes of a Song face as heavy as a
	 * cut seal's. */
	path->fill = 1;
	path->fill_colour = path->stroke_colour = colour;
	path->width = (float)(g->height * 0.035);
	path->angle = (float)(g->turn * 180 / acos(-1));
	t->d = d;
	t->g = g;
	t->x0 = t->y0 = INFINITY;
	t->x1 = t->y1 = -INFINITY;
	hb_draw_funcs_set_move_to_func(funcs, on_move, NULL, NULL);
	hb_draw_funcs_set_line_to_func(funcs, on_line, NULL, NULL);
	hb_draw_funcs_set_quadratic_to_func(funcs, on_quad, NULL, NULL);
	hb_draw_funcs_set_close_path_func(funcs, on_close, NULL, NULL);
	hb_font_get_glyph_shape(g->font->font, g->id, funcs, t);
	hb_draw_funcs_destroy(funcs);
	corner(g, t->x0, t->y0, ink, 0);
	corner(g, t->x1, t->y0, ink, 1);
	corner(g, t->x1, t->y1, ink, 2);
	corner(g, t->x0, t->y1, ink, 3);
	free(t);
}

/* Is there a line along a side of `a` with all of `b` beyond it? */
static int
parted_by(const struct seal_ink *a, const struct seal_ink *b)
{
	double nx, ny, amin, amax, bmin, bmax, v;
	int side, i;

	for (side = 0; side < 2; side++) {
		nx = a->y[side] - a->y[side + 1];
		ny = a->x[side + 1] - a->x[side];
		amin = bmin = INFINITY;
		amax = bmax = -INFINITY;
		for (i = 0; i < 4; i++) {
			v = a->x[i] * nx + a->y[i] * ny;
			amin = fmin(amin, v);
			amax = fmax(amax, v);
			v = b->x[i] * nx + b->y[i] * ny;
			bmin = fmin(bmin, v);
			bmax = fmax(bmax, v);
		}
		if (amax <= bmin || bmax <= amin)
			return 1;
	}
	return 0;
}

int
seal_ink_overlap(const struct seal_ink *a, const struct seal_ink *b)
{
	return !parted_by(a, b) && !parted_by(b, a);
}
