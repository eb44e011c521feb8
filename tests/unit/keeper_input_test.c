/* keeper_input_test.c - what comes in from outside: passphrases, ranges of
 * addresses, numbers to mask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keys/cidr.h"
#include "keys/mask.h"
#include "keys/passphrase.h"

static int
read_through_pipe(const char *content, struct buf *out, struct err *e)
{
	char source[16];
	int fds[2], rc;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(
	    write(fds[1], content, strlen(content)), strlen(content));
	close(fds[1]);
	snprintf(source, sizeof(source), "fd:%d", fds[0]);
	rc = passphrase_read(source, out, e);
	close(fds[0]);
	return rc;
}

static void
a_passphrase_comes_from_a_descriptor_without_its_line_break(void **state)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(read_through_pipe("correct horse\n", &out, &e), 0);
	assert_true(bytes_equal(buf_bytes(&out), bytes_str("correct horse")));
	buf_wipe(&out);
}

static void
a_missing_or_short_passphrase_says_what_to_do(void **state)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(passphrase_read("/nonexistent", &out, &e), ERR_INPUT);
	assert_string_equal(e.code, "passphrase_missing");
	assert_int_equal(passphrase_read("fd:x", &out, &e), ERR_INPUT);
	assert_string_equal(e.code, "passphrase_missing");
	assert_int_equal(read_through_pipe("short\n", &out, &e), ERR_INPUT);
	assert_string_equal(e.code, "passphrase_unusable");
	assert_int_equal(out.n, 0);
}

static void
ranges_hold_what_they_say(void **state)
{
	(void)state;
	assert_true(cidr_contains("10.1.0.0/16", "10.1.255.255"));
	assert_false(cidr_contains("10.1.0.0/16", "10.2.0.0"));
	assert_true(cidr_contains("0.0.0.0/0", "203.0.113.9"));
	assert_false(cidr_contains("0.0.0.0/0", "2001:db8::1"));
	assert_true(cidr_contains("192.0.2.7", "::ffff:192.0.2.7"));
	assert_true(cidr_contains("2001:db8:8000::/33", "2001:db8:ffff::1"));
	assert_false(cidr_contains("2001:db8:8000::/33", "2001:db8:7fff::1"));
}

static void
a_range_with_host_bits_or_nonsense_is_no_range(void **state)
{
	static const char *const bad[] = {"10.1.2.3/16", "10.1.0.0/33",
	    "10.1.0.0/", "10.1.0.0/-1", "10.1.0.0/8x", "hello", "",
	    "2001:db8::1/32"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cidr_valid(bad[i]));
	assert_true(cidr_valid("10.1.0.0/16"));
	assert_true(cidr_valid("::/0"));
}

static void
citizen_numbers_are_known_by_their_check_digit(void **state)
{
	(void)state;
	assert_true(mask_needed("11010519491231002X"));
	assert_false(mask_needed("110105194912310021"));
	assert_false(mask_needed("11010519491331002X"));
	assert_false(mask_needed("91990100MA9QH0018G"));
	assert_false(mask_needed(""));
}

static void
a_masked_value_keeps_its_ends_only(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	mask_write(&out, "11010519491231002X");
	assert_string_equal(buf_cstr(&out), "110105********002X");
	buf_reset(&out);
	mask_write(&out, "护照号码");
	assert_string_equal(buf_cstr(&out), "护***");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_passphrase_comes_from_a_descriptor_without_its_line_break),
	    cmocka_unit_test(a_missing_or_short_passphrase_says_what_to_do),
	    cmocka_unit_test(ranges_hold_what_they_say),
	    cmocka_unit_test(a_range_with_host_bits_or_nonsense_is_no_range),
	    cmocka_unit_test(citizen_numbers_are_known_by_their_check_digit),
	    cmocka_unit_test(a_masked_value_keeps_its_ends_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
