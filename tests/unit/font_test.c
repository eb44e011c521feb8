/* Tests of certsvc/font.h and certsvc/layout_flow.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "certsvc/font.h"
#include "certsvc/layout_flow.h"

static int
load(void **state)
{
	struct err e = ERR_INIT;

	return font_set_load(NULL, 0, (struct font_set **)state, &e);
}

static int
unload(void **state)
{
	font_set_free(*state);
	return 0;
}

static void
shape(void **state, enum font_style style, const char *text,
    struct font_line *line)
{
	const struct font_text paragraph = {
	    .style = style, .text = text, .len = strlen(text), .pointer = ""};
	struct err e = ERR_INIT;

	assert_int_equal(font_shape(*state, &paragraph, line, &e), 0);
}

static void
a_rare_character_comes_from_a_font_that_draws_it(void **state)
{
	static const char rare[] = "赵𬭎㛃䶮𫖯·麦𠅤";
	struct font_line line;
	int style;
	size_t i;

	for (style = 0; style < FONT_STYLES; style++) {
		shape(state, (enum font_style)style, rare, &line);
		assert_int_equal(line.n, 8);
		for (i = 0; i < line.n; i++) {
			assert_true(line.v[i].whole);
			assert_true(
			    font_glyph_has_ink(line.v[i].font, line.v[i].id));
		}
		font_line_release(&line);
	}
}

/* ukai maps U+4DAE to an outline without any area; a font that does so does
 * not have the character. */
static void
an_empty_outline_is_not_a_glyph(void **state)
{
	static const char path[] = "/usr/share/fonts/truetype/arphic/ukai.ttc";
	struct font ukai = {0};
	hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
	hb_codepoint_t full, empty;

	(void)state;
	if (blob == NULL)
		skip();
	ukai.face = hb_face_create(blob, 0);
	ukai.font = hb_font_create(ukai.face);
	ukai.nglyphs = hb_face_get_glyph_count(ukai.face);
	ukai.ink = calloc(ukai.nglyphs, sizeof(*ukai.ink));
	assert_true(hb_font_get_nominal_glyph(ukai.font, 0x9F8D, &full));
	assert_true(hb_font_get_nominal_glyph(ukai.font, 0x4DAE, &empty));
	assert_true(font_glyph_has_ink(&ukai, full));
	assert_false(font_glyph_has_ink(&ukai, empty));
	assert_false(font_glyph_has_ink(&ukai, empty));
	free(ukai.ink);
	hb_font_destroy(ukai.font);
	hb_face_destroy(ukai.face);
	hb_blob_destroy(blob);
}

static void
a_character_that_no_font_draws_is_named(void **state)
{
	const struct font_text text = {.style = FONT_KAI,
	    .text = "王\xF4\x80\x80\x80",
	    .len = 7,
	    .pointer = "/fields/name"};
	struct font_line line;
	struct err e = ERR_INIT;

	assert_int_equal(font_shape(*state, &text, &line, &e), ERR_INPUT);
	assert_string_equal(e.code, "no_glyph");
	assert_string_equal(e.items[0].pointer, "/fields/name");
	assert_non_null(strstr(e.en, "U+100000"));
	assert_int_equal(line.n, 0);
	err_clear(&e);
}

static void
text_that_is_not_utf8_is_refused(void **state)
{
	const struct font_text text = {
	    .style = FONT_KAI, .text = "a\xFF", .len = 2, .pointer = ""};
	struct font_line line;
	struct err e = ERR_INIT;

	assert_int_equal(font_shape(*state, &text, &line, &e), ERR_INPUT);
	assert_string_equal(e.code, "invalid_utf8");
}

static void
a_missing_font_names_its_package(void **state)
{
	struct font_set *set = NULL;
	char folder[] = "/tmp/fonts-XXXXXX", path[64];
	const char *dirs[] = {folder};
	struct err e = ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(folder));
	/* A file of that name that is no font is found first and refused. */
	snprintf(path, sizeof(path), "%s/LXGWWenKai-Regular.ttf", folder);
	fclose(fopen(path, "w"));
	assert_int_equal(font_set_load(dirs, 1, &set, &e), ERR_INTERNAL);
	assert_string_equal(e.code, "font_unusable");
	assert_non_null(strstr(e.en, "fonts-lxgw-wenkai"));
	assert_null(set);
	unlink(path);
	rmdir(folder);
}

static const struct layout_style plain = {
    .font = FONT_KAI, .size = 4, .min = 2, .leading = 1.25f, .wrap = 1};

/* Place the text and give back the steps of its page. */
static int
place(void **state, const struct layout_style *style, const char *text,
    struct step_box box, struct step_list *list, struct err *e)
{
	struct step_page *page = step_page_add(list, 210, 297);
	struct flow flow;
	int rc;

	assert_int_equal(
	    flow_make(*state, style, text, "/fields/x", &flow, e), 0);
	rc = flow_place(&flow, box, 1, page, e);
	flow_release(&flow);
	return rc;
}

static void
a_line_never_begins_with_a_comma(void **state)
{
	struct step_list list = STEP_LIST_INIT;
	struct err e = ERR_INIT;
	const struct step_page *page;
	size_t i;

	/* Ten characters fill the line; the comma would be the eleventh. */
	assert_int_equal(place(state, &plain, "一二三四五六七八九十，一二三",
			     (struct step_box){10, 10, 40, 20}, &list, &e),
	    0);
	page = &list.pages[0];
	assert_int_equal(page->nsteps, 2);
	for (i = 0; i < page->nsteps; i++)
		assert_string_not_equal(page->steps[i].u.text.text, "");
	assert_memory_equal(page->steps[1].u.text.text, "十，", 6);
	assert_int_equal(step_list_check(&list, &e), 0);
	step_list_release(&list);
}

