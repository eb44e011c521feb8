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
#include "crypto/digest.h"
#include "crypto/sign.h"

enum {
	ALGORITHM_POINT_SIZE = 65 /* 04 || x || y of a 256-bit curve */
};

struct algorithm {
	enum sign_alg alg;
	const char *name;  /* as in JSON answers: "ES256" */
	int64_t cose;	   /* COSE algorithm number */
	const char *type;  /* OpenSSL key type */
	const char *curve; /* OpenSSL group name */
	enum digest_alg digest;
	struct bytes signature_id; /* DER AlgorithmIdentifier of signatures */
	struct bytes signature_id_null; /* the same with NULL parameters, where
					   that is met too; else empty */
	struct bytes signature_oid; /* DER OBJECT IDENTIFIER of signatures */
	struct bytes digest_id;	    /* DER AlgorithmIdentifier of the digest */
	struct bytes spki_head;	    /* DER of SubjectPublicKeyInfo before the
				       point */
	uint8_t order[32];	    /* n of the curve, big-endian */
	uint8_t s_max[32];	    /* largest s of the one form: floor(n / 2)
				       where n - s is as good as s, else n - 1 */
};

/* The row, or NULL. */
const struct algorithm *algorithm_find(enum sign_alg alg);
const struct algorithm *algorithm_by_cose(int64_t cose);
/* By the DER AlgorithmIdentifier of a signature, in any accepted form. */
const struct algorithm *algorithm_by_signature_id(struct bytes id);
/* By the whole DER OBJECT IDENTIFIER of a signature. */
const struct algorithm *algorithm_by_signature_oid(struct bytes oid);
/* By a whole DER SubjectPublicKeyInfo with an uncompressed point; *point views
 * it.  NULL when the key is of another kind. */
const struct algorithm *algorithm_by_spki(
    struct bytes spki, struct bytes *point);
/* By "ES256" or "SM2". */
const struct algorithm *algorithm_by_name(const char *name);

#endif
