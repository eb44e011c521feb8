/* signature.c - see signature.h. */
#include "crypto/signature.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <string.h>

#include "crypto/der.h"
#include "crypto/signature_key.h"
#include "crypto/sm2.h"

enum {
	HALF = SIGN_RAW_SIZE / 2
};

static int
is_zero(const uint8_t v[HALF])
{
	static const uint8_t zero[HALF];

	return memcmp(v, zero, HALF) == 0;
}

/* a - b into out; both big-endian, a >= b. */
static void
subtract(uint8_t out[HALF], const uint8_t a[HALF], const uint8_t b[HALF])
{
	int i, digit, borrow = 0;

	for (i = HALF - 1; i >= 0; i--) {
		digit = a[i] - b[i] - borrow;
		borrow = digit < 0;
		out[i] = (uint8_t)(digit & 0xff);
	}
}

/* r + s is a multiple of n (both are below n): nothing SM2 makes or accepts
 * (GB/T 32918.2, 6.1 A6 and 7.1 B5). */
static int
cancels(const struct algorithm *a, const uint8_t raw[SIGN_RAW_SIZE])
{
	uint8_t rest[HALF];

	subtract(rest, a->order, raw);
	return memcmp(rest, raw + HALF, HALF) == 0;
}

int
signature_is_canonical(enum sign_alg alg, const uint8_t raw[SIGN_RAW_SIZE])
{
	const struct algorithm *a = algorithm_find(alg);

	return a != NULL && !is_zero(raw) && !is_zero(raw + HALF) &&
	       memcmp(raw, a->order, HALF) < 0 &&
	       memcmp(raw + HALF, a->s_max, HALF) <= 0 &&
	       (alg != SIGN_SM2 || !cancels(a, raw));
}

void
signature_make_canonical(enum sign_alg alg, uint8_t raw[SIGN_RAW_SIZE])
{
	const struct algorithm *a = algorithm_find(alg);
	uint8_t *s = raw + HALF;

	if (alg == SIGN_ES256 && memcmp(s, a->s_max, HALF) > 0)
		subtract(s, a->order, s);
}

void
signature_to_der(struct buf *out, const uint8_t raw[SIGN_RAW_SIZE])
{
	struct bytes r = {raw, HALF}, s = {raw + HALF, HALF};
	size_t mark = der_begin(out, DER_SEQUENCE);

	der_put_uint(out, r);
	der_put_uint(out, s);
	der_end(out, mark);
}

int
signature_from_der(struct bytes der, uint8_t raw[SIGN_RAW_SIZE])
{
	struct der d, pair;

	der_init(&d, der);
	return der_enter(&d, DER_SEQUENCE, &pair) == 0 && der_at_end(&d) &&
		       der_get_uint(&pair, raw, HALF) == 0 &&
		       der_get_uint(&pair, raw + HALF, HALF) == 0 &&
		       der_at_end(&pair)
		   ? 0
		   : -1;
}

static int
bad_signature(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_signature", "签名与内容不符。",
	    "The signature does not match the content.");
}

/* With no digest named, OpenSSL takes ours as it is, for SM2 as well. */
static int
digest_verify(EVP_PKEY *key, const uint8_t digest[DIGEST_SIZE],
    const uint8_t raw[SIGN_RAW_SIZE])
{
	struct buf der = BUF_INIT;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	int good = 0;

	signature_to_der(&der, raw);
	if (ctx != NULL && !buf_failed(&der) && EVP_PKEY_verify_init(ctx) == 1)
		good = EVP_PKEY_verify(
			   ctx, der.p, der.n, digest, DIGEST_SIZE) == 1;
	EVP_PKEY_CTX_free(ctx);
	buf_release(&der);
	ERR_clear_error();
	return good;
}

int
signature_verify(enum sign_alg alg, struct bytes point, struct bytes message,
    const uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	const struct algorithm *a = algorithm_find(alg);
	uint8_t digest[DIGEST_SIZE];
	struct signature_key key;
	int hashed, good;

	if (a == NULL || !signature_is_canonical(alg, raw) ||
	    signature_key_get(a, point, &key) != 0)
		return bad_signature(e);
	hashed =
	    (alg == SIGN_SM2 ? sm2_digest(key.z, message, digest)
			     : digest_bytes(a->digest, message, digest)) == 0;
	good = hashed && digest_verify(key.key, digest, raw);
	EVP_PKEY_free(key.key);
	return good ? 0 : bad_signature(e);
}

