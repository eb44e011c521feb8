/*
 * chain.h - does a signer's x509 lead to an anchor that the verifier believes?
 * Revocation is not looked at here.
 */
#ifndef CRYPTO_CHAIN_H
#define CRYPTO_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	CHAIN_X509S_MAX = 8, /* signer and intermediates */
	CHAIN_ANCHORS_MAX = 64
};

enum chain_trust {
	CHAIN_UNTRUSTED, /* no path to an anchor, or a wrong key usage */
	CHAIN_TRUSTED,
	CHAIN_EXPIRED,	    /* a good path, over at that time */
	CHAIN_NOT_YET_VALID /* a good path, not begun at that time */
};

struct chain_request {
	const struct bytes *x509s; /* DER: signer first, then intermediates in
				      any order */
	size_t nx509s;
	const struct bytes *anchors; /* DER; an issuing CA may be an anchor */
	size_t nanchors;
	int64_t at; /* UTC seconds */
};

/*
 * The signer needs key usage digitalSignature or nonRepudiation and must not
 * be a CA.  Good paths are cached by the digest of the x509s and anchors
 * (thread-safe).  0 with *trust set; ERR_INPUT "malformed_x509", ERR_LIMIT
 * "too_many_x509s".
 */
int chain_check(
    const struct chain_request *req, enum chain_trust *trust, struct err *e);

#endif
