/*
 * signature.h - raw signatures (r || s) of the algorithms in algorithm.h:
 * their one form, DER and back, checking with a bare public point, and signing
 * with a key at hand.
 */
#ifndef CRYPTO_SIGNATURE_H
#define CRYPTO_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "crypto/algorithm.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"

enum {
	SIGNATURE_DER_MAX = 72 /* bytes of a signature as DER */
};

/*
 * 1 when the signature has the only form we accept.  ES256: 0 < r < n and
 * 0 < s <= n/2.  SM2: 0 < r < n, 0 < s < n and r + s is not n (GB/T 32918.2,
 * 7.1); there n - s is no other signature of the same message.
 */
int signature_is_canonical(enum sign_alg alg, const uint8_t raw[SIGN_RAW_SIZE]);

/* ES256: replace s > n/2 by n - s; the signature stays as good as it was. */
void signature_make_canonical(enum sign_alg alg, uint8_t raw[SIGN_RAW_SIZE]);

/* Append SEQUENCE { INTEGER r, INTEGER s } (RFC 5480, 2.2.3 of SEC 1 C.5). */
void signature_to_der(struct buf *out, const uint8_t raw[SIGN_RAW_SIZE]);

/* The whole of der must be one strict DER signature; 0, or -1. */
int signature_from_der(struct bytes der, uint8_t raw[SIGN_RAW_SIZE]);

/*
 * Check a raw signature over message with an uncompressed point.  Only the one
 * form is accepted; SM2 is checked under the identifier "1234567812345678".
 * Decoded keys are cached (thread-safe).  0, or ERR_INPUT
 * "bad_signature" (also for a point that is not on the curve).
 */
int signature_verify(enum sign_alg alg, struct bytes point,
    struct bytes message, const uint8_t raw[SIGN_RAW_SIZE], struct err *e);

/* Sign message; raw gets the one form.  0, ERR_INPUT "bad_key" when the key
 * does not fit the algorithm, or ERR_INTERNAL. */
int signature_sign(enum sign_alg alg, EVP_PKEY *key, struct bytes message,
    uint8_t raw[SIGN_RAW_SIZE], struct err *e);

/* The algorithm that a key signs with, or 0: it is of another kind. */
enum sign_alg signature_alg(const EVP_PKEY *key);

/* The uncompressed point of a key of this algorithm's curve; 0, or
 * ERR_INPUT "bad_key". */
int signature_point(enum sign_alg alg, EVP_PKEY *key,
    uint8_t point[ALGORITHM_POINT_SIZE], struct err *e);

/* Key id: the first 8 bytes of SHA-256 over the SubjectPublicKeyInfo. */
int signature_kid(
    enum sign_alg alg, struct bytes point, uint8_t kid[8], struct err *e);

#endif
