/* json_strict_test.c - JSON from outside: what is refused, and the limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "certsvc/json_strict.h"

static void
json_from_outside_is_read_strictly(void **state)
{
	static const struct {
		const char *text, *code;
	} cases[] = {{"", "bad_json"}, {"{", "bad_json"}, {"1", "bad_json"},
	    {"{} x", "bad_json"}, {"{\"a\":1,\"a\":2}", "duplicate_member"},
	    {"{\"a\":\"\xff\"}", "invalid_utf8"},
	    {"\xef\xbb\xbf{}", "bad_json"}, {"{\"a\":\"\\u0000\"}", "bad_json"},
	    {"{\"a\":\"\\ud800\"}", "bad_json"}, {"{\"a\":01}", "bad_json"},
	    {"{\"a\":99999999999999999999}", "bad_json"},
	    {"{\"a\":NaN}", "bad_json"}, {"{'a':1}", "bad_json"}};
	struct err e = ERR_INIT;
	json_t *json;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    json_strict_read(bytes_str(cases[i].text), 100, &json, &e),
		    ERR_INPUT);
		if (strcmp(e.code, cases[i].code) != 0)
			print_error("%s: %s\n", cases[i].text, e.en);
		assert_string_equal(e.code, cases[i].code);
		assert_null(json);
	}
}

static void
json_limits_hold_at_the_limit_and_one_above(void **state)
{
	char text[2 * (JSON_STRICT_DEPTH + 1) + 1];
	struct err e = ERR_INIT;
	json_t *json;
	size_t n = JSON_STRICT_DEPTH;

	(void)state;
	memset(text, '[', n);
	memset(text + n, ']', n);
	text[2 * n] = '\0';
	assert_int_equal(
	    json_strict_read(bytes_str(text), 2 * n, &json, &e), 0);
	json_decref(json);
	assert_int_equal(
	    json_strict_read(bytes_str(text), 2 * n - 1, &json, &e), ERR_LIMIT);
	assert_string_equal(e.code, "body_too_large");
	n++;
	memset(text, '[', n);
	memset(text + n, ']', n);
	text[2 * n] = '\0';
	assert_int_equal(
	    json_strict_read(bytes_str(text), 1000, &json, &e), ERR_LIMIT);
	assert_string_equal(e.code, "json_too_deep");
	assert_int_equal(
	    json_strict_read(
		bytes_str(
		    "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"{\"}"),
		1000, &json, &e),
	    0);
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_from_outside_is_read_strictly),
	    cmocka_unit_test(json_limits_hold_at_the_limit_and_one_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
