/* pdf_path.c - paths as PDF operators; see pdf_path.h. */
#include "certsvc/format/pdf_path.h"

#include <math.h>

#include "certsvc/format/pdf_write.h"

static long
hundredths(float mm)
{
	return lroundf(mm * 100);
}

static void
write_xy(struct buf *out, float x, float y)
{
	pdf_write_int(out, hundredths(x));
	buf_add_byte(out, ' ');
	pdf_write_int(out, hundredths(y));
	buf_add_byte(out, ' ');
}

static void
write_points(struct buf *out, const struct step_path *path)
{
	const struct path_point *p;
	size_t i;

	for (i = 0; i < path->npoints; i++) {
		p = &path->points[i];
		switch (p->op) {
		case PATH_MOVE:
			write_xy(out, p->x[0], p->y[0]);
			buf_add_str(out, "m\n");
			break;
		case PATH_LINE:
			write_xy(out, p->x[0], p->y[0]);
			buf_add_str(out, "l\n");
			break;
		case PATH_CURVE:
			write_xy(out, p->x[0], p->y[0]);
			write_xy(out, p->x[1], p->y[1]);
			write_xy(out, p->x[2], p->y[2]);
			buf_add_str(out, "c\n");
			break;
		case PATH_CLOSE:
			buf_add_str(out, "h\n");
			break;
		}
	}
}

static const char *
paint(const struct step_path *path)
{
	if (path->fill && path->width > 0)
		return path->even_odd ? "B*\n" : "B\n";
	if (path->fill)
		return path->even_odd ? "f*\n" : "f\n";
	return path->width > 0 ? "S\n" : "n\n";
}

/* Move the origin to copy k, and turn it (clockwise is positive, y is down). */
static void
write_matrix(struct buf *out, const struct step_path *path, unsigned int k)
{
	double turn =
	    ((double)path->angle + (double)path->turn * k) * acos(-1) / 180;

	if (path->turn == 0 && path->angle == 0) {
		buf_add_str(out, "1 0 0 1 ");
	} else {
		pdf_write_real(out, cos(turn), 5);
		buf_add_byte(out, ' ');
		pdf_write_real(out, sin(turn), 5);
		buf_add_byte(out, ' ');
		pdf_write_real(out, -sin(turn), 5);
		buf_add_byte(out, ' ');
		pdf_write_real(out, cos(turn), 5);
		buf_add_byte(out, ' ');
	}
	write_xy(out, path->ox + path->dx * (float)k,
	    path->oy + path->dy * (float)k);
	buf_add_str(out, "cm\n");
}

void
pdf_path_flip(struct buf *out, float height)
{
	buf_add_str(out, "1 0 0 -1 0 ");
	pdf_write_int(out, hundredths(height));
	buf_add_str(out, " cm\n");
}

void
pdf_path_write(struct buf *out, const struct step_path *path)
{
	unsigned int copies = path->repeat > 1 ? path->repeat : 1, k;

	buf_add_str(out, "q\n");
	if (path->fill)
		pdf_write_colour(out, path->fill_colour, "rg\n");
	if (path->width > 0) {
		pdf_write_colour(out, path->stroke_colour, "RG\n");
		pdf_write_int(out, hundredths(path->width));
		buf_add_str(out, " w\n");
	}
	for (k = 0; k < copies; k++) {
		buf_add_str(out, "q ");
		write_matrix(out, path, k);
		write_points(out, path);
		buf_add_str(out, paint(path));
		buf_add_str(out, "Q\n");
	}
	buf_add_str(out, "Q\n");
}
