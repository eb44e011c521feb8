/*
 * ofd_text.c - runs as TextObjects (GB/T 33190-2016, 11).  The text of a run is
 * written in logical order, each character with the place of its glyph, so it
 * can be searched and copied whatever its direction.  Readers disagree about
 * what CGTransform's counts and the deltas mean once characters and glyphs are
 * not one to one, and beyond the BMP; such a piece is an object of its own,
 * where every reading gives the same.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/format/ofd_private.h"
#include "crypto/base/text.h"

static int
reserve(struct ofd *o, size_t n)
{
	struct ofd_piece *grown;

	if (n <= o->pieces_capacity)
		return 0;
	grown = realloc(o->pieces, 2 * n * sizeof(*grown));
	if (grown == NULL)
		return err_nomem(o->e);
	o->pieces = grown;
	o->pieces_capacity = 2 * n;
	return 0;
}

/* Logical order; glyphs of one cluster stay as they follow each other. */
static int
by_text(const void *a, const void *b)
{
	const struct ofd_piece *x = a, *y = b;

	if (x->glyph->text != y->glyph->text)
		return x->glyph->text < y->glyph->text ? -1 : 1;
	return x->glyph < y->glyph ? -1 : 1;
}

/* Bytes of the first character. */
static uint32_t
character(const char *text, uint32_t len, uint32_t *cp)
{
	size_t pos = 0;
	int32_t v = text_utf8_next(text, len, &pos);

	*cp = v < 0 ? 0 : (uint32_t)v;
	return v < 0 ? len : (uint32_t)pos;
}

/* Share a cluster's characters out: one to each glyph, the rest to the last. */
static void
share(struct ofd_piece *p, size_t n, const char *text, uint32_t len)
{
	uint32_t take, cp;
	size_t i;

	for (i = 0; i < n; i++) {
		take = len == 0 ? 0 : character(text, len, &cp);
		p[i].cp = take > 0 && (i + 1 < n || take == len) ? cp : 0;
		p[i].text = text;
		p[i].len = i + 1 < n ? take : len;
		text += p[i].len;
		len -= p[i].len;
	}
}

int
ofd_text_pieces(
    struct ofd *o, const struct step_text *t, const struct ofd_piece **out)
{
	size_t i, n = t->nglyphs, next;
	uint32_t end, size = (uint32_t)strlen(t->text);
	int sorted = 1;

	if (reserve(o, n) != 0)
		return o->e->class;
	for (i = 0; i < n; i++) {
		o->pieces[i].glyph = &t->glyphs[i];
		sorted = sorted &&
			 (i == 0 || t->glyphs[i].text >= t->glyphs[i - 1].text);
	}
	if (!sorted)
		qsort(o->pieces, n, sizeof(*o->pieces), by_text);
	for (i = 0; i < n; i = next) {
		for (next = i + 1; next < n && o->pieces[next].glyph->text ==
						   o->pieces[i].glyph->text;
		     next++)
			;
		end = next < n ? o->pieces[next].glyph->text : size;
		share(&o->pieces[i], next - i,
		    t->text + o->pieces[i].glyph->text,
		    end - o->pieces[i].glyph->text);
	}
	*out = o->pieces;
	return 0;
}

/* Pieces of a run that make one object. */
struct object {
	const struct step_text *t;
	const struct ofd_font *f;
	const struct ofd_piece *p;
	size_t n;
	struct buf *out;
	long x, y; /* the run's origin in the object, um */
};

/* Where a glyph stands in the run's frame, um. */
static long
at_x(const struct ofd_piece *p)
{
	return ofd_um((double)p->glyph->x);
}

static long
at_y(const struct ofd_piece *p)
{
	return ofd_um((double)p->glyph->y);
}

