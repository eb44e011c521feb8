/*
 * sm2.h - what GB/T 32918.2 hashes before the message: the signer's
 * identifier, the curve and the public point.
 */
#ifndef CRYPTO_SM2_H
#define CRYPTO_SM2_H

#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/digest.h"

/* The identifier everybody uses (GB/T 35276, 10; GM/T 0009). */
#define SM2_IDENTIFIER "1234567812345678"

enum {
	SM2_IDENTIFIER_MAX = 8191 /* bytes: its length in bits has 16 bits */
};

/*
 * Z = SM3(ENTL || identifier || a || b || xG || yG || xA || yA) (GB/T 32918.2,
 * 5.5) of a 65-byte uncompressed point.  0, or -1.
 */
int sm2_z(struct bytes identifier, struct bytes point, uint8_t z[DIGEST_SIZE]);

/* e = SM3(Z || message), what is really signed; 0, or -1. */
int sm2_digest(
    const uint8_t z[DIGEST_SIZE], struct bytes message, uint8_t e[DIGEST_SIZE]);

#endif
