/* Tests of certsvc/seal_picture.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "certsvc/seal_picture.h"

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
refused(void **state, struct seal_definition def, const char *code)
{
	struct seal_picture picture;
	struct err e = ERR_INIT;

	assert_int_equal(
	    seal_picture_make(*state, &def, &picture, &e), ERR_INPUT);
	assert_string_equal(e.code, code);
	assert_int_equal(picture.drawing.npaths, 0);
	err_clear(&e);
}

static void
a_seal_is_drawn_small_and_the_same_each_time(void **state)
{
	static const struct seal_definition def = {
	    "round", "青禾市社会保险事业管理中心", "演示专用章", 42};
	struct step_seal place = {.x = 100, .y = 200, .w = 44, .h = 46};
	struct seal_picture a, b;
	struct err e = ERR_INIT;
	struct step_box box;

	assert_int_equal(seal_picture_make(*state, &def, &a, &e), 0);
	assert_int_equal(seal_picture_make(*state, &def, &b, &e), 0);
	assert_true(a.content.n > 1000 && a.content.n < 12000);
	assert_true(bytes_equal(a.content, b.content));
	assert_float_equal(a.bbox[3], 4200, 0.01);
	box = seal_picture_box(&a, &place);
	assert_float_equal(box.x, 101, 0.01);
	assert_float_equal(box.y, 202, 0.01);
	seal_picture_release(&a);
	seal_picture_release(&b);
}

static void
a_seal_with_a_long_name_still_has_room(void **state)
{
	static const struct seal_definition def = {"round",
	    "青禾市国家高新技术产业开发区管理委员会", "业务专用章（3）", 42};
	struct seal_picture picture;
	struct err e = ERR_INIT;

	assert_int_equal(seal_picture_make(*state, &def, &picture, &e), 0);
	seal_picture_release(&picture);
}

static void
a_seal_that_cannot_be_read_is_refused(void **state)
{
	refused(state,
	    (struct seal_definition){"round",
		"青禾市国家高新技术产业开发区管理委员会青禾市国家高新技术产业开发区管理委员会",
		"", 30},
	    "seal_crowded");
	refused(state,
	    (struct seal_definition){
		"round", "青禾市", "一二三四五六七八九十一二", 30},
	    "seal_crowded");
	refused(
	    state, (struct seal_definition){"round", "", "", 42}, "seal_text");
	refused(state, (struct seal_definition){"round", "a\xFF", "", 42},
	    "seal_text");
	refused(state, (struct seal_definition){"square", "青禾市", "", 42},
	    "seal_kind");
	refused(state, (struct seal_definition){"round", "青禾市", "", 20},
	    "seal_size");
	/* U+E000 is for private use: no font can know it. */
	refused(state,
	    (struct seal_definition){"round", "青\xEE\x80\x80市", "", 42},
	    "no_glyph");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_seal_is_drawn_small_and_the_same_each_time),
	    cmocka_unit_test(a_seal_with_a_long_name_still_has_room),
	    cmocka_unit_test(a_seal_that_cannot_be_read_is_refused),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