/* The rectangle that the glyphs reach in the run's frame, um: x0 y0 x1 y1. */
static void
reach(const struct step_text *t, const struct ofd_piece *p, size_t n,
    double box[4])
{
	double size = (double)t->size * 1000;
	double x, y, wide;
	size_t i;

	box[0] = box[1] = INFINITY;
	box[2] = box[3] = -INFINITY;
	for (i = 0; i < n; i++) {
		x = (double)at_x(&p[i]);
		y = (double)at_y(&p[i]);
		wide = t->vertical ? size : (double)p[i].glyph->advance * 1000;
		box[0] = fmin(box[0], x - size * 0.1);
		box[2] = fmax(box[2], x + wide + size * 0.1);
		box[1] = fmin(box[1], y - size);
		box[3] = fmax(box[3], y + size * 0.35);
	}
}

/* Boundary on the page, um: x y w h. */
static void
boundary(const struct step_text *t, const double reach_[4], double c, double s,
    long box[4])
{
	double x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
	double u, v, x, y;
	int i;

	for (i = 0; i < 4; i++) {
		u = reach_[i & 1 ? 2 : 0];
		v = reach_[i & 2 ? 3 : 1];
		x = u * c - v * s;
		y = u * s + v * c;
		x0 = fmin(x0, x);
		x1 = fmax(x1, x);
		y0 = fmin(y0, y);
		y1 = fmax(y1, y);
	}
	box[0] = lround(x0) + ofd_um((double)t->x);
	box[1] = lround(y0) + ofd_um((double)t->y);
	box[2] = lround(x1 - x0);
	box[3] = lround(y1 - y0);
}

/* The start tag; finds the place of the run's origin in the object. */
static void
write_open(struct object *v, unsigned int id)
{
	const struct step_text *t = v->t;
	double turn = (double)t->turn * acos(-1) / 180;
	double c = cos(turn), s = sin(turn), box[4];
	struct buf *out = v->out;
	long bounds[4];

	reach(t, v->p, v->n, box);
	boundary(t, box, c, s, bounds);
	v->x = ofd_um((double)t->x) - bounds[0];
	v->y = ofd_um((double)t->y) - bounds[1];
	buf_add_str(out, "<ofd:TextObject ID=\"");
	ofd_write_um(out, id * 1000L);
	buf_add_byte(out, '"');
	ofd_write_box(out, "Boundary", bounds);
	if (t->turn != 0) {
		buf_printf(out, " CTM=\"%.6f %.6f %.6f %.6f ", c, s, -s, c);
		ofd_write_um(out, v->x);
		buf_add_byte(out, ' ');
		ofd_write_um(out, v->y);
		buf_add_byte(out, '"');
		v->x = v->y = 0;
	}
	buf_add_str(out, " Font=\"");
	ofd_write_um(out, v->f->id * 1000L);
	buf_add_str(out, "\" Size=\"");
	ofd_write_um(out, ofd_um((double)t->size));
	buf_add_str(out, "\">");
	ofd_write_colour(out, "FillColor", t->colour);
}

/* Steps from one glyph to the next along one axis; equal ones are counted
 * ("g 3 4.2"); nothing when there is none. */
static void
write_deltas(struct buf *out, const char *name, const struct ofd_piece *p,
    size_t n, long (*at)(const struct ofd_piece *))
{
	size_t i, same;
	long delta;

	for (i = 1; i < n && at(&p[i]) == at(&p[0]); i++)
		;
	if (i >= n)
		return;
	buf_add_byte(out, ' ');
	buf_add_str(out, name);
	buf_add_str(out, "=\"");
	for (i = 1; i < n; i += same) {
		delta = at(&p[i]) - at(&p[i - 1]);
		for (same = 1; i + same < n &&
			       at(&p[i + same]) - at(&p[i + same - 1]) == delta;
		     same++)
			;
		same = same > 2 ? same : 1;
		if (i > 1)
			buf_add_byte(out, ' ');
		if (same > 1) {
			buf_add_str(out, "g ");
			ofd_write_um(out, (long)same * 1000);
			buf_add_byte(out, ' ');
		}
		ofd_write_um(out, delta);
	}
	buf_add_byte(out, '"');
}

/* Characters as most readers count them: beyond the BMP they see two. */
static size_t
utf16_units(const char *text, uint32_t len)
{
	size_t pos = 0, n = 0;
	int32_t cp;

	while (pos < len && (cp = text_utf8_next(text, len, &pos)) >= 0)
		n += cp > 0xffff ? 2 : 1;
	return n;
}

