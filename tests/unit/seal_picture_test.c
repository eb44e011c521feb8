/* Tests of certsvc/seal_picture.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "certsvc/seal_picture.h"

#define ROUND(name, purpose, size)                                             \
	.kind = "round", .arc = name, .below = purpose, .diameter = size

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
	    ROUND("青禾市社会保险事业管理中心", "演示专用章", 42)};
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
	static const struct seal_definition def = {ROUND(
	    "青禾市国家高新技术产业开发区管理委员会", "业务专用章（3）", 42)};
	struct seal_picture picture;
	struct err e = ERR_INIT;

	assert_int_equal(seal_picture_make(*state, &def, &picture, &e), 0);
	seal_picture_release(&picture);
}

static void
a_seal_that_cannot_be_read_is_refused(void **state)
{
	refused(state,
	    (struct seal_definition){ROUND(
		"青禾市国家高新技术产业开发区管理委员会青禾市国家高新技术产业开发区管理委员会",
		"", 30)},
	    "seal_crowded");
	refused(state,
	    (struct seal_definition){
		ROUND("青禾市", "一二三四五六七八九十一二", 30)},
	    "seal_crowded");
	refused(
	    state, (struct seal_definition){ROUND("", "", 42)}, "seal_text");
	refused(state, (struct seal_definition){ROUND("a\xFF", "", 42)},
	    "seal_text");
	refused(state,
	    (struct seal_definition){
		.kind = "square", .arc = "青禾市", .diameter = 42},
	    "seal_kind");
	refused(state, (struct seal_definition){ROUND("青禾市", "", 20)},
	    "seal_size");
	/* U+E000 is for private use: no font can know it. */
	refused(state,
	    (struct seal_definition){ROUND("青\xEE\x80\x80市", "", 42)},
	    "no_glyph");
}

static void
every_kind_is_drawn_within_its_size(void **state)
{
	static const struct seal_definition kinds[] = {
	    {ROUND("青禾市临江区清溪镇石桥村村民委员会", "", 38),
		.code = "3301020012345"},
	    {ROUND("青禾市临江区社区居民委员会", "业务专用章", 42),
		.code = "3301020012345", .starless = 1},
	    {.kind = "oval",
		.arc = "青禾市税务局临江区分局",
		.below = "发票专用章",
		.width = 40,
		.height = 30,
		.code = "9133010200123456X"},
	    {.kind = "rectangular",
		.text = "青禾市公证处\n核对无误",
		.width = 45,
		.height = 20},
	    {.kind = "rectangular",
		.text = "与原件核对无异",
		.width = 50,
		.height = 14,
		.colour = "blue",
		.frameless = 1},
	    {.kind = "personal", .text = "张三", .width = 18, .height = 18},
	    {.kind = "personal", .text = "张三丰", .width = 18, .height = 18},
	    {.kind = "personal", .text = "张三丰印", .width = 18, .height = 18},
	    {.kind = "personal", .text = "欧阳明月", .width = 40, .height = 14},
	};
	struct seal_picture picture;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		assert_int_equal(
		    seal_picture_make(*state, &kinds[i], &picture, &e), 0);
		assert_true(picture.width >= 18 && picture.height >= 14);
		/* One path for each character, and frame or star. */
		assert_true(picture.drawing.npaths >= 3);
		assert_true(picture.content.n > 500);
		seal_picture_release(&picture);
	}
}

static void
crowded_seals_of_every_kind_are_refused(void **state)
{
	/* Two lines of 20 in a small box. */
	refused(state,
	    (struct seal_definition){.kind = "rectangular",
		.text = "一二三四五六七八九十一二三四五六七八九十\n一",
		.width = 20,
		.height = 8},
	    "seal_crowded");
	/* The sides of an oval bend too much for so long a name. */
	refused(state,
	    (struct seal_definition){.kind = "oval",
		.arc = "青禾市国家高新技术产业开发区管理委员会综合服务中心",
		.below = "",
		.width = 30,
		.height = 20},
	    "seal_crowded");
}

static void
what_a_kind_cannot_have_is_refused(void **state)
{
	refused(state,
	    (struct seal_definition){
		.kind = "personal", .text = "张", .width = 18, .height = 18},
	    "seal_text");
	refused(state,
	    (struct seal_definition){.kind = "personal",
		.text = "一二三四五",
		.width = 18,
		.height = 18},
	    "seal_text");
	refused(state,
	    (struct seal_definition){
		.kind = "personal", .text = "张三", .width = 14, .height = 18},
	    "seal_size");
	refused(state,
	    (struct seal_definition){
		.kind = "oval", .arc = "青禾市", .width = NAN, .height = 30},
	    "seal_size");
	refused(state,
	    (struct seal_definition){
		ROUND("青禾市", "", 42), .colour = "green"},
	    "seal_colour");
	refused(state,
	    (struct seal_definition){ROUND("青禾市", "", 42), .code = "第1号"},
	    "seal_text");
	refused(state,
	    (struct seal_definition){.kind = "rectangular",
		.text = "一\n二\n三",
		.width = 40,
		.height = 20},
	    "seal_text");
	refused(state,
	    (struct seal_definition){
		ROUND("青禾\xE2\x80\x8B市", "", 42)}, /* U+200B */
	    "seal_text");
	refused(state,
	    (struct seal_definition){.kind = "rectangular",
		.text = "\n二",
		.width = 40,
		.height = 20},
	    "seal_text");
}

