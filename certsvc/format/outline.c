/*
 * outline.c - rewriting the glyf table of a subset; see outline.h.
 * OpenType 1.9: glyf, loca, hmtx, head.  The fonts are our own, yet every
 * offset is checked: a glyph that is not understood is copied.
 */
#include "certsvc/format/outline.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/format/glyph_cache.h"
#include "certsvc/format/sfnt.h"

enum {
	TABLES_MAX = 16,
	HEAD_LOCA_FORMAT = 50,
	HEAD_CHECKSUM = 8
};

struct table {
	uint32_t tag;
	struct bytes data;
};

struct sfnt {
	struct table tables[TABLES_MAX];
	size_t ntables;
	struct bytes head, hhea, hmtx, maxp, loca, glyf;
	struct buf new_glyf, new_loca, new_hmtx, new_head;
	unsigned int nglyphs, nmetrics;
};

static uint32_t
tag_of(const char *name)
{
	return sfnt_get32((const uint8_t *)name);
}

static int
find(const struct sfnt *f, const char *name, size_t least, struct bytes *out)
{
	size_t i;

	for (i = 0; i < f->ntables; i++)
		if (f->tables[i].tag == tag_of(name)) {
			*out = f->tables[i].data;
			return out->n >= least ? 0 : -1;
		}
	return -1;
}

static int
read_tables(struct bytes font, struct sfnt *f)
{
	uint32_t at, n;
	size_t i;

	if (font.n < 12)
		return -1;
	f->ntables = sfnt_get16(font.p + 4);
	if (f->ntables > TABLES_MAX || font.n < 12 + 16 * f->ntables)
		return -1;
	for (i = 0; i < f->ntables; i++) {
		f->tables[i].tag = sfnt_get32(font.p + 12 + 16 * i);
		at = sfnt_get32(font.p + 12 + 16 * i + 8);
		n = sfnt_get32(font.p + 12 + 16 * i + 12);
		if (at > font.n || n > font.n - at)
			return -1;
		f->tables[i].data.p = font.p + at;
		f->tables[i].data.n = n;
	}
	if (find(f, "head", 54, &f->head) || find(f, "hhea", 36, &f->hhea) ||
	    find(f, "maxp", 6, &f->maxp) || find(f, "loca", 2, &f->loca) ||
	    find(f, "hmtx", 4, &f->hmtx) || find(f, "glyf", 0, &f->glyf))
		return -1;
	f->nglyphs = sfnt_get16(f->maxp.p + 4);
	f->nmetrics = sfnt_get16(f->hhea.p + 34);
	return f->nmetrics == 0 || f->nmetrics > f->nglyphs ||
		       f->hmtx.n < 4 * (size_t)f->nmetrics +
				       2 * (size_t)(f->nglyphs - f->nmetrics)
		   ? -1
		   : 0;
}

/* Bytes of glyph i. */
static int
glyph_bytes(const struct sfnt *f, unsigned int i, struct bytes *out)
{
	int wide = sfnt_get16(f->head.p + HEAD_LOCA_FORMAT) != 0;
	size_t size = wide ? 4 : 2, from, to;

	if (f->loca.n < size * ((size_t)i + 2))
		return -1;
	from = wide ? sfnt_get32(f->loca.p + 4 * (size_t)i)
		    : 2 * (size_t)sfnt_get16(f->loca.p + 2 * (size_t)i);
	to = wide ? sfnt_get32(f->loca.p + 4 * (size_t)i + 4)
		  : 2 * (size_t)sfnt_get16(f->loca.p + 2 * (size_t)i + 2);
	if (from > to || to > f->glyf.n)
		return -1;
	out->p = f->glyf.p + from;
	out->n = to - from;
	return 0;
}

/* The left side bearing follows the outline's new left edge, or a reader would
 * move the whole glyph by the difference. */
static void
put_metric(struct sfnt *f, unsigned int i, int shift)
{
	size_t at = i < f->nmetrics ? 4 * (size_t)i + 2
				    : 4 * (size_t)f->nmetrics +
					  2 * (size_t)(i - f->nmetrics);

	if (i < f->nmetrics)
		buf_add(&f->new_hmtx, f->hmtx.p + at - 2, 2);
	sfnt_put16(&f->new_hmtx,
	    (uint32_t)((int16_t)sfnt_get16(f->hmtx.p + at) + shift));
}

