/* der_test.c - one encoding for each value, and no other is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/der.h"
#include "crypto/der_value.h"

#define VIEW(a) ((struct bytes){(a), sizeof(a)})

static void
lengths_nest_and_take_the_shortest_form(void **state)
{
	static const size_t sizes[] = {0, 1, 127, 128, 255, 256, 65535, 65536};
	static uint8_t zeros[65536];
	struct bytes content = {zeros, 0}, got;
	struct buf out = BUF_INIT;
	struct der d, inner;
	size_t i, outer, mark;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		content.n = sizes[i];
		outer = der_begin(&out, DER_SEQUENCE);
		mark = der_begin(&out, DER_CONTEXT_CONSTRUCTED + 3);
		der_put(&out, DER_OCTET_STRING, content);
		der_end(&out, mark);
		der_end(&out, outer);
		der_init(&d, buf_bytes(&out));
		assert_int_equal(der_enter(&d, DER_SEQUENCE, &inner), 0);
		assert_true(der_at_end(&d));
		assert_int_equal(
		    der_enter(&inner, DER_CONTEXT_CONSTRUCTED + 3, &inner), 0);
		assert_int_equal(der_get(&inner, DER_OCTET_STRING, &got), 0);
		assert_int_equal(got.n, sizes[i]);
		assert_true(der_at_end(&inner));
		buf_reset(&out);
	}
	buf_release(&out);
}

static int
read_octets(struct bytes in)
{
	struct der d;
	struct bytes content;

	der_init(&d, in);
	return der_get(&d, DER_OCTET_STRING, &content) == 0 && der_at_end(&d)
		   ? 0
		   : -1;
}

static void
other_forms_of_lengths_are_refused(void **state)
{
	uint8_t good[] = {4, 1, 9}, cut[] = {4, 2, 9}, head[] = {4};
	uint8_t longer[] = {4, 0x81, 1, 9}, indefinite[] = {4, 0x80, 9, 0, 0};
	uint8_t huge[] = {4, 0x84, 0xff, 0xff, 0xff, 0xff, 9};
	uint8_t wide[] = {4, 0x85, 0, 0, 0, 0, 1, 9}, more[] = {4, 1, 9, 9};
	uint8_t padded[4 + 128] = {4, 0x82, 0, 128};

	(void)state;
	assert_int_equal(read_octets(VIEW(good)), 0);
	assert_int_equal(read_octets(VIEW(cut)), -1);
	assert_int_equal(read_octets(VIEW(head)), -1);
	assert_int_equal(read_octets(VIEW(longer)), -1);
	assert_int_equal(read_octets(VIEW(indefinite)), -1);
	assert_int_equal(read_octets(VIEW(huge)), -1);
	assert_int_equal(read_octets(VIEW(wide)), -1);
	assert_int_equal(read_octets(VIEW(more)), -1);
	assert_int_equal(read_octets(VIEW(padded)), -1);
}

static int
read_uint(struct bytes in, uint8_t out[2])
{
	struct der d;

	der_init(&d, in);
	return der_get_uint(&d, out, 2);
}

static void
integers_have_one_form(void **state)
{
	uint8_t zero[] = {2, 1, 0}, big[] = {2, 3, 0, 0xff, 0xfe};
	uint8_t empty[] = {2, 0}, negative[] = {2, 1, 0x80};
	uint8_t padded[] = {2, 2, 0, 0x7f}, wide[] = {2, 3, 1, 0, 0};
	uint8_t out[2];
	struct buf again = BUF_INIT;

	(void)state;
	assert_int_equal(read_uint(VIEW(zero), out), 0);
	assert_int_equal(read_uint(VIEW(big), out), 0);
	assert_int_equal(out[0] << 8 | out[1], 0xfffe);
	der_put_uint(&again, VIEW(out));
	assert_true(bytes_equal(buf_bytes(&again), VIEW(big)));
	buf_release(&again);
	assert_int_equal(read_uint(VIEW(empty), out), -1);
	assert_int_equal(read_uint(VIEW(negative), out), -1);
	assert_int_equal(read_uint(VIEW(padded), out), -1);
	assert_int_equal(read_uint(VIEW(wide), out), -1);
}

static void
depth_is_limited(void **state)
{
	struct buf out = BUF_INIT;
	size_t marks[DER_DEPTH_MAX + 1];
	struct der d;
	int i, entered = 0;

	(void)state;
	for (i = 0; i <= DER_DEPTH_MAX; i++)
		marks[i] = der_begin(&out, DER_SEQUENCE);
	for (i = DER_DEPTH_MAX; i >= 0; i--)
		der_end(&out, marks[i]);
	der_init(&d, buf_bytes(&out));
	while (der_enter(&d, DER_SEQUENCE, &d) == 0)
		entered++;
	assert_int_equal(entered, DER_DEPTH_MAX);
	assert_int_equal(der_peek(&d), DER_SEQUENCE);
	buf_release(&out);
}

/* Every input of up to three bytes is read without leaving its bounds, and
 * what is accepted is written the same. */
