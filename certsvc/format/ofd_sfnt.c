/*
 * ofd_sfnt.c - the tables that make a subset a font for any reader: cmap, name,
 * OS/2 and post (OpenType 1.9) beside the outlines that outline_round wrote.
 */
#include <stdlib.h>
#include <string.h>

#include "certsvc/format/ofd_private.h"
#include "certsvc/format/sfnt.h"

enum {
	OURS = 4,	  /* tables added */
	TABLES_MAX = 16,  /* of the subset */
	HEADER = 12,	  /* of the file */
	RECORD = 16,	  /* of the directory */
	HEAD_CHECKSUM = 8 /* checkSumAdjustment */
};

/* A character and its glyph in the subset. */
struct mapping {
	uint32_t cp, glyph;
};

static int
by_cp(const void *a, const void *b)
{
	const struct mapping *x = a, *y = b;

	return x->cp < y->cp ? -1 : x->cp > y->cp;
}

static struct mapping *
sorted_mappings(const struct ofd_font *f)
{
	struct mapping *v = malloc((f->chars.n + 1) * sizeof(*v));
	const struct ofd_map_slot *slot = f->chars.slots;
	size_t i, n = 0;

	if (v == NULL)
		return NULL;
	for (i = 0; i < f->chars.nslots; i++)
		if (slot[i].key != 0)
			v[n++] = (struct mapping){slot[i].key,
			    ofd_map_get(&f->glyphs, slot[i].value)};
	qsort(v, n, sizeof(*v), by_cp);
	return v;
}

/* Length of the run of characters and glyphs that both count up by one. */
static size_t
run_of(const struct mapping *v, size_t n)
{
	size_t i;

	for (i = 1;
	     i < n && v[i].cp == v[0].cp + i && v[i].glyph == v[0].glyph + i;
	     i++)
		;
	return i;
}

/* Format 4: the characters of the BMP, a segment for each run.  The four
 * arrays are written by a pass each. */
static void
write_format4(struct buf *out, const struct mapping *v, size_t n)
{
	size_t segments = 1, i, power = 1, selector = 0;
	int pass;

	for (i = 0; i < n; i += run_of(&v[i], n - i))
		segments++;
	for (; power * 2 <= segments; power *= 2)
		selector++;
	sfnt_put16(out, 4);
	sfnt_put16(out, (uint32_t)(16 + 8 * segments));
	sfnt_put16(out, 0);
	sfnt_put16(out, (uint32_t)(2 * segments));
	sfnt_put16(out, (uint32_t)(2 * power));
	sfnt_put16(out, (uint32_t)selector);
	sfnt_put16(out, (uint32_t)(2 * (segments - power)));
	for (pass = 0; pass < 4; pass++) {
		for (i = 0; i < n; i += run_of(&v[i], n - i))
			sfnt_put16(out,
			    pass == 0
				? v[i].cp + (uint32_t)run_of(&v[i], n - i) - 1
			    : pass == 1 ? v[i].cp
			    : pass == 2 ? v[i].glyph - v[i].cp
					: 0);
		sfnt_put16(out, pass < 2 ? 0xffff : pass == 2);
		if (pass == 0)
			sfnt_put16(out, 0);
	}
}

/* Format 12: all of them. */
static void
write_format12(struct buf *out, const struct mapping *v, size_t n)
{
	size_t groups = 0, i, run;

	for (i = 0; i < n; i += run_of(&v[i], n - i))
		groups++;
	sfnt_put16(out, 12);
	sfnt_put16(out, 0);
	sfnt_put32(out, (uint32_t)(16 + 12 * groups));
	sfnt_put32(out, 0);
	sfnt_put32(out, (uint32_t)groups);
	for (i = 0; i < n; i += run) {
		run = run_of(&v[i], n - i);
		sfnt_put32(out, v[i].cp);
		sfnt_put32(out, v[i].cp + (uint32_t)run - 1);
		sfnt_put32(out, v[i].glyph);
	}
}

