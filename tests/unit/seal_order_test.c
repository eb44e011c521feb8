/* seal_order_test.c - seals as administrators order them, one by one and in
 * tables: checked and drawn before anything is made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "certsvc/seal_csv.h"
#include "certsvc/seal_order.h"
#include "certsvc/seal_png.h"

#define DEPARTMENT "11990100MB9A00014N"

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

/* A good order with one member set to a JSON value; NULL value: removed. */
static json_t *
order_with(const char *name, const char *value)
{
	json_t *order =
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:[s], s:i}", "id",
		"hall-1", "department", DEPARTMENT, "zh", "政务大厅", "kind",
		"round", "arc", "青禾市政务大厅", "below", "专用章", "diameter",
		42, "types", "11990000MB9A010097001", "years", 5);

	if (name != NULL && value == NULL)
		json_object_del(order, name);
	else if (name != NULL)
		json_object_set_new(
		    order, name, json_loads(value, JSON_DECODE_ANY, NULL));
	return order;
}

/* The code that an order is refused with, or "". */
static const char *
refused(const struct font_set *fonts, const char *name, const char *value)
{
	static char code[ERR_CODE_SIZE];
	json_t *order = order_with(name, value), *item = NULL;
	struct err e = ERR_INIT;

	code[0] = '\0';
	if (seal_order_make(fonts, order, &item, &e) != 0) {
		assert_null(item);
		assert_int_equal(e.class, ERR_INPUT);
		memcpy(code, e.code, sizeof(code));
	}
	err_clear(&e);
	json_decref(item);
	json_decref(order);
	return code;
}

static void
a_good_order_gets_its_picture(void **state)
{
	json_t *order = order_with(NULL, NULL), *item = NULL, *picture;
	struct err e = ERR_INIT;

	assert_int_equal(seal_order_make(*state, order, &item, &e), 0);
	picture = json_object_get(item, "picture");
	assert_string_equal(
	    json_string_value(json_object_get(picture, "type")), "ofd");
	assert_int_equal(
	    json_integer_value(json_object_get(picture, "width")), 42);
	assert_true(
	    json_string_length(json_object_get(picture, "data")) > 1000);
	json_object_del(item, "picture");
	assert_true(json_equal(item, order));
	json_decref(item);
	json_decref(order);
	assert_string_equal(refused(*state, "types", NULL), "");
	assert_string_equal(refused(*state, "years", NULL), "");
	assert_string_equal(refused(*state, "en", "\"Hall\""), "");
}

static void
each_wrong_member_is_refused(void **state)
{
	static const char *const bad[][3] = {{"id", NULL, "bad_seal"},
	    {"id", "\"\"", "bad_seal"}, {"id", "\"a b\"", "bad_seal"},
	    {"id", "7", "bad_seal"},
	    {"id", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "bad_seal"},
	    {"department", "\"11990100MB9A00014M\"", "bad_seal"},
	    {"department", NULL, "bad_seal"}, {"zh", "\"\"", "bad_seal"},
	    {"zh", "\"a\\u0007\"", "bad_seal"},
	    {"zh", "\"a\\u202eb\"", "bad_seal"}, {"en", "7", "bad_seal"},
	    {"types", "\"11990000MB9A010097001\"", "bad_seal"},
	    {"types", "[\"1199\"]", "bad_seal"}, {"types", "[7]", "bad_seal"},
	    {"years", "0", "bad_seal"}, {"years", "11", "bad_seal"},
	    {"years", "2.5", "bad_seal"},
	    {"colour", "\"green\"", "seal_colour"},
	    {"kind", "\"square\"", "seal_kind"},
	    {"diameter", "\"42\"", "seal_member"},
	    {"diameter", "29", "seal_size"}, {"diameter", "61", "seal_size"},
	    {"width", "42", "unknown_member"}, {"state", "1", "unknown_member"},
	    {"arc", "\"\"", "seal_text"},
	    {"arc", "\"\\udb80\\uddb4\"", "no_glyph"}};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strcmp(refused(*state, bad[i][0], bad[i][1]), bad[i][2]) !=
		    0)
			fail_msg("%s = %s: %s", bad[i][0],
			    bad[i][1] ? bad[i][1] : "-",
			    refused(*state, bad[i][0], bad[i][1]));
}

