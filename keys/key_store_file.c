/* key_store_file.c - see key_store_file.h.  The keys of the two CAs stay
 * wrapped: nothing the keeper does needs them. */
#include "keys/key_store_file.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "crypto/base/clock.h"
#include "crypto/signature.h"
#include "keys/vault.h"

struct file_key {
	char id[VAULT_ID_SIZE];
	EVP_PKEY *key;
	enum sign_alg alg; /* the key's own */
	struct buf x509;
};

struct file_store {
	struct file_key *keys;
	size_t nkeys;
	uint64_t count; /* signatures since start */
};

static void
store_close(void *ctx)
{
	struct file_store *store = ctx;
	size_t i;

	if (store == NULL)
		return;
	for (i = 0; i < store->nkeys; i++) {
		EVP_PKEY_free(store->keys[i].key);
		buf_release(&store->keys[i].x509);
	}
	free(store->keys);
	free(store);
}

static int
is_ca(const struct vault_entry *entry)
{
	return strcmp(entry->id, "root") == 0 || strcmp(entry->id, "ca") == 0;
}

static EVP_PKEY *
decode(const struct buf *pkcs8)
{
	const uint8_t *p = pkcs8->p;
	PKCS8_PRIV_KEY_INFO *info =
	    d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)pkcs8->n);
	EVP_PKEY *key = info ? EVP_PKCS82PKEY(info) : NULL;

	PKCS8_PRIV_KEY_INFO_free(info);
	return key;
}

/* Take one key out of the vault; its x509 moves over. */
static int
load_key(struct file_store *store, struct vault_entry *entry, struct err *e)
{
	struct file_key *key = &store->keys[store->nkeys];

	memcpy(key->id, entry->id, sizeof(key->id));
	key->key = decode(&entry->pkcs8);
	key->alg = key->key != NULL ? signature_alg(key->key) : 0;
	if (key->alg == 0) {
		EVP_PKEY_free(key->key);
		return err_internal(e, "PKCS#8");
	}
	key->x509 = entry->x509;
	memset(&entry->x509, 0, sizeof(entry->x509));
	store->nkeys++;
	return 0;
}

static int
store_open(const struct key_store_config *config, void **ctx, struct err *e)
{
	struct vault vault = VAULT_INIT;
	struct file_store *store = calloc(1, sizeof(*store));
	size_t i;
	int rc;

	if (store == NULL)
		return err_nomem(e);
	rc = vault_open(config->vault, config->kek, &vault, e);
	if (rc == 0) {
		store->keys = calloc(vault.nentries, sizeof(*store->keys));
		if (store->keys == NULL)
			rc = err_nomem(e);
	}
	for (i = 0; rc == 0 && i < vault.nentries; i++)
		if (!is_ca(&vault.entries[i]))
			rc = load_key(store, &vault.entries[i], e);
	vault_release(&vault);
	if (rc != 0)
		store_close(store);
	else
		*ctx = store;
	return rc;
}

static long
store_find(void *ctx, const char *id)
{
	const struct file_store *store = ctx;
	size_t i;

	for (i = 0; i < store->nkeys; i++)
		if (strcmp(store->keys[i].id, id) == 0)
			return (long)i;
	return -1;
}

static const char *
store_id(void *ctx, long place)
{
	const struct file_store *store = ctx;

	return place >= 0 && (size_t)place < store->nkeys
		   ? store->keys[place].id
		   : NULL;
}

/*
 * A virtual machine set back to a snapshot repeats its random numbers, and two
 * signatures with one nonce give the key away.  What is signed, a counter and
 * a clock that is not set back go into the generator first.
 */
static int
stir(struct file_store *store, struct bytes message)
{
	struct {
		uint8_t digest[32];
		struct timespec raw, real;
		uint64_t count;
	} seed = {.count = ++store->count};

	if (EVP_Digest(message.p, message.n, seed.digest, NULL, EVP_sha256(),
		NULL) != 1)
		return -1;
	clock_gettime(CLOCK_MONOTONIC_RAW, &seed.raw);
	clock_gettime(CLOCK_REALTIME, &seed.real);
	RAND_add(&seed, (int)sizeof(seed), 0);
	return RAND_status() == 1 ? 0 : -1;
}

static int
store_sign(void *ctx, long place, struct bytes message,
    uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	struct file_store *store = ctx;

	if (store_id(store, place) == NULL || stir(store, message) != 0)
		return err_internal(e, "key store");
	return signature_sign(
	    store->keys[place].alg, store->keys[place].key, message, raw, e);
}

static struct bytes
store_x509(void *ctx, long place)
{
	const struct file_store *store = ctx;

	return store_id(ctx, place) == NULL
		   ? (struct bytes){NULL, 0}
		   : buf_bytes(&store->keys[place].x509);
}

const struct key_store_ops key_store_file = {
    .name = "file",
    .open = store_open,
    .find = store_find,
    .id = store_id,
    .sign = store_sign,
    .x509 = store_x509,
    .close = store_close,
};
