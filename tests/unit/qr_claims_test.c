/* qr_claims_test.c - claims and the digits behind the URL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/qr_claims.h"

static char licence[] = "营业执照",
	    company[] = "青禾㛃䶮𬭎𫖯·有限公司", empty[] = "",
	    citizen[] = "1101011949********2X";
static char *sample_values[] = {licence, company, empty, citizen};

static struct qr_claims
sample(void)
{
	struct qr_claims c = {
	    .issuer = 999001,
	    .issued = 1767225600,
	    .expires = 1798761600,
	    .cti = {1, 2, 3},
	    .type = "11990000MB9A010097001",
	    .template_version = 1,
	    .list = 3,
	    .index = 1048575,
	    .form = QR_FULL,
	    .values = sample_values,
	    .nvalues = 4,
	    .face_digest = {0xfa, 0xce},
	    .copy = {7, "青禾镇便民服务中心", 20454, QR_COPY_PURPOSE},
	};

	return c;
}

static void
claims_survive_writing_and_reading(void **state)
{
	struct qr_claims in = sample(), out;
	struct buf payload = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;
	int round;

	(void)state;
	for (round = 0; round < 3; round++) {
		if (round == 1)
			in.copy.kind = QR_COPY_SHEET;
		if (round == 2) {
			in.copy.kind = QR_COPY_PURPOSE;
			in.expires = 0;
			in.copy.number = 0;
			in.form = QR_MINIMAL;
			in.nvalues = 0;
		}
		buf_reset(&payload);
		assert_int_equal(qr_claims_write(&in, &payload, &e), 0);
		assert_int_equal(
		    qr_claims_read(buf_bytes(&payload), &out, &e), 0);
		assert_int_equal(out.issuer, 999001);
		assert_int_equal(out.issued, in.issued);
		assert_int_equal(out.expires, in.expires);
		assert_memory_equal(out.cti, in.cti, 16);
		assert_string_equal(out.type, in.type);
		assert_int_equal(out.index, in.index);
		assert_int_equal(out.form, in.form);
		assert_int_equal(out.nvalues, in.nvalues);
		for (i = 0; i < in.nvalues; i++)
			assert_string_equal(out.values[i], in.values[i]);
		assert_memory_equal(out.face_digest, in.face_digest, 32);
		assert_int_equal(out.copy.number, in.copy.number);
		assert_int_equal(out.copy.kind, in.copy.kind);
		qr_claims_release(&out);
	}
	buf_release(&payload);
}

static void
long_claims_are_compressed_and_short_ones_not(void **state)
{
	char *same[] = {company, company, company};
	struct qr_claims c = sample();
	struct buf payload = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	c.values = same;
	c.nvalues = 3;
	qr_claims_write(&c, &payload, &e);
	assert_int_equal(payload.p[0], 1);
	buf_reset(&payload);
	c.nvalues = 0;
	c.copy.number = 0;
	c.form = QR_MINIMAL;
	memcpy(c.face_digest, "0123456789abcdefghijklmnopqrstuv", 32);
	memcpy(c.cti, "ABCDEFGHIJKLMNOP", 16);
	qr_claims_write(&c, &payload, &e);
	assert_int_equal(payload.p[0], 0);
	buf_release(&payload);
}

static void
cut_and_flipped_claims_never_crash_the_reader(void **state)
{
	struct qr_claims in = sample(), out;
	struct buf payload = BUF_INIT;
	struct bytes view;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	qr_claims_write(&in, &payload, &e);
	view = buf_bytes(&payload);
	for (view.n = 0; view.n < payload.n; view.n++) {
		assert_int_equal(qr_claims_read(view, &out, &e), ERR_INPUT);
		assert_string_equal(e.code, "malformed");
		qr_claims_release(&out);
	}
	for (i = 0; i < payload.n * 8; i++) {
		payload.p[i / 8] ^= (uint8_t)(1 << i % 8);
		qr_claims_read(view, &out, &e);
		qr_claims_release(&out);
		payload.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	buf_add_byte(&payload, 0);
	assert_int_equal(
	    qr_claims_read(buf_bytes(&payload), &out, &e), ERR_INPUT);
	qr_claims_release(&out);
	buf_release(&payload);
}

static void
claims_that_do_not_fit_are_not_written(void **state)
{
	struct qr_claims c = sample();
	struct buf payload = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	c.form = QR_REDUCED;
	assert_int_equal(qr_claims_write(&c, &payload, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_claims");
	c = sample();
	c.copy.kind = (enum qr_copy_kind)2;
	assert_int_equal(qr_claims_write(&c, &payload, &e), ERR_INPUT);
	c = sample();
	c.type[20] = '\0';
	assert_int_equal(qr_claims_write(&c, &payload, &e), ERR_INPUT);
	assert_int_equal(payload.n, 0);
}

static void
a_bomb_stops_at_the_cap(void **state)
{
	/* 5000 zero bytes, over the cap of QR_INFLATED_MAX. */
	uint8_t bomb[] = {1, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2,
	    0xa0, 0xf5, 0x4f, 0x6d, 0x0a, 0x3f, 0xa0, 0x00, 0x00, 0x00, 0x00,
	    0x80, 0xb7, 0x01};
	struct qr_claims c;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    qr_claims_read((struct bytes){bomb, sizeof(bomb)}, &c, &e),
	    ERR_INPUT);
	qr_claims_release(&c);
	bomb[0] = 2;
	assert_int_equal(
	    qr_claims_read((struct bytes){bomb, sizeof(bomb)}, &c, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "unsupported_version");
	qr_claims_release(&c);
}