static void
a_text_shrinks_to_its_floor_and_no_further(void **state)
{
	struct step_list list = STEP_LIST_INIT;
	struct layout_style style = plain;
	struct err e = ERR_INIT;

	style.wrap = 0;
	assert_int_equal(place(state, &style, "一二三四五六七八九十",
			     (struct step_box){10, 10, 24, 6}, &list, &e),
	    0);
	assert_true(list.pages[0].steps[0].u.text.size <= 2.4f);
	assert_true(list.pages[0].steps[0].u.text.size >= 2.0f);
	assert_int_equal(place(state, &style, "一二三四五六七八九十",
			     (struct step_box){10, 10, 19, 6}, &list, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "does_not_fit");
	assert_string_equal(e.items[0].pointer, "/fields/x");
	step_list_release(&list);
	err_clear(&e);
}

static void
a_vertical_text_runs_down_and_then_to_the_left(void **state)
{
	struct step_list list = STEP_LIST_INIT;
	struct layout_style style = plain;
	const struct step_text *first, *second;
	struct err e = ERR_INIT;

	style.direction = DIRECTION_VERTICAL;
	assert_int_equal(place(state, &style, "一二三四五六",
			     (struct step_box){10, 10, 20, 16.5f}, &list, &e),
	    0);
	assert_int_equal(list.pages[0].nsteps, 2);
	first = &list.pages[0].steps[0].u.text;
	second = &list.pages[0].steps[1].u.text;
	assert_true(first->vertical && first->x > second->x);
	assert_true(first->glyphs[1].y > first->glyphs[0].y);
	assert_int_equal(first->nglyphs, 4);
	step_list_release(&list);
}

static void
a_right_to_left_text_keeps_its_order_and_its_joins(void **state)
{
	static const char words[] = "سلام دنيا";
	struct step_list list = STEP_LIST_INIT;
	struct layout_style style = plain;
	const struct step_text *t;
	struct err e = ERR_INIT;

	style.direction = DIRECTION_RTL;
	assert_int_equal(place(state, &style, words,
			     (struct step_box){10, 10, 60, 8}, &list, &e),
	    0);
	/* One run: visual order from the left, text in logical order. */
	assert_int_equal(list.pages[0].nsteps, 1);
	t = &list.pages[0].steps[0].u.text;
	assert_string_equal(t->text, words);
	assert_true(t->glyphs[0].text > t->glyphs[t->nglyphs - 1].text);
	assert_true(t->glyphs[1].x > t->glyphs[0].x);
	step_list_release(&list);
}

/* The signs that run with the words of a right-to-left paragraph, as '<', and
 * what keeps its own order, as '>'. */
static void
assert_directions(void **state, const char *text, const char *want)
{
	const struct font_text paragraph = {.style = FONT_HEI,
	    .text = text,
	    .len = strlen(text),
	    .rtl = 1,
	    .pointer = ""};
	struct font_line line;
	struct err e = ERR_INIT;
	size_t i;

	assert_int_equal(font_shape(*state, &paragraph, &line, &e), 0);
	assert_int_equal(line.n, strlen(want));
	for (i = 0; i < line.n; i++)
		assert_int_equal(line.v[i].rtl, want[i] == '<');
	font_line_release(&line);
}

static void
numbers_and_signs_between_right_to_left_words(void **state)
{
	/* A house number, its hyphen, a word. */
	assert_directions(state, "18-در", ">><<<");
	/* A decimal and a date stay whole. */
	assert_directions(state, "در 12.5", "<<<>>>>");
	assert_directions(state, "در 2026-11", "<<<>>>>>>>");
	/* A bracket at the end is the paragraph's. */
	assert_directions(state, "(در)", "<<<<");
	/* Between a foreign word and its number nothing turns. */
	assert_directions(state, "در AB 7", "<<<>>>>");
}

static void
a_check_finds_what_overlaps(void **state)
{
	struct step_list list = STEP_LIST_INIT;
	struct err e = ERR_INIT;
	struct step_box box = {10, 10, 60, 8};

	assert_int_equal(place(state, &plain, "一二三", box, &list, &e), 0);
	assert_int_equal(step_list_check(&list, &e), 0);
	list.pages[0].steps[0].u.text.floor = 5;
	assert_int_equal(step_list_check(&list, &e), ERR_INTERNAL);
	assert_string_equal(e.code, "layout_broken");
	list.pages[0].steps[0].u.text.floor = 2;
	list.pages[0].steps[0].u.text.x += 60;
	assert_int_equal(step_list_check(&list, &e), ERR_INTERNAL);
	step_list_release(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_rare_character_comes_from_a_font_that_draws_it),
	    cmocka_unit_test(an_empty_outline_is_not_a_glyph),
	    cmocka_unit_test(a_character_that_no_font_draws_is_named),
	    cmocka_unit_test(text_that_is_not_utf8_is_refused),
	    cmocka_unit_test(a_missing_font_names_its_package),
	    cmocka_unit_test(a_line_never_begins_with_a_comma),
	    cmocka_unit_test(a_text_shrinks_to_its_floor_and_no_further),
	    cmocka_unit_test(a_vertical_text_runs_down_and_then_to_the_left),
	    cmocka_unit_test(
		a_right_to_left_text_keeps_its_order_and_its_joins),
	    cmocka_unit_test(numbers_and_signs_between_right_to_left_words),
	    cmocka_unit_test(a_check_finds_what_overlaps),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
