/* health_expiry.h - do the issuer's own x509s and lists last? */
#ifndef CERTSVC_HEALTH_EXPIRY_H
#define CERTSVC_HEALTH_EXPIRY_H

#include <jansson.h>
#include <stdint.h>

#include "crypto/base/clock.h"

enum {
	EXPIRY_WARN_DAYS = 60,
	EXPIRY_ID_SIZE = 32
};

struct expiry {
	char id[EXPIRY_ID_SIZE]; /* "maker-sm2", "root.crl" ... */
	char date[CLOCK_DATE_SIZE];
	int soon; /* within EXPIRY_WARN_DAYS, or over */
};

/*
 * What ends first, by the member "expires" of the keeper's directory
 * (docs/keeper.md).  0, or -1 when nothing is listed.
 */
int expiry_first(const json_t *directory, int64_t now, struct expiry *out);

/* How to make it last, in both languages. */
void expiry_advice(
    const struct expiry *expiry, const char **zh, const char **en);

#endif
