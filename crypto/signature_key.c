/* signature_key.c - see signature_key.h. */
#include "crypto/signature_key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <pthread.h>
#include <string.h>

#include "crypto/sm2.h"

enum {
	CACHE_SIZE = 64 /* keys; a service meets a few dozen */
};

/*
 * Making an EVP_PKEY costs more than using it, so the last keys are kept,
 * found by the point itself.  Entries are replaced in turn.
 */
struct cached_key {
	enum sign_alg alg;
	uint8_t point[ALGORITHM_POINT_SIZE];
	struct signature_key key;
};

static struct {
	pthread_mutex_t lock;
	struct cached_key keys[CACHE_SIZE];
	size_t next;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

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
	ctx = EVP_PKEY_CTX_new_from_name(NULL, a->type, NULL);
	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return key;
}

static int
cache_find(enum sign_alg alg, struct bytes point, struct signature_key *key)
{
	const struct cached_key *c;
	size_t i;
	int found = 0;

	pthread_mutex_lock(&cache.lock);
	for (i = 0; i < CACHE_SIZE && !found; i++) {
		c = &cache.keys[i];
		found = c->key.key != NULL && c->alg == alg &&
			memcmp(c->point, point.p, point.n) == 0 &&
			EVP_PKEY_up_ref(c->key.key) == 1;
		if (found)
			*key = c->key;
	}
	pthread_mutex_unlock(&cache.lock);
	return found;
}

static void
cache_add(
    enum sign_alg alg, struct bytes point, const struct signature_key *key)
{
	struct cached_key *slot;

	if (EVP_PKEY_up_ref(key->key) != 1)
		return;
	pthread_mutex_lock(&cache.lock);
	slot = &cache.keys[cache.next++ % CACHE_SIZE];
	EVP_PKEY_free(slot->key.key);
	slot->alg = alg;
	memcpy(slot->point, point.p, point.n);
	slot->key = *key;
	pthread_mutex_unlock(&cache.lock);
}

int
signature_key_get(
    const struct algorithm *a, struct bytes point, struct signature_key *key)
{
	if (point.n != ALGORITHM_POINT_SIZE || point.p[0] != 0x04)
		return -1;
	if (cache_find(a->alg, point, key))
		return 0;
	if (a->alg == SIGN_SM2 &&
	    sm2_z(bytes_str(SM2_IDENTIFIER), point, key->z) != 0)
		return -1;
	key->key = key_of_point(a, point);
	if (key->key == NULL)
		return -1;
	cache_add(a->alg, point, key);
	return 0;
}
