/* key_store_file.c - see key_store_file.h.  CAs are the keeper's
 * own (keys/keeper_issuer.c): they sign x509s, not messages. */
#include "keys/key_store_file.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/signature.h"
#include "keys/private_key.h"
#include "keys/vault.h"

struct file_key {
	char id[VAULT_ID_SIZE];
	EVP_PKEY *key;
	enum sign_alg alg;
	struct buf x509;
};

struct file_store {
	struct file_key *keys;
	size_t nkeys;
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

/* CAs, and x509s of what signs no more. */
static int
is_other(const struct vault_entry *entry)
{
	return entry->pkcs8.n == 0 || strncmp(entry->id, "root", 4) == 0 ||
	       strncmp(entry->id, "ca", 2) == 0;
}

/* Take one key out of the vault; its x509 moves over. */
static int
load_key(struct file_store *store, struct vault_entry *entry, struct err *e)
{
	struct file_key *key = &store->keys[store->nkeys];

	memcpy(key->id, entry->id, sizeof(key->id));
	key->key = private_key_read(buf_bytes(&entry->pkcs8));
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
		if (!is_other(&vault.entries[i]))
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

static enum sign_alg
store_alg(void *ctx, long place)
{
	const struct file_store *store = ctx;

	return store->keys[place].alg;
}

static int
store_sign(void *ctx, long place, struct bytes message,
    uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	struct file_store *store = ctx;

	if (store_id(store, place) == NULL)
		return err_internal(e, "key store");
	return private_key_sign(
	    store_alg(ctx, place), store->keys[place].key, message, raw, e);
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
    .alg = store_alg,
    .x509 = store_x509,
    .close = store_close,
};
