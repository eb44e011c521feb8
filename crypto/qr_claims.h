/*
 * qr_claims.h - what a printed code says, and its two outer forms:
 * COSE_Sign1 bytes and the text "<public URL>/#<digits>" (docs/qr.md).
 *
 * COSE payload = one byte compression id (0 none, 1 raw deflate), then a CBOR
 * map (CWT, RFC 8392), keys in this order:
 *   1 iss uint, 4 exp uint (absent: open), 6 iat uint, 7 cti bstr(16),
 *   -65537: [ 1 (format version), type code tstr(21), template version uint,
 *             status list uint, status index uint, form uint (0 full,
 *             1 reduced, 2 minimal), [ values ], face digest bstr(32),
 *             copy block, holder key ]
 * copy block: null, or [ number uint, office tstr, day uint (days since
 * 1970-01-01) ] for a purpose-bound copy, [ number, office, day, 1 ] for a
 * printed sheet of the certificate itself; holder key: null (reserved: a
 * COSE_Key map).
 * values: full = one tstr a public field, in schema order (empty: ""), citizen
 * numbers masked; reduced = [ type name, number, holder name ]; minimal = [].
 */
#ifndef CRYPTO_QR_CLAIMS_H
#define CRYPTO_QR_CLAIMS_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	QR_BYTES_MAX = 470,	/* COSE bytes of a printed code (version 17) */
	QR_TEXT_MAX = 2048,	/* bytes of a code's text that we read */
	QR_INFLATED_MAX = 4096, /* bytes of the claims after inflating */
	QR_VALUES_MAX = 64,
	QR_TYPE_SIZE = 22, /* type code of 21 characters and NUL */
	QR_CTI_SIZE = 16
};

/* How much a code says; the numbers are on the wire. */
enum qr_form {
	QR_FULL = 0,	/* every public field */
	QR_REDUCED = 1, /* type name, number, holder name */
	QR_MINIMAL = 2	/* nothing but ids and digests */
};

/* What kind of copy it is; the number is on the wire, but for the first. */
enum qr_copy_kind {
	QR_COPY_PURPOSE = 0, /* a purpose-bound copy (加注件) */
	QR_COPY_SHEET = 1    /* a sheet printed of the certificate itself */
};

struct qr_copy {
	uint64_t number; /* 0: no copy block */
	char office[64]; /* who had it made, or printed it */
	uint64_t day;	 /* that day in China, since 1970-01-01 */
	enum qr_copy_kind kind;
};

struct qr_claims {
	uint64_t issuer;	  /* registered issuer number */
	int64_t issued;		  /* UTC seconds */
	int64_t expires;	  /* UTC seconds; 0 = open */
	uint8_t cti[QR_CTI_SIZE]; /* the certificate's public id, as bytes */
	char type[QR_TYPE_SIZE];
	uint64_t template_version;
	uint64_t list, index; /* place in the status lists */
	unsigned int form;    /* enum qr_form */
	char **values;	      /* owned */
	size_t nvalues;
	uint8_t face_digest[32];
	struct qr_copy copy;
};

/* Append the COSE payload (compressed when that is shorter).  ERR_INPUT
 * "bad_claims" for what qr_claims_read would refuse. */
int qr_claims_write(
    const struct qr_claims *claims, struct buf *out, struct err *e);
/*
 * ERR_INPUT "malformed", or "unsupported_version" for a later format or kind of
 * copy.  Verify first (cose_verify): only then are these claims worth reading.
 * The caller ends with qr_claims_release, also after a failure.
 */
int qr_claims_read(
    struct bytes payload, struct qr_claims *claims, struct err *e);
void qr_claims_release(struct qr_claims *claims);

/* Append url + "/#" + digits.  7 bytes are 17 digits, big-endian; 1..6 left
 * over are 3, 5, 8, 10, 13, 15 digits. */
void qr_text_write(struct buf *out, const char *url, struct bytes cose);

/*
 * Split a code's text: *url gets a view of what stands before "/#", cose the
 * bytes.  ERR_INPUT "not_our_code" when it is no such text, "malformed" when
 * the digits are not canonical.  Nothing may precede or follow.  The URL is not
 * signed: whoever says "valid" also compares it with the host names it trusts.
 */
int qr_text_read(
    struct bytes text, struct bytes *url, struct buf *cose, struct err *e);

#endif
