/* sm2.h - SM2 keys made at run time for tests; none is ever stored. */
#ifndef TESTS_SUPPORT_SM2_H
#define TESTS_SUPPORT_SM2_H

#include <openssl/evp.h>

#include "crypto/signature.h"

/* A new key; the caller frees it with EVP_PKEY_free. */
static inline EVP_PKEY *
sm2_new(void)
{
	return EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
}

/* A sign_fn whose ctx is an EVP_PKEY. */
static inline int
sm2_sign(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	return signature_sign(SIGN_SM2, ctx, message, raw, e);
}

#endif
