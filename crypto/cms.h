/*
 * cms.h - the one CMS SignedData that we make: detached, DER, one SignerInfo,
 * PAdES B-B (ETSI EN 319 142-1, 6.3; RFC 5652), and its strict reader.
 *
 * Signed attributes, in DER SET order: contentType (data), messageDigest,
 * signingCertificateV2 (SHA-256 default form, no issuerSerial; it lists every
 * x509 sent along, so that none can be exchanged), and faceDigest
 * (OID CMS_FACE_DIGEST_OID, OCTET STRING of 32 bytes): the seal's own statement
 * of which record the document shows.  No signing time (PAdES forbids it).
 * Certificates: the signer and its issuers below the anchor, nothing else, in
 * DER SET order; signingCertificateV2 names them signer first.
 * ECDSA s is in the lower half.  Unsigned attributes: none at B-B; room for a
 * timestamp token and an inclusion proof is left by the caller's placeholder.
 */
#ifndef CRYPTO_CMS_H
#define CRYPTO_CMS_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"

/* A UUID-based arc (ITU-T X.667): 2.25.<uuid as a number>. */
#define CMS_FACE_DIGEST_OID "2.25.149370187564230957128360145197350285491"

enum {
	CMS_X509S_MAX = 4
};

struct cms_request {
	enum sign_alg alg;
	const uint8_t *document_digest;	   /* 32 bytes: SHA-256 of the ranges */
	const uint8_t *face_digest;	   /* 32 bytes, or NULL: no attribute */
	struct bytes x509s[CMS_X509S_MAX]; /* DER, signer first */
	size_t nx509s;
	sign_fn sign;
	void *sign_ctx;
};

/* Build the SignedData (a ContentInfo) and append its DER to out. */
int cms_build(const struct cms_request *req, struct buf *out, struct err *e);

/* What a SignedData says; views into the bytes that were parsed. */
struct cms {
	enum sign_alg alg;
	struct bytes x509s[CMS_X509S_MAX]; /* signer first, then its issuers */
	size_t nx509s;
	struct bytes message_digest; /* 32 bytes */
	struct bytes face_digest;    /* 32 bytes, or empty */
	struct bytes signed_attrs;   /* content of [0], as received */
	uint8_t raw[SIGN_RAW_SIZE];  /* signature, r || s */
};

/*
 * Parse OUR form only: every byte must be what cms_build writes for the values
 * found (it is rebuilt and compared).  ERR_INPUT "cms_not_canonical" otherwise.
 * Does not check the signature.
 */
int cms_parse(struct bytes der, struct cms *cms, struct err *e);

/* Check the signature over the signed attributes with the first x509, and the
 * message digest; 0, or ERR_INPUT "bad_signature" / "modified". */
int cms_verify(
    const struct cms *cms, const uint8_t document_digest[32], struct err *e);

#endif
