/*
 * x509_request.h - asking a certification authority elsewhere for an x509
 * (PKCS#10, RFC 2986).
 */
#ifndef CRYPTO_X509_REQUEST_H
#define CRYPTO_X509_REQUEST_H

#include <openssl/types.h>

#include "crypto/algorithm.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* Whom the x509 shall name; each may be NULL: left out. */
struct x509_name {
	const char *country; /* "CN" */
	const char *organisation;
	const char *unit;
	const char *common_name; /* UTF-8, at most 64 characters */
};

/*
 * Make a request, signed with the key itself, and append its DER.  It asks for
 * key usage digitalSignature and nonRepudiation.  ERR_INPUT "bad_subject",
 * "bad_key" (of another kind).
 */
int x509_request_make(const struct x509_name *subject, EVP_PKEY *key,
    struct buf *out, struct err *e);

/* A request that was read. */
struct x509_asked {
	enum sign_alg alg;
	uint8_t point[ALGORITHM_POINT_SIZE];
	struct bytes subject; /* DER Name, view into the bytes read */
};

/*
 * Read a request and check that its own key signed it.  ERR_INPUT
 * "malformed_request", "bad_signature"; "bad_key" for another kind of key.
 */
int x509_request_read(
    struct bytes der, struct x509_asked *asked, struct err *e);

#endif