static int
rewrite_glyphs(struct sfnt *f, const uint8_t *grid, size_t ngrid)
{
	struct glyph_outline *work = calloc(1, sizeof(*work));
	struct bytes glyph;
	unsigned int i;
	int shift, rc = work == NULL ? -1 : 0;

	for (i = 0; rc == 0 && i < f->nglyphs; i++) {
		sfnt_put32(&f->new_loca, (uint32_t)f->new_glyf.n);
		rc = glyph_bytes(f, i, &glyph);
		if (rc != 0)
			break;
		shift = 0;
		if (i < ngrid && grid[i] > 1)
			shift = glyph_cache_round(
			    glyph, grid[i], work, &f->new_glyf);
		else
			buf_add(&f->new_glyf, glyph.p, glyph.n);
		while (f->new_glyf.n % 4 != 0 && !buf_failed(&f->new_glyf))
			buf_add_byte(&f->new_glyf, 0);
		put_metric(f, i, shift);
	}
	sfnt_put32(&f->new_loca, (uint32_t)f->new_glyf.n);
	free(work);
	/* Offsets are written as 32 bits. */
	buf_add(&f->new_head, f->head.p, f->head.n);
	if (rc == 0 && !buf_failed(&f->new_head)) {
		f->new_head.p[HEAD_LOCA_FORMAT] = 0;
		f->new_head.p[HEAD_LOCA_FORMAT + 1] = 1;
		memset(f->new_head.p + HEAD_CHECKSUM, 0, 4);
	}
	return rc;
}

/* What a table holds now. */
static struct bytes
rewritten(const struct sfnt *f, const struct table *t)
{
	if (t->tag == tag_of("glyf"))
		return buf_bytes(&f->new_glyf);
	if (t->tag == tag_of("loca"))
		return buf_bytes(&f->new_loca);
	if (t->tag == tag_of("hmtx"))
		return buf_bytes(&f->new_hmtx);
	if (t->tag == tag_of("head"))
		return buf_bytes(&f->new_head);
	return t->data;
}

/* Directory and tables; then the checksum of the whole goes into head. */
static void
write_font(const struct sfnt *f, struct bytes font, struct buf *out)
{
	size_t start = out->n, at = 12 + 16 * f->ntables, head = 0, i;
	struct bytes data;
	uint32_t sum;

	buf_add(out, font.p, 12);
	for (i = 0; i < f->ntables; i++) {
		data = rewritten(f, &f->tables[i]);
		sfnt_put32(out, f->tables[i].tag);
		sfnt_put32(out, sfnt_checksum(data));
		sfnt_put32(out, (uint32_t)at);
		sfnt_put32(out, (uint32_t)data.n);
		at += (data.n + 3) / 4 * 4;
	}
	for (i = 0; i < f->ntables; i++) {
		data = rewritten(f, &f->tables[i]);
		if (f->tables[i].tag == tag_of("head"))
			head = out->n;
		buf_add(out, data.p, data.n);
		while ((out->n - start) % 4 != 0 && !buf_failed(out))
			buf_add_byte(out, 0);
	}
	if (buf_failed(out))
		return;
	sum = 0xB1B0AFBA -
	      sfnt_checksum((struct bytes){out->p + start, out->n - start});
	for (i = 0; i < 4; i++)
		out->p[head + HEAD_CHECKSUM + i] =
		    (uint8_t)(sum >> (24 - 8 * i));
}

int
outline_round(struct bytes font, const uint8_t *grid, size_t ngrid,
    struct buf *out, struct err *e)
{
	struct sfnt f = {.ntables = 0};
	int rc = 0;

	if (read_tables(font, &f) != 0 || rewrite_glyphs(&f, grid, ngrid) != 0)
		rc = err_internal(e, "font outlines");
	else if (buf_failed(&f.new_glyf) || buf_failed(&f.new_loca) ||
		 buf_failed(&f.new_hmtx) || buf_failed(&f.new_head))
		rc = err_nomem(e);
	else
		write_font(&f, font, out);
	buf_release(&f.new_glyf);
	buf_release(&f.new_loca);
	buf_release(&f.new_hmtx);
	buf_release(&f.new_head);
	return rc == 0 && buf_failed(out) ? err_nomem(e) : rc;
}
