/* signature.c - see signature.h. */
#include "crypto/signature.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <pthread.h>
#include <string.h>

#include "crypto/der.h"

enum {
	HALF = SIGN_RAW_SIZE / 2,
	CACHE_SIZE = 64 /* keys; a service meets a few dozen */
};

/*
 * Making an EVP_PKEY costs more than using it, so the last keys are kept,
 * found by the point itself.  Entries are replaced in turn.
 */
struct cached_key {
	enum sign_alg alg;
	uint8_t point[ALGORITHM_POINT_SIZE];
	EVP_PKEY *key;
};

static struct {
	pthread_mutex_t lock;
	struct cached_key keys[CACHE_SIZE];
	size_t next;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int
is_zero(const uint8_t v[HALF])
{
	static const uint8_t zero[HALF];

	return memcmp(v, zero, HALF) == 0;
}

int
signature_is_low(enum sign_alg alg, const uint8_t raw[SIGN_RAW_SIZE])
{
	const struct algorithm *a = algorithm_find(alg);

	return a != NULL && !is_zero(raw) && !is_zero(raw + HALF) &&
	       memcmp(raw, a->order, HALF) < 0 &&
	       memcmp(raw + HALF, a->half_order, HALF) <= 0;
}

void
signature_make_low(enum sign_alg alg, uint8_t raw[SIGN_RAW_SIZE])
{
	const struct algorithm *a = algorithm_find(alg);
	uint8_t *s = raw + HALF;
	int i, digit, borrow = 0;

	if (a == NULL || memcmp(s, a->half_order, HALF) <= 0)
		return;
	for (i = HALF - 1; i >= 0; i--) {
		digit = a->order[i] - s[i] - borrow;
		borrow = digit < 0;
		s[i] = (uint8_t)(digit & 0xff);
	}
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

/* A new EVP_PKEY of the point, or NULL when it is none. */
static EVP_PKEY *
key_of_point(const struct algorithm *a, struct bytes point)
{
	char curve[24];
	uint8_t copy[ALGORITHM_POINT_SIZE];
	OSSL_PARAM params[3];
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *key = NULL;

	/* OSSL_PARAM takes pointers to what may change. */
	memcpy(curve, a->curve, strlen(a->curve) + 1);
	memcpy(copy, point.p, sizeof(copy));
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
	params[1] = OSSL_PARAM_construct_octet_string(
	    OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof(copy));
	params[2] = OSSL_PARAM_construct_end();
	ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* A reference to the cached key, or NULL; the caller frees it. */
static EVP_PKEY *
cache_find(enum sign_alg alg, struct bytes point)
{
	EVP_PKEY *key = NULL;
	size_t i;

	pthread_mutex_lock(&cache.lock);
	for (i = 0; i < CACHE_SIZE && key == NULL; i++)
		if (cache.keys[i].key != NULL && cache.keys[i].alg == alg &&
		    memcmp(cache.keys[i].point, point.p, point.n) == 0 &&
		    EVP_PKEY_up_ref(cache.keys[i].key) == 1)
			key = cache.keys[i].key;
	pthread_mutex_unlock(&cache.lock);
	return key;
}

static void
cache_add(enum sign_alg alg, struct bytes point, EVP_PKEY *key)
{
	struct cached_key *slot;

	if (EVP_PKEY_up_ref(key) != 1)
		return;
	pthread_mutex_lock(&cache.lock);
	slot = &cache.keys[cache.next++ % CACHE_SIZE];
	EVP_PKEY_free(slot->key);
	slot->alg = alg;
	memcpy(slot->point, point.p, point.n);
	slot->key = key;
	pthread_mutex_unlock(&cache.lock);
}

static EVP_PKEY *
get_key(const struct algorithm *a, struct bytes point)
{
	EVP_PKEY *key;

	if (point.n != ALGORITHM_POINT_SIZE || point.p[0] != 0x04)
		return NULL;
	key = cache_find(a->alg, point);
	if (key != NULL)
		return key;
	key = key_of_point(a, point);
	if (key != NULL)
		cache_add(a->alg, point, key);
	return key;
}

static int
digest_message(const struct algorithm *a, struct bytes message,
    uint8_t digest[ALGORITHM_DIGEST_SIZE])
{
	size_t n;

	return EVP_Q_digest(NULL, a->digest, NULL, message.p, message.n, digest,
		   &n) == 1 &&
		       n == ALGORITHM_DIGEST_SIZE
		   ? 0
		   : -1;
}

static int
bad_signature(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_signature", "签名与内容不符。",
	    "The signature does not match the content.");
}

int
signature_verify(enum sign_alg alg, struct bytes point, struct bytes message,
    const uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	const struct algorithm *a = algorithm_find(alg);
	uint8_t digest[ALGORITHM_DIGEST_SIZE];
	struct buf der = BUF_INIT;
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *key;
	int good = 0;

	if (a == NULL || !signature_is_low(alg, raw))
		return bad_signature(e);
	if (digest_message(a, message, digest) != 0)
		return err_internal(e, "SHA-256");
	key = get_key(a, point);
	if (key == NULL)
		return bad_signature(e);
	signature_to_der(&der, raw);
	ctx = EVP_PKEY_CTX_new(key, NULL);
	if (ctx != NULL && !buf_failed(&der) && EVP_PKEY_verify_init(ctx) == 1)
		good = EVP_PKEY_verify(
			   ctx, der.p, der.n, digest, sizeof(digest)) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	buf_release(&der);
	return good ? 0 : bad_signature(e);
}

static int
bad_key(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_key", "密钥与签名算法不符。",
	    "The key does not fit the signature algorithm.");
}

static int
on_curve(const struct algorithm *a, const EVP_PKEY *key)
{
	char group[32];
	size_t n = 0;

	return EVP_PKEY_get_group_name(key, group, sizeof(group), &n) == 1 &&
	       strcmp(group, a->curve) == 0;
}

int
signature_sign(enum sign_alg alg, EVP_PKEY *key, struct bytes message,
    uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	const struct algorithm *a = algorithm_find(alg);
	uint8_t digest[ALGORITHM_DIGEST_SIZE], der[SIGNATURE_DER_MAX];
	struct bytes view = {der, sizeof(der)};
	EVP_PKEY_CTX *ctx;
	int done;

	if (a == NULL || !on_curve(a, key))
		return bad_key(e);
	if (digest_message(a, message, digest) != 0)
		return err_internal(e, "SHA-256");
	ctx = EVP_PKEY_CTX_new(key, NULL);
	done = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	       EVP_PKEY_sign(ctx, der, &view.n, digest, sizeof(digest)) == 1 &&
	       signature_from_der(view, raw) == 0;
	EVP_PKEY_CTX_free(ctx);
	if (!done)
		return err_internal(e, "EVP_PKEY_sign");
	signature_make_low(alg, raw);
	return 0;
}

int
signature_point(enum sign_alg alg, EVP_PKEY *key,
    uint8_t point[ALGORITHM_POINT_SIZE], struct err *e)
{
	const struct algorithm *a = algorithm_find(alg);
	size_t n = 0;

	if (a == NULL || !on_curve(a, key) ||
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
	uint8_t digest[ALGORITHM_DIGEST_SIZE];
	struct buf spki = BUF_INIT;
	int done;

	if (a == NULL || point.n != ALGORITHM_POINT_SIZE)
		return bad_key(e);
	buf_add(&spki, a->spki_head.p, a->spki_head.n);
	buf_add(&spki, point.p, point.n);
	done = !buf_failed(&spki) && EVP_Q_digest(NULL, "SHA256", NULL, spki.p,
					 spki.n, digest, NULL) == 1;
	buf_release(&spki);
	if (!done)
		return err_internal(e, "SHA-256");
	memcpy(kid, digest, 8);
	return 0;
}
