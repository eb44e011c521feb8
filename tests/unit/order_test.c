/* order_test.c - orders: reading, digest, every datatype, every complaint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/json_strict.h"
#include "certsvc/order.h"

static const char *const folders[] = {"templates/business-licence",
    "templates/social-insurance-proof", "templates/dog-registration",
    "templates/tree-felling-permit", "templates/hotel-permit",
    "templates/food-licence"};

static json_t *
json_of(const char *text)
{
	struct err e = ERR_INIT;
	json_t *json = NULL;

	assert_int_equal(
	    json_strict_read(bytes_str(text), 1 << 20, &json, &e), 0);
	return json;
}

static json_t *
sample_of(const char *folder)
{
	struct err e = ERR_INIT;
	json_t *body = NULL;

	assert_int_equal(order_sample(folder, &body, &e), 0);
	return body;
}

static struct template *
template_of(const char *folder)
{
	struct err e = ERR_INIT;
	struct template *t = NULL;
	size_t i;

	if (template_read(folder, &t, &e) != 0) {
		print_error("%s\n", e.en);
		for (i = 0; i < e.nitems; i++)
			print_error("%s %s: %s\n", e.items[i].pointer,
			    e.items[i].code, e.items[i].en);
	}
	assert_non_null(t);
	return t;
}

/* 1 when an item with this code and pointer is there. */
static int
complains(const struct err *e, const char *code, const char *pointer)
{
	size_t i;

	for (i = 0; i < e->nitems; i++)
		if (strcmp(e->items[i].code, code) == 0 &&
		    strcmp(e->items[i].pointer, pointer) == 0)
			return 1;
	return 0;
}

/* Check a sample in which one field was replaced (text NULL: removed). */
static void
try_field(const char *folder, const char *id, const char *text,
    struct face **face, struct err *e)
{
	struct template *t = template_of(folder);
	json_t *body = sample_of(folder), *fields, *value;
	struct order order;

	fields = json_object_get(body, "fields");
	if (text == NULL) {
		json_object_del(fields, id);
	} else {
		value = json_loads(text, JSON_DECODE_ANY, NULL);
		assert_non_null(value);
		json_object_set_new(fields, id, value);
	}
	assert_int_equal(order_parse(body, &order, e), 0);
	*face = face_new();
	order_check(&order, t, *face, e);
	order_release(&order);
	json_decref(body);
	template_free(t);
}

static void
expect_wrong(const char *folder, const char *id, const char *text,
    const char *code, const char *pointer)
{
	struct face *face;
	struct err e = ERR_INIT;

	try_field(folder, id, text, &face, &e);
	if (!complains(&e, code, pointer))
		print_error("no %s at %s for %s\n", code, pointer,
		    text ? text : "(none)");
	assert_true(complains(&e, code, pointer));
	assert_int_equal(e.class, ERR_INPUT);
	assert_string_equal(e.code, "fields_invalid");
	assert_int_equal(face->nfields, 0);
	face_free(face);
	err_clear(&e);
}

static void
expect_face(const char *folder, const char *id, const char *text,
    const char *name, const char *value)
{
	struct face *face;
	struct err e = ERR_INIT;

	try_field(folder, id, text, &face, &e);
	if (e.nitems > 0)
		print_error("%s: %s\n", e.items[0].pointer, e.items[0].en);
	assert_int_equal(e.nitems, 0);
	assert_string_equal(face_get(face, name), value);
	face_free(face);
}

static void
every_sample_passes_and_fills_the_face(void **state)
{
	struct err e = ERR_INIT;
	struct template *t;
	struct order order;
	struct face *face;
	struct buf out = BUF_INIT;
	json_t *body;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		t = template_of(folders[i]);
		body = sample_of(folders[i]);
		assert_int_equal(order_parse(body, &order, &e), 0);
		assert_string_equal(order.type, t->folder);
		face = face_new();
		assert_int_equal(order_check(&order, t, face, &e), 0);
		assert_non_null(face_get(face, "CZZT"));
		assert_int_equal(face_write(face, &out, &e), 0);
		face_free(face);
		order_release(&order);
		json_decref(body);
		template_free(t);
	}
	buf_release(&out);
}