static int
bad_key(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_key", "密钥与签名算法不符。",
	    "The key does not fit the signature algorithm.");
}

/* Of the algorithm's curve, and of its type: OpenSSL would sign ECDSA with a
 * key of type EC on the SM2 curve. */
static int
key_fits(const struct algorithm *a, const EVP_PKEY *key)
{
	char group[32];
	size_t n = 0;

	return EVP_PKEY_is_a(key, a->type) == 1 &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), &n) == 1 &&
	       strcmp(group, a->curve) == 0;
}

enum sign_alg
signature_alg(const EVP_PKEY *key)
{
	if (key_fits(algorithm_find(SIGN_ES256), key))
		return SIGN_ES256;
	return key_fits(algorithm_find(SIGN_SM2), key) ? SIGN_SM2
						       : (enum sign_alg)0;
}

/* What is signed in the end. */
static int
digest_to_sign(const struct algorithm *a, EVP_PKEY *key, struct bytes message,
    uint8_t digest[DIGEST_SIZE], struct err *e)
{
	uint8_t point[ALGORITHM_POINT_SIZE], z[DIGEST_SIZE];
	struct bytes view = {point, sizeof(point)};
	int done;

	if (a->alg == SIGN_SM2)
		done = signature_point(a->alg, key, point, e) == 0 &&
		       sm2_z(bytes_str(SM2_IDENTIFIER), view, z) == 0 &&
		       sm2_digest(z, message, digest) == 0;
	else
		done = digest_bytes(a->digest, message, digest) == 0;
	return done ? 0 : err_internal(e, "digest");
}

int
signature_sign(enum sign_alg alg, EVP_PKEY *key, struct bytes message,
    uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	const struct algorithm *a = algorithm_find(alg);
	uint8_t digest[DIGEST_SIZE], der[SIGNATURE_DER_MAX];
	struct bytes view = {der, sizeof(der)};
	EVP_PKEY_CTX *ctx;
	int r, done;

	if (a == NULL || !key_fits(a, key))
		return bad_key(e);
	r = digest_to_sign(a, key, message, digest, e);
	if (r != 0)
		return r;
	ctx = EVP_PKEY_CTX_new(key, NULL);
	done = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	       EVP_PKEY_sign(ctx, der, &view.n, digest, sizeof(digest)) == 1 &&
	       signature_from_der(view, raw) == 0;
	EVP_PKEY_CTX_free(ctx);
	if (!done)
		return err_internal(e, "EVP_PKEY_sign");
	signature_make_canonical(alg, raw);
	return 0;
}

int
signature_point(enum sign_alg alg, EVP_PKEY *key,
    uint8_t point[ALGORITHM_POINT_SIZE], struct err *e)
{
	const struct algorithm *a = algorithm_find(alg);
	size_t n = 0;

	if (a == NULL || !key_fits(a, key) ||
	    EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
		ALGORITHM_POINT_SIZE, &n) != 1 ||
	    n != ALGORITHM_POINT_SIZE || point[0] != 0x04)
		return bad_key(e);
	return 0;
}

int
signature_kid(
    enum sign_alg alg, struct bytes point, uint8_t kid[8], struct err *e)
{
	const struct algorithm *a = algorithm_find(alg);
	uint8_t digest[DIGEST_SIZE];
	struct buf spki = BUF_INIT;
	int done;

	if (a == NULL || point.n != ALGORITHM_POINT_SIZE)
		return bad_key(e);
	buf_add(&spki, a->spki_head.p, a->spki_head.n);
	buf_add(&spki, point.p, point.n);
	done =
	    !buf_failed(&spki) && digest_sha256(buf_bytes(&spki), digest) == 0;
	buf_release(&spki);
	if (!done)
		return err_internal(e, "SHA-256");
	memcpy(kid, digest, 8);
	return 0;
}
