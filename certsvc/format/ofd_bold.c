/*
 * ofd_bold.c - the glyphs of a bold run with a line round them, as a path.
 * TextObject has Stroke for it (GB/T 33190-2016, 11.2), but readers take its
 * width for all sorts of units, or pass it over; a path looks the same in
 * each.  It is filled, too, or smoothing would leave a seam inside the line.
 */
#include <math.h>

#include "certsvc/format/ofd_private.h"

struct tracer {
	const struct step_text *t;
	const struct glyph *glyph;
	double c, s;	/* of the run's turn */
	double scale;	/* mm in a font unit */
	const long *at; /* corner of the boundary, um */
	struct buf *out;
};

/* A point of the glyph, from the corner: hundredths of a mm. */
static void
write_point(const struct tracer *v, float x, float y)
{
	double u = (double)v->glyph->x + v->scale * (double)x;
	double w = (double)v->glyph->y - v->scale * (double)y;
	double px = (double)v->t->x + u * v->c - w * v->s;
	double py = (double)v->t->y + u * v->s + w * v->c;

	ofd_write_um(v->out, lround(px * 100 - v->at[0] / 10.0) * 10);
	buf_add_byte(v->out, ' ');
	ofd_write_um(v->out, lround(py * 100 - v->at[1] / 10.0) * 10);
	buf_add_byte(v->out, ' ');
}

static void
on_move(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y,
    void *user)
{
	const struct tracer *v = data;

	(void)f, (void)st, (void)user;
	buf_add_str(v->out, "M ");
	write_point(v, x, y);
}

static void
on_line(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float x, float y,
    void *user)
{
	const struct tracer *v = data;

	(void)f, (void)st, (void)user;
	buf_add_str(v->out, "L ");
	write_point(v, x, y);
}

static void
on_quad(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, float cx, float cy,
    float x, float y, void *user)
{
	const struct tracer *v = data;

	(void)f, (void)st, (void)user;
	buf_add_str(v->out, "Q ");
	write_point(v, cx, cy);
	write_point(v, x, y);
}

static void
on_close(hb_draw_funcs_t *f, void *data, hb_draw_state_t *st, void *user)
{
	const struct tracer *v = data;

	(void)f, (void)st, (void)user;
	buf_add_str(v->out, "C ");
}

static hb_draw_funcs_t *
draw_funcs(void)
{
	hb_draw_funcs_t *funcs = hb_draw_funcs_create();

	hb_draw_funcs_set_move_to_func(funcs, on_move, NULL, NULL);
	hb_draw_funcs_set_line_to_func(funcs, on_line, NULL, NULL);
	hb_draw_funcs_set_quadratic_to_func(funcs, on_quad, NULL, NULL);
	hb_draw_funcs_set_close_path_func(funcs, on_close, NULL, NULL);
	return funcs;
}

void
ofd_bold_write(struct ofd *o, const struct step_text *t, const long bounds[4],
    struct buf *out)
{
	double turn = (double)t->turn * acos(-1) / 180;
	struct tracer v = {.t = t,
	    .c = cos(turn),
	    .s = sin(turn),
	    .scale = (double)t->size / t->font->upem,
	    .at = bounds,
	    .out = out};
	hb_draw_funcs_t *funcs = draw_funcs();
	size_t i;

	buf_printf(out, "<ofd:PathObject ID=\"%u\"", ++o->id);
	ofd_write_box(out, "Boundary", bounds);
	buf_add_str(out, " LineWidth=\"");
	ofd_write_um(out, ofd_um((double)t->stroke));
	buf_add_str(out, "\" Fill=\"true\">");
	ofd_write_colour(out, "StrokeColor", t->colour);
	ofd_write_colour(out, "FillColor", t->colour);
	buf_add_str(out, "<ofd:AbbreviatedData>");
	for (i = 0; i < t->nglyphs; i++) {
		v.glyph = &t->glyphs[i];
		hb_font_get_glyph_shape(t->font->font, v.glyph->id, funcs, &v);
	}
	buf_add_str(out, "</ofd:AbbreviatedData></ofd:PathObject>\n");
	hb_draw_funcs_destroy(funcs);
}
