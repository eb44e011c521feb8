/*
 * trust.h - what a verifier believes: anchors, issuer numbers, keys -> types,
 * host names, status data.  A directory (docs/trust.md):
 *   trust.json            issuers, keys, seals, types, hosts, demo mark
 *   anchors/NAME.pem      trust anchors (x509)
 *   status/NUMBER.cwt     signed status lists
 */
#ifndef CERTSVC_TRUST_H
#define CERTSVC_TRUST_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

struct trust;

int trust_read(const char *dir, struct trust **trust, struct err *e);
/* From the parts in memory (the parse process has no files): the text of
 * trust.json, anchors as PEM, status lists as CWT. */
int trust_parse(struct bytes json, const struct bytes *anchors, size_t nanchors,
    const struct bytes *lists, size_t nlists, struct trust **trust,
    struct err *e);
void trust_free(struct trust *trust);

#endif
