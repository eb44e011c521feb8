/* seal_svg.c - a seal's picture as SVG; see seal_picture.h. */
#include "certsvc/seal_picture.h"

static void
write_points(const struct step_path *path, struct buf *out)
{
	const struct path_point *p = path->points, *end = p + path->npoints;

	for (; p < end; p++)
		switch (p->op) {
		case PATH_MOVE:
		case PATH_LINE:
			buf_printf(out, "%c%.3f %.3f",
			    p->op == PATH_MOVE ? 'M' : 'L', (double)p->x[0],
			    (double)p->y[0]);
			break;
		case PATH_CURVE:
			buf_printf(out, "C%.3f %.3f %.3f %.3f %.3f %.3f",
			    (double)p->x[0], (double)p->y[0], (double)p->x[1],
			    (double)p->y[1], (double)p->x[2], (double)p->y[2]);
			break;
		case PATH_CLOSE:
			buf_add_str(out, "Z");
			break;
		}
}

static void
write_path(const struct step_path *path, struct buf *out)
{
	const struct colour *f = &path->fill_colour, *s = &path->stroke_colour;

	buf_printf(out, "<path transform=\"translate(%.3f %.3f) rotate(%.3f)\"",
	    (double)path->ox, (double)path->oy, (double)path->angle);
	if (path->fill)
		buf_printf(out, " fill=\"#%02x%02x%02x\"", f->r, f->g, f->b);
	else
		buf_add_str(out, " fill=\"none\"");
	if (path->width > 0)
		buf_printf(out,
		    " stroke=\"#%02x%02x%02x\" stroke-width=\"%.3f\"", s->r,
		    s->g, s->b, (double)path->width);
	buf_add_str(out, " d=\"");
	write_points(path, out);
	buf_add_str(out, "\"/>\n");
}

int
seal_picture_svg(
    const struct seal_picture *picture, struct buf *out, struct err *e)
{
	size_t i;

	buf_printf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%gmm\" "
	    "height=\"%gmm\" viewBox=\"0 0 %g %g\">\n",
	    (double)picture->width, (double)picture->height,
	    (double)picture->width, (double)picture->height);
	for (i = 0; i < picture->drawing.npaths; i++)
		write_path(&picture->drawing.paths[i], out);
	buf_add_str(out, "</svg>\n");
	return buf_failed(out) ? err_nomem(e) : 0;
}
