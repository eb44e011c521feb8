/*
 * layout_ornament.h - what makes a page look like a licence: frames, fine
 * lines, and the emblem, as drawings in page millimetres.
 */
#ifndef CERTSVC_LAYOUT_ORNAMENT_H
#define CERTSVC_LAYOUT_ORNAMENT_H

#include "certsvc/drawing.h"

struct ornament_pen {
	struct colour colour;
	float width; /* mm */
};

/* Straight line. */
void ornament_line(struct drawing *d, const struct ornament_pen *pen, float x1,
    float y1, float x2, float y2);

/* A filled box. */
void ornament_fill(
    struct drawing *d, struct colour colour, struct step_box box, float radius);

/* One line round the box, its corners rounded by radius (0: square). */
void ornament_frame(struct drawing *d, const struct ornament_pen *pen,
    struct step_box box, float radius);

/* A thick line and a thin one inside it. */
void ornament_double(
    struct drawing *d, const struct ornament_pen *pen, struct step_box box);

/* Double lines with a band of meanders (回纹) between, and corner pieces. */
void ornament_border(struct drawing *d, const struct ornament_pen *pen,
    struct step_box box, float band);

/* Interlaced fine waves, `gap` mm apart, that fill the box. */
void ornament_waves(struct drawing *d, const struct ornament_pen *pen,
    struct step_box box, float gap);

/* A ring of turned loops inscribed in the box. */
void ornament_rosette(
    struct drawing *d, const struct ornament_pen *pen, struct step_box box);

/*
 * The emblem in a square: a ring of ears of grain around hills, water and a
 * rising sun.  It is ours: the national emblem may not be used so (国徽法).
 */
void ornament_emblem(struct drawing *d, struct colour main,
    struct colour second, float x, float y, float size);

#endif
