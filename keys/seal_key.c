/* seal_key.c - private keys of seals: wrapped in the register, unwrapped when
 * used; see seal_register.h. */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "keys/aead.h"
#include "keys/private_key.h"
#include "keys/seal_register_parts.h"

enum {
	AAD_SIZE = SEAL_ID_SIZE + 12,
	HEAD_SIZE = AEAD_NONCE_SIZE + 4
};

/* One unwrapped key. */
struct seal_key {
	char id[SEAL_ID_SIZE];
	uint64_t generation;
	enum sign_alg alg;
	EVP_PKEY *key; /* owned; NULL: free */
	uint64_t used; /* the cache's clock */
};

static const enum sign_alg algs[SEAL_ALGS] = {SIGN_ES256, SIGN_SM2};

static void
make_aad(
    uint8_t aad[AAD_SIZE], const char *id, uint64_t generation, enum sign_alg a)
{
	size_t i;

	memset(aad, 0, AAD_SIZE);
	memcpy(aad, id, strlen(id));
	for (i = 0; i < 8; i++)
		aad[SEAL_ID_SIZE + i] = (uint8_t)(generation >> (56 - 8 * i));
	aad[AAD_SIZE - 1] = (uint8_t)a;
}

static int
wrap(const struct seal_register *r, const uint8_t aad[AAD_SIZE],
    struct bytes plain, struct buf *secret)
{
	uint8_t head[HEAD_SIZE] = {0}, *sealed;
	size_t n = plain.n + AEAD_TAG_SIZE;

	if (RAND_bytes(head, AEAD_NONCE_SIZE) != 1)
		return -1;
	head[HEAD_SIZE - 2] = (uint8_t)(n >> 8);
	head[HEAD_SIZE - 1] = (uint8_t)n;
	buf_add(secret, head, sizeof(head));
	sealed = buf_extend(secret, n);
	return sealed != NULL &&
		       aead_seal(r->wrap_key, head,
			   (struct bytes){aad, AAD_SIZE}, plain, sealed) == 0
		   ? 0
		   : -1;
}

int
seal_secret_write(const struct seal_register *r,
    const struct seal_record *record, EVP_PKEY *const keys[SEAL_ALGS],
    struct buf *secret, struct err *e)
{
	struct buf plain = BUF_INIT;
	uint8_t aad[AAD_SIZE];
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < SEAL_ALGS; i++) {
		make_aad(aad, record->id, record->generation, algs[i]);
		rc = private_key_write(keys[i], &plain, e);
		if (rc == 0 && wrap(r, aad, buf_bytes(&plain), secret) != 0)
			rc = err_internal(e, "AES-256-GCM");
		buf_wipe(&plain);
	}
	return rc;
}

/* The sealed bytes of an algorithm's key in a secret; 0, or -1. */
static int
find_sealed(struct bytes secret, enum sign_alg alg, struct bytes *nonce,
    struct bytes *sealed)
{
	size_t i, n;

	for (i = 0; i < SEAL_ALGS; i++) {
		if (secret.n < HEAD_SIZE)
			return -1;
		n = (size_t)secret.p[HEAD_SIZE - 2] << 8 |
		    secret.p[HEAD_SIZE - 1];
		if (n < AEAD_TAG_SIZE || n > secret.n - HEAD_SIZE)
			return -1;
		*nonce = (struct bytes){secret.p, AEAD_NONCE_SIZE};
		*sealed = (struct bytes){secret.p + HEAD_SIZE, n};
		if (algs[i] == alg)
			return 0;
		secret.p += HEAD_SIZE + n;
		secret.n -= HEAD_SIZE + n;
	}
	return -1;
}

static EVP_PKEY *
unwrap(const struct seal_register *r, const struct seal_row *row,
    enum sign_alg alg)
{
	struct buf secret = BUF_INIT, plain = BUF_INIT;
	struct err ignored = ERR_INIT;
	struct bytes nonce, sealed;
	uint8_t aad[AAD_SIZE];
	EVP_PKEY *key = NULL;

