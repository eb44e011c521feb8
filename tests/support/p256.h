/* p256.h - keys made at run time for tests; none is ever stored. */
#ifndef TESTS_SUPPORT_P256_H
#define TESTS_SUPPORT_P256_H

#include <openssl/ec.h>
#include <openssl/evp.h>

#include "crypto/signature.h"

/* A new key; the caller frees it with EVP_PKEY_free. */
static inline EVP_PKEY *
p256_new(void)
{
	return EVP_EC_gen("prime256v1");
}

/* A sign_fn whose ctx is an EVP_PKEY. */
static inline int
p256_sign(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	return signature_sign(SIGN_ES256, ctx, message, raw, e);
}

#endif
