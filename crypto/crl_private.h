/* crl_private.h - shared by crl.c and crl_parse.c. */
#ifndef CRYPTO_CRL_PRIVATE_H
#define CRYPTO_CRL_PRIVATE_H

#include "crypto/crl.h"
#include "crypto/digest.h"

struct crl {
	struct bytes der;	/* owned; the views below are into it */
	struct bytes tbs;	/* whole, what is signed */
	struct bytes issuer;	/* DER Name */
	struct bytes algorithm; /* DER AlgorithmIdentifier */
	struct bytes value;	/* the signature */
	uint64_t number;
	int64_t this_update, next_update;
	struct crl_entry *entries; /* sorted, owned */
	size_t nentries;
	uint8_t digest[DIGEST_SIZE];
	/* Guarded by the cache's lock. */
	unsigned int refs;
	int verified;
	uint8_t verified_by[DIGEST_SIZE]; /* digest of the issuer's x509 */
};

int crl_malformed(struct err *e);

/* Fill from crl->der. */
int crl_parse(struct crl *crl, struct err *e);

/* Order of entries: by serial, then by time; as qsort wants it. */
int crl_compare(const void *a, const void *b);

#endif