static void
a_preview_has_ink_and_is_clear_elsewhere(void **state)
{
	json_t *order = order_with(NULL, NULL);
	struct seal_picture picture;
	struct buf png = BUF_INIT;
	struct err e = ERR_INIT;

	assert_int_equal(seal_order_draw(*state, order, &picture, &e), 0);
	assert_int_equal(seal_png(&picture, 35, &png, &e), ERR_INPUT);
	assert_int_equal(seal_png(&picture, 1201, &png, &e), ERR_INPUT);
	assert_int_equal(png.n, 0);
	assert_int_equal(seal_png(&picture, 100, &png, &e), 0);
	assert_memory_equal(png.p, "\x89PNG\r\n\x1a\n", 8);
	assert_memory_equal(png.p + 12, "IHDR\0\0\0\xa6\0\0\0\xa6\x08\x06", 14);
	assert_true(png.n > 2000);
	buf_release(&png);
	seal_picture_release(&picture);
	json_decref(order);
	err_clear(&e);
}

/* Wrong lines as "3 5 ". */
static void
collect(void *ctx, unsigned int line, const struct err *why)
{
	assert_int_equal(why->class, ERR_INPUT);
	buf_printf(ctx, "%u ", line);
}

#define HEAD "id,department,zh,kind,arc,diameter,star,types,years\n"
#define GOOD(id) id "," DEPARTMENT ",章,round,青禾市某局,42,是,,\n"

static void
every_wrong_line_of_a_table_is_told(void **state)
{
	static const char text[] = HEAD GOOD("a-1") GOOD("a-1") GOOD("a 2")
	    GOOD("a-3") "a-4," DEPARTMENT ",章,round,青,4e1,是,,\n"
			"a-5," DEPARTMENT ",章,round,青,42,maybe,,\n"
			"a-6," DEPARTMENT ",章 ,round,青,42,,,\n"
			"a-7," DEPARTMENT ",章,round,青,42,,1199,\n"
			"a-8," DEPARTMENT ",章,round,青,42,,,5,\n"
			"a-9," DEPARTMENT ",章,round,青,42,,,99\n" GOOD("b-1");
	struct seal_csv table;
	struct buf lines = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    seal_csv_read(bytes_str(text), collect, &lines, &table, &e), 0);
	assert_string_equal(buf_cstr(&lines), "3 4 6 7 8 9 10 11 ");
	assert_int_equal(table.wrong, 8);
	assert_int_equal(table.n, 3);
	assert_int_equal(table.rows[1].line, 5);
	assert_string_equal(
	    json_string_value(json_object_get(table.rows[2].order, "id")),
	    "b-1");
	seal_csv_release(&table);
	buf_release(&lines);
}

static void
a_table_is_read_as_orders(void **state)
{
	static const char text[] =
	    "\xef\xbb\xbf编号,部门代码,名称,形状,文字,宽,高,边框,证照类型\r\n"
	    "p-1," DEPARTMENT ",张三印,personal,张三,18,18.5,否,"
	    "11990000MB9A010097001 11990000MB9A010097002\r\n";
	json_t *want = json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:i, s:f, s:b, s:[s, s]}", "id", "p-1",
	    "department", DEPARTMENT, "zh", "张三印", "kind", "personal",
	    "text", "张三", "width", 18, "height", 18.5, "frame", 0, "types",
	    "11990000MB9A010097001", "11990000MB9A010097002");
	struct seal_csv table;
	struct buf lines = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    seal_csv_read(bytes_str(text), collect, &lines, &table, &e), 0);
	assert_int_equal(table.n, 1);
	assert_true(json_equal(table.rows[0].order, want));
	seal_csv_release(&table);
	buf_release(&lines);
	json_decref(want);
}

static void
a_wrong_first_line_refuses_the_table(void **state)
{
	static const char *const heads[] = {"id,department,zh\n",
	    "id,department,zh,kind,colour,color\n",
	    "id,department,zh,kind,id\n", "id,编号,department,zh,kind\n",
	    "\"id\n", ""};
	struct seal_csv table;
	struct buf lines = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		assert_int_equal(seal_csv_read(bytes_str(heads[i]), collect,
				     &lines, &table, &e),
		    ERR_INPUT);
		assert_string_equal(e.code, "csv_malformed");
		seal_csv_release(&table);
		err_clear(&e);
	}
	assert_int_equal(lines.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_order_gets_its_picture),
	    cmocka_unit_test(each_wrong_member_is_refused),
	    cmocka_unit_test(a_preview_has_ink_and_is_clear_elsewhere),
	    cmocka_unit_test(every_wrong_line_of_a_table_is_told),
	    cmocka_unit_test(a_table_is_read_as_orders),
	    cmocka_unit_test(a_wrong_first_line_refuses_the_table),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
