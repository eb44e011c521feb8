/* cbor_test.c - one form only, and the examples of RFC 8949 appendix A. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/base/text.h"
#include "crypto/cbor.h"

#define VIEW(a) ((struct bytes){(a), sizeof(a)})

static void
assert_hex(struct buf *out, const char *hex)
{
	struct buf text = BUF_INIT;

	text_hex(&text, buf_bytes(out));
	assert_string_equal(buf_cstr(&text), hex);
	buf_release(&text);
	buf_reset(out);
}

static void
integers_take_the_shortest_form(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	cbor_put_uint(&out, 23);
	assert_hex(&out, "17");
	cbor_put_uint(&out, 24);
	assert_hex(&out, "1818");
	cbor_put_uint(&out, 256);
	assert_hex(&out, "190100");
	cbor_put_uint(&out, 1000000);
	assert_hex(&out, "1a000f4240");
	cbor_put_uint(&out, UINT64_MAX);
	assert_hex(&out, "1bffffffffffffffff");
	cbor_put_int(&out, -1);
	assert_hex(&out, "20");
	cbor_put_int(&out, -1000);
	assert_hex(&out, "3903e7");
	cbor_put_int(&out, INT64_MIN);
	assert_hex(&out, "3b7fffffffffffffff");
	buf_release(&out);
}

static void
write_sample(struct buf *out)
{
	uint8_t id[3] = {1, 2, 3};

	cbor_put_tag(out, 18);
	cbor_put_map(out, 4);
	cbor_put_int(out, 1);
	cbor_put_int(out, -70000);
	cbor_put_int(out, 300);
	cbor_put_bstr(out, VIEW(id));
	cbor_put_int(out, -1);
	cbor_put_str(out, "养犬");
	cbor_put_int(out, -65537);
	cbor_put_array(out, 3);
	cbor_put_null(out);
	cbor_put_bool(out, 1);
	cbor_put_map(out, 0);
}

static int
read_sample(struct bytes in)
{
	struct cbor r;
	uint8_t id[3];
	char text[8];

	cbor_init(&r, in);
	cbor_get_tag(&r, 18);
	if (cbor_get_map(&r) != 4)
		cbor_refuse(&r);
	cbor_get_key(&r, 1);
	if (cbor_get_int(&r) != -70000)
		cbor_refuse(&r);
	if (cbor_has_key(&r, 2))
		cbor_refuse(&r);
	cbor_get_key(&r, 300);
	cbor_get_fixed(&r, id, sizeof(id));
	cbor_get_key(&r, -1);
	cbor_get_str(&r, text, sizeof(text));
	if (strcmp(text, "养犬") != 0)
		cbor_refuse(&r);
	cbor_get_key(&r, -65537);
	cbor_get_tuple(&r, 3);
	if (!cbor_get_null(&r) || !cbor_get_bool(&r))
		cbor_refuse(&r);
	cbor_get_map(&r);
	cbor_end(&r);
	cbor_end(&r);
	cbor_end(&r);
	return cbor_done(&r);
}

static void
what_was_written_is_read(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	write_sample(&out);
	assert_int_equal(read_sample(buf_bytes(&out)), 0);
	buf_release(&out);
}

static void
cut_and_lengthened_input_is_refused(void **state)
{
	struct buf out = BUF_INIT;
	struct bytes view;
	size_t n;

	(void)state;
	write_sample(&out);
	for (n = 0; n < out.n; n++) {
		view = buf_bytes(&out);
		view.n = n;
		assert_int_equal(read_sample(view), -1);
	}
	buf_add_byte(&out, 0);
	assert_int_equal(read_sample(buf_bytes(&out)), -1);
	buf_release(&out);
}

/* 0 when the bytes are an integer in the one form. */
static int
read_int(struct bytes in)
{
	struct cbor r;

	cbor_init(&r, in);
	cbor_get_int(&r);
	return cbor_done(&r);
}

