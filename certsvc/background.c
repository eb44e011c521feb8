/* background.c - the secure background of a printed sheet; see background.h. */
#include "certsvc/background.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/seal_outline.h"

/*
 * The two screens: line width by distance is one sixth in both, so the eye sees
 * one tone.  A scan of 300 dpi has dots of 0.085 mm: it keeps the wide lines
 * and loses most of the narrow ones.  A printer of 600 dpi draws both.
 */
static const float fine_width = 0.06f, fine_pitch = 0.36f;
static const float coarse_width = 0.12f, coarse_pitch = 0.72f;
static const struct colour screen_colour = {0x9A, 0xBC, 0xD0};

static const char words[] = "复印 COPY";
static const float em = 20;		/* of the words, mm */
static const float tile_width = 112;	/* one set of the words with what is */
static const float tile_height = 28.8f; /* round it: whole lines, mm */
static const float least = 0.15f;	/* shorter pieces are left out, mm */

/* The curves over them. */
static const float curve_width = 0.08f, curve_pitch = 2.6f;
static const struct colour curve_colours[] = {
    {0xEB, 0xD2, 0xCC}, {0xD0, 0xE2, 0xCC}};

enum {
	CUTS_MAX = 256 /* where outlines of the words cross one line */
};

/* Numbers from a seed (splitmix64): they only have to differ. */
static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15U;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
	return z ^ (z >> 31);
}

static float
between(uint64_t *state, float low, float high)
{
	return low + (high - low) * (float)(next(state) >> 40) / 16777216.0f;
}

/* Outlines of the words, in the middle of a tile. */
static int
draw_words(const struct font_set *fonts, struct drawing *out, struct err *e)
{
	struct font_text text = {.style = FONT_HEI,
	    .text = words,
	    .len = sizeof(words) - 1,
	    .pointer = ""};
	struct font_line line = {NULL, 0};
	struct seal_glyph glyph = {.y = (double)tile_height / 2,
	    .width = (double)em,
	    .height = (double)em};
	struct seal_ink ink;
	double pen = 0;
	size_t i;
	int rc = font_shape(fonts, &text, &line, e);

	for (i = 0; rc == 0 && i < line.n; i++)
		pen += (double)line.v[i].advance;
	pen = ((double)tile_width - pen * (double)em) / 2;
	for (i = 0; rc == 0 && i < line.n; i++) {
		glyph.font = line.v[i].font;
		glyph.id = line.v[i].id;
		glyph.middle = (double)line.v[i].advance / 2;
		glyph.x = pen + glyph.middle * (double)em;
		if (!line.v[i].blank)
			seal_outline(out, &glyph, screen_colour, &ink);
		pen += (double)line.v[i].advance * (double)em;
	}
	font_line_release(&line);
	return rc != 0 ? rc : out->failed ? err_nomem(e) : 0;
}

/* Where an outline crosses a line; `turn` is +1 or -1 by its direction. */
struct cut {
	float x;
	int turn;
};

struct cuts {
	struct cut v[CUTS_MAX];
	size_t n;
};

static int
by_x(const void *a, const void *b)
{
	float x = ((const struct cut *)a)->x, y = ((const struct cut *)b)->x;

	return (x > y) - (x < y);
}

static void
cut_path(const struct step_path *path, float y, struct cuts *cuts)
{
	const struct path_point *p = path->points, *start = p, *to;
	float y1, y2;
	size_t i;

	y -= path->oy;
	for (i = 0; i < path->npoints; i++) {
		if (p[i].op == PATH_MOVE)
			start = &p[i];
		if (p[i].op == PATH_CLOSE)
			continue;
		to = i + 1 < path->npoints && p[i + 1].op == PATH_LINE
			 ? &p[i + 1]
			 : start;
		y1 = p[i].y[0];
		y2 = to->y[0];
		if ((y1 <= y) == (y2 <= y) || cuts->n == CUTS_MAX)
			continue;
		cuts->v[cuts->n++] = (struct cut){
		    path->ox + p[i].x[0] +
			(to->x[0] - p[i].x[0]) * (y - y1) / (y2 - y1),
		    y1 <= y ? 1 : -1};
	}
}

/* A line's pieces inside (coarse) or outside the words, as areas: viewers draw
 * a stroke of less than a dot as wide as a dot, and the tones would differ. */
static void
draw_line(
    struct drawing *d, const struct drawing *outlines, float y, int coarse)
{
	float width = coarse ? coarse_width : fine_width;
	struct cuts cuts = {.n = 0};
	int winding = 0, before;
	float from = 0, to;
	size_t i;

