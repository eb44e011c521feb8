/* Tests of crypto/sm2_verify.h: OpenSSL's own verification must always say the
 * same, for honest signatures, changed ones, and keys and nonces so small that
 * the sums inside meet every special case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "crypto/sm2_verify.h"
#include "tests/support/sm2.h"

enum {
	ROUNDS = 100,
	SMALL = 20 /* private keys and nonces of the special cases */
};

static EC_GROUP *group;
static BN_CTX *ctx;

static int
setup(void **state)
{
	(void)state;
	group = EC_GROUP_new_by_curve_name(NID_sm2);
	ctx = BN_CTX_new();
	return group == NULL || ctx == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	EC_GROUP_free(group);
	BN_CTX_free(ctx);
	return 0;
}

/* What OpenSSL says of the same. */
static int
openssl_says(
    const uint8_t point[65], const uint8_t e[32], const uint8_t raw[64])
{
	struct buf der = BUF_INIT;
	char curve[] = "SM2";
	uint8_t copy[65];
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string("group", curve, 0),
	    OSSL_PARAM_construct_octet_string("pub", copy, sizeof(copy)),
	    OSSL_PARAM_construct_end()};
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	EVP_PKEY_CTX *verifier = NULL;
	EVP_PKEY *key = NULL;
	int good = 0;

	memcpy(copy, point, sizeof(copy));
	signature_to_der(&der, raw);
	if (EVP_PKEY_fromdata_init(maker) == 1 &&
	    EVP_PKEY_fromdata(maker, &key, EVP_PKEY_PUBLIC_KEY, params) == 1)
		verifier = EVP_PKEY_CTX_new(key, NULL);
	if (verifier != NULL && EVP_PKEY_verify_init(verifier) == 1)
		good = EVP_PKEY_verify(verifier, der.p, der.n, e, 32) == 1;
	EVP_PKEY_CTX_free(verifier);
	EVP_PKEY_CTX_free(maker);
	EVP_PKEY_free(key);
	buf_release(&der);
	return good;
}

static void
multiple(const BIGNUM *k, uint8_t point[65])
{
	EC_POINT *p = EC_POINT_new(group);

	assert_int_equal(EC_POINT_mul(group, p, k, NULL, NULL, ctx), 1);
	assert_int_equal(EC_POINT_point2oct(group, p,
			     POINT_CONVERSION_UNCOMPRESSED, point, 65, ctx),
	    65);
	EC_POINT_free(p);
}

/* Sign e with private key d and nonce k (GB/T 32918.2, 6.1); 0, or -1 when
 * these do not make a signature. */
static int
sign(const BIGNUM *d, const BIGNUM *k, const uint8_t e[32], uint8_t raw[64])
{
	const BIGNUM *n = EC_GROUP_get0_order(group);
	BIGNUM *r = BN_bin2bn(e, 32, NULL), *s = BN_new(), *t = BN_new();
	uint8_t kg[65];
	int ok;

	multiple(k, kg);
	BN_bin2bn(kg + 1, 32, t);
	BN_mod_add(r, r, t, n, ctx);
	BN_add(t, r, k);
	ok = !BN_is_zero(r) && BN_cmp(t, n) != 0;
	BN_add(t, d, BN_value_one());
	ok = ok && BN_mod_inverse(t, t, n, ctx) != NULL;
	if (ok) {
		BN_mod_mul(s, r, d, n, ctx);
		BN_mod_sub(s, k, s, n, ctx);
		BN_mod_mul(s, s, t, n, ctx);
		ok = !BN_is_zero(s) && BN_bn2binpad(r, raw, 32) == 32 &&
		     BN_bn2binpad(s, raw + 32, 32) == 32;
	}
	BN_free(r);
	BN_free(s);
	BN_free(t);
	return ok ? 0 : -1;
}

