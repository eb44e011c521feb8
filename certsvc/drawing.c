/* drawing.c - a picture made of paths; see drawing.h. */
#include "certsvc/drawing.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/format/ofd_template.h"
#include "certsvc/format/pdf_path.h"
#include "certsvc/format/pdf_write.h"

struct drawing *
drawing_new(void)
{
	return calloc(1, sizeof(struct drawing));
}

void
drawing_drop_paths(struct drawing *d)
{
	size_t i;

	for (i = 0; i < d->npaths; i++)
		free(d->paths[i].points);
	free(d->paths);
	d->paths = NULL;
	d->npaths = 0;
}

void
drawing_release(struct drawing *drawing)
{
	size_t i;

	drawing_drop_paths(drawing);
	for (i = 0; drawing->templates != NULL && i < DRAWING_TEMPLATES; i++)
		ofd_template_free(drawing->templates[i]);
	free(drawing->templates);
	buf_release(&drawing->deflated);
	memset(drawing, 0, sizeof(*drawing));
}

void
drawing_free(struct drawing *drawing)
{
	if (drawing == NULL)
		return;
	drawing_release(drawing);
	free(drawing);
}

struct step_path *
drawing_path(struct drawing *d, float ox, float oy)
{
	struct step_path *grown;

	grown = realloc(d->paths, (d->npaths + 1) * sizeof(*grown));
	if (grown == NULL) {
		d->failed = 1;
		return &d->spare;
	}
	d->paths = grown;
	grown += d->npaths++;
	memset(grown, 0, sizeof(*grown));
	grown->ox = ox;
	grown->oy = oy;
	return grown;
}

/* Points grow by doubling: the count says when the room is used up. */
static void
add(struct drawing *d, const struct path_point *point)
{
	struct step_path *path;
	struct path_point *grown;
	size_t n;

	if (d->failed || d->npaths == 0)
		return;
	path = &d->paths[d->npaths - 1];
	n = path->npoints;
	if ((n & (n - 1)) == 0) {
		grown = realloc(
		    path->points, (n ? 2 * n : 1) * sizeof(*path->points));
		if (grown == NULL) {
			d->failed = 1;
			return;
		}
		path->points = grown;
	}
	path->points[path->npoints++] = *point;
}

void
drawing_move(struct drawing *d, float x, float y)
{
	add(d, &(struct path_point){PATH_MOVE, {x}, {y}});
}

void
drawing_line(struct drawing *d, float x, float y)
{
	add(d, &(struct path_point){PATH_LINE, {x}, {y}});
}

void
drawing_curve(struct drawing *d, struct drawing_point c1,
    struct drawing_point c2, struct drawing_point end)
{
	add(d, &(struct path_point){
		   PATH_CURVE, {c1.x, c2.x, end.x}, {c1.y, c2.y, end.y}});
}

void
drawing_close(struct drawing *d)
{
	add(d, &(struct path_point){PATH_CLOSE, {0}, {0}});
}

void
drawing_rect(struct drawing *d, struct step_box box)
{
	drawing_move(d, box.x, box.y);
	drawing_line(d, box.x + box.w, box.y);
	drawing_line(d, box.x + box.w, box.y + box.h);
	drawing_line(d, box.x, box.y + box.h);
	drawing_close(d);
}

void
drawing_ellipse(struct drawing *d, struct step_box box)
{
	/* The usual cubic of a quarter circle: off by 0.03 % of the radius. */
	const float a = box.w / 2, b = box.h / 2;
	const float cx = box.x + a, cy = box.y + b;
	const float ka = 0.5522848f * a, kb = 0.5522848f * b;

	drawing_move(d, cx + a, cy);
	drawing_curve(d, drawing_at(cx + a, cy + kb),
	    drawing_at(cx + ka, cy + b), drawing_at(cx, cy + b));
	drawing_curve(d, drawing_at(cx - ka, cy + b),
	    drawing_at(cx - a, cy + kb), drawing_at(cx - a, cy));
	drawing_curve(d, drawing_at(cx - a, cy - kb),
	    drawing_at(cx - ka, cy - b), drawing_at(cx, cy - b));
	drawing_curve(d, drawing_at(cx + ka, cy - b),
	    drawing_at(cx + a, cy - kb), drawing_at(cx + a, cy));
	drawing_close(d);
}

void
drawing_circle(struct drawing *d, float cx, float cy, float r)
{
	drawing_ellipse(d, (struct step_box){cx - r, cy - r, 2 * r, 2 * r});
}

int
drawing_finish(struct drawing *d, float flip, struct err *e)
{
	struct libdeflate_compressor *z;
	struct buf plain = BUF_INIT;
	size_t i;
	int rc;

	if (d->templates == NULL)
		d->templates = calloc(DRAWING_TEMPLATES, sizeof(*d->templates));
	if (d->failed || d->templates == NULL ||
	    (z = pdf_deflater_new(9)) == NULL)
		return err_nomem(e);
	if (flip > 0)
		pdf_path_flip(&plain, flip);
	for (i = 0; i < d->npaths; i++)
		pdf_path_write(&plain, &d->paths[i]);
	buf_reset(&d->deflated);
	rc = plain.failed ? err_nomem(e)
			  : pdf_deflate(z, buf_bytes(&plain), &d->deflated, e);
	pdf_deflater_free(z);
	buf_release(&plain);
	return rc;
}
