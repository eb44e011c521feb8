/* Tests of certsvc/format/outline.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <hb-subset.h>

#include "certsvc/font.h"
#include "certsvc/format/outline.h"

enum {
	GLYPHS = 6,
	GRID = 5
};

/* A subset as the PDF writer makes one, in *out. */
static void
make_subset(struct buf *out)
{
	static const uint32_t text[GLYPHS - 1] = {
	    0x8425, 0x4E1A, 0x6267, 0x7167, 0x9F8D};
	struct font_set *set;
	struct err e = ERR_INIT;
	const struct font *font;
	hb_subset_input_t *input = hb_subset_input_create_or_fail();
	hb_codepoint_t glyph;
	hb_face_t *face;
	hb_blob_t *blob;
	unsigned int n;
	size_t i;

	assert_int_equal(font_set_load(NULL, 0, &set, &e), 0);
	font = font_set_at(set, 0);
	hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
	for (i = 0; i < GLYPHS - 1; i++) {
		hb_font_get_nominal_glyph(font->font, text[i], &glyph);
		hb_set_add(hb_subset_input_glyph_set(input), glyph);
	}
	face = hb_subset_or_fail(font->outlines, input);
	blob = hb_face_reference_blob(face);
	buf_add(out, hb_blob_get_data(blob, &n), hb_blob_get_length(blob));
	hb_blob_destroy(blob);
	hb_face_destroy(face);
	hb_subset_input_destroy(input);
	font_set_free(set);
}

static hb_font_t *
open_font(const struct buf *bytes)
{
	hb_blob_t *blob = hb_blob_create((const char *)bytes->p,
	    (unsigned int)bytes->n, HB_MEMORY_MODE_READONLY, NULL, NULL);
	hb_face_t *face = hb_face_create(blob, 0);
	hb_font_t *font = hb_font_create(face);

	hb_blob_destroy(blob);
	hb_face_destroy(face);
	return font;
}

static void
a_rounded_font_is_smaller_and_looks_the_same(void **state)
{
	static const uint8_t grid[GLYPHS] = {
	    GRID, GRID, GRID, GRID, GRID, GRID};
	struct buf plain = BUF_INIT, rounded = BUF_INIT;
	hb_glyph_extents_t a, b;
	struct err e = ERR_INIT;
	hb_font_t *before, *after;
	uint32_t i;

	(void)state;
	make_subset(&plain);
	assert_int_equal(
	    outline_round(buf_bytes(&plain), grid, GLYPHS, &rounded, &e), 0);
	assert_true(rounded.n < plain.n);
	before = open_font(&plain);
	after = open_font(&rounded);
	for (i = 0; i < GLYPHS; i++) {
		hb_font_get_glyph_extents(before, i, &a);
		hb_font_get_glyph_extents(after, i, &b);
		assert_in_range(abs(a.x_bearing - b.x_bearing), 0, GRID / 2);
		assert_in_range(abs(a.y_bearing - b.y_bearing), 0, GRID / 2);
		assert_in_range(abs(a.width - b.width), 0, GRID);
		assert_in_range(abs(a.height - b.height), 0, GRID);
		assert_int_equal(hb_font_get_glyph_h_advance(before, i),
		    hb_font_get_glyph_h_advance(after, i));
	}
	hb_font_destroy(before);
	hb_font_destroy(after);
	buf_release(&plain);
	buf_release(&rounded);
}

static void
a_glyph_on_a_grid_of_one_stays_as_it_is(void **state)
{
	static const uint8_t grid[GLYPHS] = {0, 1, 0, 1, 0, 1};
	struct buf plain = BUF_INIT, same = BUF_INIT;
	hb_glyph_extents_t a, b;
	struct err e = ERR_INIT;
	hb_font_t *before, *after;
	uint32_t i;

	(void)state;
	make_subset(&plain);
	assert_int_equal(
	    outline_round(buf_bytes(&plain), grid, GLYPHS, &same, &e), 0);
	before = open_font(&plain);
	after = open_font(&same);
	for (i = 0; i < GLYPHS; i++) {
		hb_font_get_glyph_extents(before, i, &a);
		hb_font_get_glyph_extents(after, i, &b);
		assert_memory_equal(&a, &b, sizeof(a));
	}
	hb_font_destroy(before);
	hb_font_destroy(after);
	buf_release(&plain);
	buf_release(&same);
}

/* Whatever the bytes, it ends and says so. */
static void
a_damaged_font_is_refused_or_copied_but_never_read_past(void **state)
{
	static const uint8_t grid[GLYPHS] = {
	    GRID, GRID, GRID, GRID, GRID, GRID};
	struct buf plain = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	struct bytes cut;
	uint8_t *copy;
	size_t i;

	(void)state;
	make_subset(&plain);
	for (i = 0; i < plain.n; i += 7) {
		/* A copy of its own, so that a sanitizer sees its end. */
		copy = malloc(i + 1);
		assert_non_null(copy);
		memcpy(copy, plain.p, i);
		cut = (struct bytes){copy, i};
		buf_reset(&out);
		/* The last three bytes may only pad the last table. */
		if (outline_round(cut, grid, GLYPHS, &out, &e) == 0)
			assert_true(i + 3 >= plain.n);
		else
			assert_int_equal(e.class, ERR_INTERNAL);
		free(copy);
		plain.p[i] ^= 0xFF;
		buf_reset(&out);
		outline_round(buf_bytes(&plain), grid, GLYPHS, &out, &e);
		plain.p[i] ^= 0xFF;
	}
	buf_release(&plain);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_rounded_font_is_smaller_and_looks_the_same),
	    cmocka_unit_test(a_glyph_on_a_grid_of_one_stays_as_it_is),
	    cmocka_unit_test(
		a_damaged_font_is_refused_or_copied_but_never_read_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
