/*
 * status_list.h - IETF Token Status List in its CWT form
 * (draft-ietf-oauth-status-list): two bits for each place of a list, signed.
 * A CWT is COSE_Sign1 with typ "application/statuslist+cwt" and the payload
 *   { 2: sub (URI of the list), 4: exp, 6: iat,
 *     65533: {"bits": 2, "lst": zlib bytes}, 65534: ttl }
 * Place i is in byte i / 4, at bit 2 * (i % 4) from the lowest.
 */
#ifndef CRYPTO_STATUS_LIST_H
#define CRYPTO_STATUS_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/cose.h"

#define STATUS_LIST_TYP "application/statuslist+cwt"

enum {
	STATUS_LIST_ENTRIES_MAX = 1 << 20,
	STATUS_LIST_BITS = 2,
	STATUS_LIST_BYTES_MAX = STATUS_LIST_ENTRIES_MAX / 4, /* uncompressed */
	STATUS_LIST_CWT_MAX = STATUS_LIST_BYTES_MAX + 4096,
	STATUS_LIST_URI_SIZE = 256 /* with NUL */
};

/* Values of a place; the numbers are on the wire. */
enum status_value {
	STATUS_VALUE_VALID = 0,
	STATUS_VALUE_REVOKED = 1,
	STATUS_VALUE_SUSPENDED = 2, /* or pending */
	STATUS_VALUE_SUPERSEDED = 3
};

struct status_list {
	char uri[STATUS_LIST_URI_SIZE];
	int64_t issued;	 /* UTC seconds */
	int64_t expires; /* UTC seconds */
	int64_t ttl;	 /* seconds it may be kept without asking again */
	uint8_t *bits;	 /* owned */
	size_t nbits;	 /* bytes of bits; nbits * 4 places */
};

/* A list with n places (rounded up to whole bytes), all valid.  ERR_LIMIT
 * "list_too_long" over STATUS_LIST_ENTRIES_MAX, or none.  The caller ends with
 * status_list_release. */
int status_list_init(struct status_list *list, size_t n, struct err *e);
void status_list_release(struct status_list *list);

/* Places of the list. */
size_t status_list_size(const struct status_list *list);

/* Value at a place, 0 to 3, or -1 outside the list. */
int status_list_get(const struct status_list *list, uint64_t index);
/* 0, or -1 outside the list. */
int status_list_set(
    struct status_list *list, uint64_t index, enum status_value value);

/* Append the CWT; signer gives algorithm, kid and sign callback (its typ and
 * payload are not looked at). */
int status_list_sign(const struct status_list *list,
    const struct cose_request *signer, struct buf *out, struct err *e);

/*
 * Read a CWT whose signature cose_parse and cose_verify already looked at.
 * ERR_INPUT "malformed" (also over the limits), "unsupported_version" for
 * another number of bits.  *list is to be released only after a 0.
 */
int status_list_read(
    const struct cose *cose, struct status_list *list, struct err *e);

#endif
