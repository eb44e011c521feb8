/*
 * totp.h - one-time codes by time (RFC 6238: HMAC-SHA-1, 6 digits, 30 s), as
 * every authenticator app makes them.
 */
#ifndef CERTSVC_TOTP_H
#define CERTSVC_TOTP_H

#include <stdint.h>

#include "crypto/base/buf.h"

enum {
	TOTP_SECRET_SIZE = 20, /* bytes; that of the hash (RFC 4226, 4) */
	TOTP_CODE_SIZE = 7,    /* with NUL */
	TOTP_STEP = 30	       /* seconds */
};

/* The code of one step (UTC seconds / TOTP_STEP); 0, or -1. */
int totp_code(struct bytes secret, int64_t step, char code[TOTP_CODE_SIZE]);

/*
 * The step that a code shown at UTC time now belongs to, when it is that of
 * now, the one before or the one after, and later than `used`, the last that
 * was accepted; else -1.  The caller keeps it as used from then on.
 */
int64_t totp_step(
    struct bytes secret, const char *code, int64_t now, int64_t used);

/* What an app reads: otpauth://totp/certsvc:NAME?secret=...&issuer=certsvc.
 * name is of unreserved characters. */
void totp_uri(struct bytes secret, const char *name, struct buf *uri);

#endif
