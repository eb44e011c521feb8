/*
 * wrapped.h - secrets as they lie in a record: AES-256-GCM under a key that the
 * record does not hold, as base64.
 */
#ifndef CERTSVC_WRAPPED_H
#define CERTSVC_WRAPPED_H

#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	WRAPPED_KEY_SIZE = 32
};

/* HKDF-SHA-256 (RFC 5869, no salt) of a secret of full strength. */
int wrapped_key(struct bytes secret, const char *purpose,
    uint8_t key[WRAPPED_KEY_SIZE], struct err *e);

/*
 * Append base64 of (nonce || plain, encrypted).  purpose and owner are
 * authenticated with it, so that none can be put in another's place.
 */
int wrapped_seal(const uint8_t key[WRAPPED_KEY_SIZE], const char *purpose,
    const char *owner, struct bytes plain, struct buf *text, struct err *e);

/* The other way round; the caller wipes plain.  ERR_STORAGE "record_damaged"
 * when the key is another or anything was changed. */
int wrapped_open(const uint8_t key[WRAPPED_KEY_SIZE], const char *purpose,
    const char *owner, const char *text, struct buf *plain, struct err *e);

#endif
