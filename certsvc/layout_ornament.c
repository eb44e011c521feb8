/* layout_ornament.c - frames, fine lines, emblem; see layout_ornament.h. */
#include "certsvc/layout_ornament.h"

#include <math.h>

static struct step_path *
stroked(struct drawing *d, const struct ornament_pen *pen, float ox, float oy)
{
	struct step_path *path = drawing_path(d, ox, oy);

	path->stroke_colour = pen->colour;
	path->width = pen->width;
	return path;
}

static struct step_path *
filled(struct drawing *d, struct colour colour, float ox, float oy)
{
	struct step_path *path = drawing_path(d, ox, oy);

	path->fill = 1;
	path->fill_colour = colour;
	return path;
}

static struct step_box
inset(struct step_box box, float by)
{
	return (struct step_box){
	    box.x + by, box.y + by, box.w - 2 * by, box.h - 2 * by};
}

void
ornament_line(struct drawing *d, const struct ornament_pen *pen, float x1,
    float y1, float x2, float y2)
{
	stroked(d, pen, 0, 0);
	drawing_move(d, x1, y1);
	drawing_line(d, x2, y2);
}

static void
round_rect(struct drawing *d, struct step_box b, float r)
{
	const float k = 0.4477152f * r; /* 1 - 0.5522848 of the radius */
	float x2 = b.x + b.w, y2 = b.y + b.h;

	if (r <= 0) {
		drawing_rect(d, b);
		return;
	}
	drawing_move(d, b.x + r, b.y);
	drawing_line(d, x2 - r, b.y);
	drawing_curve(d, drawing_at(x2 - k, b.y), drawing_at(x2, b.y + k),
	    drawing_at(x2, b.y + r));
	drawing_line(d, x2, y2 - r);
	drawing_curve(d, drawing_at(x2, y2 - k), drawing_at(x2 - k, y2),
	    drawing_at(x2 - r, y2));
	drawing_line(d, b.x + r, y2);
	drawing_curve(d, drawing_at(b.x + k, y2), drawing_at(b.x, y2 - k),
	    drawing_at(b.x, y2 - r));
	drawing_line(d, b.x, b.y + r);
	drawing_curve(d, drawing_at(b.x, b.y + k), drawing_at(b.x + k, b.y),
	    drawing_at(b.x + r, b.y));
	drawing_close(d);
}

void
ornament_fill(
    struct drawing *d, struct colour colour, struct step_box box, float radius)
{
	filled(d, colour, 0, 0);
	round_rect(d, box, radius);
}

void
ornament_frame(struct drawing *d, const struct ornament_pen *pen,
    struct step_box box, float radius)
{
	stroked(d, pen, 0, 0);
	round_rect(d, box, radius);
}

void
ornament_double(
    struct drawing *d, const struct ornament_pen *pen, struct step_box box)
{
	struct ornament_pen thin = {pen->colour, pen->width / 3};

	ornament_frame(d, pen, box, 0);
	ornament_frame(d, &thin, inset(box, pen->width * 1.6f), 0);
}

/* One side of the border: from (x, y) along (ux, uy); (vx, vy) is inwards. */
struct side {
	float x, y, ux, uy, vx, vy;
};

/* n meanders, each s long. */
static void
meanders(struct drawing *d, const struct ornament_pen *pen,
    const struct side *side, float s, unsigned int n)
{
	/* A key pattern in a square of 6 x 6 cells, drawn as one stroke. */
	static const signed char key[][2] = {{0, 5}, {0, 0}, {5, 0}, {5, 4},
	    {2, 4}, {2, 2}, {3, 2}, {3, 3}, {4, 3}, {4, 1}, {1, 1}, {1, 5},
	    {6, 5}};
	struct step_path *path = stroked(d, pen, side->x, side->y);
	float a, b, x, y;
	size_t i;

	path->repeat = n;
	path->dx = side->ux * s;
	path->dy = side->uy * s;
	for (i = 0; i < sizeof(key) / sizeof(key[0]); i++) {
		a = key[i][0] * s / 6;
		b = key[i][1] * s / 6 + s / 12;
		x = side->ux * a + side->vx * b;
		y = side->uy * a + side->vy * b;
		if (i == 0)
			drawing_move(d, x, y);
		else
			drawing_line(d, x, y);
	}
}