	make_aad(aad, row->id, row->generation, alg);
	if (seal_register_read(r, row->secret, &secret, &ignored) == 0 &&
	    find_sealed(buf_bytes(&secret), alg, &nonce, &sealed) == 0 &&
	    buf_extend(&plain, sealed.n - AEAD_TAG_SIZE) != NULL &&
	    aead_open(r->wrap_key, nonce.p, (struct bytes){aad, AAD_SIZE},
		sealed, plain.p) == 0)
		key = private_key_read(buf_bytes(&plain));
	buf_wipe(&plain);
	buf_release(&secret);
	return key;
}

/* The first use since the start shows that the key fits its x509. */
static int
test(struct seal_register *r, struct seal_row *row, enum sign_alg alg,
    EVP_PKEY *key, struct err *e)
{
	const struct seal_x509 *x = seal_row_x509(row, alg);
	struct buf der = BUF_INIT;
	int rc = 0;

	if (x == NULL || (row->tested & 1u << (unsigned int)alg) != 0)
		return 0;
	if (seal_register_read(r, x->der, &der, e) != 0 ||
	    private_key_test(alg, key, buf_bytes(&der), e) != 0)
		rc = err_set(e, ERR_INTERNAL, "key_self_test",
		    "印章 %s 的密钥自检失败：签名不能用它的证书验证；请从备份恢复 keys/seals",
		    "a key of the seal %s failed its self-test: its signature "
		    "does not verify with its x509; restore keys/seals from a "
		    "backup",
		    row->id);
	else
		row->tested |= 1u << (unsigned int)alg;
	buf_release(&der);
	return rc;
}

/* The key's place in the cache, or the one to put it into. */
static struct seal_key *
cached(struct seal_register *r, const struct seal_row *row, enum sign_alg alg)
{
	struct seal_key *k, *oldest = r->keys;

	for (k = r->keys; k < r->keys + SEAL_KEYS_CACHED; k++) {
		if (k->key != NULL && k->alg == alg &&
		    k->generation == row->generation &&
		    strcmp(k->id, row->id) == 0)
			return k;
		if (k->used < oldest->used)
			oldest = k;
	}
	EVP_PKEY_free(oldest->key);
	memset(oldest, 0, sizeof(*oldest));
	return oldest;
}

int
seal_register_key(struct seal_register *r, struct seal_row *row,
    enum sign_alg alg, EVP_PKEY **key, struct err *e)
{
	struct seal_key *k;
	int rc;

	if (r->keys == NULL)
		r->keys = calloc(SEAL_KEYS_CACHED, sizeof(*r->keys));
	if (r->keys == NULL)
		return err_nomem(e);
	k = cached(r, row, alg);
	if (k->key == NULL) {
		k->key = unwrap(r, row, alg);
		if (k->key == NULL)
			return seal_register_damaged(e, 0);
		memcpy(k->id, row->id, sizeof(k->id));
		k->generation = row->generation;
		k->alg = alg;
	}
	k->used = ++r->clock;
	rc = test(r, row, alg, k->key, e);
	*key = k->key;
	return rc;
}

void
seal_keys_forget(struct seal_register *r, const char *id)
{
	size_t i;

	for (i = 0; r->keys != NULL && i < SEAL_KEYS_CACHED; i++)
		if (strcmp(r->keys[i].id, id) == 0) {
			EVP_PKEY_free(r->keys[i].key);
			memset(&r->keys[i], 0, sizeof(r->keys[i]));
		}
}

void
seal_keys_release(struct seal_register *r)
{
	size_t i;

	for (i = 0; r->keys != NULL && i < SEAL_KEYS_CACHED; i++)
		EVP_PKEY_free(r->keys[i].key);
	free(r->keys);
	r->keys = NULL;
}