	for (i = 0; i < outlines->npaths; i++)
		cut_path(&outlines->paths[i], y, &cuts);
	qsort(cuts.v, cuts.n, sizeof(cuts.v[0]), by_x);
	for (i = 0; i <= cuts.n; i++) {
		before = winding;
		to = i < cuts.n ? cuts.v[i].x : tile_width;
		if (i < cuts.n)
			winding += cuts.v[i].turn;
		if (i < cuts.n && (before != 0) == (winding != 0))
			continue;
		if ((before != 0) == (coarse != 0) && to - from >= least)
			drawing_rect(d, (struct step_box){from, y - width / 2,
					    to - from, width});
		from = to;
	}
}

/* One screen of a row of tiles. */
static void
draw_screen(struct drawing *d, const struct drawing *outlines,
    struct drawing_point at, unsigned int tiles, int coarse)
{
	struct step_path *path = drawing_path(d, at.x, at.y);
	float pitch = coarse ? coarse_pitch : fine_pitch;
	int lines = (int)lroundf(tile_height / pitch), i;

	path->fill = 1;
	path->fill_colour = screen_colour;
	path->repeat = tiles;
	path->dx = tile_width;
	for (i = 0; i < lines; i++)
		draw_line(d, outlines, ((float)i + 0.5f) * pitch, coarse);
}

/* One screen after the other: what repeats stands near what it repeats, which
 * makes the drawing small. */
static void
draw_screens(struct drawing *d, const struct drawing *outlines, float width,
    float height, uint64_t *state)
{
	struct drawing_point at;
	float left = -between(state, 0, tile_width / 2);
	float top = -between(state, 0, tile_height), y;
	int row, coarse;

	for (coarse = 0; coarse < 2; coarse++)
		for (row = 0, y = top; y < height; row++, y += tile_height) {
			at = drawing_at(
			    left - (float)(row % 2) * tile_width / 2, y);
			draw_screen(d, outlines, at,
			    (unsigned int)ceilf((width - at.x) / tile_width),
			    coarse);
		}
}

/* Height of a curve at x, and its slope: two waves of unlike length. */
struct wave {
	float height[2], length[2], phase[2];
};

static void
wave_at(const struct wave *w, float x, float *y, float *slope)
{
	float k, a;
	int i;

	*y = *slope = 0;
	for (i = 0; i < 2; i++) {
		k = 2 * acosf(-1) / w->length[i];
		a = k * x + w->phase[i];
		*y += w->height[i] * sinf(a);
		*slope += w->height[i] * k * cosf(a);
	}
}

/* Curves of one family, one below the other all over the page. */
static void
draw_curves(struct drawing *d, float width, float height, struct colour colour,
    uint64_t *state)
{
	struct wave w;
	struct step_path *path;
	float x, step, y, slope, y2, slope2, reach;
	int i;

	for (i = 0; i < 2; i++) {
		w.height[i] = between(state, 1.5f, 4.5f);
		w.length[i] = between(state, 28, 64);
		w.phase[i] = between(state, 0, 6.28f);
	}
	step = fminf(w.length[0], w.length[1]) / 8;
	reach = w.height[0] + w.height[1];
	path = drawing_path(d, 0, -reach);
	path->width = curve_width;
	path->stroke_colour = colour;
	path->repeat = (unsigned int)((height + 2 * reach) / curve_pitch) + 1;
	path->dy = curve_pitch;
	wave_at(&w, 0, &y, &slope);
	drawing_move(d, 0, y);
	for (x = 0; x < width; x += step, y = y2, slope = slope2) {
		wave_at(&w, x + step, &y2, &slope2);
		drawing_curve(d, drawing_at(x + step / 3, y + slope * step / 3),
		    drawing_at(x + step * 2 / 3, y2 - slope2 * step / 3),
		    drawing_at(x + step, y2));
	}
}

int
background_make(const struct font_set *fonts, float width, float height,
    uint64_t seed, struct drawing **out, struct err *e)
{
	struct drawing *outlines = drawing_new(), *d = drawing_new();
	size_t i;
	int rc = 0;

	*out = NULL;
	if (outlines == NULL || d == NULL)
		rc = err_nomem(e);
	if (rc == 0)
		rc = draw_words(fonts, outlines, e);
	if (rc == 0) {
		draw_screens(d, outlines, width, height, &seed);
		for (i = 0; i < 2; i++)
			draw_curves(d, width, height, curve_colours[i], &seed);
		rc = drawing_finish(d, 0, e);
	}
	drawing_free(outlines);
	if (rc == 0) {
		drawing_drop_paths(d);
		*out = d;
	} else {
		drawing_free(d);
	}
	return rc;
}