static void
a_field_for_the_department_stays_off_the_face(void **state)
{
	struct face *face;
	struct err e = ERR_INIT;

	(void)state;
	try_field(folders[0], "phone", "\"010-12345678\"", &face, &e);
	assert_int_equal(e.nitems, 0);
	assert_null(face_get(face, "KZ_LXDH"));
	assert_null(face_get(face, "KZ_FDDBRZJHM"));
	face_free(face);
}

static void
a_long_table_keeps_all_its_rows(void **state)
{
	struct face *face;
	struct err e = ERR_INIT;

	(void)state;
	try_field(folders[1], "remark", "\"\"", &face, &e);
	assert_int_equal(e.nitems, 0);
	assert_int_equal(face_field(face, "KZ_JFJL")->nrows, 72);
	face_free(face);
}

static void
values_are_made_canonical(void **state)
{
	const char *licence = folders[0], *dog = folders[2];

	(void)state;
	expect_face(licence, "capital", "\"812\"", "KZ_ZCZB", "812.00");
	expect_face(licence, "capital", "\"812.5\"", "KZ_ZCZB", "812.50");
	expect_face(licence, "capital", "812", "KZ_ZCZB", "812.00");
	expect_face(licence, "capital", "\"0.05\"", "KZ_ZCZB", "0.05");
	expect_face(licence, "valid_to", "\"长期\"", "ZZYXQJZRQ", "长期");
	expect_face(dog, "height", "\"56\"", "KZ_JG", "56");
	expect_face(dog, "keeper_number", "\"11010519491231002x\"", "CZZTDM",
	    "11010519491231002X");
	/* e and a combining acute become one character */
	expect_face(dog, "dog_name", "\"e\\u0301\"", "KZ_QM", "\u00e9");
}

static void
each_wrong_value_gets_its_own_code(void **state)
{
	static const struct {
		int folder;
		const char *id, *text, *code;
	} cases[] = {
	    {0, "name", NULL, "missing"},
	    {0, "name", "\"\"", "missing"},
	    {0, "name", "null", "missing"},
	    {0, "name", "12", "bad_type"},
	    {0, "name", "\" 青禾\"", "blank_around"},
	    {0, "name", "\"青禾\\u3000\"", "blank_around"},
	    {0, "name", "\"青\\u202e禾\"", "forbidden_character"},
	    {0, "name", "\"青\\n禾\"", "forbidden_character"},
	    {0, "name", "\"青\\u200b禾\"", "forbidden_character"},
	    {0, "uscc", "\"91990100MA9QH0018H\"", "bad_check_digit"},
	    {0, "uscc", "\"91990100ma9qh0018g\"", "bad_check_digit"},
	    {0, "kind", "\"公司\"", "bad_enum"},
	    {0, "established", "\"2023-02-29\"", "bad_date"},
	    {0, "established", "\"2023-2-9\"", "bad_date"},
	    {0, "established", "\"长期\"", "bad_date"},
	    {0, "established", "\"2018-06-12T00:00:00Z\"", "bad_date"},
	    {0, "capital", "812.5", "bad_type"},
	    {0, "capital", "\"0812\"", "bad_number"},
	    {0, "capital", "\"-1\"", "bad_number"},
	    {0, "capital", "\"1.234\"", "bad_number"},
	    {0, "capital", "\"1.\"", "bad_number"},
	    {0, "capital", "\"1,000\"", "bad_number"},
	    {0, "capital", "\"1e3\"", "bad_number"},
	    {0, "capital", "\"1234567890123456\"", "bad_number"},
	    {0, "phone", "\"tel\"", "bad_pattern"},
	    {0, "phone", "\"010-12345678\\u0020\"", "blank_around"},
	    {2, "height", "-5", "bad_number"},
	    {2, "height", "\"056\"", "bad_number"},
	    {2, "height", "1000", "too_long"},
	    {2, "height", "5.5", "bad_type"},
	    {2, "keeper_number", "\"110105194912310021\"", "bad_check_digit"},
	    {2, "chip", "\"99000000001234\"", "bad_pattern"},
	    {2, "dog_name",
		"\"一二三四五六七八九十一二三四五六七八九十𬭎\"",
		"too_long"},
	    {1, "records", "[]", "missing"},
	    {1, "records", "{}", "bad_type"},
	};
	char pointer[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(pointer, sizeof(pointer), "/fields/%s", cases[i].id);
		expect_wrong(folders[cases[i].folder], cases[i].id,
		    cases[i].text, cases[i].code, pointer);
	}
}

