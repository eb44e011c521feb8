/*
 * drawing.h - a picture made of paths: frames, fine lines, emblem, seal.
 * Built once, then immutable and shared by threads.  Coordinates are mm, y
 * down.
 */
#ifndef CERTSVC_DRAWING_H
#define CERTSVC_DRAWING_H

#include <stddef.h>

#include "certsvc/step.h"
#include "crypto/base/buf.h"

enum {
	DRAWING_TEMPLATES = 4 /* numbers a drawing may have in an OFD */
};

struct ofd_template; /* certsvc/format/ofd_template.h */

struct drawing {
	struct step_path *paths; /* owned */
	size_t npaths;
	int failed;		/* out of memory: incomplete */
	struct step_path spare; /* what drawing_path returns then */
	struct buf deflated;	/* PDF operators, zlib; see drawing_finish */
	/* Owned; what an OFD makes of it, a guarded cache: NULL not asked for
	 */
	struct ofd_template *_Atomic *templates;
};

/* mm, from the path's origin. */
struct drawing_point {
	float x, y;
};

static inline struct drawing_point
drawing_at(float x, float y)
{
	return (struct drawing_point){x, y};
}

/* Free the paths of a finished drawing; its PDF operators stay. */
void drawing_drop_paths(struct drawing *d);

struct drawing *drawing_new(void);
void drawing_free(struct drawing *drawing);
void drawing_release(struct drawing *drawing);

/* Start a path with its origin at (ox, oy); later calls add to it.  Never
 * NULL: when out of memory a spare that is thrown away (failed is set). */
struct step_path *drawing_path(struct drawing *d, float ox, float oy);

/* Add to the last path. */
void drawing_move(struct drawing *d, float x, float y);
void drawing_line(struct drawing *d, float x, float y);
/* A cubic curve with its two control points. */
void drawing_curve(struct drawing *d, struct drawing_point c1,
    struct drawing_point c2, struct drawing_point end);
void drawing_close(struct drawing *d);
void drawing_rect(struct drawing *d, struct step_box box);
/* A full circle, or the ellipse that fills a box, of four curves. */
void drawing_circle(struct drawing *d, float cx, float cy, float r);
void drawing_ellipse(struct drawing *d, struct step_box box);

/*
 * Make the PDF operators of the drawing (format/pdf_path.h) and deflate them.
 * flip: height in mm of a picture whose reader has y up, or 0: leave y down.
 */
int drawing_finish(struct drawing *d, float flip, struct err *e);

#endif
