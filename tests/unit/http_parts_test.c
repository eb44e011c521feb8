/* The parts of the doors that need no socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/json_body.h"
#include "api/problem.h"
#include "api/rate.h"
#include "api/route.h"

static void
every_limit_is_published_with_its_value(void **state)
{
#define LIMIT_ROW(name, value, unit, why) {#name, value, unit, why},
	static const struct {
		const char *name;
		long value;
		const char *unit, *why;
	} rows[] = {LIMITS(LIMIT_ROW)};
#undef LIMIT_ROW
	FILE *f = fopen("docs/limits.md", "r");
	char text[16384], row[512];
	size_t n, found = 0;

	(void)state;
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(row, sizeof(row), "| %s | %ld | %s | %s |\n",
		    rows[i].name, rows[i].value, rows[i].unit, rows[i].why);
		if (strstr(text, row) == NULL)
			fail_msg("docs/limits.md lacks: %s", row);
	}
	for (const char *p = text; (p = strstr(p, "\n| ")) != NULL; p++)
		found++;
	assert_int_equal(found, sizeof(rows) / sizeof(rows[0]) + 1);
}

static const char *
parse_code(const char *query, const char *allowed, struct request *req)
{
	static char code[ERR_CODE_SIZE];
	struct err e = ERR_INIT;

	memset(req, 0, sizeof(*req));
	code[0] = '\0';
	if (request_query_parse(req, query, allowed, &e) != 0)
		(void)snprintf(code, sizeof(code), "%s", e.code);
	err_clear(&e);
	return code;
}

static void
a_query_is_decoded_and_strictly_checked(void **state)
{
	struct request req;

	(void)state;
	assert_string_equal(
	    parse_code("number=%E8%AF%81+1&limit=5", "limit number", &req), "");
	assert_string_equal(request_query(&req, "number"), "证 1");
	assert_string_equal(request_query(&req, "limit"), "5");
	assert_null(request_query(&req, "cursor"));
	request_release(&req);
	const char *bad[] = {"number=%", "number=%2", "number=%zz",
	    "number=%00", "number=%C0%80", "number=%E2%80%AE", "number",
	    "number=1&number=1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_string_equal(
		    parse_code(bad[i], "number", &req), "bad_query");
		request_release(&req);
	}
	assert_string_equal(
	    parse_code("numb=1", "number", &req), "unknown_parameter");
	request_release(&req);
	assert_string_equal(parse_code("holder_code=1", "holder_code", &req),
	    "personal_data_in_url");
	request_release(&req);
	assert_string_equal(parse_code("a=1", NULL, &req), "unknown_parameter");
	request_release(&req);
}

static void
a_number_of_the_query_has_digits_and_a_limit(void **state)
{
	static const struct {
		const char *query, *code;
	} cases[] = {{"limit=100", ""}, {"limit=101", "out_of_range"},
	    {"limit=-1", "bad_query"}, {"limit=+1", "bad_query"},
	    {"limit=", "bad_query"}, {"limit=1x", "bad_query"},
	    {"limit=99999999999999999999", "bad_query"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct request req;
		struct err e = ERR_INIT;
		unsigned long value = 7;

		assert_string_equal(
		    parse_code(cases[i].query, "limit", &req), "");
		(void)request_query_number(&req, "limit", 100, &value, &e);
		assert_string_equal(e.code, cases[i].code);
		request_release(&req);
		err_clear(&e);
	}
}

static void
a_route_is_found_by_method_and_exact_path(void **state)
{
	static const struct route routes[] = {
	    {.method = "GET", .path = "/v1/certificates/{id}"},
	    {.method = "POST", .path = "/v1/certificates"},
	    {.method = "GET", .path = "/v1/certificates"},
	    {.method = "GET", .path = "/v1/certificates/{id}/files/{format}"},
	};
	struct request req = {0};
	char allow[ROUTE_ALLOW_SIZE];

	(void)state;
	assert_ptr_equal(route_find(routes, 4, "HEAD",
			     "/v1/certificates/AB2/files/pdf", &req, allow),
	    &routes[3]);
	assert_string_equal(request_param(&req, "id"), "AB2");
	assert_string_equal(request_param(&req, "format"), "pdf");
	assert_null(
	    route_find(routes, 4, "PUT", "/v1/certificates", &req, allow));
	assert_string_equal(allow, "OPTIONS, POST, GET, HEAD");
	const char *none[] = {"/v1/certificates/", "/v1/certificates//files/x",
	    "/v1/certificates/%41", "/v1/certificates/a/b", "/", "",
	    "/v1/certificates/a/../b", "/v1/certificates/\xE8\xAF\x81"};
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_null(route_find(routes, 4, "GET", none[i], &req, allow));
		assert_string_equal(allow, "");
	}
}

static const char *
json_code(const char *text, size_t n)
{
	static char code[ERR_CODE_SIZE];
	struct err e = ERR_INIT;
	json_t *json;

	(void)json_body_parse(
	    (struct bytes){(const uint8_t *)text, n}, &json, &e);
	(void)snprintf(code, sizeof(code), "%s", e.code);
	json_decref(json);
	err_clear(&e);
	return code;
}

static void
json_of_strangers_is_read_strictly(void **state)
{
	static const char *const bad[] = {"", "{", "{\"a\":1,\"a\":2}", "[1,]",
	    "\"\xff\"", "\"\\ud800\"", "{\"a\":99999999999999999999}", "{} {}",
	    "\"\\u0000\"", "{'a':1}", "nul", "\"\x01\""};
	char deep[128];

	(void)state;
	assert_string_equal(json_code("{\"a\":[1]}", 9), "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_string_equal(
		    json_code(bad[i], strlen(bad[i])), "bad_json");
	memset(deep, '[', LIMIT_JSON_DEPTH);
	memset(deep + LIMIT_JSON_DEPTH, ']', LIMIT_JSON_DEPTH);
	assert_string_equal(json_code(deep, 2 * LIMIT_JSON_DEPTH), "");
	memset(deep, '[', LIMIT_JSON_DEPTH + 1);
	memset(deep + LIMIT_JSON_DEPTH + 1, ']', LIMIT_JSON_DEPTH + 1);
	assert_string_equal(
	    json_code(deep, 2 * LIMIT_JSON_DEPTH + 2), "json_too_deep");
}

static void
a_body_at_the_limit_is_read_and_one_byte_more_is_not(void **state)
{
	char *text = malloc(LIMIT_JSON_BYTES + 1);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', LIMIT_JSON_BYTES + 1);
	memcpy(text, "{}", 2);
	assert_string_equal(json_code(text, LIMIT_JSON_BYTES), "");
	assert_string_equal(
	    json_code(text, LIMIT_JSON_BYTES + 1), "body_too_large");
	free(text);
}

static void
an_error_becomes_a_problem_in_both_languages(void **state)
{
	struct err e = ERR_INIT;
	struct response res = {0};
	json_t *json;

	(void)state;
	err_add(&e, "bad_check_digit", "/fields/holder_code", "校验位 %d 不对",
	    "check digit %d is wrong", 7);
	err_set(&e, ERR_INPUT, "bad_fields", "有 %d 项不正确",
	    "%d fields are wrong", 1);
	problem_write(&e, "REQ", &res);
	assert_int_equal(res.status, 422);
	assert_string_equal(res.type, "application/problem+json");
	json = json_loadb((const char *)res.body.p, res.body.n, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(json, "type")),
	    "urn:certsvc:problem:bad_fields");
	assert_string_equal(
	    json_string_value(json_object_get(json, "zh")), "有 1 项不正确");
	assert_string_equal(
	    json_string_value(json_object_get(json, "instance")),
	    "urn:certsvc:request:REQ");
	assert_string_equal(
	    json_string_value(json_object_get(
		json_array_get(json_object_get(json, "errors"), 0), "pointer")),
	    "/fields/holder_code");
	json_decref(json);
	response_release(&res);
	err_clear(&e);
}

static void
a_text_cut_inside_a_character_still_makes_a_problem(void **state)
{
	struct err e = ERR_INIT;
	struct response res = {0};
	char text[ERR_TEXT_SIZE * 2];

	(void)state;
	text[0] = 'x';
	for (size_t i = 1; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "证", 4);
	err_set(&e, ERR_NOT_FOUND, "not_found", "%s", "%s", text);
	problem_write(&e, "REQ", &res);
	assert_int_equal(res.status, 404);
	assert_true(res.body.n > ERR_TEXT_SIZE);
	response_release(&res);
	err_clear(&e);
}

static void
each_class_has_its_own_status(void **state)
{
	static const struct {
		enum err_class class;
		unsigned int status;
	} cases[] = {{ERR_INPUT, 422}, {ERR_DENIED, 403}, {ERR_UNKNOWN, 401},
	    {ERR_NOT_FOUND, 404}, {ERR_CONFLICT, 409}, {ERR_LIMIT, 413},
	    {ERR_BUSY, 503}, {ERR_STORAGE, 507}, {ERR_INTERNAL, 500}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err e = ERR_INIT;

		err_set(&e, cases[i].class, "some_code", "%s", "%s", "x");
		assert_int_equal(problem_status(&e), cases[i].status);
		err_clear(&e);
	}
}

static void
a_bucket_gives_its_burst_then_its_rate_for_each_name(void **state)
{
	struct rate *rate = rate_new(2, 3);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(rate_take(rate, "a", 1000), 0);
	assert_int_not_equal(rate_take(rate, "a", 1000), 0);
	assert_int_equal(rate_take(rate, "b", 1000), 0);
	assert_int_not_equal(rate_take(rate, "a", 1400), 0);
	assert_int_equal(rate_peek(rate, "a", 1500), 0);
	assert_int_equal(rate_take(rate, "a", 1500), 0);
	assert_int_not_equal(rate_take(rate, "a", 1500), 0);
	rate_free(rate);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_limit_is_published_with_its_value),
	    cmocka_unit_test(a_query_is_decoded_and_strictly_checked),
	    cmocka_unit_test(a_number_of_the_query_has_digits_and_a_limit),
	    cmocka_unit_test(a_route_is_found_by_method_and_exact_path),
	    cmocka_unit_test(json_of_strangers_is_read_strictly),
	    cmocka_unit_test(
		a_body_at_the_limit_is_read_and_one_byte_more_is_not),
	    cmocka_unit_test(an_error_becomes_a_problem_in_both_languages),
	    cmocka_unit_test(
		a_text_cut_inside_a_character_still_makes_a_problem),
	    cmocka_unit_test(each_class_has_its_own_status),
	    cmocka_unit_test(
		a_bucket_gives_its_burst_then_its_rate_for_each_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
