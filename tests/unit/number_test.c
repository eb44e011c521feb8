/* number_test.c - check digits, identifiers and printed numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "certsvc/number.h"
#include "crypto/base/clock.h"

static void
citizen_numbers_of_the_standard_pass(void **state)
{
	(void)state;
	assert_true(number_citizen_ok("11010519491231002X"));
	assert_true(number_citizen_ok("440524188001010014"));
}

static void
citizen_numbers_that_are_wrong_fail(void **state)
{
	(void)state;
	assert_false(number_citizen_ok("11010519491231002x"));
	assert_false(number_citizen_ok("110105194912310021"));
	assert_false(number_citizen_ok("11010519490231002X"));
	assert_false(number_citizen_ok("99010519491231002X"));
	assert_false(number_citizen_ok("1101051949123100"));
	assert_false(number_citizen_ok("11010519491231002XX"));
	assert_false(number_citizen_ok(""));
}

static void
nobody_is_born_tomorrow(void **state)
{
	int64_t t;

	(void)state;
	assert_int_equal(clock_parse_date("2020-02-28", &t), 0);
	clock_fix(t);
	assert_false(number_citizen_ok("110105202002290012"));
	clock_fix(t + 86400);
	assert_true(number_citizen_ok("110105202002290012"));
	clock_fix(-1);
}

static void
credit_codes_of_real_bodies_pass_and_any_other_check_fails(void **state)
{
	static const char *const good[] = {"91350100M000100Y43",
	    "91110000600037341L", "11430000006122244L", "11330105002500287C",
	    "11220000013544541J", "11100000MB0341032Y", "91990100MA9QH0018G",
	    "91990100MA9QH0026B", "11990100MB9A00014N", "12990100MB9A00022E",
	    "11990100MB9A00030C", "11990100MB9A000499"};
	char copy[19];
	size_t i, j;
	char c;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(number_uscc_ok(good[i]));
		for (j = 0; j < 18; j++) {
			memcpy(copy, good[i], 19);
			for (c = '0'; c <= 'Z'; c++) {
				copy[j] = c;
				if (c != good[i][j])
					assert_false(number_uscc_ok(copy));
			}
		}
	}
	assert_false(number_uscc_ok("91350100M000100Y4"));
	assert_false(number_uscc_ok("91350100m000100Y43"));
}

static void
type_codes_carry_the_check_of_their_body(void **state)
{
	(void)state;
	assert_true(number_type_ok("11100000000013338W032"));
	assert_true(number_type_ok("11990000MB9A010097001"));
	assert_false(number_type_ok("11990000MB9A010098001"));
	assert_false(number_type_ok("11990000MB9A01009700A"));
}

static void
identifiers_seen_in_the_wild_are_written_again_alike(void **state)
{
	static const char *const good[] = {
	    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
	    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
	    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
	    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
	    "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.D"};
	struct err e = ERR_INIT;
	struct identifier id;
	char again[IDENTIFIER_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(identifier_parse(good[i], &id, &e), 0);
		assert_int_equal(identifier_write(&id, again, &e), 0);
		assert_string_equal(again, good[i]);
	}
}

static void
identifiers_that_are_wrong_say_how(void **state)
{
	static const char *const malformed[] = {"",
	    "1.2.156.3005.3.11100000000013338W032.11220000013544541J.2430599.001.F",
	    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.",
	    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F1",
	    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.000.F",
	    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.243059a.001.F",
	    "1.2.156.3005.2.11100000000013338W032.11220000013544541J..001.F",
	    "1.2.156.3005.2.11100000000013338W032.1122000001354454.2430599.001.F",
	    "1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.1.F"};
	struct err e = ERR_INIT;
	struct identifier id;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		assert_int_equal(
		    identifier_parse(malformed[i], &id, &e), ERR_INPUT);
		assert_string_equal(e.code, "bad_identifier");
	}
	assert_int_equal(
	    identifier_parse(
		"1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M",
		&id, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "bad_check_digit");
}

static const char *
lookup(void *ctx, const char *id)
{
	(void)ctx;
	return strcmp(id, "uscc") == 0 ? "91990100MA9QH0018G" : NULL;
}

static int
known(void *ctx, const char *id)
{
	return lookup(ctx, id) != NULL;
}

static void
printed_numbers_follow_their_pattern(void **state)
{
	struct number_source source = {"2026-03-09", 42, lookup, NULL};
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    number_write("青采字〔{year}〕第{seq:5}号", &source, &out, &e), 0);
	assert_string_equal(buf_cstr(&out), "青采字〔2026〕第00042号");
	buf_reset(&out);
	assert_int_equal(
	    number_write("{month}{day}-{field:uscc}", &source, &out, &e), 0);
	assert_string_equal(buf_cstr(&out), "0309-91990100MA9QH0018G");
	assert_int_equal(
	    number_write("{field:other}", &source, &out, &e), ERR_INPUT);
	assert_string_equal(e.code, "missing");
	source.sequence = 100;
	assert_int_equal(number_write("{seq:2}", &source, &out, &e), ERR_LIMIT);
	assert_string_equal(e.code, "number_exhausted");
	buf_release(&out);
}

static void
a_sequence_counts_within_its_scope_without_personal_data(void **state)
{
	struct number_source source = {"2026-03-09", 0, lookup, NULL};
	char scope[NUMBER_SCOPE_SIZE];
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    number_scope("字{year}第{seq:5}", "T", &source, scope, &e), 0);
	assert_string_equal(scope, "T:2026");
	assert_int_equal(
	    number_scope("{field:uscc}", "T", &source, scope, &e), 0);
	assert_string_equal(scope, "");
	assert_int_equal(number_scope("{year}{month}{day}{field:uscc}{seq:3}",
			     "11990000MB9A010097001", &source, scope, &e),
	    0);
	assert_null(strstr(scope, "91990100MA9QH0018G"));
	assert_int_equal(strlen(scope), 21 + 1 + 8 + 1 + 16);
}

static void
patterns_with_mistakes_are_refused(void **state)
{
	static const char *const bad[] = {"{yaer}", "{seq}", "{seq:0}",
	    "{seq:13}", "{seq:x}", "a}", "{year", "{", "{}", "{seq:3}{seq:3}",
	    "{field:}"};
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    number_pattern_check(bad[i], known, NULL, &e), ERR_INPUT);
		assert_string_equal(e.code, "bad_number_pattern");
	}
	assert_int_equal(
	    number_pattern_check("{field:other}", known, NULL, &e), ERR_INPUT);
	assert_string_equal(e.code, "unknown_field");
	assert_int_equal(number_pattern_check(
			     "青{year}{seq:12}{field:uscc}", known, NULL, &e),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(citizen_numbers_of_the_standard_pass),
	    cmocka_unit_test(citizen_numbers_that_are_wrong_fail),
	    cmocka_unit_test(nobody_is_born_tomorrow),
	    cmocka_unit_test(
		credit_codes_of_real_bodies_pass_and_any_other_check_fails),
	    cmocka_unit_test(type_codes_carry_the_check_of_their_body),
	    cmocka_unit_test(
		identifiers_seen_in_the_wild_are_written_again_alike),
	    cmocka_unit_test(identifiers_that_are_wrong_say_how),
	    cmocka_unit_test(printed_numbers_follow_their_pattern),
	    cmocka_unit_test(
		a_sequence_counts_within_its_scope_without_personal_data),
	    cmocka_unit_test(patterns_with_mistakes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
