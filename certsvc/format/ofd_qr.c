/*
 * ofd_qr.c - a QR code as one path: the outlines of its dark regions.  They
 * leave no seam between rows, and need half the bytes of rectangles.  Dark is
 * on the right of each line, so both fill rules paint the same.
 */
#include <stdlib.h>
#include <string.h>

#include "certsvc/format/ofd_private.h"
#include "certsvc/qr_symbol.h"

enum {
	PITCH = QR_SIDE_MAX + 2 /* a frame of light modules all round */
};

/* Directions, clockwise from the right. */
static const int step_x[] = {1, 0, -1, 0}, step_y[] = {0, 1, 0, -1};
/* The modules ahead of a corner, on the left and on the right of the way. */
static const int left_x[] = {0, 0, -1, -1}, left_y[] = {-1, 0, 0, -1};
static const int right_x[] = {0, -1, -1, 0}, right_y[] = {0, 0, -1, -1};

struct tracer {
	uint8_t dark[PITCH * PITCH]; /* 2: its upper edge is drawn */
	struct buf *out;
};

static uint8_t *
module_at(struct tracer *t, int x, int y)
{
	return &t->dark[(y + 1) * PITCH + x + 1];
}

static char *
small_number(char *p, int v)
{
	if (v >= 100)
		*p++ = (char)('0' + v / 100);
	if (v >= 10)
		*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	*p++ = ' ';
	return p;
}

static void
write_corner(struct tracer *t, char letter, int x, int y)
{
	char line[16], *p = line;

	*p++ = letter;
	*p++ = ' ';
	p = small_number(p, x);
	p = small_number(p, y);
	buf_add(t->out, line, (size_t)(p - line));
}

/* Follow the outline that goes right from the corner (x, y). */
static void
trace(struct tracer *t, int x, int y)
{
	int x0 = x, y0 = y, way = 0, turn;

	write_corner(t, 'M', x, y);
	do {
		if (way == 0)
			*module_at(t, x, y) = 2;
		x += step_x[way];
		y += step_y[way];
		if (!*module_at(t, x + right_x[way], y + right_y[way]))
			turn = 1;
		else if (*module_at(t, x + left_x[way], y + left_y[way]))
			turn = 3;
		else
			turn = 0;
		way = (way + turn) % 4;
		if (turn != 0 && (x != x0 || y != y0 || way != 0))
			write_corner(t, 'L', x, y);
	} while (x != x0 || y != y0 || way != 0);
	buf_add_str(t->out, "C ");
}

static void
trace_all(struct tracer *t, const struct qr_symbol *qr)
{
	int side = (int)qr->side, x, y;

	for (y = 0; y < side; y++)
		memcpy(module_at(t, 0, y), qr->dark + y * side, qr->side);
	for (y = 0; y < side; y++)
		for (x = 0; x < side; x++)
			if (*module_at(t, x, y) == 1 &&
			    !*module_at(t, x, y - 1))
				trace(t, x, y);
}

void
ofd_qr_write(struct ofd *o, const struct step_qr *step, struct buf *out)
{
	const struct qr_symbol *qr = step->symbol;
	double unit = (double)step->size / (qr->side + 2 * QR_QUIET_ZONE);
	long side = ofd_um(unit * qr->side);
	const long box[4] = {ofd_um((double)step->x + QR_QUIET_ZONE * unit),
	    ofd_um((double)step->y + QR_QUIET_ZONE * unit), side, side};
	struct tracer *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		out->failed = 1;
		return;
	}
	t->out = out;
	buf_printf(out, "<ofd:PathObject ID=\"%u\"", ++o->id);
	ofd_write_box(out, "Boundary", box);
	buf_printf(out,
	    " CTM=\"%.7f 0 0 %.7f 0 0\" Stroke=\"false\" Fill=\"true\">"
	    "<ofd:FillColor Value=\"0 0 0\"/><ofd:AbbreviatedData>",
	    unit, unit);
	trace_all(t, qr);
	buf_add_str(out, "</ofd:AbbreviatedData></ofd:PathObject>\n");
	free(t);
}
