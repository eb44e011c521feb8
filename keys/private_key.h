/*
 * private_key.h - private keys as bytes (PKCS#8, RFC 5208) and back.
 */
#ifndef KEYS_PRIVATE_KEY_H
#define KEYS_PRIVATE_KEY_H

#include <openssl/types.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"

/* Append the key's PKCS#8 DER; the caller wipes out.  0, or ERR_INTERNAL. */
int private_key_write(EVP_PKEY *key, struct buf *out, struct err *e);

/* The key of a PKCS#8 DER, for EVP_PKEY_free; NULL when it is none. */
EVP_PKEY *private_key_read(struct bytes pkcs8);

/* Stir, then sign as sign_fn does. */
int private_key_sign(enum sign_alg alg, EVP_PKEY *key, struct bytes message,
    uint8_t raw[SIGN_RAW_SIZE], struct err *e);

/* Sign a constant twice and check both with the x509: the key fits it, and the
 * random numbers move.  0, or -1. */
int private_key_test(
    enum sign_alg alg, EVP_PKEY *key, struct bytes x509, struct err *e);

#endif
