/*
 * chain.h - does a signer's x509 lead to an anchor that the verifier believes,
 * and is anything on the way revoked?  ECDSA, RSA and SM2, also mixed.
 * Nothing is fetched: revocation is judged by the lists that the caller has.
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
	CHAIN_EXPIRED,	     /* a good path, over at that time */
	CHAIN_NOT_YET_VALID, /* a good path, not begun at that time */
	CHAIN_REVOKED	     /* a path, but a list names an x509 of it */
};

/* What the lists could say. */
enum chain_revocation {
	CHAIN_LISTS_NONE,   /* nobody on the path has lists or promised any */
	CHAIN_LISTS_FRESH,  /* every list that there should be is here */
	CHAIN_LISTS_STALE,  /* as well, but one is over */
	CHAIN_LISTS_MISSING /* one that there should be is not here */
};

struct chain_request {
	const struct bytes *x509s; /* DER: signer first, then intermediates in
				      any order */
	size_t nx509s;
	const struct bytes *anchors; /* DER; an issuing CA may be an anchor */
	size_t nanchors;
	int64_t at;		  /* UTC seconds: validity */
	const struct bytes *crls; /* DER, any number; those of other issuers and
				     broken ones are passed over */
	size_t ncrls;
	const uint8_t (*crl_issuers)[32]; /* SHA-256 of CAs' x509s that are
					     known to publish lists */
	size_t ncrl_issuers;
	int64_t fresh_at; /* UTC seconds: a list whose next update lies before
			     is stale; 0: as at */
};

struct chain_result {
	enum chain_trust trust;
	enum chain_revocation revocation;
	/*
	 * CHAIN_REVOKED: when, the earliest of the path.  It is for the caller
	 * to say whether something signed before may still stand.
	 */
	int64_t revoked_at;
	int64_t lists_as_of; /* this update of the oldest list used; of those
				that are over, if any is; 0: none */
};

/*
 * The signer needs key usage digitalSignature or nonRepudiation and must not
 * be a CA.  Good paths are cached by the digest of the x509s and anchors
 * (thread-safe).  A list counts only when the issuer on the path signed it;
 * of several the newest counts.  A list that is stale still revokes.  A list
 * should be here when its issuer is one of crl_issuers, or when the x509 itself
 * promises one.
 * 0 with *result set; ERR_INPUT "malformed_x509", ERR_LIMIT "too_many_x509s".
 */
int chain_check(const struct chain_request *req, struct chain_result *result,
    struct err *e);

#endif
