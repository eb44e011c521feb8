/* seal_round.c - round and oval seals; see seal_work.h. */
#include <math.h>
#include <string.h>

#include "certsvc/seal_work.h"

/* Least height of a character that a person can read on paper, mm; the number
 * is for a magnifier. */
static const double height_min = 2.2;
static const double code_min = 1.1;

/* Proportions of the radius; of half the height in an oval. */
static const double ring = 0.052;      /* width of the outer ring */
static const double arc_top = 0.885;   /* where the arc's characters end */
static const double arc_height = 0.27; /* their height */
static const double arc_span = 4.1;    /* radians the arc may take (235 deg) */
static const double arc_pitch = 0.47;  /* radians from one to the next */
static const double code_height = 0.075;
static const double code_pitch = 0.07;
static const char code_characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const double star_size = 0.31; /* radius of the star's points */
static const double below_height = 0.19;

/* Where the middle of the text below is: a number needs the room under it, and
 * an oval has no star over it. */
static double
below_at(const struct seal_work *w)
{
	if (w->width > w->height)
		return 0.25;
	return w->def->code != NULL && w->def->code[0] != '\0' ? 0.56 : 0.60;
}

/* An ellipse about the middle of the picture, run through clockwise from its
 * top; half sizes in mm. */
struct ellipse {
	double a, b;
};

/* Length of the ellipse from the top to angle t (of the circle it comes
 * from), or with t unknown the t where the length is reached. */
static double
ellipse_walk(const struct ellipse *l, double t_end, double length, double *t)
{
	const double step = 0.001;
	double s = 0, at;

	for (at = 0; at < t_end && s < length; at += step)
		s += step * hypot(l->a * cos(at + step / 2),
				l->b * sin(at + step / 2));
	if (t != NULL)
		*t = at;
	return s;
}

/* Put a glyph's middle at a length along the ellipse from the top (foot: from
 * the bottom), upright on it, clockwise. */
static void
place_on(const struct seal_work *w, const struct ellipse *l, double length,
    int foot, struct seal_glyph *g)
{
	double t, sign = length < 0 ? -1 : 1;

	if (l->a == l->b)
		t = fabs(length) / l->a;
	else
		ellipse_walk(l, acos(-1), fabs(length), &t);
	t *= sign;
	g->x = w->width / 2 + l->a * sin(t);
	g->y = w->height / 2 - (foot ? -1 : 1) * l->b * cos(t);
	g->turn = (foot ? -1 : 1) * atan2(l->b * sin(t), l->a * cos(t));
}

/* Radius of the tightest bend: that of the ends of an oval. */
static double
tightest(const struct ellipse *l)
{
	return l->b * l->b / l->a;
}

/* Characters along the upper edge, tops outwards, evenly spaced about the top.
 */
static int
draw_arc(struct seal_work *w)
{
	const struct seal_line text = {
	    "/arc", w->def->arc, SEAL_ARC_MAX, FONT_SONG, height_min};
	double r = w->height / 2, height = arc_height * r, pitch, foot;
	struct font_line line;
	struct ellipse middle;
	struct seal_glyph g = {0};
	size_t i;
	int rc;

	rc = seal_work_shape(w, &text, &line);
	if (rc != 0)
		return rc;
	/* Narrower, then smaller, until they stand side by side at their feet,
	 * where the curve is shortest. */
	for (;; height *= 0.96) {
		middle.b = arc_top * r - height / 2;
		middle.a = middle.b + (w->width - w->height) / 2;
		pitch = fmin(arc_pitch * middle.b,
		    2 * ellipse_walk(&middle, arc_span / 2, INFINITY, NULL) /
			(double)line.n);
		foot = pitch * (1 - height / 2 / tightest(&middle));
		g.width = fmin(height * 0.82, foot * 1.02);
		if (g.width >= height * 0.58 || height < height_min)
			break;
	}
	g.height = height;
	for (i = 0; i < line.n; i++) {
		place_on(w, &middle,
		    ((double)i - (double)(line.n - 1) / 2) * pitch, 0, &g);
		seal_work_glyph(w, &line.v[i], &g);
	}
	font_line_release(&line);
	return height < height_min ? seal_work_crowded(w) : 0;
}

