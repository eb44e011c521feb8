/*
 * sign.h - how builders of signed structures ask for a signature without ever
 * seeing a private key.
 */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum sign_alg {
	SIGN_ES256 = 1, /* ECDSA P-256 with SHA-256 */
	SIGN_SM2 = 2	/* SM2 with SM3 (GB/T 32918.2), identifier
			   "1234567812345678" always */
};

enum {
	SIGN_RAW_SIZE = 64
}; /* r || s, each 32 bytes big-endian */

/*
 * Sign `message` (the bytes to be signed, not a digest) into raw r || s in the
 * algorithm's one form (signature_is_canonical).  0, or a class of e.
 */
typedef int (*sign_fn)(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e);

#endif
