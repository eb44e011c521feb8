/*
 * ofd_path.c - paths as PathObjects (GB/T 33190-2016, 9.1); see ofd_write.h.
 * Data are hundredths of a millimetre in the path's own frame, so that the
 * copies of a pattern have the same text and pack to nothing; where a copy
 * stands is said by its Boundary and, when it is turned, by its CTM.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "certsvc/format/ofd_write.h"

struct extent {
	long x0, y0, x1, y1; /* hundredths of a mm */
};

static long
hundredths(float mm)
{
	return lroundf(mm * 100);
}

/* How many of its three points an operator has. */
static int
points_of(enum path_op op)
{
	switch (op) {
	case PATH_MOVE:
	case PATH_LINE:
		return 1;
	case PATH_CURVE:
		return 3;
	case PATH_CLOSE:
		break;
	}
	return 0;
}

/* What the path may paint: half a line beyond its points, more at sharp
 * corners. */
static struct extent
extent_of(const struct step_path *path)
{
	const struct path_point *p = path->points, *end = p + path->npoints;
	struct extent v = {LONG_MAX, LONG_MAX, LONG_MIN, LONG_MIN};
	long margin = path->width > 0 ? hundredths(path->width) + 5 : 0;
	long x, y;
	int i;

	for (; p < end; p++)
		for (i = 0; i < points_of(p->op); i++) {
			x = hundredths(p->x[i]);
			y = hundredths(p->y[i]);
			v.x0 = x < v.x0 ? x : v.x0;
			v.x1 = x > v.x1 ? x : v.x1;
			v.y0 = y < v.y0 ? y : v.y0;
			v.y1 = y > v.y1 ? y : v.y1;
		}
	v.x0 -= margin;
	v.y0 -= margin;
	/* A box without area would hold nothing. */
	v.x1 = v.x1 + margin > v.x0 ? v.x1 + margin : v.x0 + 1;
	v.y1 = v.y1 + margin > v.y0 ? v.y1 + margin : v.y0 + 1;
	return v;
}

/* From the corner of the extent. */
static void
write_points(
    struct buf *out, const struct step_path *path, const struct extent *v)
{
	static const char letters[] = {[PATH_MOVE] = 'M',
	    [PATH_LINE] = 'L',
	    [PATH_CURVE] = 'B',
	    [PATH_CLOSE] = 'C'};
	const struct path_point *p = path->points, *end = p + path->npoints;
	int i;

	for (; p < end; p++) {
		buf_add_byte(out, (uint8_t)letters[p->op]);
		buf_add_byte(out, ' ');
		for (i = 0; i < points_of(p->op); i++) {
			ofd_write_um(out, (hundredths(p->x[i]) - v->x0) * 10);
			buf_add_byte(out, ' ');
			ofd_write_um(out, (hundredths(p->y[i]) - v->y0) * 10);
			buf_add_byte(out, ' ');
		}
	}
}

/* Boundary, and CTM when the frame is turned by `turn` degrees; its origin is
 * at (x, y) mm. */
static void
write_place(
    struct buf *out, const struct extent *v, double x, double y, double turn)
{
	double c = cos(turn * acos(-1) / 180), s = sin(turn * acos(-1) / 180);
	const double w = (double)(v->x1 - v->x0), h = (double)(v->y1 - v->y0);
	/* The corner of the extent on the page, and of its bounds from there.
	 */
	double px = x * 100 + v->x0 * c - v->y0 * s;
	double py = y * 100 + v->x0 * s + v->y0 * c;
	double left = fmin(fmin(0, w * c), fmin(-h * s, w * c - h * s));
	double right = fmax(fmax(0, w * c), fmax(-h * s, w * c - h * s));
	double top = fmin(fmin(0, w * s), fmin(h * c, w * s + h * c));
	double bottom = fmax(fmax(0, w * s), fmax(h * c, w * s + h * c));
	const long box[4] = {lround((px + left) * 10), lround((py + top) * 10),
	    lround((right - left) * 10), lround((bottom - top) * 10)};

	ofd_write_box(out, "Boundary", box);
	if (turn == 0)
		return;
	buf_printf(out, " CTM=\"%.5f %.5f %.5f %.5f ", c, s, -s, c);
	ofd_write_um(out, lround(px * 10) - box[0]);
	buf_add_byte(out, ' ');
	ofd_write_um(out, lround(py * 10) - box[1]);
	buf_add_byte(out, '"');
}

/* How it is painted, up to the data. */
static void
write_paint(struct buf *out, const struct step_path *path)
{
	if (path->width > 0) {
		buf_add_str(out, " LineWidth=\"");
		ofd_write_um(out, ofd_um((double)path->width));
		buf_add_byte(out, '"');
	} else {
		buf_add_str(out, " Stroke=\"false\"");
	}
	if (path->fill)
		buf_add_str(out, path->even_odd
				     ? " Fill=\"true\" Rule=\"Even-Odd\""
				     : " Fill=\"true\"");
	buf_add_byte(out, '>');
	if (path->width > 0)
		ofd_write_colour(out, "StrokeColor", path->stroke_colour);
	if (path->fill)
		ofd_write_colour(out, "FillColor", path->fill_colour);
	buf_add_str(out, "<ofd:AbbreviatedData>");
}

void
ofd_path_write(struct buf *out, const struct step_path *path, float dx,
    float dy, unsigned int *id)
{
	unsigned int copies = path->repeat > 1 ? path->repeat : 1, k;
	struct extent v = extent_of(path);

	if (path->npoints == 0 || (!path->fill && !(path->width > 0)))
		return;
	for (k = 0; k < copies; k++) {
		buf_add_str(out, "<ofd:PathObject ID=\"");
		ofd_write_um(out, ++*id * 1000L);
		buf_add_byte(out, '"');
		write_place(out, &v,
		    (double)path->ox + dx + (double)path->dx * k,
		    (double)path->oy + dy + (double)path->dy * k,
		    (double)path->angle + (double)path->turn * k);
		write_paint(out, path);
		write_points(out, path, &v);
		buf_add_str(out, "</ofd:AbbreviatedData></ofd:PathObject>\n");
	}
}
