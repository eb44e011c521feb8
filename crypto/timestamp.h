/*
 * timestamp.h - checks a timestamp token (RFC 3161; GB/T 20520 uses the same
 * structure) over some bytes, here the value of a seal's signature.
 */
#ifndef CRYPTO_TIMESTAMP_H
#define CRYPTO_TIMESTAMP_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	TIMESTAMP_MAX = 65536 /* bytes of a token that we read */
};

struct timestamp_request {
	struct bytes token;	     /* DER ContentInfo */
	struct bytes message;	     /* what was stamped */
	const struct bytes *anchors; /* DER x509s */
	size_t nanchors;
	const struct bytes *helpers; /* DER of issuing CAs */
	size_t nhelpers;
	const struct bytes *crls; /* DER */
	size_t ncrls;
	int64_t at; /* UTC seconds: the authority's x509s must be valid then */
};

/*
 * The imprint must be SM3 or SHA-2 of message, the signature right, and the
 * authority's x509 be for timestamps, lead to an anchor and not be revoked,
 * whenever that was: its key could stamp any time.  0 with *time (UTC
 * seconds); ERR_INPUT "timestamp_invalid".
 */
int timestamp_check(
    const struct timestamp_request *req, int64_t *time, struct err *e);

#endif