static void
the_longest_text_passes_and_one_more_does_not(void **state)
{
	(void)state;
	expect_face(folders[2], "dog_name",
	    "\"𬭎二三四五六七八九十一二三四五六七八九十\"",
	    "KZ_QM",
	    "𬭎二三四五六七八九十一二三四五六七八九十");
	expect_wrong(folders[2], "dog_name",
	    "\"𬭎二三四五六七八九十一二三四五六七八九十百\"",
	    "too_long", "/fields/dog_name");
}

static void
cells_are_named_by_row_and_column(void **state)
{
	const char *proof = folders[1];

	(void)state;
	expect_wrong(proof, "records",
	    "[{\"month\":\"2026-13\",\"insurance\":\"失业保险\",\"base\":\"1\",\"personal\":\"1\",\"employer\":\"1\",\"received\":\"已到账\"}]",
	    "bad_pattern", "/fields/records/0/month");
	expect_wrong(proof, "records", "[{\"month\":\"2026-12\"}]", "missing",
	    "/fields/records/0/base");
	expect_wrong(proof, "records", "[{\"x\":\"2026-12\"}]", "unknown_field",
	    "/fields/records/0/x");
	expect_wrong(proof, "records", "[{}]", "missing", "/fields/records/0");
	expect_wrong(proof, "records", "[7]", "bad_type", "/fields/records/0");
}

static void
a_table_takes_as_many_rows_as_it_says(void **state)
{
	static const char row[] =
	    "{\"month\":\"2026-12\",\"insurance\":\"失业保险\",\"base\":1,\"personal\":1,\"employer\":1,\"received\":\"已到账\"}";
	struct buf text = BUF_INIT;
	struct face *face;
	struct err e = ERR_INIT;
	int i;

	(void)state;
	for (i = 0; i < 360; i++)
		buf_printf(&text, "%c%s", i ? ',' : '[', row);
	buf_add_str(&text, "]");
	try_field(folders[1], "records", buf_cstr(&text), &face, &e);
	assert_int_equal(e.nitems, 0);
	assert_int_equal(face_field(face, "KZ_JFJL")->nrows, 360);
	face_free(face);
	text.n--;
	buf_printf(&text, ",%s]", row);
	expect_wrong(folders[1], "records", buf_cstr(&text), "too_many_rows",
	    "/fields/records");
	buf_release(&text);
}

static void
unknown_fields_and_checks_across_fields_are_named(void **state)
{
	(void)state;
	expect_wrong(
	    folders[0], "x/y~z", "1", "unknown_field", "/fields/x~1y~0z");
	expect_wrong(folders[0], "valid_to", "\"2018-06-12\"", "check_failed",
	    "/fields/valid_to");
	expect_wrong(folders[3], "valid_from", "\"2034-04-01\"", "check_failed",
	    "/fields/valid_to");
	expect_wrong(
	    folders[0], "currency", NULL, "check_failed", "/fields/currency");
}

static void
all_wrong_fields_are_named_at_once_without_their_values(void **state)
{
	struct template *t = template_of(folders[0]);
	json_t *body = json_of(
	    "{\"type\":\"business-licence\",\"matter\":\"m\",\"serial\":\"s\",\"fields\":{\"uscc\":\"SECRET-1\",\"kind\":\"SECRET-2\",\"capital\":\"SECRET-3\",\"established\":\"SECRET-4\",\"phone\":\"SECRET-5\"}}");
	struct order order;
	struct face *face = face_new();
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	assert_int_equal(order_parse(body, &order, &e), 0);
	assert_int_equal(order_check(&order, t, face, &e), ERR_INPUT);
	assert_int_equal(e.nitems, 11);
	for (i = 0; i < e.nitems; i++) {
		assert_null(strstr(e.items[i].zh, "SECRET"));
		assert_null(strstr(e.items[i].en, "SECRET"));
	}
	err_clear(&e);
	face_free(face);
	order_release(&order);
	json_decref(body);
	template_free(t);
}

