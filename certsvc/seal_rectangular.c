/* seal_rectangular.c - rectangular seals and those of persons; see
 * seal_work.h. */
#include <math.h>
#include <string.h>

#include "certsvc/seal_work.h"

/* Least height of a character that a person can read on paper, mm. */
static const double height_min = 2.2;

/* Proportions of the height. */
static const double line_width = 0.035; /* of the frame; at most 0.8 mm */
static const double margin = 0.10;	/* from the frame to the text */
static const double name_margin = 0.05; /* the same in a square of a name */

static double
frame_width(const struct seal_work *w)
{
	return w->def->frameless ? 0 : fmin(line_width * w->height, 0.8);
}

static void
draw_frame(struct seal_work *w)
{
	double line = frame_width(w);
	struct step_path *path;

	w->inner_x = w->width / 2 - line;
	w->inner_y = w->height / 2 - line;
	if (w->def->frameless)
		return;
	path = drawing_path(w->d, 0, 0);
	path->stroke_colour = w->colour;
	path->width = (float)line;
	drawing_rect(
	    w->d, (struct step_box){(float)(line / 2), (float)(line / 2),
		      (float)(w->width - line), (float)(w->height - line)});
}

/* A line of text spread over a box: characters at most as high as the box, at
 * most a little wider than high, evenly spaced. */
static int
draw_line(
    struct seal_work *w, const struct seal_line *text, struct step_box box)
{
	struct font_line line;
	struct seal_glyph g = {0};
	double pitch;
	size_t i;
	int rc;

	rc = seal_work_shape(w, text, &line);
	if (rc != 0)
		return rc;
	pitch = fmin((double)box.w / (double)line.n, (double)box.h * 1.25);
	g.height = fmin(box.h, pitch * 1.5);
	g.width = fmin(pitch * 0.95, g.height * 1.05);
	g.y = box.y + box.h / 2;
	for (i = 0; i < line.n; i++) {
		g.x = box.x + box.w / 2 +
		      ((double)i - (double)(line.n - 1) / 2) * pitch;
		seal_work_glyph(w, &line.v[i], &g);
	}
	font_line_release(&line);
	return fmin(g.height, g.width * 1.5) < text->least
		   ? seal_work_crowded(w)
		   : 0;
}

/* The room inside the frame and a margin, a share of the height. */
static struct step_box
inside(const struct seal_work *w, double share)
{
	float edge = (float)(frame_width(w) + share * w->height);

	return (struct step_box){edge, edge, (float)w->width - 2 * edge,
	    (float)w->height - 2 * edge};
}

int
seal_draw_rectangular(struct seal_work *w)
{
	struct seal_line text = {
	    "/text", NULL, SEAL_LINE_MAX, FONT_SONG, height_min};
	const char *all = w->def->text == NULL ? "" : w->def->text;
	const char *feed = strchr(all, '\n');
	char first[4 * SEAL_LINE_MAX + 1];
	struct step_box box;
	int rc;

	draw_frame(w);
	box = inside(w, margin);
	text.text = all;
	if (feed == NULL)
		return draw_line(w, &text, box);
	/* A first line that does not fit here is too long anyway. */
	if ((size_t)(feed - all) < sizeof(first)) {
		memcpy(first, all, (size_t)(feed - all));
		first[feed - all] = '\0';
		text.text = first;
	}
	box.h *= 0.46f;
	rc = draw_line(w, &text, box);
	if (rc != 0)
		return rc;
	text.text = feed + 1;
	box.y += box.h / 0.46f * 0.54f;
	return draw_line(w, &text, box);
}

/* A square of two columns read from the right: two characters one beside the
 * other, a third and a fourth share the columns from the left. */
static void
draw_square(struct seal_work *w, const struct font_line *line)
{
	struct step_box box = inside(w, name_margin);
	size_t right = line->n > 3 ? 2 : 1, left = line->n - right, i;
	struct seal_glyph g = {.width = box.w / 2 * 0.97};
	size_t in_column, row;

	for (i = 0; i < line->n; i++) {
		in_column = i < right ? right : left;
		row = i < right ? i : i - right;
		g.height = box.h / (double)in_column * 0.97;
		g.x = box.x + box.w * (i < right ? 0.75 : 0.25);
		g.y = box.y + box.h * ((double)row + 0.5) / (double)in_column;
		seal_work_glyph(w, &line->v[i], &g);
	}
}

int
seal_draw_personal(struct seal_work *w)
{
	const struct seal_line text = {
	    "/text", w->def->text, SEAL_NAME_MAX, FONT_KAI_BOLD, height_min};
	struct font_line line;
	int rc;

	draw_frame(w);
	rc = seal_work_shape(w, &text, &line);
	if (rc != 0)
		return rc;
	if (line.n < SEAL_NAME_MIN)
		rc = err_set(w->e, ERR_INPUT, "seal_text",
		    "个人名章应有 2 至 4 个字",
		    "a person's seal has 2 to 4 characters");
	else if (w->width == w->height)
		draw_square(w, &line);
	else
		rc = draw_line(w, &text, inside(w, margin));
	font_line_release(&line);
	return rc;
}
