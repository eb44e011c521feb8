/*
 * seal_png.c - see seal_png.h.  Paths are flattened into edges; each row of
 * pixels is the mean of a few sample lines, on which the spans inside (winding
 * number, or even-odd) are exact to a fraction of a pixel.  A stroke is filled
 * as one rectangle a segment and one disc a corner.
 */
#include "certsvc/seal_png.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

enum {
	SAMPLES = 5,	  /* sample lines in a row of pixels */
	PIECE = 3,	  /* pixels of a line segment of a curve */
	PIECES_MAX = 400, /* of one curve */
	DISC_CORNERS = 12,
	CROSSINGS_MAX = 1024 /* of one sample line */
};

struct edge {
	float x0, y0, x1, y1; /* pixels; y0 < y1 */
	int down;	      /* +1 or -1: how it was drawn */
};

struct crossing {
	float x;
	int down;
};

struct raster {
	float scale; /* pixels per mm */
	size_t width, height;
	struct edge *edges; /* owned; of the path under way */
	size_t nedges, cap;
	float top, bottom; /* that the edges lie between */
	float *cover;	   /* owned; of the row under way, 0 to 1 */
	uint8_t *pixels;   /* owned; RGBA */
	int failed;
};

struct point {
	float x, y;
};

static void
add_edge(struct raster *r, struct point a, struct point b)
{
	struct edge *grown;

	if (a.y == b.y || r->failed)
		return;
	if (r->nedges == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 256;
		grown = realloc(r->edges, r->cap * sizeof(*grown));
		if (grown == NULL) {
			r->failed = 1;
			return;
		}
		r->edges = grown;
	}
	r->top = fminf(r->top, fminf(a.y, b.y));
	r->bottom = fmaxf(r->bottom, fmaxf(a.y, b.y));
	r->edges[r->nedges++] = a.y < b.y
				    ? (struct edge){a.x, a.y, b.x, b.y, 1}
				    : (struct edge){b.x, b.y, a.x, a.y, -1};
}

/* What a line of a path becomes: an edge, or the rectangle of a stroke. */
struct pen {
	struct raster *r;
	float half; /* of the stroke, pixels; 0: fill */
	struct point start, at;
};

static void
add_disc(struct raster *r, struct point c, float radius)
{
	struct point last = {c.x + radius, c.y}, next;
	int i;

	for (i = 1; i <= DISC_CORNERS; i++) {
		double a = -2 * M_PI * i / DISC_CORNERS;

		next.x = c.x + radius * (float)cos(a);
		next.y = c.y + radius * (float)sin(a);
		add_edge(r, last, next);
		last = next;
	}
}

static void
pen_line(struct pen *pen, struct point to)
{
	struct point from = pen->at, n;
	float dx = to.x - from.x, dy = to.y - from.y, length = hypotf(dx, dy),
	      k;

	pen->at = to;
	if (pen->half == 0) {
		add_edge(pen->r, from, to);
		return;
	}
	if (length == 0)
		return;
	k = pen->half / length;
	n = (struct point){-dy * k, dx * k};
	add_edge(pen->r, (struct point){from.x + n.x, from.y + n.y},
	    (struct point){to.x + n.x, to.y + n.y});
	add_edge(pen->r, (struct point){to.x + n.x, to.y + n.y},
	    (struct point){to.x - n.x, to.y - n.y});
	add_edge(pen->r, (struct point){to.x - n.x, to.y - n.y},
	    (struct point){from.x - n.x, from.y - n.y});
	add_edge(pen->r, (struct point){from.x - n.x, from.y - n.y},
	    (struct point){from.x + n.x, from.y + n.y});
	add_disc(pen->r, to, pen->half);
}

static float
distance(struct point a, struct point b)
{
	return hypotf(b.x - a.x, b.y - a.y);
}

static void
pen_curve(struct pen *pen, struct point a, struct point b, struct point end)
{
	struct point from = pen->at, p;
	float length = distance(from, a) + distance(a, b) + distance(b, end);
	int i, n = 2 + (int)fminf(length / PIECE, PIECES_MAX);

	for (i = 1; i <= n; i++) {
		float t = (float)i / (float)n, u = 1 - t;

		p.x = u * u * u * from.x + 3 * u * u * t * a.x +
		      3 * u * t * t * b.x + t * t * t * end.x;
		p.y = u * u * u * from.y + 3 * u * u * t * a.y +
		      3 * u * t * t * b.y + t * t * t * end.y;
		pen_line(pen, p);
	}
}

/* A point of the path in pixels of the picture. */
static struct point
place(const struct raster *r, const struct step_path *path, float x, float y)
{
	double a = (double)path->angle * M_PI / 180;
	float c = (float)cos(a), s = (float)sin(a);

	return (struct point){r->scale * (path->ox + c * x - s * y),
	    r->scale * (path->oy + s * x + c * y)};
}

/* An open figure of a filled path is closed all the same. */
static void
pen_up(struct pen *pen)
{
	if (pen->half == 0)
		pen_line(pen, pen->start);
}

static void
trace(struct raster *r, const struct step_path *path, float half)
{
	struct pen pen = {.r = r, .half = half};
	const struct path_point *p = path->points;
	size_t i;

	r->nedges = 0;
	r->top = (float)r->height;
	r->bottom = 0;
	for (i = 0; i < path->npoints; i++, p++)
		switch (p->op) {
		case PATH_MOVE:
			pen_up(&pen);
			pen.start = pen.at = place(r, path, p->x[0], p->y[0]);
			break;
		case PATH_LINE:
			pen_line(&pen, place(r, path, p->x[0], p->y[0]));
			break;
		case PATH_CURVE:
			pen_curve(&pen, place(r, path, p->x[0], p->y[0]),
			    place(r, path, p->x[1], p->y[1]),
			    place(r, path, p->x[2], p->y[2]));
			break;
		case PATH_CLOSE:
			pen_line(&pen, pen.start);
			break;
		}
	pen_up(&pen);
}

