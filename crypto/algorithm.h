/*
 * algorithm.h - the table of signature algorithms: one row names everything
 * that differs between them.  A new algorithm is a row (and its mathematics in
 * signature.c).
 */
#ifndef CRYPTO_ALGORITHM_H
#define CRYPTO_ALGORITHM_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/sign.h"

enum {
	ALGORITHM_POINT_SIZE = 65, /* 04 || x || y of a 256-bit curve */
	ALGORITHM_DIGEST_SIZE = 32
};

struct algorithm {
	enum sign_alg alg;
	const char *name;	   /* as in JSON answers: "ES256" */
	int64_t cose;		   /* COSE algorithm number */
	const char *curve;	   /* OpenSSL group name */
	const char *digest;	   /* OpenSSL digest name */
	struct bytes signature_id; /* DER AlgorithmIdentifier of signatures */
	struct bytes digest_id;	   /* DER AlgorithmIdentifier of the digest */
	struct bytes spki_head;	   /* DER of SubjectPublicKeyInfo before the
				      point */
	uint8_t order[32];	   /* n of the curve, big-endian */
	uint8_t half_order[32];	   /* floor(n / 2) */
};

/* The row, or NULL. */
const struct algorithm *algorithm_find(enum sign_alg alg);
const struct algorithm *algorithm_by_cose(int64_t cose);
/* By the DER AlgorithmIdentifier of a signature. */
const struct algorithm *algorithm_by_signature_id(struct bytes id);

#endif
