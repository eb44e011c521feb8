/*
 * mask.h - citizen numbers on printed codes: first 6 and last 4 characters,
 * the rest stars.
 */
#ifndef KEYS_MASK_H
#define KEYS_MASK_H

#include "crypto/base/buf.h"

/*
 * Append the masked value.  18 characters: 6, 8 stars, 4.  Other lengths: the
 * first third, stars, the last fifth; so something is always hidden.
 */
void mask_write(struct buf *out, const char *value);

/* 1 when the value is a citizen number (GB 11643: birth date and check digit),
 * which is masked even when nobody asked for it. */
int mask_needed(const char *value);

#endif
