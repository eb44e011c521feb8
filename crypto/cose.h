/*
 * cose.h - COSE_Sign1 (RFC 9052, 4.2) in deterministic CBOR, the only form:
 *   18([ << {1: alg, 4: kid} >>, {}, payload, r || s ])
 * alg -7 is ES256 (RFC 9053, 2.1), -65600 SM2 with SM3 (private use: IANA has
 * no number for it); kid is 8 bytes, the start of SHA-256 over
 * the signer's SubjectPublicKeyInfo.  Status lists add 16: typ (RFC 9596).
 */
#ifndef CRYPTO_COSE_H
#define CRYPTO_COSE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"

enum {
	COSE_KID_SIZE = 8
};

struct cose_request {
	enum sign_alg alg;
	uint8_t kid[COSE_KID_SIZE];
	const char *typ; /* NULL: none */
	struct bytes payload;
	sign_fn sign;
	void *sign_ctx;
};

int cose_sign(const struct cose_request *req, struct buf *out, struct err *e);

/* Views into the bytes that were parsed. */
struct cose {
	enum sign_alg alg;
	uint8_t kid[COSE_KID_SIZE];
	struct bytes typ; /* empty: none */
	struct bytes protected_header;
	struct bytes payload;
	uint8_t raw[SIGN_RAW_SIZE];
};

/* ERR_INPUT "malformed" unless it is the one form; "unsupported_version" for
 * an algorithm we do not know. */
int cose_parse(struct bytes cbor, struct cose *cose, struct err *e);

/* Check the signature with a 65-byte uncompressed point (04 || x || y) of the
 * algorithm's curve; only the one form (signature_is_canonical) is accepted.
 * 0, or ERR_INPUT "bad_signature". */
int cose_verify(const struct cose *cose, struct bytes point, struct err *e);

#endif
