/*
 * ses_signature.h - the signature data of an electronic seal, GB/T 38540-2020
 * (7.1): a seal put on one document by one signer.
 *
 * Ours carries three extensions in TBS_Sign, non-critical, each an OCTET STRING
 * of 32 bytes: which record the document shows and every byte of the package
 * before the signature (OIDs: SES_FACE_DIGEST_OID and its children).
 */
#ifndef CRYPTO_SES_SIGNATURE_H
#define CRYPTO_SES_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/cms.h"
#include "crypto/ses_seal.h"
#include "crypto/sign.h"

#define SES_FACE_DIGEST_OID CMS_FACE_DIGEST_OID	  /* SHA-256 of the face */
#define SES_FACE_SM3_OID CMS_FACE_DIGEST_OID ".1" /* SM3 of the face */
#define SES_PACKAGE_DIGEST_OID                                                 \
	CMS_FACE_DIGEST_OID ".2" /* SHA-256 of the ZIP                         \
	     before this signature's local header */

enum {
	SES_SIGNATURE_MAX = SES_SEAL_MAX + 65536 /* bytes that we read */
};

struct ses_signature_request {
	struct bytes seal;		/* DER of the SESeal, taken as it is */
	int64_t time;			/* timeInfo, UTC seconds */
	const uint8_t *document_digest; /* 32 bytes: SM3 of Signature.xml
					   (SHA-256 when alg is ES256) */
	const char *property;		/* ASCII, "/Doc_0/.../Signature.xml" */
	const uint8_t *face_digest;	/* 32 bytes each, or NULL: left out */
	const uint8_t *face_sm3;
	const uint8_t *package_digest;
	struct bytes x509; /* DER of the signer's */
	enum sign_alg alg;
	sign_fn sign;
	void *sign_ctx;
};

/* A signature as read; every view is into der. */
struct ses_signature {
	enum ses_version version;
	struct bytes der;     /* the whole SES_Signature */
	struct bytes tbs;     /* toSign, head included: what is signed */
	struct ses_seal seal; /* the embedded seal */
	int64_t
	    time; /* timeInfo, UTC seconds; -1: V1 with a timestamp instead */
	struct bytes document_digest; /* 32 bytes */
	struct bytes property;
	struct bytes extensions;  /* content of ExtensionDatas, or empty */
	struct bytes face_digest; /* 32 bytes each, or empty */
	struct bytes face_sm3;
	struct bytes package_digest;
	struct bytes x509;	    /* DER of the signer's */
	struct bytes algorithm;	    /* content of the signature's OID */
	enum sign_alg alg;	    /* 0: an algorithm that we do not know */
	uint8_t raw[SIGN_RAW_SIZE]; /* the signature, when alg is known */
	struct bytes value;	    /* the signature as received (DER) */
	struct bytes timestamp; /* DER TimeStampToken over value, or empty */
};

/* Build a signature (V4) and append its DER.  ERR_INPUT "bad_seal",
 * "seal_malformed", and what sign returns. */
int ses_signature_build(
    const struct ses_signature_request *req, struct buf *out, struct err *e);

/* Read a signature that is the whole of der.  ERR_INPUT "ses_malformed", or
 * "seal_malformed" when only the embedded seal is wrong. */
int ses_signature_parse(
    struct bytes der, struct ses_signature *signature, struct err *e);

/* Check the signature over toSign with the signer's x509 (mathematics only).
 * ERR_INPUT "ses_bad_signature", "unsupported_algorithm". */
int ses_signature_verify(const struct ses_signature *signature, struct err *e);

/* 0 when der is, byte for byte, what ses_signature_build writes for the values
 * it holds, all three of our extensions among them; the seal inside is taken as
 * it is.  ERR_INPUT "ses_not_canonical". */
int ses_signature_canonical(
    const struct ses_signature *signature, struct err *e);

#endif
