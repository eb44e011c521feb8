/* chain_private.h - shared by chain.c and chain_crl.c. */
#ifndef CRYPTO_CHAIN_PRIVATE_H
#define CRYPTO_CHAIN_PRIVATE_H

#include "crypto/chain.h"
#include "crypto/x509.h"

enum {
	CHAIN_PATH_MAX = CHAIN_X509S_MAX + 1 /* and the anchor */
};

/* Signer first, anchor last. */
struct chain_path {
	const struct x509 *x509s[CHAIN_PATH_MAX];
	size_t n;
	int64_t from, until; /* common validity */
};

/* Fill what the request's lists say of the path into result. */
void chain_revocation(const struct chain_path *path,
    const struct chain_request *req, struct chain_result *result);

#endif