/* Both say the same of this, and of each with one bit changed. */
static void
compare(const uint8_t point[65], const uint8_t e[32], const uint8_t raw[64])
{
	uint8_t all[65 + 32 + 64], bit;
	int i, k, ours;

	memcpy(all, point, 65);
	memcpy(all + 65, e, 32);
	memcpy(all + 97, raw, 64);
	/* Not the first byte: OpenSSL reads hybrid points, too. */
	assert_int_equal(sm2_verify_digest(all, all + 65, all + 97),
	    openssl_says(all, all + 65, all + 97));
	for (i = 0; i < 4; i++) {
		RAND_bytes(&bit, 1);
		k = 1 + (bit * 7 + i * 41) % ((int)sizeof(all) - 1);
		all[k] ^= (uint8_t)(1 << (bit % 8));
		ours = sm2_verify_digest(all, all + 65, all + 97);
		if (ours != openssl_says(all, all + 65, all + 97))
			fail_msg("byte %d", k);
		all[k] ^= (uint8_t)(1 << (bit % 8));
	}
}

static void
random_signatures_are_judged_alike(void **state)
{
	BIGNUM *d = BN_new(), *k = BN_new();
	const BIGNUM *n = EC_GROUP_get0_order(group);
	uint8_t point[65], e[32], raw[64];
	int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		BN_rand_range(d, n);
		BN_rand_range(k, n);
		RAND_bytes(e, sizeof(e));
		if (sign(d, k, e, raw) != 0)
			continue;
		multiple(d, point);
		assert_int_equal(sm2_verify_digest(point, e, raw), 1);
		compare(point, e, raw);
	}
	BN_free(d);
	BN_free(k);
}

/* P is a small multiple of G or of -G, and so is the sum. */
static void
small_keys_and_nonces_are_judged_alike(void **state)
{
	const BIGNUM *n = EC_GROUP_get0_order(group);
	BIGNUM *d = BN_new(), *k = BN_new();
	uint8_t point[65], e[32], raw[64];
	int i, j, sign_of, made = 0;

	(void)state;
	for (i = 1; i <= SMALL; i++)
		for (j = 1; j <= SMALL; j++)
			for (sign_of = 0; sign_of < 4; sign_of++) {
				BN_set_word(d, (BN_ULONG)i);
				BN_set_word(k, (BN_ULONG)j);
				if ((sign_of & 1) != 0)
					BN_sub(d, n, d);
				if ((sign_of & 2) != 0)
					BN_sub(k, n, k);
				memset(e, j % 3 ? 0 : 0xff, sizeof(e));
				if (sign(d, k, e, raw) != 0)
					continue;
				multiple(d, point);
				if (!sm2_verify_digest(point, e, raw))
					fail_msg("d %d k %d", i, j);
				made++;
				if ((i * j) % 16 == 0)
					compare(point, e, raw);
			}
	assert_true(made > 4 * SMALL * (SMALL - 2));
	BN_free(d);
	BN_free(k);
}

/* s and t so small that the table's own points are added to themselves, to
 * their opposites and to nothing. */
static void
small_factors_are_judged_alike(void **state)
{
	const BIGNUM *n = EC_GROUP_get0_order(group);
	BIGNUM *d = BN_new(), *r = BN_new();
	uint8_t point[65], e[32], raw[64], last;
	int i, s, t;

	(void)state;
	for (i = 1; i <= 6; i++)
		for (s = 1; s <= 10; s++)
			for (t = 1; t <= 10; t++) {
				BN_set_word(d, (BN_ULONG)i);
				if (i > 3)
					BN_sub(d, n, d);
				multiple(d, point);
				/* r = t - s modulo n */
				BN_copy(r, n);
				BN_add_word(r, (BN_ULONG)t);
				BN_sub_word(r, (BN_ULONG)s);
				BN_mod(r, r, n, ctx);
				BN_bn2binpad(r, raw, 32);
				memset(raw + 32, 0, 32);
				raw[63] = (uint8_t)s;
				memset(e, 0, sizeof(e));
				RAND_bytes(&last, 1);
				e[31] = last;
				compare(point, e, raw);
			}
	BN_free(d);
	BN_free(r);
}

