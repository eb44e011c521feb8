/* seal_outline.c - outlines of glyphs as lines; see seal_outline.h. */
#include "certsvc/seal_outline.h"

#include <math.h>

/* How far a line may be off the curve, and how near the next point may be, mm:
 * about one dot of a 1200 dpi printer. */
static const double tolerance = 0.015, nearest = 0.04;

struct tracer {
	struct drawing *d;
	const struct seal_glyph *g;
	double cos, sin;
	double x, y; /* pen, font units */
	double x0, y0, x1,
	    y1; /* ink in the glyph's frame, mm from its centre */
	double last_x, last_y; /* point written last, mm */
};

/* From font units (y up, em box 0.88 above the baseline) to the glyph's own
 * frame: mm from the centre of the em square, y down. */
static void
to_frame(const struct tracer *t, double x, double y, double *u, double *v)
{
	double em = t->g->font->upem;

	*u = (x / em - 0.5) * t->g->width;
	*v = (0.38 - y / em) * t->g->height;
}

static void
to_page(const struct tracer *t, double u, double v, double *x, double *y)
{
	*x = t->g->x + u * t->cos - v * t->sin;
	*y = t->g->y + u * t->sin + v * t->cos;
}

static void
emit(struct tracer *t, double x, double y, int move)
{
	double u, v, px, py;

	to_frame(t, x, y, &u, &v);
	t->x0 = fmin(t->x0, u);
	t->x1 = fmax(t->x1, u);
	t->y0 = fmin(t->y0, v);
	t->y1 = fmax(t->y1, v);
	to_page(t, u, v, &px, &py);
	if (!move && hypot(px - t->last_x, py - t->last_y) < nearest)
		return;
	if (move)
		drawing_move(t->d, (float)px, (float)py);
	else
		drawing_line(t->d, (float)px, (float)py);
	t->last_x = px;
	t->last_y = py;
}

static void
on_move(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y,
    void *user)
{
	struct tracer *t = data;

	(void)f, (void)st, (void)user;
	emit(t, x, y, 1);
	t->x = x;
	t->y = y;
}

static void
on_line(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y,
    void *user)
{
	struct tracer *t = data;

	(void)f, (void)st, (void)user;
	emit(t, x, y, 0);
	t->x = x;
	t->y = y;
}

/* A parabola cut into n chords is off by |P0 - 2 P1 + P2| / (4 n^2). */
static void
on_quad(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float cx, float cy,
    float x, float y, void *user)
{
	struct tracer *t = data;
	double mm = fmax(t->g->width, t->g->height) / t->g->font->upem;
	double bend =
	    hypot(t->x - 2 * (double)cx + x, t->y - 2 * (double)cy + y) * mm /
	    4;
	int n = (int)ceil(sqrt(bend / tolerance)), i;
	double k, a, b, c;

	(void)f, (void)st, (void)user;
	for (i = 1; i < n; i++) {
		k = (double)i / n;
		a = (1 - k) * (1 - k);
		b = 2 * k * (1 - k);
		c = k * k;
		emit(
		    t, a * t->x + b * cx + c * x, a * t->y + b * cy + c * y, 0);
	}
	emit(t, x, y, 0);
	t->x = x;
	t->y = y;
}

static void
on_close(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, void *user)
{
	struct tracer *t = data;

	(void)f, (void)st, (void)user;
	drawing_close(t->d);
}

void
seal_outline(
    struct drawing *d, const struct seal_glyph *g, struct seal_ink *ink)
{
	hb_draw_funcs_t *funcs = hb_draw_funcs_create();
	struct tracer t = {.d = d,
	    .g = g,
	    .cos = cos(g->turn),
	    .sin = sin(g->turn),
	    .x0 = 1e9,
	    .y0 = 1e9,
	    .x1 = -1e9,
	    .y1 = -1e9};

	hb_draw_funcs_set_move_to_func(funcs, on_move, NULL, NULL);
	hb_draw_funcs_set_line_to_func(funcs, on_line, NULL, NULL);
	hb_draw_funcs_set_quadratic_to_func(funcs, on_quad, NULL, NULL);
	hb_draw_funcs_set_close_path_func(funcs, on_close, NULL, NULL);
	hb_font_get_glyph_shape(g->font->font, g->id, funcs, &t);
	hb_draw_funcs_destroy(funcs);
	to_page(&t, t.x0, t.y0, &ink->x[0], &ink->y[0]);
	to_page(&t, t.x1, t.y0, &ink->x[1], &ink->y[1]);
	to_page(&t, t.x1, t.y1, &ink->x[2], &ink->y[2]);
	to_page(&t, t.x0, t.y1, &ink->x[3], &ink->y[3]);
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