/* The number along the lower edge, tops inwards, from left to right. */
static int
draw_code(struct seal_work *w)
{
	const struct seal_line text = {
	    "/code", w->def->code, SEAL_CODE_MAX, FONT_HEI, code_min};
	double r = w->height / 2, height = fmax(code_height * r, code_min);
	struct seal_glyph g = {.width = height, .height = height};
	struct font_line line;
	struct ellipse middle;
	double pitch;
	size_t i;
	int rc;

	if (text.text == NULL || text.text[0] == '\0')
		return 0;
	if (text.text[strspn(text.text, code_characters)] != '\0')
		return err_set(w->e, ERR_INPUT, "seal_text",
		    "印章编码只能由数字和大写字母组成",
		    "a seal's number is of digits and capital letters");
	rc = seal_work_shape(w, &text, &line);
	if (rc != 0)
		return rc;
	middle.b = 0.915 * r - height / 2;
	middle.a = middle.b + (w->width - w->height) / 2;
	pitch = fmax(code_pitch * r, height * 0.75);
	for (i = 0; i < line.n; i++) {
		place_on(w, &middle,
		    ((double)i - (double)(line.n - 1) / 2) * pitch, 1, &g);
		seal_work_glyph(w, &line.v[i], &g);
	}
	font_line_release(&line);
	return 0;
}

static int
draw_below(struct seal_work *w)
{
	const struct seal_line text = {
	    "/below", w->def->below, SEAL_BELOW_MAX, FONT_SONG, height_min};
	double r = w->height / 2, height = below_height * r, room, pitch;
	struct seal_glyph g = {0};
	struct font_line line;
	size_t i;
	int rc;

	if (w->def->below == NULL || w->def->below[0] == '\0')
		return 0;
	rc = seal_work_shape(w, &text, &line);
	if (rc != 0)
		return rc;
	if (w->width > w->height)
		height = fmax(height, height_min * 1.05);
	/* The chord inside the ring at the lower edge of the line. */
	room = w->width * sqrt(pow(1 - 2.6 * ring, 2) -
			       pow(below_at(w) + height / r / 2, 2));
	pitch = fmin(height * 1.05, room / (double)line.n);
	height = fmin(height, pitch * 1.2);
	g.width = pitch * 0.95;
	g.height = height;
	g.y = r * (1 + below_at(w));
	for (i = 0; i < line.n; i++) {
		g.x = w->width / 2 +
		      ((double)i - (double)(line.n - 1) / 2) * pitch;
		seal_work_glyph(w, &line.v[i], &g);
	}
	font_line_release(&line);
	return height < height_min ? seal_work_crowded(w) : 0;
}

/* Five points; the inner corners lie where the sides of a regular pentagram
 * cross: sin 18 / sin 54 of the outer radius. */
static void
draw_star(struct seal_work *w)
{
	struct step_path *path = drawing_path(w->d, 0, 0);
	double r = w->width / 2, outer = star_size * r;
	double inner = outer * 0.381966, at, reach;
	struct seal_ink *ink = &w->ink[w->nink++];
	double half = outer * 0.8;
	int i;

	path->fill = 1;
	path->fill_colour = w->colour;
	for (i = 0; i < 10; i++) {
		at = i * acos(-1) / 5;
		reach = i % 2 == 0 ? outer : inner;
		if (i == 0)
			drawing_move(w->d, (float)r, (float)(r - reach));
		else
			drawing_line(w->d, (float)(r + sin(at) * reach),
			    (float)(r - cos(at) * reach));
	}
	drawing_close(w->d);
	for (i = 0; i < 4; i++) {
		ink->x[i] = r + (i == 1 || i == 2 ? half : -half);
		ink->y[i] = r + (i >= 2 ? half : -half);
	}
}

static void
draw_ring(struct seal_work *w)
{
	struct step_path *path = drawing_path(w->d, 0, 0);
	double line = ring * w->height / 2;

	path->stroke_colour = w->colour;
	path->width = (float)line;
	drawing_ellipse(
	    w->d, (struct step_box){(float)(line / 2), (float)(line / 2),
		      (float)(w->width - line), (float)(w->height - line)});
	w->round = 1;
	w->inner_x = w->width / 2 - line;
	w->inner_y = w->height / 2 - line;
}

int
seal_draw_round(struct seal_work *w)
{
	int rc;

	draw_ring(w);
	if (w->width == w->height && !w->def->starless)
		draw_star(w);
	rc = draw_arc(w);
	if (rc == 0)
		rc = draw_below(w);
	if (rc == 0)
		rc = draw_code(w);
	return rc;
}
