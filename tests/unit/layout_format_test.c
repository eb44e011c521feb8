/* Tests of certsvc/layout_format.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "certsvc/layout_format.h"

static void
shows(enum layout_format format, const char *value, const char *want)
{
	struct buf out = BUF_INIT;

	layout_format_value(&out, format, value);
	assert_string_equal(buf_cstr(&out), want);
	buf_release(&out);
}

static void
a_date_is_written_in_chinese(void **state)
{
	(void)state;
	shows(FORMAT_DATE, "2026-01-02", "2026年1月2日");
	shows(FORMAT_DATE, "2026-11-22", "2026年11月22日");
	shows(FORMAT_DATE_DOTS, "2026-11-02", "2026.11.02");
	shows(FORMAT_DATE, "长期", "长期");
	shows(FORMAT_DATE, "2026-11-2x", "2026-11-2x");
}

static void
an_amount_is_grouped_and_has_two_places(void **state)
{
	(void)state;
	shows(FORMAT_MONEY, "0", "0.00");
	shows(FORMAT_MONEY, "812.00", "812.00");
	shows(FORMAT_MONEY, "1234567.5", "1,234,567.50");
	shows(FORMAT_MONEY, "100000", "100,000.00");
	shows(FORMAT_MONEY, "1.234", "1.234");
}

static void
an_amount_in_capitals_reads_as_on_a_cheque(void **state)
{
	(void)state;
	shows(FORMAT_MONEY_UPPER, "0", "零元整");
	shows(FORMAT_MONEY_UPPER, "812.00", "捌佰壹拾贰元整");
	shows(FORMAT_MONEY_UPPER, "1409.50", "壹仟肆佰零玖元伍角整");
	shows(FORMAT_MONEY_UPPER, "6007.14", "陆仟零柒元壹角肆分");
	shows(FORMAT_MONEY_UPPER, "107000.53", "壹拾万零柒仟元伍角叁分");
	shows(FORMAT_MONEY_UPPER, "16409.02", "壹万陆仟肆佰零玖元零贰分");
	shows(FORMAT_MONEY_UPPER, "325.04", "叁佰贰拾伍元零肆分");
	shows(FORMAT_MONEY_UPPER, "5000000", "伍佰万元整");
	shows(FORMAT_MONEY_UPPER, "100000000", "壹亿元整");
	shows(FORMAT_MONEY_UPPER, "10050000", "壹仟零伍万元整");
	shows(FORMAT_MONEY_UPPER, "0.05", "伍分");
	shows(FORMAT_MONEY_UPPER, "0.50", "伍角整");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_date_is_written_in_chinese),
	    cmocka_unit_test(an_amount_is_grouped_and_has_two_places),
	    cmocka_unit_test(an_amount_in_capitals_reads_as_on_a_cheque),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
