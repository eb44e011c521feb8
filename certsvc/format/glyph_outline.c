/* glyph_outline.c - a simple glyph of a glyf table (OpenType 1.9, glyf). */
#include "certsvc/format/glyph_outline.h"

#include <stdlib.h>
#include <string.h>

enum {
	ON_CURVE = 0x01,
	X_SHORT = 0x02,
	Y_SHORT = 0x04,
	REPEAT = 0x08,
	X_SAME_OR_PLUS = 0x10,
	Y_SAME_OR_PLUS = 0x20,
	OVERLAP = 0x40
};

struct reader {
	const uint8_t *p, *end;
	int bad;
};

static unsigned int
next8(struct reader *r)
{
	if (r->p >= r->end) {
		r->bad = 1;
		return 0;
	}
	return *r->p++;
}

static unsigned int
next16(struct reader *r)
{
	unsigned int high = next8(r);

	return high << 8 | next8(r);
}

static void
read_flags(struct reader *r, struct glyph_outline *g)
{
	uint8_t *flags = g->flags;
	unsigned int i = 0, repeat;

	while (i < g->npoints && !r->bad) {
		flags[i] = (uint8_t)next8(r);
		repeat = flags[i] & REPEAT ? next8(r) : 0;
		for (; repeat > 0 && i + 1 < g->npoints; repeat--, i++)
			flags[i + 1] = flags[i];
		i++;
	}
}

static int
delta(struct reader *r, unsigned int flag, unsigned int is_short,
    unsigned int same)
{
	if (flag & is_short)
		return flag & same ? (int)next8(r) : -(int)next8(r);
	return flag & same ? 0 : (int16_t)next16(r);
}

int
glyph_outline_read(struct bytes data, struct glyph_outline *g)
{
	struct reader r = {data.p, data.p + data.n, 0};
	const uint8_t *flags = g->flags;
	unsigned int i, skip;
	int v = 0, contours = (int16_t)next16(&r);

	if (r.bad || contours < 1 || contours > GLYPH_CONTOURS_MAX)
		return -1;
	g->ncontours = (unsigned int)contours;
	g->left = (int16_t)next16(&r);
	for (i = 0; i < 3; i++)
		next16(&r);
	for (i = 0; i < g->ncontours; i++) {
		g->ends[i] = next16(&r);
		if (i > 0 && g->ends[i] <= g->ends[i - 1])
			return -1;
	}
	g->npoints = g->ends[g->ncontours - 1] + 1;
	skip = next16(&r);
	if (r.bad || g->npoints > OUTLINE_POINTS_MAX ||
	    skip > (size_t)(r.end - r.p))
		return -1;
	r.p += skip;
	read_flags(&r, g);
	for (i = 0; i < g->npoints && !r.bad; i++) {
		v += delta(&r, flags[i], X_SHORT, X_SAME_OR_PLUS);
		g->points[i].x = v;
		g->points[i].on = flags[i] & (ON_CURVE | OVERLAP);
	}
	for (i = 0, v = 0; i < g->npoints && !r.bad; i++) {
		v += delta(&r, flags[i], Y_SHORT, Y_SAME_OR_PLUS);
		g->points[i].y = v;
	}
	return r.bad ? -1 : 0;
}

/* Rounds to multiples of a grid; a division a point would be most of the work,
 * so it multiplies by the reciprocal (exact: values have 16 bits and a sign,
 * grids at most 8). */
struct rounder {
	uint32_t grid, offset; /* offset: a multiple of grid over any value */
	uint64_t reciprocal;   /* 2^40 / grid, rounded up */
};

static struct rounder
rounder_of(int grid)
{
	uint32_t g = (uint32_t)grid;

	return (struct rounder){g, g * 65536, ((1ULL << 40) + g - 1) / g};
}

static int
nearest(const struct rounder *r, int v)
{
	uint64_t n = (uint64_t)((int64_t)v + r->offset + r->grid / 2);

	return (int)(int64_t)((n * r->reciprocal >> 40) * r->grid) -
	       (int)r->offset;
}

/*
 * Does the point between two kept neighbours say nothing?  It does when it
 * repeats a point on the curve, lies on the line between two of them, or half
 * way between two off the curve, where the format has a point anyway; near
 * enough is the grid's own error.
 */