/* Which glyphs of the font the characters are, when its cmap says otherwise. */
static void
write_transform(const struct ofd_font *f, const struct ofd_piece *p, size_t n,
    struct buf *out)
{
	size_t i, characters = n;

	for (i = 0; i < n; i++)
		if (p[i].cp == 0 || p[i].cp > 0xffff ||
		    ofd_map_get(&f->chars, p[i].cp) != p[i].glyph->id)
			break;
	if (i == n)
		return;
	if (n == 1 && p->len > 0)
		characters = utf16_units(p->text, p->len);
	buf_printf(out,
	    "<ofd:CGTransform CodePosition=\"0\" CodeCount=\"%zu\" "
	    "GlyphCount=\"%zu\"><ofd:Glyphs>",
	    characters, n);
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_add_byte(out, ' ');
		ofd_write_um(
		    out, ofd_map_get(&f->glyphs, p[i].glyph->id) * 1000L);
	}
	buf_add_str(out, "</ofd:Glyphs></ofd:CGTransform>");
}

static void
write_escaped(struct buf *out, const char *text, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		if (text[i] == '&')
			buf_add_str(out, "&amp;");
		else if (text[i] == '<')
			buf_add_str(out, "&lt;");
		else if (text[i] == '>')
			buf_add_str(out, "&gt;");
		else
			buf_add_byte(out, (uint8_t)text[i]);
}

/* One TextObject.  A piece without characters stands as a zero-width space. */
static void
write_object(struct object *v, unsigned int id)
{
	const struct ofd_piece *p = v->p;
	struct buf *out = v->out;
	size_t i;

	write_open(v, id);
	write_transform(v->f, p, v->n, out);
	buf_add_str(out, "<ofd:TextCode X=\"");
	ofd_write_um(out, v->x + at_x(p));
	buf_add_str(out, "\" Y=\"");
	ofd_write_um(out, v->y + at_y(p));
	buf_add_byte(out, '"');
	write_deltas(out, "DeltaX", p, v->n, at_x);
	write_deltas(out, "DeltaY", p, v->n, at_y);
	buf_add_byte(out, '>');
	for (i = 0; i < v->n; i++)
		if (p[i].len > 0)
			write_escaped(out, p[i].text, p[i].len);
		else
			buf_add_str(out, "\xE2\x80\x8B");
	buf_add_str(out, "</ofd:TextCode></ofd:TextObject>\n");
}

/* The line of a bold run reaches half its width beyond the glyphs. */
static void
write_bold(struct ofd *o, const struct step_text *t, const struct ofd_piece *p,
    struct buf *out)
{
	double turn = (double)t->turn * acos(-1) / 180, box[4];
	long bounds[4];

	reach(t, p, t->nglyphs, box);
	boundary(t, box, cos(turn), sin(turn), bounds);
	ofd_bold_write(o, t, bounds, out);
}

static int
is_simple(const struct ofd_piece *p)
{
	return p->cp != 0 && p->cp <= 0xffff;
}

int
ofd_text_write(struct ofd *o, const struct step_text *t, struct buf *out)
{
	struct object v = {.t = t, .f = ofd_font_find(o, t->font), .out = out};
	const struct ofd_piece *p;
	size_t from, to, end, n = t->nglyphs;
	int rc;

	if (v.f == NULL)
		return err_internal(o->e, "font");
	if ((rc = ofd_text_pieces(o, t, &p)) != 0)
		return rc;
	for (from = 0; from < n; from = to) {
		for (to = from + 1;
		     is_simple(&p[from]) && to < n && is_simple(&p[to]); to++)
			;
		/* XML readers may drop blanks at the ends, and then count
		 * wrongly. */
		for (end = to; end > from && p[end - 1].cp == ' '; end--)
			;
		while (from < end && p[from].cp == ' ')
			from++;
		if (from == end)
			continue;
		v.p = &p[from];
		v.n = end - from;
		write_object(&v, ++o->id);
	}
	if (t->stroke > 0 && n > 0)
		write_bold(o, t, p, out);
	return 0;
}