static void
digits_round_trip_for_every_length(void **state)
{
	uint8_t data[30];
	struct buf text = BUF_INIT, back = BUF_INIT;
	struct bytes view = {data, 0}, url;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(255 - i);
	for (view.n = 1; view.n <= sizeof(data); view.n++) {
		buf_reset(&text);
		buf_reset(&back);
		qr_text_write(&text, "https://v.example", view);
		assert_int_equal(
		    qr_text_read(buf_bytes(&text), &url, &back, &e), 0);
		assert_true(bytes_equal(url, bytes_str("https://v.example")));
		assert_true(bytes_equal(view, buf_bytes(&back)));
	}
	buf_reset(&text);
	qr_text_write(&text, "http://h",
	    (struct bytes){(const uint8_t *)"\0\0\0\0\0\1\0\377", 8});
	assert_string_equal(buf_cstr(&text), "http://h/#00000000000000256255");
	buf_release(&text);
	buf_release(&back);
}

static const char *
code_of(const char *text)
{
	static struct err e;
	struct buf out = BUF_INIT;
	struct bytes url;
	int r = qr_text_read(bytes_str(text), &url, &out, &e);

	buf_release(&out);
	return r == 0 ? "" : e.code;
}

static void
other_texts_are_named_for_what_they_are(void **state)
{
	char long_text[QR_TEXT_MAX + 2];

	(void)state;
	assert_string_equal(code_of("https://h/#255"), "");
	assert_string_equal(code_of("https://h/#256"), "malformed");
	assert_string_equal(code_of("https://h/#25"), "malformed");
	assert_string_equal(code_of("https://h/#2550"), "malformed");
	assert_string_equal(code_of("https://h/#65536"), "malformed");
	assert_string_equal(
	    code_of("https://h/#72057594037927936"), "malformed");
	assert_string_equal(code_of("https://h/#72057594037927935"), "");
	assert_string_equal(code_of("https://h/#255\n"), "malformed");
	assert_string_equal(code_of("https://h/#255#255"), "malformed");
	assert_string_equal(code_of(" https://h/#255"), "not_our_code");
	assert_string_equal(code_of("HTTPS://h/#255"), "not_our_code");
	assert_string_equal(code_of("https://h#255"), "not_our_code");
	assert_string_equal(code_of("https://h/#"), "not_our_code");
	assert_string_equal(code_of("https://h/#top"), "not_our_code");
	assert_string_equal(code_of("HC1:6BF"), "not_our_code");
	assert_string_equal(code_of(""), "not_our_code");
	memset(long_text, '0', sizeof(long_text));
	memcpy(long_text, "https://h/#", 11);
	long_text[QR_TEXT_MAX + 1] = '\0';
	assert_string_equal(code_of(long_text), "not_our_code");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(claims_survive_writing_and_reading),
	    cmocka_unit_test(long_claims_are_compressed_and_short_ones_not),
	    cmocka_unit_test(cut_and_flipped_claims_never_crash_the_reader),
	    cmocka_unit_test(claims_that_do_not_fit_are_not_written),
	    cmocka_unit_test(a_bomb_stops_at_the_cap),
	    cmocka_unit_test(digits_round_trip_for_every_length),
	    cmocka_unit_test(other_texts_are_named_for_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