/* A corner piece: a square with a four-petalled flower, `s` wide. */
static void
corner(struct drawing *d, const struct ornament_pen *pen, float x, float y,
    float s)
{
	struct ornament_pen line = {pen->colour, pen->width};
	struct step_path *petal;
	float r = s * 0.36f;

	ornament_frame(d, &line, (struct step_box){x, y, s, s}, 0);
	ornament_frame(d, &line,
	    (struct step_box){
		x + s * 0.08f, y + s * 0.08f, s * 0.84f, s * 0.84f},
	    s * 0.12f);
	petal = filled(d, pen->colour, x + s / 2, y + s / 2);
	petal->repeat = 4;
	petal->turn = 90;
	drawing_move(d, 0, 0);
	drawing_curve(d, drawing_at(-r * 0.75f, -r * 0.35f),
	    drawing_at(-r * 0.45f, -r * 0.95f), drawing_at(0, -r));
	drawing_curve(d, drawing_at(r * 0.45f, -r * 0.95f),
	    drawing_at(r * 0.75f, -r * 0.35f), drawing_at(0, 0));
	drawing_close(d);
	petal = filled(d, pen->colour, x + s / 2, y + s / 2);
	petal->repeat = 4;
	petal->turn = 90;
	drawing_circle(d, r * 0.68f, r * 0.68f, r * 0.16f);
}

void
ornament_border(struct drawing *d, const struct ornament_pen *pen,
    struct step_box box, float band)
{
	struct ornament_pen thick = {pen->colour, pen->width * 3};
	struct step_box in = inset(box, pen->width * 5);
	float c = band * 1.0f, w = in.w - 2 * c, h = in.h - 2 * c;
	unsigned int nx = (unsigned int)lroundf(w / band);
	unsigned int ny = (unsigned int)lroundf(h / band);
	float sx = w / (float)nx, sy = h / (float)ny;

	ornament_frame(d, &thick, box, 0);
	ornament_frame(d, pen, in, 0);
	ornament_frame(d, pen, inset(in, c), 0);
	ornament_frame(d, &thick, inset(in, c + pen->width * 5), 0);
	meanders(d, pen, &(struct side){in.x + c, in.y, 1, 0, 0, 1}, sx, nx);
	meanders(d, pen,
	    &(struct side){in.x + in.w - c, in.y + in.h, -1, 0, 0, -1}, sx, nx);
	meanders(
	    d, pen, &(struct side){in.x + in.w, in.y + c, 0, 1, -1, 0}, sy, ny);
	meanders(
	    d, pen, &(struct side){in.x, in.y + in.h - c, 0, -1, 1, 0}, sy, ny);
	corner(d, pen, in.x, in.y, c);
	corner(d, pen, in.x + in.w - c, in.y, c);
	corner(d, pen, in.x, in.y + in.h - c, c);
	corner(d, pen, in.x + in.w - c, in.y + in.h - c, c);
}

/* One row of waves across w, of n half waves, swinging by `swing`. */
static void
wave(struct drawing *d, float w, unsigned int n, float swing)
{
	float step = w / (float)n, x = 0, s = swing;
	unsigned int i;

	drawing_move(d, 0, 0);
	for (i = 0; i < n; i++, x += step, s = -s)
		drawing_curve(d, drawing_at(x + step * 0.3642f, -s * 1.9f),
		    drawing_at(x + step * 0.6358f, -s * 1.9f),
		    drawing_at(x + step, 0));
}

void
ornament_waves(struct drawing *d, const struct ornament_pen *pen,
    struct step_box box, float gap)
{
	unsigned int rows = (unsigned int)(box.h / gap), k;
	unsigned int halves = (unsigned int)lroundf(box.w / 13) * 2;
	struct step_path *path;
	float swing;

	if (rows < 2 || halves < 2)
		return;
	/* Two families of opposite phase and unlike length interlace. */
	for (k = 0; k < 2; k++) {
		swing = k == 0 ? gap * 0.9f : -gap * 0.9f;
		path = stroked(d, pen, box.x, box.y + gap);
		path->repeat = rows - 1;
		path->dy = gap;
		wave(d, box.w, k == 0 ? halves : halves - 2, swing);
	}
}

void
ornament_rosette(
    struct drawing *d, const struct ornament_pen *pen, struct step_box box)
{
	float r = (box.w < box.h ? box.w : box.h) / 2;
	float cx = box.x + box.w / 2, cy = box.y + box.h / 2;
	static const float reach[] = {1.0f, 0.74f, 0.5f};
	static const unsigned int turns[] = {48, 36, 24};
	struct step_path *path;
	float a, b;
	size_t i;

