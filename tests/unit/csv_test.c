/* csv_test.c - comma-separated values: read strictly, every wrong line named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "certsvc/csv.h"

/* Rows as "line:a|b;"; a wrong one as "line!"; "X" when it cannot be opened. */
static const char *
rows(const char *text, size_t n)
{
	static struct buf out = BUF_INIT;
	struct csv csv;
	struct csv_row row;
	struct err e = ERR_INIT;
	size_t i;
	int rc;

	buf_reset(&out);
	if (csv_open(&csv, (struct bytes){(const uint8_t *)text, n}, &e) != 0)
		buf_add_str(&out, "X");
	else
		while ((rc = csv_next(&csv, &row, &e)) != 0) {
			buf_printf(&out, "%u%c", row.line, rc < 0 ? '!' : ':');
			for (i = 0; rc > 0 && i < row.n; i++)
				buf_printf(
				    &out, "%s%s", i ? "|" : "", row.fields[i]);
			buf_add_str(&out, rc < 0 ? "" : ";");
			if (rc < 0)
				assert_string_equal(e.code, "csv_malformed");
			err_clear(&e);
		}
	err_clear(&e);
	csv_release(&csv);
	return buf_cstr(&out);
}

#define ROWS(text) rows(text, sizeof(text) - 1)

static void
what_spreadsheets_write_is_read(void **state)
{
	(void)state;
	assert_string_equal(ROWS("a,b\n1,2\n"), "1:a|b;2:1|2;");
	assert_string_equal(ROWS("a,b\r\n1,2"), "1:a|b;2:1|2;");
	assert_string_equal(
	    ROWS("\xef\xbb\xbf编号,名称\n甲,\n"), "1:编号|名称;2:甲|;");
	assert_string_equal(
	    ROWS("a,b\n\"x, \"\"y\"\"\",\"\"\n"), "1:a|b;2:x, \"y\"|;");
	assert_string_equal(
	    ROWS("a,b\n\"1\n2\",3\n4,5"), "1:a|b;2:1\n2|3;4:4|5;");
	assert_string_equal(ROWS("a"), "1:a;");
	assert_string_equal(ROWS("a,b\n ,\t\n"), "1:a|b;2: |\t;");
}

static void
every_wrong_line_is_named(void **state)
{
	(void)state;
	assert_string_equal(
	    ROWS("a,b\n1\n2,2\n3,3,3\n4,4\n"), "1:a|b;2!3:2|2;4!5:4|4;");
	assert_string_equal(ROWS("a,b\n\n1,2\n\n"), "1:a|b;2!3:1|2;4!");
	assert_string_equal(
	    ROWS("a,b\n1,x\"y\n\"1\"2,3\n4,5\n"), "1:a|b;2!3!4:4|5;");
	assert_string_equal(ROWS("a,b\n1,\"2\n3,4\n"), "1:a|b;2!");
	assert_string_equal(ROWS("a,b\n1,2\r3,4\n5,6"), "1:a|b;2!3:5|6;");
}

static void
what_is_no_text_is_refused_whole(void **state)
{
	char big[2 * CSV_FIELD_MAX];

	(void)state;
	assert_string_equal(ROWS(""), "X");
	assert_string_equal(ROWS("\xef\xbb\xbf"), "X");
	assert_string_equal(ROWS("a\0b\n"), "X");
	assert_string_equal(ROWS("a\x1b\n"), "X");
	assert_string_equal(ROWS("\xb1\xe0\xba\xc5\n"), "X"); /* GBK */
	assert_string_equal(ROWS("a,b\n\xef\xbb\n"), "X");
	memset(big, 'a', sizeof(big));
	assert_string_equal(rows(big, sizeof(big)), "1!");
	memset(big, ',', sizeof(big));
	assert_string_equal(rows(big, sizeof(big)), "1!");
}

static void
a_line_that_is_no_text_is_named(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
	    {"\xb1\xe0\xba\xc5\n", "line 1 "}, /* GBK */
	    {"a,b\n1,2\n\xb1\xe0,3\n", "line 3 "},
	    {"a,b\r\n1,\x01\r\n", "line 2 "},
	};
	struct err e = ERR_INIT;
	struct csv csv;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    csv_open(&csv, bytes_str(cases[i].text), &e), ERR_INPUT);
		assert_non_null(strstr(e.en, cases[i].line));
		csv_release(&csv);
		err_clear(&e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_spreadsheets_write_is_read),
	    cmocka_unit_test(every_wrong_line_is_named),
	    cmocka_unit_test(what_is_no_text_is_refused_whole),
	    cmocka_unit_test(a_line_that_is_no_text_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
