/*
 * signature_key.h - public keys made ready for checking, from bare points;
 * private to signature*.c.
 */
#ifndef CRYPTO_SIGNATURE_KEY_H
#define CRYPTO_SIGNATURE_KEY_H

#include <stdint.h>

#include <openssl/types.h>

#include "crypto/algorithm.h"
#include "crypto/base/buf.h"
#include "crypto/digest.h"

struct signature_key {
	EVP_PKEY *key;
	uint8_t z[DIGEST_SIZE]; /* SM2: what is hashed before the message */
};

/*
 * The key of an uncompressed point, decoded or out of the cache (thread-safe).
 * 0, and the caller frees key->key; or -1 when it is no point of the curve.
 */
int signature_key_get(
    const struct algorithm *a, struct bytes point, struct signature_key *key);

#endif