	for (i = 0; i < sizeof(reach) / sizeof(reach[0]); i++) {
		a = r * reach[i];
		b = a * 0.52f;
		path = stroked(d, pen, cx, cy);
		path->repeat = turns[i];
		path->turn = 360.0f / (float)turns[i];
		drawing_move(d, 0, -a);
		drawing_curve(d, drawing_at(b, -a), drawing_at(b, -a * 0.25f),
		    drawing_at(0, -a * 0.25f));
		drawing_curve(d, drawing_at(-b, -a * 0.25f), drawing_at(-b, -a),
		    drawing_at(0, -a));
	}
}

/* Ears of grain on a ring of radius r: leaves on both sides, bottom to top. */
static void
ears(struct drawing *d, struct colour colour, float cx, float cy, float r)
{
	struct ornament_pen stalk = {colour, r * 0.025f};
	struct step_path *leaf;
	int side, row;
	float s, out;

	for (side = -1; side <= 1; side += 2)
		for (row = 0; row < 2; row++) {
			s = (float)side;
			out = row == 0 ? 1.0f : -1.0f;
			leaf = filled(d, colour, cx, cy);
			leaf->repeat = 11;
			leaf->turn = -13.0f * s;
			drawing_move(d, s * r * 0.16f, r * 0.9f);
			drawing_curve(d,
			    drawing_at(s * r * 0.2f, r * (0.9f + 0.16f * out)),
			    drawing_at(
				s * r * 0.32f, r * (0.86f + 0.17f * out)),
			    drawing_at(
				s * r * 0.38f, r * (0.8f + 0.12f * out)));
			drawing_curve(d,
			    drawing_at(s * r * 0.3f, r * (0.84f + 0.02f * out)),
			    drawing_at(s * r * 0.22f, r * 0.88f),
			    drawing_at(s * r * 0.16f, r * 0.9f));
			drawing_close(d);
		}
	stroked(d, &stalk, cx, cy);
	drawing_circle(d, 0, 0, r * 0.9f);
}

/* Hills, sun and water inside radius r. */
static void
landscape(struct drawing *d, struct colour main, struct colour second, float cx,
    float cy, float r)
{
	struct ornament_pen ring = {main, r * 0.04f};
	struct ornament_pen water = {main, r * 0.05f};
	struct step_path *path;

	filled(d, second, cx, cy);
	drawing_circle(d, 0, -r * 0.28f, r * 0.26f);
	path = filled(d, second, cx, cy - r * 0.28f);
	path->repeat = 16;
	path->turn = 22.5f;
	drawing_move(d, -r * 0.035f, -r * 0.32f);
	drawing_line(d, 0, -r * 0.5f);
	drawing_line(d, r * 0.035f, -r * 0.32f);
	drawing_close(d);
	filled(d, main, cx, cy);
	drawing_move(d, -r * 0.86f, r * 0.3f);
	drawing_line(d, -r * 0.42f, -r * 0.22f);
	drawing_line(d, -r * 0.2f, r * 0.02f);
	drawing_line(d, r * 0.08f, -r * 0.34f);
	drawing_line(d, r * 0.38f, r * 0.02f);
	drawing_line(d, r * 0.54f, -r * 0.14f);
	drawing_line(d, r * 0.86f, r * 0.3f);
	drawing_close(d);
	path = stroked(d, &water, cx - r * 0.72f, cy + r * 0.44f);
	path->repeat = 3;
	path->dy = r * 0.15f;
	drawing_move(d, r * 0.12f, 0);
	drawing_curve(d, drawing_at(r * 0.36f, -r * 0.14f),
	    drawing_at(r * 0.48f, r * 0.14f), drawing_at(r * 0.72f, 0));
	drawing_curve(d, drawing_at(r * 0.96f, -r * 0.14f),
	    drawing_at(r * 1.08f, r * 0.14f), drawing_at(r * 1.32f, 0));
	stroked(d, &ring, cx, cy);
	drawing_circle(d, 0, 0, r);
}

void
ornament_emblem(struct drawing *d, struct colour main, struct colour second,
    float x, float y, float size)
{
	float r = size / 2, cx = x + r, cy = y + r;

	ears(d, second, cx, cy, r * 0.96f);
	landscape(d, main, second, cx, cy, r * 0.66f);
}