static void
digests_agree_for_one_content_and_differ_for_another(void **state)
{
	json_t *a = json_of(
	    "{\"type\":\"t\",\"matter\":\"m\",\"serial\":\"s\",\"fields\":{\"a\":\"\\u00e9\",\"b\":1}}");
	json_t *b = json_of(
	    "{\"fields\":{\"b\":1,\"a\":\"e\\u0301\"},\"serial\":\"s\",\"operator\":null,\"matter\":\"m\",\"type\":\"t\"}");
	json_t *c = json_of(
	    "{\"type\":\"t\",\"matter\":\"m\",\"serial\":\"s\",\"purpose\":\"x\",\"fields\":{\"a\":\"\\u00e9\",\"b\":1}}");
	struct order oa, ob, oc;
	struct err e = ERR_INIT;
	json_t *again;

	(void)state;
	assert_int_equal(order_parse(a, &oa, &e), 0);
	assert_int_equal(order_parse(b, &ob, &e), 0);
	assert_int_equal(order_parse(c, &oc, &e), 0);
	assert_memory_equal(oa.digest, ob.digest, 32);
	assert_memory_not_equal(oa.digest, oc.digest, 32);
	again = order_body(&oc);
	order_release(&ob);
	assert_int_equal(order_parse(again, &ob, &e), 0);
	assert_memory_equal(ob.digest, oc.digest, 32);
	order_release(&oa);
	order_release(&ob);
	order_release(&oc);
	json_decref(a);
	json_decref(b);
	json_decref(c);
	json_decref(again);
}

static void
wrong_members_of_the_body_are_all_named(void **state)
{
	json_t *body = json_of(
	    "{\"type\":7,\"matter\":\"m m\",\"operator\":\"a\\u202eb\",\"extra\":1,\"fields\":[]}");
	struct order order;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(order_parse(body, &order, &e), ERR_INPUT);
	assert_string_equal(e.code, "order_invalid");
	assert_true(complains(&e, "bad_type", "/type"));
	assert_true(complains(&e, "bad_pattern", "/matter"));
	assert_true(complains(&e, "missing", "/serial"));
	assert_true(complains(&e, "forbidden_character", "/operator"));
	assert_true(complains(&e, "unknown_field", "/extra"));
	assert_true(complains(&e, "bad_type", "/fields"));
	assert_int_equal(e.nitems, 6);
	err_clear(&e);
	json_decref(body);
	body = json_array();
	assert_int_equal(order_parse(body, &order, &e), ERR_INPUT);
	json_decref(body);
}

static void
a_key_may_have_128_characters_and_not_one_more(void **state)
{
	char key[130], text[256];
	struct order order;
	struct err e = ERR_INIT;
	json_t *body;

	(void)state;
	memset(key, 'a', sizeof(key));
	key[128] = '\0';
	snprintf(text, sizeof(text),
	    "{\"type\":\"t\",\"matter\":\"m\",\"serial\":\"%s\",\"fields\":{}}",
	    key);
	body = json_of(text);
	assert_int_equal(order_parse(body, &order, &e), 0);
	order_release(&order);
	json_decref(body);
	key[128] = 'a';
	key[129] = '\0';
	snprintf(text, sizeof(text),
	    "{\"type\":\"t\",\"matter\":\"m\",\"serial\":\"%s\",\"fields\":{}}",
	    key);
	body = json_of(text);
	assert_int_equal(order_parse(body, &order, &e), ERR_INPUT);
	assert_true(complains(&e, "too_long", "/serial"));
	err_clear(&e);
	json_decref(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_sample_passes_and_fills_the_face),
	    cmocka_unit_test(a_field_for_the_department_stays_off_the_face),
	    cmocka_unit_test(a_long_table_keeps_all_its_rows),
	    cmocka_unit_test(values_are_made_canonical),
	    cmocka_unit_test(each_wrong_value_gets_its_own_code),
	    cmocka_unit_test(the_longest_text_passes_and_one_more_does_not),
	    cmocka_unit_test(cells_are_named_by_row_and_column),
	    cmocka_unit_test(a_table_takes_as_many_rows_as_it_says),
	    cmocka_unit_test(unknown_fields_and_checks_across_fields_are_named),
	    cmocka_unit_test(
		all_wrong_fields_are_named_at_once_without_their_values),
	    cmocka_unit_test(
		digests_agree_for_one_content_and_differ_for_another),
	    cmocka_unit_test(wrong_members_of_the_body_are_all_named),
	    cmocka_unit_test(a_key_may_have_128_characters_and_not_one_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
