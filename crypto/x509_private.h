/*
 * x509_private.h - pieces of x509s, requests for them and lists of revoked
 * ones, written once for x509_make.c, x509_request.c and crl_make.c.
 */
#ifndef CRYPTO_X509_PRIVATE_H
#define CRYPTO_X509_PRIVATE_H

#include <stdint.h>

#include <openssl/types.h>

#include "crypto/algorithm.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/x509_request.h"

/* Who signs: how, with which public key, and by what call. */
struct x509_signer {
	enum sign_alg alg;
	struct bytes point;
	sign_fn sign;
	void *ctx;
};

/* A sign_fn whose ctx is an EVP_PKEY of ours. */
int x509_sign_key(
    void *key, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e);

/*
 * Append SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING }.  The signature is
 * checked before it is used: ERR_INPUT "bad_key" when it is not the signer's.
 */
int x509_put_signed(struct buf *out, struct bytes tbs,
    const struct x509_signer *signer, struct err *e);

/* Append the Name: C, O, OU, CN in this order (RFC 5280, 4.1.2.4: C printable,
 * the rest UTF-8).  ERR_INPUT "bad_subject". */
int x509_put_name(struct buf *out, const struct x509_name *name, struct err *e);

/* Append the SubjectPublicKeyInfo of a point. */
void x509_put_spki(struct buf *out, enum sign_alg alg, struct bytes point);

/* Append what is there as it is. */
void x509_put_bytes(struct buf *out, struct bytes v);
void x509_put_number(struct buf *out, uint64_t v);

/* Append Extension ::= SEQUENCE { extnID, critical, extnValue }; oid is a whole
 * OBJECT IDENTIFIER. */
void x509_put_extension(
    struct buf *out, struct bytes oid, int critical, struct bytes value);

/* Append the authority key identifier extension that names the issuer's
 * subject key identifier; nothing when it has none. */
void x509_put_authority(struct buf *out, X509 *issuer);

int x509_bad_key(struct err *e);

#endif
