/* The places of a page: names of files, words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/assets.h"

static const struct asset *
find(const char *name)
{
	static const struct asset style = {
	    .name = "style.css", .plain = {.etag = "\"0123456789abcdef0\""}};

	return strcmp(name, "style.css") == 0 ? &style : NULL;
}

/* What becomes of a text; "!" and the code when it is refused. */
static const char *
filled(const char *text)
{
	static char out[256];
	json_t *words = json_pack("{s:{s:s, s:i}, s:s}", "page", "title",
	    "<A & B>", "number", 7, "top", "T");
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	assert_non_null(words);
	if (asset_fill(bytes_str(text), find, words, &b, &e) != 0)
		(void)snprintf(out, sizeof(out), "!%s", e.code);
	else
		(void)snprintf(out, sizeof(out), "%s", buf_cstr(&b));
	err_clear(&e);
	buf_release(&b);
	json_decref(words);
	return out;
}

static void
names_become_addresses(void **state)
{
	(void)state;
	assert_string_equal(filled("\"@style.css@\""),
	    "\"/assets/0123456789abcdef/style.css\"");
	assert_string_equal(
	    filled("@media print{} a@b.c @"), "@media print{} a@b.c @");
	assert_string_equal(filled("@style.css"), "@style.css");
	assert_string_equal(
	    filled("@@style.css@@"), "@/assets/0123456789abcdef/style.css@");
	assert_string_equal(filled("@nothing.js@"), "!bad_page");
	assert_string_equal(filled(""), "");
}

static void
words_are_put_in_as_text(void **state)
{
	(void)state;
	assert_string_equal(filled("<p data-word=\"page.title\"></p>"),
	    "<p data-word=\"page.title\">&lt;A &amp; B></p>");
	assert_string_equal(
	    filled("<p data-word=\"top\">"), "<p data-word=\"top\">T");
	assert_string_equal(
	    filled("<p data-word=\"page.nothing\">"), "!bad_page");
	assert_string_equal(
	    filled("<p data-word=\"page.number\">"), "!bad_page");
	assert_string_equal(filled("<p data-word=\"page\">"), "!bad_page");
	assert_string_equal(filled("<p data-word=\"a.b.c\">"), "!bad_page");
	assert_string_equal(filled("\"data-word\": \"x\" data-word=\"top"),
	    "\"data-word\": \"x\" data-word=\"top");
	assert_string_equal(
	    filled("<p data-word=\"top\" id=x>"), "<p data-word=\"top\" id=x>");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_become_addresses),
	    cmocka_unit_test(words_are_put_in_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
