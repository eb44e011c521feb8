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

/* What a SignedData with one signer says; views into the bytes parsed. */
struct gm_signed_data {
	struct bytes x509s[GM_X509S_MAX]; /* DER, signer first */
	size_t nx509s;
	struct bytes content;	     /* encapsulated content, or empty */
	struct bytes attributes;     /* content of [0], or empty */
	struct bytes message_digest; /* attribute, 32 bytes, or empty */
	int64_t signing_time;	     /* attribute, UTC seconds, or -1 */
	uint8_t raw[SIGN_RAW_SIZE];
};

/* Read one that is the whole of der.  ERR_INPUT "ses_malformed" (also for more
 * than one signer or another algorithm than SM2 with SM3). */
int gm_signed_data_parse(
    struct bytes der, struct gm_signed_data *data, struct err *e);

/*
 * Check it for a document (in OFD: the bytes of Signature.xml).  With
 * attributes, the signature over them and messageDigest = SM3(document);
 * without, the signature over the content, which must be SM3(document).
 * ERR_INPUT "ses_bad_signature", "modified".
 */
int gm_signed_data_verify(
    const struct gm_signed_data *data, struct bytes document, struct err *e);

#endif
