/* seal_picture.c - a round seal as vectors; see seal_picture.h. */
#include "certsvc/seal_picture.h"

#include <math.h>
#include <string.h>

#include "certsvc/seal_outline.h"
#include "crypto/base/text.h"

/* Vermilion ink. */
static const struct colour red = {0xE6, 0x00, 0x12};

/* Least height of a character that a person can read on paper, mm. */
static const double height_min = 2.2;

/* Proportions of the radius. */
static const double ring = 0.052;      /* width of the outer ring */
static const double arc_top = 0.885;   /* where the arc's characters end */
static const double arc_height = 0.27; /* their height */
static const double arc_span = 4.1;    /* radians the arc may take (235 deg) */
static const double arc_pitch = 0.47;  /* radians from one to the next */
static const double star_size = 0.31;  /* radius of the star's points */
static const double below_at = 0.60;   /* middle of the text below */
static const double below_height = 0.19;

struct seal_work {
	const struct font_set *fonts;
	const struct seal_definition *def;
	struct drawing *d;
	double r;
	struct seal_ink ink[SEAL_ARC_MAX + SEAL_BELOW_MAX + 1];
	size_t nink;
	struct err *e;
};

static int
crowded(struct seal_work *w)
{
	return err_set(w->e, ERR_INPUT, "seal_crowded",
	    "印章文字过多，放不下或过小",
	    "too much text on the seal: it would be too small or touch");
}

/* Shape the characters of a text; at most `max`, each one glyph. */
static int
shape(struct seal_work *w, const char *text, size_t max, struct font_line *line)
{
	const struct font_text song = {.style = FONT_SONG,
	    .text = text,
	    .len = strlen(text),
	    .pointer = "/seal"};
	long n = text_utf8_count(text, song.len);
	size_t i;
	int rc;

	if (n < 1 || (size_t)n > max)
		return err_set(w->e, ERR_INPUT, "seal_text",
		    "印章文字为空、过长或不是有效的 UTF-8",
		    "a text of the seal is empty, too long or not valid UTF-8");
	rc = font_shape(w->fonts, &song, line, w->e);
	if (rc != 0)
		return rc;
	for (i = 0; i < line->n; i++)
		if (!line->v[i].whole)
			break;
	if (i == line->n && line->n <= max)
		return 0;
	font_line_release(line);
	return err_set(w->e, ERR_INPUT, "seal_text", "印章文字含有不支持的文字",
	    "a text of the seal is in a script that is not supported");
}

/* Characters on the upper arc, tops outwards, evenly spaced about the top. */
static int
draw_arc(struct seal_work *w)
{
	struct font_line line;
	struct seal_glyph g = {0};
	double pitch, height, width, inner, at;
	size_t i;
	int rc;

	rc = shape(w, w->def->arc, SEAL_ARC_MAX, &line);
	if (rc != 0)
		return rc;
	pitch = fmin(arc_pitch, arc_span / (double)line.n);
	height = arc_height * w->r;
	/* Narrower, then smaller, until they stand side by side at their feet,
	 * where the circle is shortest. */
	for (;; height *= 0.96) {
		inner = arc_top * w->r - height;
		width = fmin(height * 0.82, pitch * inner * 1.02);
		if (width >= height * 0.58 || height < height_min)
			break;
	}
	g.width = width;
	g.height = height;
	for (i = 0; i < line.n; i++) {
		at = ((double)i - (double)(line.n - 1) / 2) * pitch;
		g.font = line.v[i].font;
		g.id = line.v[i].id;
		g.turn = at;
		g.x = w->r + sin(at) * (arc_top * w->r - height / 2);
		g.y = w->r - cos(at) * (arc_top * w->r - height / 2);
		if (!line.v[i].blank)
			seal_outline(w->d, &g, red, &w->ink[w->nink++]);
	}
	font_line_release(&line);
	return height < height_min ? crowded(w) : 0;
}