/* Windows Unicode subtables: BMP, and the full one when there is more. */
static int
write_cmap(const struct ofd_font *f, struct buf *out)
{
	struct mapping *v = sorted_mappings(f);
	size_t n = f->chars.n, bmp, start = out->n;

	if (v == NULL)
		return -1;
	for (bmp = 0; bmp < n && v[bmp].cp < 0xffff; bmp++)
		;
	sfnt_put16(out, 0);
	sfnt_put16(out, bmp < n ? 2 : 1);
	sfnt_put16(out, 3);
	sfnt_put16(out, 1);
	sfnt_put32(out, bmp < n ? 20 : 12);
	if (bmp < n) {
		sfnt_put16(out, 3);
		sfnt_put16(out, 10);
		sfnt_put32(out, 0);
	}
	write_format4(out, v, bmp);
	if (bmp < n && !buf_failed(out)) {
		for (int i = 0; i < 4; i++)
			out->p[start + 16 + (size_t)i] =
			    (uint8_t)((out->n - start) >> (24 - 8 * i));
		write_format12(out, v, n);
	}
	free(v);
	return 0;
}

/* Family, style, full and PostScript name, in ASCII as UTF-16. */
static void
write_name(const struct ofd_font *f, struct buf *out)
{
	static const uint8_t ids[] = {1, 2, 4, 6};
	static const char regular[] = "Regular";
	const char *name = f->font->name;
	size_t n = strlen(name), i;

	sfnt_put16(out, 0);
	sfnt_put16(out, sizeof(ids));
	sfnt_put16(out, 6 + 12 * sizeof(ids));
	for (i = 0; i < sizeof(ids); i++) {
		sfnt_put16(out, 3);
		sfnt_put16(out, 1);
		sfnt_put16(out, 0x409);
		sfnt_put16(out, ids[i]);
		sfnt_put16(
		    out, (uint32_t)(2 * (ids[i] == 2 ? strlen(regular) : n)));
		sfnt_put16(out, ids[i] == 2 ? (uint32_t)(2 * n) : 0);
	}
	for (i = 0; i < n; i++)
		sfnt_put16(out, (uint8_t)name[i]);
	for (i = 0; i < strlen(regular); i++)
		sfnt_put16(out, (uint8_t)regular[i]);
}

/* Version 3: what Windows wants to know. */
static void
write_os2(struct bytes hhea, uint32_t upem, struct buf *out)
{
	uint32_t up = sfnt_get16(hhea.p + 4), down = sfnt_get16(hhea.p + 6);
	static const uint8_t zeros[22];
	int i;

	sfnt_put16(out, 3);
	sfnt_put16(out, upem);	  /* average width */
	sfnt_put16(out, 400);	  /* weight */
	sfnt_put16(out, 5);	  /* width class */
	sfnt_put16(out, 0);	  /* may be installed: it is embedded */
	for (i = 0; i < 2; i++) { /* sub- and superscript */
		sfnt_put16(out, upem / 2);
		sfnt_put16(out, upem / 2);
		sfnt_put16(out, 0);
		sfnt_put16(out, upem / 4);
	}
	sfnt_put16(out, upem / 20); /* strike-out */
	sfnt_put16(out, upem / 4);
	sfnt_put16(out, 0);
	buf_add(out, zeros, 10);     /* panose */
	sfnt_put32(out, 0x00000001); /* Basic Latin ... */
	sfnt_put32(out, 0x08000000); /* ... and CJK */
	sfnt_put32(out, 0);
	sfnt_put32(out, 0);
	buf_add_str(out, "CERT");
	sfnt_put16(out, 0x40); /* regular */
	sfnt_put16(out, 0x20);
	sfnt_put16(out, 0xffff);
	sfnt_put16(out, up);
	sfnt_put16(out, down);
	sfnt_put16(out, 0);
	sfnt_put16(out, up);
	sfnt_put16(out, 0x10000 - down);
	sfnt_put32(out, 1); /* code pages: Latin 1 ... */
	sfnt_put32(out, 0);
	buf_add(out, zeros, 4); /* heights */
	sfnt_put16(out, 0);
	sfnt_put16(out, ' ');
	sfnt_put16(out, 2);
}