static int
says_nothing(const struct glyph_point *a, const struct glyph_point *p,
    const struct glyph_point *b, int grid)
{
	long cross, dx = b->x - a->x, dy = b->y - a->y;

	if (!(p->on & ON_CURVE))
		return 0;
	if ((a->on & ON_CURVE) && a->x == p->x && a->y == p->y)
		return 1;
	if (!(a->on & ON_CURVE) && !(b->on & ON_CURVE))
		return abs(2 * p->x - a->x - b->x) <= grid &&
		       abs(2 * p->y - a->y - b->y) <= grid;
	if (!(a->on & ON_CURVE) || !(b->on & ON_CURVE))
		return 0;
	cross = dx * (p->y - a->y) - dy * (p->x - a->x);
	return cross == 0 && (p->x - a->x) * dx + (p->y - a->y) * dy >= 0 &&
	       (b->x - p->x) * dx + (b->y - p->y) * dy >= 0;
}

/* Drop points within each contour; the first and three in all stay. */
static void
thin_out(struct glyph_outline *g, int grid)
{
	unsigned int from = 0, to, i, out = 0, begin, c;

	for (c = 0; c < g->ncontours; c++) {
		to = g->ends[c];
		begin = out;
		for (i = from; i <= to; i++) {
			if (i > from && out - begin + (to - i) >= 3 &&
			    says_nothing(&g->points[out - 1], &g->points[i],
				i < to ? &g->points[i + 1] : &g->points[begin],
				grid))
				continue;
			g->points[out++] = g->points[i];
		}
		from = to + 1;
		g->ends[c] = out - 1;
	}
	g->npoints = out;
}

static void
put16(struct buf *out, int v)
{
	buf_add_byte(out, (uint8_t)((unsigned int)v >> 8));
	buf_add_byte(out, (uint8_t)v);
}

static uint8_t
flag_of(int d, unsigned int is_short, unsigned int same)
{
	if (d == 0)
		return (uint8_t)same;
	if (d > -256 && d < 256)
		return (uint8_t)(d > 0 ? is_short | same : is_short);
	return 0;
}

static uint8_t *
put_delta(uint8_t *p, int d)
{
	if (d == 0)
		return p;
	if (d <= -256 || d >= 256) {
		*p++ = (uint8_t)((unsigned int)d >> 8);
		*p++ = (uint8_t)d;
	} else {
		*p++ = (uint8_t)abs(d);
	}
	return p;
}

/* Flags, with runs of the same; returns the end. */
static uint8_t *
put_flags(const uint8_t *flags, unsigned int n, uint8_t *p)
{
	unsigned int i, run;

	for (i = 0; i < n; i += run) {
		for (run = 1;
		     i + run < n && run < 256 && flags[i + run] == flags[i];
		     run++)
			;
		if (run < 3)
			run = 1;
		*p++ = (uint8_t)(flags[i] | (run > 1 ? REPEAT : 0));
		if (run > 1)
			*p++ = (uint8_t)(run - 1);
	}
	return p;
}

static void
put_points(struct glyph_outline *g, struct buf *out)
{
	uint8_t *p;
	const struct glyph_point *v = g->points;
	unsigned int i;

	for (i = 0; i < g->npoints; i++)
		g->flags[i] =
		    (uint8_t)(v[i].on |
			      flag_of(v[i].x - (i > 0 ? v[i - 1].x : 0),
				  X_SHORT, X_SAME_OR_PLUS) |
			      flag_of(v[i].y - (i > 0 ? v[i - 1].y : 0),
				  Y_SHORT, Y_SAME_OR_PLUS));
	p = put_flags(g->flags, g->npoints, g->bytes);
	for (i = 0; i < g->npoints; i++)
		p = put_delta(p, v[i].x - (i > 0 ? v[i - 1].x : 0));
	for (i = 0; i < g->npoints; i++)
		p = put_delta(p, v[i].y - (i > 0 ? v[i - 1].y : 0));
	buf_add(out, g->bytes, (size_t)(p - g->bytes));
}

int
glyph_outline_write(struct glyph_outline *g, int grid, struct buf *out)
{
	int x0 = 32767, y0 = 32767, x1 = -32768, y1 = -32768;
	const struct rounder r = rounder_of(grid);
	struct glyph_point *p;
	unsigned int i;

	for (i = 0; i < g->npoints; i++) {
		p = &g->points[i];
		p->x = nearest(&r, p->x);
		p->y = nearest(&r, p->y);
		x0 = p->x < x0 ? p->x : x0;
		x1 = p->x > x1 ? p->x : x1;
		y0 = p->y < y0 ? p->y : y0;
		y1 = p->y > y1 ? p->y : y1;
	}
	thin_out(g, grid);
	put16(out, (int)g->ncontours);
	put16(out, x0);
	put16(out, y0);
	put16(out, x1);
	put16(out, y1);
	for (i = 0; i < g->ncontours; i++)
		put16(out, (int)g->ends[i]);
	put16(out, 0);
	put_points(g, out);
	return x0 - g->left;
}
