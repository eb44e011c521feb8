/* signature_test.c - one form of a signature, and nothing else verifies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/base/text.h"
#include "tests/support/p256.h"

/* RFC 6979, A.2.5: P-256 with SHA-256, message "sample" (s is high there). */
static const char rfc6979_point[] =
    "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299";
static const char rfc6979_signature[] =
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";

static void
the_published_vector_verifies_in_its_low_form_only(void **state)
{
	uint8_t point[65], raw[64];
	struct bytes view = {point, sizeof(point)};
	struct err e = ERR_INIT;

	(void)state;
	text_unhex(point, 65, rfc6979_point, 130);
	text_unhex(raw, 64, rfc6979_signature, 128);
	assert_int_equal(signature_is_low(SIGN_ES256, raw), 0);
	assert_int_equal(
	    signature_verify(SIGN_ES256, view, bytes_str("sample"), raw, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "bad_signature");
	signature_make_low(SIGN_ES256, raw);
	assert_int_equal(signature_is_low(SIGN_ES256, raw), 1);
	assert_int_equal(
	    signature_verify(SIGN_ES256, view, bytes_str("sample"), raw, &e),
	    0);
	assert_int_equal(
	    signature_verify(SIGN_ES256, view, bytes_str("samplf"), raw, &e),
	    ERR_INPUT);
}

static void
every_flipped_bit_is_noticed(void **state)
{
	EVP_PKEY *key = p256_new();
	uint8_t point[65], raw[64];
	struct bytes view = {point, sizeof(point)}, m = bytes_str("照面");
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	assert_int_equal(signature_point(SIGN_ES256, key, point, &e), 0);
	assert_int_equal(signature_sign(SIGN_ES256, key, m, raw, &e), 0);
	assert_int_equal(signature_verify(SIGN_ES256, view, m, raw, &e), 0);
	for (i = 0; i < sizeof(raw) * 8; i++) {
		raw[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(
		    signature_verify(SIGN_ES256, view, m, raw, &e), ERR_INPUT);
		raw[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (i = 0; i < sizeof(point) * 8; i += 7) {
		point[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(
		    signature_verify(SIGN_ES256, view, m, raw, &e), ERR_INPUT);
		point[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	EVP_PKEY_free(key);
}

static void
many_keys_pass_through_the_cache(void **state)
{
	uint8_t point[65], raw[64];
	struct bytes view = {point, sizeof(point)}, m = bytes_str("m");
	struct err e = ERR_INIT;
	EVP_PKEY *key;
	int i;

	(void)state;
	for (i = 0; i < 150; i++) {
		key = p256_new();
		signature_point(SIGN_ES256, key, point, &e);
		signature_sign(SIGN_ES256, key, m, raw, &e);
		assert_int_equal(
		    signature_verify(SIGN_ES256, view, m, raw, &e), 0);
		assert_int_equal(
		    signature_verify(SIGN_ES256, view, m, raw, &e), 0);
		EVP_PKEY_free(key);
	}
}

static void
der_has_one_form(void **state)
{
	uint8_t raw[64], again[64];
	struct buf der = BUF_INIT;
	struct bytes view;
	size_t n;

	(void)state;
	text_unhex(raw, 64, rfc6979_signature, 128);
	raw[0] = 0;
	raw[1] = 0x7f;
	signature_to_der(&der, raw);
	assert_int_equal(der.n, 71 - 1);
	view = buf_bytes(&der);
	assert_int_equal(signature_from_der(view, again), 0);
	assert_memory_equal(raw, again, 64);
	for (n = 0; n < der.n; n++) {
		view.n = n;
		assert_int_equal(signature_from_der(view, again), -1);
	}
	buf_add_byte(&der, 0);
	assert_int_equal(signature_from_der(buf_bytes(&der), again), -1);
	buf_release(&der);
}

static void
zero_and_over_long_numbers_are_refused(void **state)
{
	const struct algorithm *a = algorithm_find(SIGN_ES256);
	uint8_t raw[64];

	(void)state;
	text_unhex(raw, 64, rfc6979_signature, 128);
	signature_make_low(SIGN_ES256, raw);
	memcpy(raw + 32, a->half_order, 32);
	assert_int_equal(signature_is_low(SIGN_ES256, raw), 1);
	raw[63]++;
	assert_int_equal(signature_is_low(SIGN_ES256, raw), 0);
	memset(raw + 32, 0, 32);
	assert_int_equal(signature_is_low(SIGN_ES256, raw), 0);
	raw[63] = 1;
	memcpy(raw, a->order, 32);
	assert_int_equal(signature_is_low(SIGN_ES256, raw), 0);
	memset(raw, 0, 32);
	assert_int_equal(signature_is_low(SIGN_ES256, raw), 0);
}

static void
keys_of_other_curves_are_refused(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("secp256k1");
	uint8_t point[65], raw[64];
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    signature_sign(SIGN_ES256, key, bytes_str("m"), raw, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "bad_key");
	assert_int_equal(
	    signature_point(SIGN_ES256, key, point, &e), ERR_INPUT);
	EVP_PKEY_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_published_vector_verifies_in_its_low_form_only),
	    cmocka_unit_test(every_flipped_bit_is_noticed),
	    cmocka_unit_test(many_keys_pass_through_the_cache),
	    cmocka_unit_test(der_has_one_form),
	    cmocka_unit_test(zero_and_over_long_numbers_are_refused),
	    cmocka_unit_test(keys_of_other_curves_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