/* Version 3: no glyph names. */
static void
write_post(struct buf *out, uint32_t upem)
{
	sfnt_put32(out, 0x00030000);
	sfnt_put32(out, 0);
	sfnt_put16(out, 0x10000 - upem / 10);
	sfnt_put16(out, upem / 20);
	sfnt_put32(out, 0);
	sfnt_put32(out, 0);
	sfnt_put32(out, 0);
	sfnt_put32(out, 0);
	sfnt_put32(out, 0);
}

struct table {
	uint32_t tag, sum;
	struct bytes data;
};

static int
by_tag(const void *a, const void *b)
{
	const struct table *x = a, *y = b;

	return x->tag < y->tag ? -1 : x->tag > y->tag;
}

/* The tables of the subset and ours, by tag; how many, or 0. */
static size_t
gather(const struct ofd_font *f, struct bytes font, struct buf ours[OURS],
    struct table v[TABLES_MAX + OURS])
{
	static const char tags[] = "OS/2cmapnamepost";
	size_t n = sfnt_get16(font.p + 4), i;
	const uint8_t *p = font.p + HEADER;
	struct bytes hhea = {NULL, 0};

	if (n > TABLES_MAX)
		return 0;
	for (i = 0; i < n; i++, p += RECORD) {
		v[i].tag = sfnt_get32(p);
		v[i].sum = sfnt_get32(p + 4);
		v[i].data.p = font.p + sfnt_get32(p + 8);
		v[i].data.n = sfnt_get32(p + 12);
		if (memcmp(p, "hhea", 4) == 0)
			hhea = v[i].data;
	}
	if (hhea.n < 8 || write_cmap(f, &ours[1]) != 0)
		return 0;
	write_os2(hhea, f->font->upem, &ours[0]);
	write_name(f, &ours[2]);
	write_post(&ours[3], f->font->upem);
	for (i = 0; i < OURS; i++) {
		if (buf_failed(&ours[i]))
			return 0;
		v[n + i].tag = sfnt_get32((const uint8_t *)tags + 4 * i);
		v[n + i].data = buf_bytes(&ours[i]);
		v[n + i].sum = sfnt_checksum(v[n + i].data);
	}
	qsort(v, n + OURS, sizeof(*v), by_tag);
	return n + OURS;
}

/* The whole file's sum is that of its header and of its tables. */
static void
write_tables(struct buf *out, struct table *v, size_t n)
{
	size_t at = HEADER + RECORD * n, power = 1, selector = 0, head = 0, i;
	uint32_t sum;

	for (; power * 2 <= n; power *= 2)
		selector++;
	sfnt_put32(out, 0x00010000);
	sfnt_put16(out, (uint32_t)n);
	sfnt_put16(out, (uint32_t)(16 * power));
	sfnt_put16(out, (uint32_t)selector);
	sfnt_put16(out, (uint32_t)(16 * (n - power)));
	for (i = 0; i < n; i++) {
		sfnt_put32(out, v[i].tag);
		sfnt_put32(out, v[i].sum);
		sfnt_put32(out, (uint32_t)at);
		sfnt_put32(out, (uint32_t)v[i].data.n);
		at += (v[i].data.n + 3) / 4 * 4;
	}
	sum = buf_failed(out) ? 0 : sfnt_checksum(buf_bytes(out));
	for (i = 0; i < n; i++) {
		if (v[i].tag == 0x68656164)
			head = out->n;
		buf_add(out, v[i].data.p, v[i].data.n);
		while (out->n % 4 != 0 && !buf_failed(out))
			buf_add_byte(out, 0);
		sum += v[i].sum;
	}
	sum = 0xB1B0AFBA - sum;
	for (i = 0; head != 0 && i < 4 && !buf_failed(out); i++)
		out->p[head + HEAD_CHECKSUM + i] =
		    (uint8_t)(sum >> (24 - 8 * i));
}

int
ofd_sfnt_write(
    const struct ofd_font *f, struct bytes font, struct buf *out, struct err *e)
{
	struct buf ours[OURS] = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
	struct table v[TABLES_MAX + OURS];
	size_t n = gather(f, font, ours, v), i;

	if (n > 0)
		write_tables(out, v, n);
	for (i = 0; i < OURS; i++)
		buf_release(&ours[i]);
	if (n == 0)
		return err_internal(e, "font tables");
	return buf_failed(out) ? err_nomem(e) : 0;
}
