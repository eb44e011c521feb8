/*
 * pdf_font.c - fonts of a PDF: Type0, Identity-H, CIDFontType2 with a subset of
 * the glyphs used (ISO 32000-1, 9.7), and a ToUnicode map that is right beyond
 * the BMP (9.10.3).  A CID stands for a glyph AND its text, so that two
 * characters that look alike come back as themselves.
 */
#include <hb-subset.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/format/outline.h"
#include "certsvc/format/pdf_private.h"

void
pdf_font_release(struct pdf_font *f)
{
	free(f->glyphs);
	free(f->slots);
	buf_release(&f->texts);
}

struct pdf_font *
pdf_font_use(struct pdf *pdf, const struct font *font)
{
	struct pdf_font *f;
	size_t i;

	for (i = 0; i < pdf->nfonts; i++)
		if (pdf->fonts[i].font == font)
			return &pdf->fonts[i];
	if (pdf->nfonts == PDF_FONTS_MAX)
		return NULL;
	f = &pdf->fonts[pdf->nfonts];
	memset(f, 0, sizeof(*f));
	f->font = font;
	f->nslots = 512;
	f->slots = calloc(f->nslots, sizeof(*f->slots));
	f->dict = HPDF_Dict_New(pdf->doc->mmgr);
	if (f->slots == NULL || f->dict == NULL ||
	    HPDF_Xref_Add(pdf->doc->xref, f->dict) != HPDF_OK) {
		pdf_font_release(f);
		return NULL;
	}
	pdf->nfonts++;
	return f;
}

static size_t
hash(uint32_t glyph, const char *text, uint32_t len)
{
	uint32_t h = glyph * 2654435761U, i;

	for (i = 0; i < len; i++)
		h = (h ^ (uint8_t)text[i]) * 16777619U;
	return h ^ h >> 15;
}

static int
is_same(const struct pdf_font *f, const struct pdf_glyph *g, uint32_t glyph,
    const char *text, uint32_t len)
{
	return g->id == glyph && g->len == len &&
	       memcmp(f->texts.p + g->text, text, len) == 0;
}

/* The slot of a glyph: its CID, or a free one. */
static uint16_t *
find_slot(struct pdf_font *f, uint32_t glyph, const char *text, uint32_t len)
{
	size_t i = hash(glyph, text, len);

	for (;; i++) {
		uint16_t *slot = &f->slots[i & (f->nslots - 1)];

		if (*slot == 0 ||
		    is_same(f, &f->glyphs[*slot - 1], glyph, text, len))
			return slot;
	}
}

/* Twice the slots once half are used. */
static int
grow(struct pdf_font *f)
{
	struct pdf_glyph *g;
	uint16_t *old = f->slots;
	size_t i;

	if (f->nglyphs == PDF_GLYPHS_MAX)
		return -1;
	f->slots = calloc(f->nslots * 2, sizeof(*f->slots));
	if (f->slots == NULL) {
		f->slots = old;
		return -1;
	}
	f->nslots *= 2;
	free(old);
	for (i = 0; i < f->nglyphs; i++) {
		g = &f->glyphs[i];
		*find_slot(f, g->id, (const char *)f->texts.p + g->text,
		    g->len) = (uint16_t)(i + 1);
	}
	return 0;
}

static int
add_glyph(struct pdf_font *f, uint32_t glyph, const char *text, uint32_t len)
{
	struct pdf_glyph *grown, *g;
	size_t n = f->nglyphs;
	double advance;

	if ((n & (n - 1)) == 0) {
		grown = realloc(f->glyphs, (n ? 2 * n : 1) * sizeof(*grown));
		if (grown == NULL)
			return -1;
		f->glyphs = grown;
	}
	g = &f->glyphs[f->nglyphs++];
	g->id = glyph;
	g->text = (uint32_t)f->texts.n;
	g->len = len;
	g->largest = 0;
	advance = hb_font_get_glyph_h_advance(f->font->font, glyph);
	g->width = (unsigned int)lround(advance * 1000 / f->font->upem);
	buf_add(&f->texts, text, len);
	return buf_failed(&f->texts) ? -1 : 0;
}