/* It would be letters apart, in the wrong order, or an empty frame. */
static void
what_no_seal_can_show_is_refused(void **state)
{
	refused(state, (struct seal_definition){ROUND("ئۇيغۇر", "", 42)},
	    "seal_text");
	refused(state, (struct seal_definition){ROUND("青禾市", "ئۇيغۇر", 42)},
	    "seal_text");
	refused(
	    state, (struct seal_definition){ROUND("　 ", "", 42)}, "seal_text");
	refused(state,
	    (struct seal_definition){.kind = "rectangular",
		.text = " \n ",
		.width = 40,
		.height = 20},
	    "seal_text");
	refused(state,
	    (struct seal_definition){
		.kind = "personal", .text = "  ", .width = 18, .height = 18},
	    "seal_text");
}

static void
a_missing_character_is_named(void **state)
{
	static const struct seal_definition def = {
	    ROUND("青\xEE\x80\x80市", "", 42)};
	struct seal_picture picture;
	struct err e = ERR_INIT;

	assert_int_equal(
	    seal_picture_make(*state, &def, &picture, &e), ERR_INPUT);
	assert_non_null(strstr(e.en, "U+E000"));
	err_clear(&e);
}

static void
a_preview_is_drawn(void **state)
{
	static const struct seal_definition def = {.kind = "personal",
	    .text = "张三",
	    .width = 18,
	    .height = 18,
	    .colour = "blue"};
	struct seal_picture picture;
	struct err e = ERR_INIT;
	struct buf svg = BUF_INIT;

	assert_int_equal(seal_picture_make(*state, &def, &picture, &e), 0);
	assert_int_equal(seal_picture_svg(&picture, &svg, &e), 0);
	assert_non_null(strstr(buf_cstr(&svg), "viewBox=\"0 0 18 18\""));
	assert_non_null(strstr(buf_cstr(&svg), "#1b3f8b"));
	buf_release(&svg);
	seal_picture_release(&picture);
}

static int
read_definition(const char *text, struct seal_definition *def, struct err *e)
{
	static const char *const others[] = {"id", NULL};
	json_t *json = json_loads(text, 0, NULL);
	int rc = seal_definition_read(json, others, def, e);

	/* The views do not outlive the JSON: only looked at by number here. */
	json_decref(json);
	return rc;
}

static void
definitions_are_read_strictly(void **state)
{
	static const struct {
		const char *json, *code;
	} bad[] = {
	    {"{}", "seal_kind"},
	    {"{\"kind\":\"square\"}", "seal_kind"},
	    {"{\"kind\":1}", "seal_kind"},
	    {"{\"kind\":\"round\",\"width\":1}", "unknown_member"},
	    {"{\"kind\":\"oval\",\"star\":true}", "unknown_member"},
	    {"{\"kind\":\"round\",\"Arc\":\"x\"}", "unknown_member"},
	    {"{\"kind\":\"round\",\"arc\":5}", "seal_member"},
	    {"{\"kind\":\"round\",\"diameter\":\"42\"}", "seal_member"},
	    {"{\"kind\":\"personal\",\"frame\":1}", "seal_member"},
	};
	struct seal_definition def;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	assert_int_equal(
	    read_definition("{\"id\":1,\"kind\":\"round\",\"star\":false,"
			    "\"diameter\":42}",
		&def, &e),
	    0);
	assert_true(def.starless);
	assert_float_equal(def.diameter, 42, 0.001);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    read_definition(bad[i].json, &def, &e), ERR_INPUT);
		assert_string_equal(e.code, bad[i].code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_seal_is_drawn_small_and_the_same_each_time),
	    cmocka_unit_test(a_seal_with_a_long_name_still_has_room),
	    cmocka_unit_test(a_seal_that_cannot_be_read_is_refused),
	    cmocka_unit_test(every_kind_is_drawn_within_its_size),
	    cmocka_unit_test(crowded_seals_of_every_kind_are_refused),
	    cmocka_unit_test(what_a_kind_cannot_have_is_refused),
	    cmocka_unit_test(what_no_seal_can_show_is_refused),
	    cmocka_unit_test(a_missing_character_is_named),
	    cmocka_unit_test(a_preview_is_drawn),
	    cmocka_unit_test(definitions_are_read_strictly),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