static void
short_inputs_are_read_and_written_alike(void **state)
{
	uint8_t in[3];
	uint32_t i;
	size_t n;
	struct bytes view = {in, 0}, content;
	struct buf out = BUF_INIT;
	struct der d;

	(void)state;
	for (n = 0; n <= 3; n++) {
		for (i = 0; i < 1U << 8 * n; i++) {
			in[0] = (uint8_t)i;
			in[1] = (uint8_t)(i >> 8);
			in[2] = (uint8_t)(i >> 16);
			view.n = n;
			der_init(&d, view);
			if (der_peek(&d) < 0 ||
			    der_get(&d, in[0], &content) != 0)
				continue;
			view.n = d.pos;
			buf_reset(&out);
			der_put(&out, in[0], content);
			if (!bytes_equal(view, buf_bytes(&out)))
				fail();
		}
	}
	buf_release(&out);
}

static void
times_take_the_form_of_their_year(void **state)
{
	static const struct {
		int64_t t;
		unsigned int tag;
		const char *text;
	} cases[] = {
	    {0, DER_UTC_TIME, "700101000000Z"},
	    {-631152001, DER_GENERALIZED_TIME, "19491231235959Z"},
	    {-631152000, DER_UTC_TIME, "500101000000Z"},
	    {2524607999, DER_UTC_TIME, "491231235959Z"},
	    {2524608000, DER_GENERALIZED_TIME, "20500101000000Z"},
	};
	struct buf out = BUF_INIT;
	struct bytes text;
	struct der d;
	int64_t t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		der_put_time(&out, cases[i].t);
		der_init(&d, buf_bytes(&out));
		assert_int_equal(der_get(&d, cases[i].tag, &text), 0);
		assert_true(bytes_equal(text, bytes_str(cases[i].text)));
		der_init(&d, buf_bytes(&out));
		assert_int_equal(der_get_time(&d, &t), 0);
		assert_int_equal(t, cases[i].t);
	}
	buf_release(&out);
}

static void
strange_times_are_refused(void **state)
{
	static const struct {
		unsigned int tag;
		const char *text;
	} cases[] = {
	    {DER_UTC_TIME, "7001010000Z"},
	    {DER_UTC_TIME, "700101000000+0000"},
	    {DER_UTC_TIME, "700101000000z"},
	    {DER_UTC_TIME, "700230000000Z"},
	    {DER_UTC_TIME, "700101240000Z"},
	    {DER_UTC_TIME, "70 101000000Z"},
	    {DER_GENERALIZED_TIME, "20261126000000.5Z"},
	    {DER_GENERALIZED_TIME, "20261126000060Z"},
	    {DER_GENERALIZED_TIME, "261126000000Z"},
	    {DER_UTF8_STRING, "20261126000000Z"},
	};
	struct buf out = BUF_INIT;
	struct der d;
	int64_t t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&out);
		der_put(&out, cases[i].tag, bytes_str(cases[i].text));
		der_init(&d, buf_bytes(&out));
		assert_int_equal(der_get_time(&d, &t), -1);
	}
	buf_release(&out);
}

static void
bit_strings_are_whole_bytes(void **state)
{
	static const uint8_t unused[] = {0x03, 0x02, 0x01, 0x80};
	static const uint8_t empty[] = {0x03, 0x01, 0x00};
	struct buf out = BUF_INIT;
	struct bytes got;
	struct der d;

	(void)state;
	der_put_bits(&out, bytes_str("bits"));
	der_init(&d, buf_bytes(&out));
	assert_int_equal(der_get_bits(&d, &got), 0);
	assert_true(bytes_equal(got, bytes_str("bits")));
	der_init(&d, VIEW(unused));
	assert_int_equal(der_get_bits(&d, &got), -1);
	der_init(&d, VIEW(empty));
	assert_int_equal(der_get_bits(&d, &got), -1);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lengths_nest_and_take_the_shortest_form),
	    cmocka_unit_test(other_forms_of_lengths_are_refused),
	    cmocka_unit_test(integers_have_one_form),
	    cmocka_unit_test(depth_is_limited),
	    cmocka_unit_test(times_take_the_form_of_their_year),
	    cmocka_unit_test(strange_times_are_refused),
	    cmocka_unit_test(bit_strings_are_whole_bytes),
	    cmocka_unit_test(short_inputs_are_read_and_written_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
