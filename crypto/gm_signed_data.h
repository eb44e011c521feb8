/*
 * gm_signed_data.h - SignedData of GB/T 35275-2017 (PKCS#7 1.5 shape with the
 * national object identifiers), as OFD signatures of Type="Sign" carry it:
 * read and checked, never made.
 */
#ifndef CRYPTO_GM_SIGNED_DATA_H
#define CRYPTO_GM_SIGNED_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/sign.h"

enum {
	GM_SIGNED_DATA_MAX = 262144, /* bytes that we read */
	GM_X509S_MAX = 8
};

/* Which family of object identifiers names the SignedData. */
enum gm_family {
	GM_NATIONAL, /* 1.2.156.10197.6.1.4.2 (GB/T 35275) */
	GM_PKCS7     /* 1.2.840.113549.1.7, as timestamps of SM2 use it */
};

/* What a SignedData with one signer says; views into the bytes parsed. */
struct gm_signed_data {
	enum gm_family family;
	struct bytes x509s[GM_X509S_MAX]; /* DER, signer first */
	size_t nx509s;
	struct bytes content_type;   /* content of the OID */
	struct bytes content;	     /* encapsulated content, or empty */
	struct bytes attributes;     /* content of [0], or empty */
	struct bytes message_digest; /* attribute, 32 bytes, or empty */
	int64_t signing_time;	     /* attribute, UTC seconds, or -1 */
	uint8_t raw[SIGN_RAW_SIZE];
};

/*
 * Read one of either family that is the whole of der: exactly one signer, SM2
 * with SM3, the signer's x509 inside.  ERR_INPUT "ses_malformed".
 */
int gm_signed_data_parse(
    struct bytes der, struct gm_signed_data *data, struct err *e);

/*
 * Check it for a document (in OFD: the bytes of Signature.xml).  Its content,
 * when there is one, must be the document or its SM3; with attributes,
 * messageDigest must be the content's SM3 and the signature is over them, else
 * over the content.  ERR_INPUT "ses_bad_signature", "modified".
 */
int gm_signed_data_verify(
    const struct gm_signed_data *data, struct bytes document, struct err *e);

/* As gm_signed_data_verify for the content inside, whatever it is. */
int gm_signed_data_verify_content(
    const struct gm_signed_data *data, struct err *e);

#endif