/* 0, n, n + 1 and the largest number for r and s; the same point with x + p. */
static void
numbers_out_of_range_are_refused(void **state)
{
	const BIGNUM *n = EC_GROUP_get0_order(group);
	BIGNUM *d = BN_new(), *k = BN_new(), *v = BN_new();
	uint8_t point[65], e[32] = {1}, raw[64], bad[64];
	int i, half;

	(void)state;
	BN_set_word(d, 77);
	BN_set_word(k, 99);
	assert_int_equal(sign(d, k, e, raw), 0);
	multiple(d, point);
	assert_int_equal(sm2_verify_digest(point, e, raw), 1);
	for (half = 0; half < 64; half += 32)
		for (i = 0; i < 4; i++) {
			memcpy(bad, raw, sizeof(bad));
			BN_copy(v, n);
			BN_add_word(v, i == 2);
			BN_bn2binpad(v, bad + half, 32);
			if (i == 0)
				memset(bad + half, 0, 32);
			if (i == 3)
				memset(bad + half, 0xff, 32);
			assert_int_equal(sm2_verify_digest(point, e, bad), 0);
		}
	/* r + s = n */
	BN_bin2bn(raw, 32, v);
	BN_sub(v, n, v);
	memcpy(bad, raw, sizeof(bad));
	BN_bn2binpad(v, bad + 32, 32);
	assert_int_equal(sm2_verify_digest(point, e, bad), 0);
	point[0] = 0x02;
	assert_int_equal(sm2_verify_digest(point, e, raw), 0);
	point[0] = 0x04;
	memset(point + 1, 0xff, 32);
	assert_int_equal(sm2_verify_digest(point, e, raw), 0);
	memset(point + 1, 0, 64);
	assert_int_equal(sm2_verify_digest(point, e, raw), 0);
	BN_free(d);
	BN_free(k);
	BN_free(v);
}

/*
 * A sum R whose x is not below the order: then r stands for x - n.  Of such a
 * point nobody knows the multiple, so P is made for it: P = (R - s G) / t.
 */
static void
an_x_above_the_order_counts(void **state)
{
	const BIGNUM *n = EC_GROUP_get0_order(group);
	EC_POINT *sum = EC_POINT_new(group), *p = EC_POINT_new(group);
	BIGNUM *x = BN_dup(n), *s = BN_new(), *t = BN_new(), *v = BN_new();
	uint8_t point[65], e[32], raw[64];
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		do
			BN_add_word(x, 1);
		while (EC_POINT_set_compressed_coordinates(
			   group, sum, x, i & 1, ctx) != 1);
		BN_rand_range(s, n);
		BN_rand_range(t, n);
		assert_int_equal(EC_POINT_mul(group, p, s, NULL, NULL, ctx), 1);
		EC_POINT_invert(group, p, ctx);
		EC_POINT_add(group, p, sum, p, ctx);
		BN_mod_inverse(v, t, n, ctx);
		assert_int_equal(EC_POINT_mul(group, p, NULL, p, v, ctx), 1);
		EC_POINT_point2oct(
		    group, p, POINT_CONVERSION_UNCOMPRESSED, point, 65, ctx);
		BN_mod_sub(v, t, s, n, ctx);
		BN_bn2binpad(v, raw, 32);
		BN_bn2binpad(s, raw + 32, 32);
		BN_mod_sub(v, v, x, n, ctx);
		BN_bn2binpad(v, e, 32);
		assert_int_equal(sm2_verify_digest(point, e, raw), 1);
		compare(point, e, raw);
	}
	EC_POINT_free(sum);
	EC_POINT_free(p);
	BN_free(x);
	BN_free(s);
	BN_free(t);
	BN_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_signatures_are_judged_alike),
	    cmocka_unit_test(small_keys_and_nonces_are_judged_alike),
	    cmocka_unit_test(small_factors_are_judged_alike),
	    cmocka_unit_test(an_x_above_the_order_counts),
	    cmocka_unit_test(numbers_out_of_range_are_refused),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