static int
draw_below(struct seal_work *w)
{
	struct font_line line;
	struct seal_glyph g = {0};
	double height = below_height * w->r, room, pitch;
	size_t i;
	int rc;

	if (w->def->below == NULL || w->def->below[0] == '\0')
		return 0;
	rc = shape(w, w->def->below, SEAL_BELOW_MAX, &line);
	if (rc != 0)
		return rc;
	/* The chord inside the ring at the lower edge of the line. */
	room =
	    2 * w->r *
	    sqrt(pow(1 - 2.6 * ring, 2) - pow(below_at + below_height / 2, 2));
	pitch = fmin(height * 1.05, room / (double)line.n);
	height = fmin(height, pitch * 1.2);
	g.width = pitch * 0.95;
	g.height = height;
	g.y = w->r * (1 + below_at);
	for (i = 0; i < line.n; i++) {
		g.font = line.v[i].font;
		g.id = line.v[i].id;
		g.x = w->r + ((double)i - (double)(line.n - 1) / 2) * pitch;
		if (!line.v[i].blank)
			seal_outline(w->d, &g, red, &w->ink[w->nink++]);
	}
	font_line_release(&line);
	return height < height_min ? crowded(w) : 0;
}

/* Five points; the inner corners lie where the sides of a regular pentagram
 * cross: sin 18 / sin 54 of the outer radius. */
static void
draw_star(struct seal_work *w)
{
	struct step_path *path = drawing_path(w->d, 0, 0);
	double outer = star_size * w->r, inner = outer * 0.381966, at, reach;
	struct seal_ink *ink = &w->ink[w->nink++];
	double half = outer * 0.8;
	int i;

	path->fill = 1;
	path->fill_colour = red;
	for (i = 0; i < 10; i++) {
		at = i * acos(-1) / 5;
		reach = i % 2 == 0 ? outer : inner;
		if (i == 0)
			drawing_move(w->d, (float)w->r, (float)(w->r - reach));
		else
			drawing_line(w->d, (float)(w->r + sin(at) * reach),
			    (float)(w->r - cos(at) * reach));
	}
	drawing_close(w->d);
	for (i = 0; i < 4; i++) {
		ink->x[i] = w->r + (i == 1 || i == 2 ? half : -half);
		ink->y[i] = w->r + (i >= 2 ? half : -half);
	}
}

static void
draw_ring(struct seal_work *w)
{
	struct step_path *path = drawing_path(w->d, 0, 0);

	path->stroke_colour = red;
	path->width = (float)(ring * w->r);
	drawing_circle(
	    w->d, (float)w->r, (float)w->r, (float)(w->r * (1 - ring / 2)));
}

static int
check_ink(struct seal_work *w)
{
	size_t i, j;

	for (i = 0; i < w->nink; i++)
		for (j = i + 1; j < w->nink; j++)
			if (seal_ink_overlap(&w->ink[i], &w->ink[j]))
				return crowded(w);
	return 0;
}

static int
draw(struct seal_work *w)
{
	int rc;

	draw_ring(w);
	draw_star(w);
	rc = draw_arc(w);
	if (rc == 0)
		rc = draw_below(w);
	if (rc == 0)
		rc = check_ink(w);
	return rc == 0 ? drawing_finish(w->d, (float)(2 * w->r), w->e) : rc;
}

int
seal_picture_make(const struct font_set *fonts,
    const struct seal_definition *def, struct seal_picture *out, struct err *e)
{
	struct seal_work w = {.fonts = fonts,
	    .def = def,
	    .d = &out->drawing,
	    .r = def->diameter / 2,
	    .e = e};
	int rc;

	memset(out, 0, sizeof(*out));
	if (strcmp(def->kind, "round") != 0)
		return err_set(e, ERR_INPUT, "seal_kind",
		    "不支持的印章形状：%.20s", "no such kind of seal: %.20s",
		    def->kind);
	if (!(def->diameter >= 30 && def->diameter <= 60))
		return err_set(e, ERR_INPUT, "seal_size",
		    "印章直径应为 30 至 60 毫米",
		    "a seal's diameter is 30 to 60 mm");
	rc = draw(&w);
	if (rc != 0) {
		seal_picture_release(out);
		return rc;
	}
	out->width = out->height = (float)def->diameter;
	out->content = buf_bytes(&out->drawing.deflated);
	out->bbox[2] = out->bbox[3] = def->diameter * 100;
	return 0;
}

void
seal_picture_release(struct seal_picture *picture)
{
	drawing_release(&picture->drawing);
	memset(picture, 0, sizeof(*picture));
}

struct step_box
seal_picture_box(
    const struct seal_picture *picture, const struct step_seal *place)
{
	struct step_box whole = step_seal_whole(place);

	return (struct step_box){whole.x + (whole.w - picture->width) / 2,
	    whole.y + (whole.h - picture->height) / 2, picture->width,
	    picture->height};
}