unsigned int
pdf_font_cid(struct pdf_font *f, uint32_t glyph, float size, const char *text,
    uint32_t len, unsigned int *width)
{
	uint16_t *slot;

	if (f->nglyphs * 2 >= f->nslots && grow(f) != 0)
		return 0;
	slot = find_slot(f, glyph, text, len);
	if (*slot == 0) {
		if (add_glyph(f, glyph, text, len) != 0)
			return 0;
		*slot = (uint16_t)f->nglyphs;
	}
	*width = f->glyphs[*slot - 1].width;
	if (size > f->glyphs[*slot - 1].largest)
		f->glyphs[*slot - 1].largest = size;
	return *slot;
}

/* Subset without hints; *map gets the 16-bit glyph of each CID. */
static hb_blob_t *
subset(const struct pdf_font *f, struct buf *map)
{
	hb_subset_input_t *input = hb_subset_input_create_or_fail();
	hb_subset_plan_t *plan = NULL;
	hb_face_t *face = NULL;
	hb_blob_t *blob = NULL;
	const hb_map_t *renumbered;
	hb_codepoint_t gid;
	size_t i;

	if (input == NULL)
		return NULL;
	hb_subset_input_set_flags(
	    input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
	for (i = 0; i < f->nglyphs; i++)
		hb_set_add(hb_subset_input_glyph_set(input), f->glyphs[i].id);
	plan = hb_subset_plan_create_or_fail(f->font->outlines, input);
	if (plan != NULL) {
		face = hb_subset_plan_execute_or_fail(plan);
		renumbered = hb_subset_plan_old_to_new_glyph_mapping(plan);
		buf_add(map, "\0\0", 2);
		for (i = 0; i < f->nglyphs; i++) {
			gid = hb_map_get(renumbered, f->glyphs[i].id);
			buf_add_byte(map, (uint8_t)(gid >> 8));
			buf_add_byte(map, (uint8_t)gid);
		}
	}
	if (face != NULL)
		blob = hb_face_reference_blob(face);
	hb_face_destroy(face);
	hb_subset_plan_destroy(plan);
	hb_subset_input_destroy(input);
	return blob;
}

/*
 * A glyph without text of its own (the rest of a cluster) maps to a zero-width
 * space: PDF/A-3U wants every glyph mapped, and the run's ActualText says what
 * it means.
 */
static void
write_unicode(struct buf *out, const struct pdf_font *f)
{
	const struct pdf_glyph *g;
	struct buf utf16 = BUF_INIT;
	size_t i, k;

	for (i = 0; i < f->nglyphs; i++) {
		g = &f->glyphs[i];
		if (i % 100 == 0)
			buf_printf(out, "%s%zu beginbfchar\n",
			    i > 0 ? "endbfchar\n" : "",
			    f->nglyphs - i < 100 ? f->nglyphs - i : 100);
		buf_add_byte(out, '<');
		pdf_write_hex16(out, (unsigned int)i + 1);
		buf_add_str(out, "><");
		buf_reset(&utf16);
		if (g->len > 0)
			pdf_utf16(&utf16, (const char *)f->texts.p + g->text,
			    g->len, 0);
		else
			buf_add(&utf16, "\x20\x0B", 2);
		for (k = 0; k + 2 <= utf16.n; k += 2)
			pdf_write_hex16(out,
			    (unsigned int)utf16.p[k] << 8 | utf16.p[k + 1]);
		buf_add_str(out, ">\n");
	}
	buf_add_str(out, "endbfchar\n");
	buf_release(&utf16);
}

static HPDF_Dict
to_unicode(struct pdf *pdf, const struct pdf_font *f)
{
	struct buf out = BUF_INIT;
	HPDF_Dict dict;

	buf_add_str(&out,
	    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
	    "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
	    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
	    "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n");
	write_unicode(&out, f);
	buf_add_str(&out,
	    "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
	dict = pdf_stream_deflate(pdf, buf_bytes(&out));
	buf_release(&out);
	return dict;
}

/* Runs of glyphs that are not as wide as DW (1000: the Chinese ones). */
static HPDF_Array
widths(struct pdf *pdf, const struct pdf_font *f)
{
	HPDF_Array outer = HPDF_Array_New(pdf->doc->mmgr), inner = NULL;
	size_t i;

	for (i = 0; outer != NULL && i < f->nglyphs; i++) {
		if (f->glyphs[i].width == 1000) {
			inner = NULL;
			continue;
		}
		if (inner == NULL) {
			inner = HPDF_Array_New(pdf->doc->mmgr);
			HPDF_Array_AddNumber(outer, (HPDF_INT32)(i + 1));
			if (HPDF_Array_Add(outer, inner) != HPDF_OK)
				return NULL;
		}
		HPDF_Array_AddNumber(inner, (HPDF_INT32)f->glyphs[i].width);
	}
	return outer;
}

/* Six letters that tell subsets of one document apart, then the font's name
 * (9.6.4). */
static void
font_name(const struct pdf *pdf, const struct pdf_font *f, char out[64])
{
	size_t n = (size_t)(f - pdf->fonts);

	snprintf(out, 64, "CERTS%c+%s", (char)('A' + n % 26), f->font->name);
}

static int
em1000(const struct pdf_font *f, double units)
{
	return (int)lround(units * 1000 / f->font->upem);
}

static HPDF_Dict
descriptor(
    struct pdf *pdf, const struct pdf_font *f, const char *name, HPDF_Dict file)
{
	HPDF_Dict d = HPDF_Dict_New(pdf->doc->mmgr);
	hb_font_extents_t extents = {0};
	hb_blob_t *head;
	const uint8_t *p;
	unsigned int n, i;
	HPDF_Array box;

	if (d == NULL || HPDF_Xref_Add(pdf->doc->xref, d) != HPDF_OK)
		return NULL;
	hb_font_get_h_extents(f->font->font, &extents);
	HPDF_Dict_AddName(d, "Type", "FontDescriptor");
	HPDF_Dict_AddName(d, "FontName", name);
	HPDF_Dict_AddNumber(d, "Flags", 4);
	HPDF_Dict_AddNumber(d, "ItalicAngle", 0);
	HPDF_Dict_AddNumber(d, "Ascent", em1000(f, extents.ascender));
	HPDF_Dict_AddNumber(d, "Descent", em1000(f, extents.descender));
	HPDF_Dict_AddNumber(d, "CapHeight", em1000(f, extents.ascender));
	HPDF_Dict_AddNumber(d, "StemV", 80);
	box = HPDF_Array_New(pdf->doc->mmgr);
	if (HPDF_Dict_Add(d, "FontBBox", box) != HPDF_OK)
		return NULL;
	head = hb_face_reference_table(
	    f->font->outlines, HB_TAG('h', 'e', 'a', 'd'));
	p = (const uint8_t *)hb_blob_get_data(head, &n);
	for (i = 36; i < 44; i += 2)
		HPDF_Array_AddNumber(box,
		    n < 44 ? 0 : em1000(f, (int16_t)((p[i] << 8) | p[i + 1])));
	hb_blob_destroy(head);
	HPDF_Dict_Add(d, "FontFile2", file);
	return d;
}

static HPDF_Dict
descendant(struct pdf *pdf, const struct pdf_font *f, const char *name,
    HPDF_Dict file, HPDF_Dict map)
{
	HPDF_Dict d = HPDF_Dict_New(pdf->doc->mmgr), system;

	if (d == NULL || HPDF_Xref_Add(pdf->doc->xref, d) != HPDF_OK)
		return NULL;
	HPDF_Dict_AddName(d, "Type", "Font");
	HPDF_Dict_AddName(d, "Subtype", "CIDFontType2");
	HPDF_Dict_AddName(d, "BaseFont", name);
	system = HPDF_Dict_New(pdf->doc->mmgr);
	if (HPDF_Dict_Add(d, "CIDSystemInfo", system) != HPDF_OK)
		return NULL;
	HPDF_Dict_Add(
	    system, "Registry", HPDF_String_New(pdf->doc->mmgr, "Adobe", NULL));
	HPDF_Dict_Add(system, "Ordering",
	    HPDF_String_New(pdf->doc->mmgr, "Identity", NULL));
	HPDF_Dict_AddNumber(system, "Supplement", 0);
	HPDF_Dict_Add(d, "FontDescriptor", descriptor(pdf, f, name, file));
	HPDF_Dict_AddNumber(d, "DW", 1000);
	HPDF_Dict_Add(d, "W", widths(pdf, f));
	HPDF_Dict_Add(d, "CIDToGIDMap", map);
	return d;
}

/*
 * For each glyph of the subset the font units that make a dot of a 1000 dpi
 * printer (0.0254 mm) at the largest size it is drawn in: finer differences
 * never reach the paper.  map: glyph of each CID, 16 bits, from CID 0.
 */
static uint8_t *
make_grid(const struct pdf_font *f, const struct buf *map)
{
	uint8_t *grid = calloc(65536, 1);
	unsigned int gid, units;
	size_t i;

	for (i = 0; grid != NULL && i < f->nglyphs; i++) {
		gid = (unsigned int)map->p[2 * i + 2] << 8 | map->p[2 * i + 3];
		units = (unsigned int)(0.0254f * (float)f->font->upem /
				       f->glyphs[i].largest);
		if (units > 32)
			units = 32;
		if (grid[gid] == 0 || units < grid[gid])
			grid[gid] = (uint8_t)units;
	}
	return grid;
}

/* Subset, round and deflate; map as above. */
static HPDF_Dict
font_file(struct pdf *pdf, const struct pdf_font *f, struct buf *map)
{
	struct buf rounded = BUF_INIT;
	hb_blob_t *blob = subset(f, map);
	uint8_t *grid =
	    blob == NULL || buf_failed(map) ? NULL : make_grid(f, map);
	struct bytes plain;
	HPDF_Dict file = NULL;
	unsigned int n;

	if (grid != NULL) {
		plain.p = (const uint8_t *)hb_blob_get_data(blob, &n);
		plain.n = n;
		if (outline_round(plain, grid, 65536, &rounded, pdf->e) == 0)
			file = pdf_stream_deflate(pdf, buf_bytes(&rounded));
		if (file != NULL)
			HPDF_Dict_AddNumber(
			    file, "Length1", (HPDF_INT32)rounded.n);
	}
	free(grid);
	hb_blob_destroy(blob);
	buf_release(&rounded);
	return file;
}

int
pdf_font_finish(struct pdf *pdf, struct pdf_font *f)
{
	struct buf map = BUF_INIT;
	HPDF_Array fonts = HPDF_Array_New(pdf->doc->mmgr);
	HPDF_Dict file = font_file(pdf, f, &map);
	char name[64];

	if (file != NULL) {
		font_name(pdf, f, name);
		HPDF_Dict_AddName(f->dict, "Type", "Font");
		HPDF_Dict_AddName(f->dict, "Subtype", "Type0");
		HPDF_Dict_AddName(f->dict, "BaseFont", name);
		HPDF_Dict_AddName(f->dict, "Encoding", "Identity-H");
		/* Once this fails, the document has an error of its own. */
		if (HPDF_Dict_Add(f->dict, "DescendantFonts", fonts) == HPDF_OK)
			HPDF_Array_Add(fonts,
			    descendant(pdf, f, name, file,
				pdf_stream_deflate(pdf, buf_bytes(&map))));
		HPDF_Dict_Add(f->dict, "ToUnicode", to_unicode(pdf, f));
	}
	buf_release(&map);
	return file == NULL ? err_internal(pdf->e, "font stream") : 0;
}