static void
longer_forms_of_integers_are_refused(void **state)
{
	uint8_t good[] = {0x18, 0x18}, one[] = {0x18, 0x17};
	uint8_t two[] = {0x19, 0x00, 0xff}, four[] = {0x1a, 0, 0, 0xff, 0xff};
	uint8_t eight[] = {0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
	uint8_t big[] = {0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0};
	uint8_t reserved[] = {0x1c}, indefinite[] = {0x1f};

	(void)state;
	assert_int_equal(read_int(VIEW(good)), 0);
	assert_int_equal(read_int(VIEW(one)), -1);
	assert_int_equal(read_int(VIEW(two)), -1);
	assert_int_equal(read_int(VIEW(four)), -1);
	assert_int_equal(read_int(VIEW(eight)), -1);
	assert_int_equal(read_int(VIEW(big)), -1);
	assert_int_equal(read_int(VIEW(reserved)), -1);
	assert_int_equal(read_int(VIEW(indefinite)), -1);
}

/* {a: 0, b: 0} read with both keys named. */
static int
read_pair(uint8_t a, uint8_t b)
{
	uint8_t in[5] = {0xa2, a, 0, b, 0};
	struct cbor r;

	cbor_init(&r, VIEW(in));
	cbor_get_map(&r);
	cbor_get_key(&r, a < 24 ? a : -1 - (a - 32));
	cbor_get_uint(&r);
	cbor_get_key(&r, b < 24 ? b : -1 - (b - 32));
	cbor_get_uint(&r);
	cbor_end(&r);
	return cbor_done(&r);
}

static void
map_keys_must_ascend(void **state)
{
	(void)state;
	assert_int_equal(read_pair(1, 2), 0);
	assert_int_equal(read_pair(23, 0x20), 0);
	assert_int_equal(read_pair(1, 1), -1);
	assert_int_equal(read_pair(2, 1), -1);
	assert_int_equal(read_pair(0x20, 1), -1);
}

static void
a_value_is_not_taken_for_a_key(void **state)
{
	uint8_t in[] = {0xa1, 0x01, 0x02};
	struct cbor r;

	(void)state;
	cbor_init(&r, VIEW(in));
	cbor_get_map(&r);
	assert_int_equal(cbor_get_uint(&r), 0);
	assert_int_equal(cbor_done(&r), -1);
}

static void
depth_and_counts_are_limited(void **state)
{
	uint8_t deep[10], wide[] = {0x9b, 0, 0, 1, 0, 0, 0, 0, 0, 0};
	struct cbor r;
	size_t i;

	(void)state;
	memset(deep, 0x81, sizeof(deep));
	cbor_init(&r, VIEW(deep));
	for (i = 0; i < CBOR_DEPTH_MAX; i++)
		assert_int_equal(cbor_get_array(&r), 1);
	assert_int_equal(cbor_get_array(&r), 0);
	assert_int_equal(r.failed, 1);
	cbor_init(&r, VIEW(wide));
	assert_int_equal(cbor_get_array(&r), 0);
	assert_int_equal(r.failed, 1);
}

static void
text_must_be_utf8_without_nul(void **state)
{
	uint8_t bad[] = {0x62, 0xc0, 0x80}, nul[] = {0x62, 'a', 0};
	char text[4];
	struct cbor r;

	(void)state;
	cbor_init(&r, VIEW(bad));
	cbor_get_tstr(&r);
	assert_int_equal(cbor_done(&r), -1);
	cbor_init(&r, VIEW(nul));
	cbor_get_str(&r, text, sizeof(text));
	assert_int_equal(cbor_done(&r), -1);
	assert_string_equal(text, "");
}

static int
read_text_key(uint8_t in[6], const char *key)
{
	struct cbor r;

	cbor_init(&r, (struct bytes){in, 6});
	cbor_get_map(&r);
	cbor_get_text_key(&r, key);
	cbor_get_uint(&r);
	cbor_end(&r);
	return cbor_done(&r);
}

static void
a_text_key_is_matched_whole(void **state)
{
	uint8_t in[] = {0xa1, 0x63, 'l', 's', 't', 7};

	(void)state;
	assert_int_equal(read_text_key(in, "lst"), 0);
	assert_int_equal(read_text_key(in, "ls"), -1);
	assert_int_equal(read_text_key(in, "lsts"), -1);
	in[0] = 0x81; /* no map */
	assert_int_equal(read_text_key(in, "lst"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(integers_take_the_shortest_form),
	    cmocka_unit_test(what_was_written_is_read),
	    cmocka_unit_test(cut_and_lengthened_input_is_refused),
	    cmocka_unit_test(longer_forms_of_integers_are_refused),
	    cmocka_unit_test(map_keys_must_ascend),
	    cmocka_unit_test(a_value_is_not_taken_for_a_key),
	    cmocka_unit_test(depth_and_counts_are_limited),
	    cmocka_unit_test(a_text_key_is_matched_whole),
	    cmocka_unit_test(text_must_be_utf8_without_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
