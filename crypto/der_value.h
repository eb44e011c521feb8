/*
 * der_value.h - times and bit strings in DER, for x509s, lists of revoked ones
 * and seals.  Readers return 0, or -1 (moved or not: the reading is over).
 */
#ifndef CRYPTO_DER_VALUE_H
#define CRYPTO_DER_VALUE_H

#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/der.h"

/* GeneralizedTime in UTC, no fraction: "YYYYMMDDHHMMSSZ". */
void der_put_generalized_time(struct buf *out, int64_t t);

/* Time as x509s write it (RFC 5280, 4.1.2.5): UTCTime from 1950 to 2049, else
 * GeneralizedTime. */
void der_put_time(struct buf *out, int64_t t);

/* BIT STRING without unused bits. */
void der_put_bits(struct buf *out, struct bytes content);

/* GeneralizedTime as written here, or UTCTime "YYMMDDHHMMSSZ" (years 1950 to
 * 2049), by the tag found. */
int der_get_time(struct der *d, int64_t *t);

/* BIT STRING without unused bits, and not empty. */
int der_get_bits(struct der *d, struct bytes *content);

#endif
