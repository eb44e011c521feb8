/*
 * ofd_font.c - the fonts of an OFD: what glyphs the pages use, found before
 * they are written, because the subset renumbers them and CGTransform names
 * them by their new numbers.
 */
#include <hb-subset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/format/ofd_private.h"
#include "certsvc/format/outline.h"

void
ofd_font_release(struct ofd_font *f)
{
	ofd_map_release(&f->glyphs);
	ofd_map_release(&f->chars);
	buf_release(&f->file);
}

struct ofd_font *
ofd_font_find(struct ofd *o, const struct font *font)
{
	size_t i;

	for (i = 0; i < o->nfonts; i++)
		if (o->fonts[i].font == font)
			return &o->fonts[i];
	return NULL;
}

void
ofd_font_name(size_t i, char out[OFD_NAME_SIZE])
{
	snprintf(out, OFD_NAME_SIZE, "font_%zu.ttf", i);
}

static struct ofd_font *
font_use(struct ofd *o, const struct font *font)
{
	struct ofd_font *f = ofd_font_find(o, font);

	if (f != NULL || o->nfonts == OFD_FONTS_MAX)
		return f;
	f = &o->fonts[o->nfonts++];
	f->font = font;
	f->id = ++o->id;
	return f;
}

/* The cmap serves whichever glyph a character had first. */
static int
use_piece(struct ofd_font *f, const struct ofd_piece *p, uint32_t size)
{
	uint32_t *largest = ofd_map_at(&f->glyphs, p->glyph->id), *glyph;

	if (largest == NULL)
		return -1;
	if (size > *largest)
		*largest = size;
	if (p->cp == 0)
		return 0;
	glyph = ofd_map_at(&f->chars, p->cp);
	if (glyph == NULL)
		return -1;
	if (*glyph == 0)
		*glyph = p->glyph->id;
	return 0;
}

static int
use_text(struct ofd *o, const struct step_text *t)
{
	struct ofd_font *f = font_use(o, t->font);
	const struct ofd_piece *p;
	size_t i;
	int rc;

	if (f == NULL)
		return err_internal(o->e, "fonts");
	if ((rc = ofd_text_pieces(o, t, &p)) != 0)
		return rc;
	for (i = 0; i < t->nglyphs; i++)
		if (use_piece(f, &p[i], (uint32_t)ofd_um((double)t->size)) != 0)
			return err_nomem(o->e);
	return 0;
}

/* Subset without hints; the values of f->glyphs become its numbers, and grid
 * (of 65536) gets the units that make a dot of a 1000 dpi printer. */
static hb_blob_t *
subset(struct ofd_font *f, uint8_t *grid)
{
	hb_subset_input_t *input = hb_subset_input_create_or_fail();
	hb_subset_plan_t *plan = NULL;
	hb_face_t *face = NULL;
	hb_blob_t *blob = NULL;
	const hb_map_t *renumbered;
	struct ofd_map_slot *slot;
	uint32_t units, gid;
	size_t i;

	if (input == NULL)
		return NULL;
	hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
	for (i = 0; i < f->glyphs.nslots; i++)
		if (f->glyphs.slots[i].key != 0)
			hb_set_add(hb_subset_input_glyph_set(input),
			    f->glyphs.slots[i].key);
	plan = hb_subset_plan_create_or_fail(f->font->outlines, input);
	if (plan != NULL)
		face = hb_subset_plan_execute_or_fail(plan);
	if (face != NULL) {
		blob = hb_face_reference_blob(face);
		renumbered = hb_subset_plan_old_to_new_glyph_mapping(plan);
		for (i = 0; i < f->glyphs.nslots; i++) {
			slot = &f->glyphs.slots[i];
			if (slot->key == 0)
				continue;
			units = (uint32_t)(25.4f * (float)f->font->upem /
					   (float)slot->value);
			gid = hb_map_get(renumbered, slot->key) & 0xffff;
			grid[gid] = (uint8_t)(units > 32 ? 32 : units);
			slot->value = gid;
		}
	}
	hb_face_destroy(face);
	hb_subset_plan_destroy(plan);
	hb_subset_input_destroy(input);
	return blob;
}

static int
make_file(struct ofd_font *f, uint8_t *grid, struct err *e)
{
	struct buf rounded = BUF_INIT;
	struct bytes plain;
	hb_blob_t *blob;
	unsigned int n;
	int rc;

	memset(grid, 0, 65536);
	blob = subset(f, grid);
	if (blob == NULL)
		return err_internal(e, "font subset");
	plain.p = (const uint8_t *)hb_blob_get_data(blob, &n);
	plain.n = n;
	rc = outline_round(plain, grid, 65536, &rounded, e);
	if (rc == 0)
		rc = ofd_sfnt_write(f, buf_bytes(&rounded), &f->file, e);
	hb_blob_destroy(blob);
	buf_release(&rounded);
	return rc;
}

int
ofd_fonts_make(struct ofd *o)
{
	const struct step_list *steps = o->req->steps;
	const struct step_page *page;
	uint8_t *grid;
	size_t i, k;
	int rc = 0;

	for (i = 0; i < steps->npages; i++) {
		page = &steps->pages[i];
		for (k = 0; k < page->nsteps && rc == 0; k++)
			if (page->steps[k].kind == STEP_TEXT)
				rc = use_text(o, &page->steps[k].u.text);
	}
	if (rc != 0)
		return rc;
	grid = malloc(65536);
	if (grid == NULL)
		return err_nomem(o->e);
	for (i = 0; i < o->nfonts && rc == 0; i++)
		rc = make_file(&o->fonts[i], grid, o->e);
	free(grid);
	return rc;
}
