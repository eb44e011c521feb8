/* The file of a browser's form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/multipart.h"

#define TYPE "multipart/form-data; boundary=xYz"
#define PART                                                                   \
	"--xYz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"

static const char *
code_of(const char *type, const char *text, struct bytes *content)
{
	static char code[ERR_CODE_SIZE];
	struct err e = ERR_INIT;

	(void)multipart_find(type, bytes_str(text), "file", content, &e);
	(void)snprintf(code, sizeof(code), "%s", e.code);
	err_clear(&e);
	return code;
}

static void
the_named_part_is_found_byte_for_byte(void **state)
{
	static const char form[] =
	    "--xYz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n"
	    "hello\r\n" PART "Content-Type: application/pdf\r\n\r\n"
	    "%PDF\r\n--xY\r\n\r\n--xYz--\r\n";
	struct bytes content = {NULL, 0};

	(void)state;
	assert_string_equal(code_of(TYPE, form, &content), "");
	assert_int_equal(content.n, 12);
	assert_memory_equal(content.p, "%PDF\r\n--xY\r\n", 12);
	assert_string_equal(
	    code_of("multipart/form-data; boundary=\"xYz\"", form, &content),
	    "");
}

static void
a_form_that_is_not_whole_is_refused(void **state)
{
	static const char *const bad[] = {"", "--xYz", "--xYz--", "--xYz\r\n",
	    PART "\r\n", PART "\r\nabc", PART "\r\nabc\r\n--xYz",
	    PART "\r\nabc\r\n--xYz-", "x" PART "\r\nabc\r\n--xYz--",
	    PART "\r\nabc\r\n" PART "\r\nabc\r\n--xYz--",
	    "--xYz\r\nContent-Disposition: form-data; name=\"other\"\r\n"
	    "\r\nabc\r\n--xYz--"};
	struct bytes content;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_string_equal(
		    code_of(TYPE, bad[i], &content), "bad_upload");
	assert_string_equal(
	    code_of("multipart/form-data", PART "\r\nabc\r\n--xYz--", &content),
	    "bad_upload");
}

static void
too_many_parts_and_too_long_headers_are_refused(void **state)
{
	char form[16384] = "";
	struct bytes content;
	size_t used = 0;

	(void)state;
	for (int i = 0; i <= MULTIPART_PARTS_MAX; i++)
		used += (size_t)snprintf(form + used, sizeof(form) - used,
		    "--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
		    "b\r\n");
	(void)snprintf(form + used, sizeof(form) - used, "--xYz--");
	assert_string_equal(code_of(TYPE, form, &content), "bad_upload");
	used = (size_t)snprintf(form, sizeof(form), PART "X: ");
	memset(form + used, 'a', MULTIPART_HEADERS_MAX);
	(void)snprintf(
	    form + used + MULTIPART_HEADERS_MAX, 64, "\r\n\r\nabc\r\n--xYz--");
	assert_string_equal(code_of(TYPE, form, &content), "bad_upload");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_named_part_is_found_byte_for_byte),
	    cmocka_unit_test(a_form_that_is_not_whole_is_refused),
	    cmocka_unit_test(too_many_parts_and_too_long_headers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
