/* cose_test.c - COSE_Sign1 in its one form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/base/text.h"
#include "crypto/cose.h"
#include "tests/support/p256.h"
#include "tests/support/sm2.h"

/* Of the group that runs. */
static enum sign_alg alg;
static EVP_PKEY *key;
static uint8_t point[65];

static int
setup_es256(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	alg = SIGN_ES256;
	key = p256_new();
	return signature_point(alg, key, point, &e);
}

static int
setup_sm2(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	alg = SIGN_SM2;
	key = sm2_new();
	return signature_point(alg, key, point, &e);
}

static int
teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	return 0;
}

static void
build(struct buf *out, const char *typ)
{
	struct cose_request req = {
	    .alg = alg,
	    .kid = {1, 2, 3, 4, 5, 6, 7, 8},
	    .typ = typ,
	    .payload = bytes_str("payload"),
	    .sign = alg == SIGN_SM2 ? sm2_sign : p256_sign,
	    .sign_ctx = key,
	};
	struct err e = ERR_INIT;

	assert_int_equal(cose_sign(&req, out, &e), 0);
}

static int
accept(struct bytes in)
{
	struct bytes view = {point, sizeof(point)};
	struct err e = ERR_INIT;
	struct cose cose;
	int r = cose_parse(in, &cose, &e);

	return r != 0 ? r : cose_verify(&cose, view, &e);
}

static void
the_bytes_are_those_of_the_standard(void **state)
{
	struct buf out = BUF_INIT, hex = BUF_INIT;
	struct bytes head;

	(void)state;
	build(&out, NULL);
	head = buf_bytes(&out);
	assert_int_equal(head.n, 90 + 1);
	head.n = 27;
	text_hex(&hex, head);
	assert_string_equal(buf_cstr(&hex),
	    "d2844da2012604480102030405060708a0477061796c6f61645840");
	buf_release(&out);
	buf_release(&hex);
}

static void
sm2_has_a_number_of_its_own(void **state)
{
	struct buf out = BUF_INIT, hex = BUF_INIT;
	struct bytes head;

	(void)state;
	build(&out, NULL);
	head = buf_bytes(&out);
	head.n = 20;
	text_hex(&hex, head);
	assert_string_equal(
	    buf_cstr(&hex), "d28451a2013a0001003f04480102030405060708");
	buf_release(&out);
	buf_release(&hex);
}

static void
what_was_signed_is_read_and_verifies(void **state)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	struct cose cose;

	(void)state;
	build(&out, "application/test");
	assert_int_equal(cose_parse(buf_bytes(&out), &cose, &e), 0);
	assert_int_equal(cose.alg, alg);
	assert_int_equal(cose.kid[7], 8);
	assert_true(bytes_equal(cose.typ, bytes_str("application/test")));
	assert_true(bytes_equal(cose.payload, bytes_str("payload")));
	assert_int_equal(accept(buf_bytes(&out)), 0);
	buf_release(&out);
}

static void
no_changed_cut_or_added_byte_is_accepted(void **state)
{
	struct buf out = BUF_INIT;
	struct bytes view;
	size_t i;
	int bit;

	(void)state;
	build(&out, NULL);
	for (i = 0; i < out.n; i++)
		for (bit = 0; bit < 8; bit++) {
			out.p[i] ^= (uint8_t)(1 << bit);
			assert_int_equal(accept(buf_bytes(&out)), ERR_INPUT);
			out.p[i] ^= (uint8_t)(1 << bit);
		}
	view = buf_bytes(&out);
	for (view.n = 0; view.n < out.n; view.n++)
		assert_int_equal(accept(view), ERR_INPUT);
	buf_add_byte(&out, 0);
	assert_int_equal(accept(buf_bytes(&out)), ERR_INPUT);
	buf_release(&out);
}

static void
an_unknown_algorithm_is_an_unsupported_version(void **state)
{
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	struct cose cose;

	(void)state;
	build(&out, NULL);
	out.p[5] = 0x27; /* EdDSA */
	assert_int_equal(cose_parse(buf_bytes(&out), &cose, &e), ERR_INPUT);
	assert_string_equal(e.code, "unsupported_version");
	out.p[5] = 0x26;
	out.p[6] = 0x05; /* kid under another key */
	assert_int_equal(cose_parse(buf_bytes(&out), &cose, &e), ERR_INPUT);
	assert_string_equal(e.code, "malformed");
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest es256[] = {
	    cmocka_unit_test(the_bytes_are_those_of_the_standard),
	    cmocka_unit_test(what_was_signed_is_read_and_verifies),
	    cmocka_unit_test(no_changed_cut_or_added_byte_is_accepted),
	    cmocka_unit_test(an_unknown_algorithm_is_an_unsupported_version),
	};
	const struct CMUnitTest sm2[] = {
	    cmocka_unit_test(sm2_has_a_number_of_its_own),
	    cmocka_unit_test(what_was_signed_is_read_and_verifies),
	    cmocka_unit_test(no_changed_cut_or_added_byte_is_accepted),
	};

	return cmocka_run_group_tests(es256, setup_es256, teardown) +
	       cmocka_run_group_tests(sm2, setup_sm2, teardown);
}
