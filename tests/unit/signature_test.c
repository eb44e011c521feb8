/* signature_test.c - one form of a signature, and nothing else verifies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/base/text.h"
#include "tests/support/p256.h"
#include "tests/support/sm2.h"

/* RFC 6979, A.2.5: P-256 with SHA-256, message "sample" (s is high there). */
static const char rfc6979_point[] =
    "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299";
static const char rfc6979_signature[] =
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";

/* GB/T 32918.5, A.2: message "message digest", identifier 1234567812345678. */
static const char sm2_point[] =
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
static const char sm2_signature[] =
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";

/* The algorithm a case runs with, and a new key of it. */
static enum sign_alg
alg_of(void **state)
{
	return *(const enum sign_alg *)*state;
}

static EVP_PKEY *
key_new(enum sign_alg alg)
{
	return alg == SIGN_SM2 ? sm2_new() : p256_new();
}

static void
the_published_vector_verifies_in_its_low_form_only(void **state)
{
	uint8_t point[65], raw[64];
	struct bytes view = {point, sizeof(point)};
	struct err e = ERR_INIT;

	(void)state;
	text_unhex(point, 65, rfc6979_point, 130);
	text_unhex(raw, 64, rfc6979_signature, 128);
	assert_int_equal(signature_is_canonical(SIGN_ES256, raw), 0);
	assert_int_equal(
	    signature_verify(SIGN_ES256, view, bytes_str("sample"), raw, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "bad_signature");
	signature_make_canonical(SIGN_ES256, raw);
	assert_int_equal(signature_is_canonical(SIGN_ES256, raw), 1);
	assert_int_equal(
	    signature_verify(SIGN_ES256, view, bytes_str("sample"), raw, &e),
	    0);
	assert_int_equal(
	    signature_verify(SIGN_ES256, view, bytes_str("samplf"), raw, &e),
	    ERR_INPUT);
}

static void
the_published_sm2_vector_verifies(void **state)
{
	uint8_t point[65], raw[64], high[64];
	struct bytes view = {point, sizeof(point)};
	struct bytes m = bytes_str("message digest");
	struct err e = ERR_INIT;

	(void)state;
	text_unhex(point, 65, sm2_point, 130);
	text_unhex(raw, 64, sm2_signature, 128);
	assert_int_equal(signature_verify(SIGN_SM2, view, m, raw, &e), 0);
	assert_int_equal(
	    signature_verify(SIGN_ES256, view, m, raw, &e), ERR_INPUT);
	assert_int_equal(
	    signature_verify(SIGN_SM2, view, bytes_str("message"), raw, &e),
	    ERR_INPUT);
	memcpy(high, raw, sizeof(high));
	signature_make_canonical(SIGN_SM2, high);
	assert_memory_equal(high, raw, sizeof(high));
}

static void
every_flipped_bit_is_noticed(void **state)
{
	enum sign_alg alg = alg_of(state);
	EVP_PKEY *key = key_new(alg);
	uint8_t point[65], raw[64];
	struct bytes view = {point, sizeof(point)}, m = bytes_str("照面");
	struct err e = ERR_INIT;
	size_t i;

	assert_int_equal(signature_point(alg, key, point, &e), 0);
	assert_int_equal(signature_sign(alg, key, m, raw, &e), 0);
	assert_int_equal(signature_verify(alg, view, m, raw, &e), 0);
	for (i = 0; i < sizeof(raw) * 8; i++) {
		raw[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(
		    signature_verify(alg, view, m, raw, &e), ERR_INPUT);
		raw[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (i = 0; i < sizeof(point) * 8; i += 7) {
		point[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(
		    signature_verify(alg, view, m, raw, &e), ERR_INPUT);
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
	enum sign_alg alg = alg_of(state);
	EVP_PKEY *key;
	int i;

	for (i = 0; i < 80; i++) {
		key = key_new(alg);
		signature_point(alg, key, point, &e);
		signature_sign(alg, key, m, raw, &e);
		assert_int_equal(signature_verify(alg, view, m, raw, &e), 0);
		assert_int_equal(signature_verify(alg, view, m, raw, &e), 0);
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
	signature_make_canonical(SIGN_ES256, raw);
	memcpy(raw + 32, a->s_max, 32);
	assert_int_equal(signature_is_canonical(SIGN_ES256, raw), 1);
	raw[63]++;
	assert_int_equal(signature_is_canonical(SIGN_ES256, raw), 0);
	memset(raw + 32, 0, 32);
	assert_int_equal(signature_is_canonical(SIGN_ES256, raw), 0);
	raw[63] = 1;
	memcpy(raw, a->order, 32);
	assert_int_equal(signature_is_canonical(SIGN_ES256, raw), 0);
	memset(raw, 0, 32);
	assert_int_equal(signature_is_canonical(SIGN_ES256, raw), 0);
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

static void
sm2_numbers_out_of_range_are_refused(void **state)
{
	const struct algorithm *a = algorithm_find(SIGN_SM2);
	uint8_t raw[64];

	(void)state;
	text_unhex(raw, 64, sm2_signature, 128);
	assert_int_equal(signature_is_canonical(SIGN_SM2, raw), 1);
	memcpy(raw + 32, a->order, 32);
	assert_int_equal(signature_is_canonical(SIGN_SM2, raw), 0);
	raw[63]--;
	assert_int_equal(signature_is_canonical(SIGN_SM2, raw), 1);
	/* r = 1, s = n - 1: their sum is n. */
	memset(raw, 0, 32);
	assert_int_equal(signature_is_canonical(SIGN_SM2, raw), 0);
	raw[31] = 1;
	assert_int_equal(signature_is_canonical(SIGN_SM2, raw), 0);
	raw[31] = 2;
	assert_int_equal(signature_is_canonical(SIGN_SM2, raw), 1);
	memset(raw + 32, 0, 32);
	assert_int_equal(signature_is_canonical(SIGN_SM2, raw), 0);
	raw[63] = 1;
	memcpy(raw, a->order, 32);
	assert_int_equal(signature_is_canonical(SIGN_SM2, raw), 0);
}

static void
a_key_signs_with_its_own_algorithm_only(void **state)
{
	EVP_PKEY *sm2 = sm2_new(), *p256 = p256_new();
	EVP_PKEY *other = EVP_EC_gen("secp256k1");
	struct bytes m = bytes_str("m");
	struct err e = ERR_INIT;
	uint8_t raw[64];

	(void)state;
	assert_int_equal(signature_alg(sm2), SIGN_SM2);
	assert_int_equal(signature_alg(p256), SIGN_ES256);
	assert_int_equal(signature_alg(other), 0);
	assert_int_equal(
	    signature_sign(SIGN_ES256, sm2, m, raw, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_key");
	assert_int_equal(signature_sign(SIGN_SM2, p256, m, raw, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_key");
	EVP_PKEY_free(sm2);
	EVP_PKEY_free(p256);
	EVP_PKEY_free(other);
}

/* OpenSSL's own SM2, told the identifier, accepts what we sign; told none,
 * which to it is the empty one, it does not. */
static int
openssl_verifies(EVP_PKEY *key, const char *identifier, struct bytes m,
    const uint8_t raw[64])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	struct buf der = BUF_INIT;
	EVP_PKEY_CTX *ctx = NULL;
	int good;

	signature_to_der(&der, raw);
	good = EVP_DigestVerifyInit(md, &ctx, EVP_sm3(), NULL, key) == 1 &&
	       (identifier == NULL || EVP_PKEY_CTX_set1_id(ctx, identifier,
					  strlen(identifier)) == 1) &&
	       EVP_DigestVerify(md, der.p, der.n, m.p, m.n) == 1;
	EVP_MD_CTX_free(md);
	buf_release(&der);
	return good;
}

static void
openssl_accepts_our_sm2_signatures(void **state)
{
	EVP_PKEY *key = sm2_new();
	struct bytes m = bytes_str("照面");
	struct err e = ERR_INIT;
	uint8_t raw[64];

	(void)state;
	assert_int_equal(signature_sign(SIGN_SM2, key, m, raw, &e), 0);
	assert_true(openssl_verifies(key, "1234567812345678", m, raw));
	assert_false(openssl_verifies(key, "1234567812345679", m, raw));
	assert_false(openssl_verifies(key, NULL, m, raw));
	EVP_PKEY_free(key);
}

int
main(void)
{
	enum sign_alg es256 = SIGN_ES256, sm2 = SIGN_SM2;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_published_vector_verifies_in_its_low_form_only),
	    cmocka_unit_test(the_published_sm2_vector_verifies),
	    cmocka_unit_test_prestate(every_flipped_bit_is_noticed, &es256),
	    cmocka_unit_test_prestate(every_flipped_bit_is_noticed, &sm2),
	    cmocka_unit_test_prestate(many_keys_pass_through_the_cache, &es256),
	    cmocka_unit_test_prestate(many_keys_pass_through_the_cache, &sm2),
	    cmocka_unit_test(der_has_one_form),
	    cmocka_unit_test(zero_and_over_long_numbers_are_refused),
	    cmocka_unit_test(sm2_numbers_out_of_range_are_refused),
	    cmocka_unit_test(keys_of_other_curves_are_refused),
	    cmocka_unit_test(a_key_signs_with_its_own_algorithm_only),
	    cmocka_unit_test(openssl_accepts_our_sm2_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
