/* text_test.c - strict decoders and the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"

static void
base32_round_trips_sixteen_bytes(void **state)
{
	uint8_t in[16], out[16];
	struct buf text = BUF_INIT;
	struct bytes view = {in, sizeof(in)};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 37 + 1);
	text_base32(&text, view);
	assert_int_equal(text.n, 26);
	assert_int_equal(text_unbase32(out, 16, buf_cstr(&text), text.n), 0);
	assert_memory_equal(in, out, 16);
	text.p[25]++; /* the last two bits must be zero */
	assert_int_equal(text_unbase32(out, 16, (char *)text.p, 26), -1);
	buf_release(&text);
}

static void
base64_refuses_other_forms(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(text_unbase64(&out, "AQI=", 4), 0);
	assert_int_equal(out.n, 2);
	assert_int_equal(text_unbase64(&out, "AQJ=", 4), -1);
	assert_int_equal(text_unbase64(&out, "AQ=I", 4), -1);
	assert_int_equal(text_unbase64(&out, "AQI", 3), -1);
	buf_release(&out);
}

static void
utf8_refuses_overlong_and_surrogates(void **state)
{
	(void)state;
	assert_int_equal(text_utf8_count("\xc0\x80", 2), -1);
	assert_int_equal(text_utf8_count("\xed\xa0\x80", 3), -1);
	assert_int_equal(text_utf8_count("\xf4\x90\x80\x80", 4), -1);
	assert_int_equal(text_utf8_count("\xe4\xb6", 2), -1);
	assert_int_equal(text_utf8_count("䶮𬭎·", 9), 3);
}

static void
clock_knows_real_dates(void **state)
{
	int64_t t;
	char text[CLOCK_RFC3339_SIZE], date[CLOCK_DATE_SIZE];

	(void)state;
	assert_int_equal(clock_parse("2026-11-22T23:55:47Z", &t), 0);
	clock_rfc3339(text, t);
	assert_string_equal(text, "2026-11-22T23:55:47Z");
	clock_date_cst(date, t);
	assert_string_equal(date, "2026-11-23");
	assert_int_equal(clock_parse("2026-02-29T00:00:00Z", &t), -1);
	assert_int_equal(clock_parse_date("2028-02-29", &t), 0);
	assert_int_equal(clock_date_add(date, "2028-02-29", 1, 0, 0), 0);
	assert_string_equal(date, "2029-02-28");
	assert_int_equal(clock_date_add(date, "2026-11-30", 0, 3, -1), 0);
	assert_string_equal(date, "2027-02-27");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(base32_round_trips_sixteen_bytes),
	    cmocka_unit_test(base64_refuses_other_forms),
	    cmocka_unit_test(utf8_refuses_overlong_and_surrogates),
	    cmocka_unit_test(clock_knows_real_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
