/*
 * sm2_field.h - numbers of 256 bits for crypto/sm2_verify.c: the field of the
 * SM2 curve in Montgomery form (x is kept as x * 2^256 mod p), and sums modulo
 * the order.  Not in constant time.
 */
#ifndef CRYPTO_SM2_FIELD_H
#define CRYPTO_SM2_FIELD_H

#include <stdint.h>

/* Least significant limb first. */
struct sm2_number {
	uint64_t v[4];
};

extern const struct sm2_number sm2_p, sm2_n; /* of the field, the group */

void sm2_read(struct sm2_number *out, const uint8_t big_endian[32]);
int sm2_is_zero(const struct sm2_number *a);
int sm2_equal(const struct sm2_number *a, const struct sm2_number *b);
/* a < b */
int sm2_less(const struct sm2_number *a, const struct sm2_number *b);
/* a + b; the carry. */
uint64_t sm2_sum(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b);
/* a - b; the borrow. */
uint64_t sm2_difference(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b);

/* Modulo m, of numbers below m. */
void sm2_add(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b, const struct sm2_number *m);
void sm2_sub(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b, const struct sm2_number *m);

/* a * b * 2^-256 mod p. */
void sm2_mul(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b);
/* Into Montgomery form. */
void sm2_enter(struct sm2_number *out, const struct sm2_number *a);
/* 1 / a, of Montgomery form. */
void sm2_invert(struct sm2_number *out, const struct sm2_number *a);

#endif
