/*
 * digest.h - SHA-256 (FIPS 180-4) and SM3 (GB/T 32905).  The implementations
 * are fetched from OpenSSL once; all functions may run in several threads.
 */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <stdint.h>

#include <openssl/types.h>

#include "crypto/base/buf.h"

enum {
	DIGEST_SIZE = 32
};

enum digest_alg {
	DIGEST_SHA256 = 1,
	DIGEST_SM3 = 2
};

/* Digest of the whole of v; 0, or -1 (out of memory). */
int digest_bytes(enum digest_alg alg, struct bytes v, uint8_t out[DIGEST_SIZE]);
int digest_sha256(struct bytes v, uint8_t out[DIGEST_SIZE]);
int digest_sm3(struct bytes v, uint8_t out[DIGEST_SIZE]);

/* 1 when the digest is one of the n in the list. */
int digest_among(const uint8_t (*list)[DIGEST_SIZE], size_t n,
    const uint8_t digest[DIGEST_SIZE]);

/* A digest over bytes that come in pieces. */
struct digest {
	EVP_MD_CTX *ctx; /* NULL: failed, or not begun */
};

/* A failure sticks and is reported by digest_finish. */
void digest_begin(struct digest *d, enum digest_alg alg);
void digest_add(struct digest *d, struct bytes v);

/* The digest of all that was added so far; d goes on.  0, or -1. */
int digest_so_far(const struct digest *d, uint8_t out[DIGEST_SIZE]);

/* The digest of all that was added, and the end of d; 0, or -1. */
int digest_finish(struct digest *d, uint8_t out[DIGEST_SIZE]);

/* Give up a digest that is not finished; harmless after digest_finish. */
void digest_release(struct digest *d);

#endif