static int
crossing_order(const void *a, const void *b)
{
	const struct crossing *x = a, *y = b;

	return (x->x > y->x) - (x->x < y->x);
}

/* The edges that cross a sample line, from the left. */
static size_t
cross(const struct raster *r, float y, struct crossing out[CROSSINGS_MAX])
{
	const struct edge *edge;
	size_t i, n = 0;

	for (i = 0; i < r->nedges && n < CROSSINGS_MAX; i++) {
		edge = &r->edges[i];
		if (y < edge->y0 || y >= edge->y1)
			continue;
		out[n].x = edge->x0 + (edge->x1 - edge->x0) * (y - edge->y0) /
					  (edge->y1 - edge->y0);
		out[n++].down = edge->down;
	}
	if (n > 1)
		qsort(out, n, sizeof(*out), crossing_order);
	return n;
}

/* Ink from a to b on a sample line. */
static void
span(struct raster *r, float a, float b)
{
	float w = (float)r->width;
	size_t i, first, last;

	a = a < 0 ? 0 : a;
	b = b > w ? w : b;
	if (a >= b)
		return;
	first = (size_t)a;
	last = (size_t)b;
	if (first == last) {
		r->cover[first] += (b - a) / SAMPLES;
		return;
	}
	r->cover[first] += ((float)first + 1 - a) / SAMPLES;
	for (i = first + 1; i < last; i++)
		r->cover[i] += 1.0f / SAMPLES;
	r->cover[last] += (b - (float)last) / SAMPLES;
}

static void
sample(struct raster *r, float y, int even_odd)
{
	struct crossing list[CROSSINGS_MAX];
	size_t i, n = cross(r, y, list);
	int winding = 0;

	for (i = 0; i + 1 < n; i++) {
		winding += list[i].down;
		if (even_odd ? i % 2 == 0 : winding != 0)
			span(r, list[i].x, list[i + 1].x);
	}
}

/* Ink over what is there. */
static void
blend(uint8_t *pixel, const struct colour *c, float cover)
{
	float a = cover > 1 ? 1 : cover, under = (float)pixel[3] / 255,
	      all = a + under * (1 - a);
	const uint8_t ink[3] = {c->r, c->g, c->b};
	int i;

	if (a <= 0)
		return;
	for (i = 0; i < 3; i++)
		pixel[i] = (uint8_t)lrintf(
		    ((float)ink[i] * a + (float)pixel[i] * under * (1 - a)) /
		    all);
	pixel[3] = (uint8_t)lrintf(all * 255);
}

static void
fill(struct raster *r, const struct colour *colour, int even_odd)
{
	size_t y = r->top > 0 ? (size_t)r->top : 0, x;
	int i;

	for (; y < r->height && (float)y < r->bottom && !r->failed; y++) {
		memset(r->cover, 0, (r->width + 1) * sizeof(*r->cover));
		for (i = 0; i < SAMPLES; i++)
			sample(r, (float)y + ((float)i + 0.5f) / (float)SAMPLES,
			    even_odd);
		for (x = 0; x < r->width; x++)
			blend(r->pixels + (y * r->width + x) * 4, colour,
			    r->cover[x]);
	}
}

static void
draw(struct raster *r, const struct step_path *path)
{
	if (path->fill) {
		trace(r, path, 0);
		fill(r, &path->fill_colour, path->even_odd);
	}
	if (path->width > 0) {
		trace(r, path, path->width * r->scale / 2);
		fill(r, &path->stroke_colour, 0);
	}
}

static int
encode(const struct raster *r, struct buf *out, struct err *e)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
	    .width = (png_uint_32)r->width,
	    .height = (png_uint_32)r->height,
	    .format = PNG_FORMAT_RGBA};
	png_alloc_size_t n = PNG_IMAGE_PNG_SIZE_MAX(image);
	uint8_t *room = buf_extend(out, n);

	if (room == NULL)
		return err_nomem(e);
	if (png_image_write_to_memory(
		&image, room, &n, 0, r->pixels, 0, NULL) == 0)
		return err_internal(e, "png_image_write_to_memory");
	out->n = (size_t)(room - out->p) + n;
	return 0;
}

int
seal_png(const struct seal_picture *picture, unsigned int dpi, struct buf *out,
    struct err *e)
{
	struct raster r = {.scale = (float)dpi / 25.4f};
	size_t i;
	int rc;

	if (dpi < SEAL_PNG_DPI_MIN || dpi > SEAL_PNG_DPI_MAX)
		return err_set(e, ERR_INPUT, "seal_size",
		    "预览的分辨率应在 %d 与 %d 之间",
		    "the resolution of a preview lies between %d and %d dpi",
		    SEAL_PNG_DPI_MIN, SEAL_PNG_DPI_MAX);
	r.width = (size_t)ceilf(picture->width * r.scale);
	r.height = (size_t)ceilf(picture->height * r.scale);
	r.cover = calloc(r.width + 1, sizeof(*r.cover));
	r.pixels = calloc(r.width * r.height, 4);
	r.failed = r.cover == NULL || r.pixels == NULL;
	for (i = 0; i < picture->drawing.npaths && !r.failed; i++)
		draw(&r, &picture->drawing.paths[i]);
	rc = r.failed ? err_nomem(e) : encode(&r, out, e);
	free(r.edges);
	free(r.cover);
	free(r.pixels);
	return rc;
}
