/*
 * key_store.h - plug point: where private keys live.  A store is named in
 * key_store_table.c and runs inside the keeper process only.  It signs; it
 * never gives a private key away.  Keys have ids: "code/1", "status/1",
 * "maker-sm2" (docs/keeper.md); seals have a place of their own
 * (keys/seal_register.h).
 */
#ifndef KEYS_KEY_STORE_H
#define KEYS_KEY_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"

/* What a store is opened with; views live until open returns. */
struct key_store_config {
	struct bytes vault; /* file store: the file's bytes */
	const uint8_t *kek; /* file store: its key, 32 bytes */
};

struct key_store_ops {
	const char *name;

	/*
	 * Make every key ready, before lock-down: nothing may be opened or
	 * loaded afterwards.  *ctx is freed by close.
	 */
	int (*open)(
	    const struct key_store_config *config, void **ctx, struct err *e);

	/* The key's place, for sign and x509; -1 when there is no such key. */
	long (*find)(void *ctx, const char *id);

	/* Ids in order of place; NULL past the last. */
	const char *(*id)(void *ctx, long place);

	/* As sign_fn (crypto/sign.h), with the key's own algorithm. */
	int (*sign)(void *ctx, long place, struct bytes message,
	    uint8_t raw[SIGN_RAW_SIZE], struct err *e);

	/* The key's algorithm. */
	enum sign_alg (*alg)(void *ctx, long place);

	/* DER of the key's x509; lives as long as the store. */
	struct bytes (*x509)(void *ctx, long place);

	/* Wipe and free; ctx may be NULL. */
	void (*close)(void *ctx);
};

/* All stores; the last row has no name. */
extern const struct key_store_ops *const key_store_table[];

/* By name, or NULL. */
const struct key_store_ops *key_store_find(const char *name);

/* A store that was opened. */
struct key_store {
	const struct key_store_ops *ops;
	void *ctx;
};

/*
 * Sign a constant twice with a key and check both with its x509: the key fits
 * its x509, and the random numbers move (two signatures never are equal).
 * ERR_INTERNAL "key_self_test" names the key.
 */
int key_store_test(const struct key_store *store, long place, struct err *e);

#endif
