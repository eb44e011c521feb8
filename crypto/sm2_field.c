/* sm2_field.c - see sm2_field.h. */
#include "crypto/sm2_field.h"

#include <stddef.h>

__extension__ typedef unsigned __int128 wide;

/* GB/T 32918.5. */
const struct sm2_number sm2_p = {{0xffffffffffffffff, 0xffffffff00000000,
    0xffffffffffffffff, 0xfffffffeffffffff}};
const struct sm2_number sm2_n = {{0x53bbf40939d54123, 0x7203df6b21c6052b,
    0xffffffffffffffff, 0xfffffffeffffffff}};

/* 2^512 mod p. */
static const struct sm2_number square = {{0x0000000200000003,
    0x00000002ffffffff, 0x0000000100000001, 0x0000000400000002}};

void
sm2_read(struct sm2_number *out, const uint8_t big_endian[32])
{
	size_t i, k;

	for (i = 0; i < 4; i++) {
		out->v[3 - i] = 0;
		for (k = 0; k < 8; k++)
			out->v[3 - i] =
			    out->v[3 - i] << 8 | big_endian[8 * i + k];
	}
}

int
sm2_is_zero(const struct sm2_number *a)
{
	return (a->v[0] | a->v[1] | a->v[2] | a->v[3]) == 0;
}

int
sm2_equal(const struct sm2_number *a, const struct sm2_number *b)
{
	return a->v[0] == b->v[0] && a->v[1] == b->v[1] && a->v[2] == b->v[2] &&
	       a->v[3] == b->v[3];
}

int
sm2_less(const struct sm2_number *a, const struct sm2_number *b)
{
	struct sm2_number skip;

	return sm2_difference(&skip, a, b) != 0;
}

/* *r = a - b - *borrow */
static inline void
subtract_limb(uint64_t *r, uint64_t a, uint64_t b, uint64_t *borrow)
{
	uint64_t t;
	int under = __builtin_sub_overflow(a, b, &t);

	*borrow = (uint64_t)(__builtin_sub_overflow(t, *borrow, r) | under);
}

/* *r += a + *carry */
static inline void
add_limb(uint64_t *r, uint64_t a, uint64_t *carry)
{
	uint64_t t;
	int over = __builtin_add_overflow(*r, a, &t);

	*carry = (uint64_t)(__builtin_add_overflow(t, *carry, r) | over);
}

uint64_t
sm2_sum(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b)
{
	struct sm2_number sum = *a;
	uint64_t carry = 0;

	add_limb(&sum.v[0], b->v[0], &carry);
	add_limb(&sum.v[1], b->v[1], &carry);
	add_limb(&sum.v[2], b->v[2], &carry);
	add_limb(&sum.v[3], b->v[3], &carry);
	*out = sum;
	return carry;
}

uint64_t
sm2_difference(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b)
{
	uint64_t borrow = 0;

	subtract_limb(&out->v[0], a->v[0], b->v[0], &borrow);
	subtract_limb(&out->v[1], a->v[1], b->v[1], &borrow);
	subtract_limb(&out->v[2], a->v[2], b->v[2], &borrow);
	subtract_limb(&out->v[3], a->v[3], b->v[3], &borrow);
	return borrow;
}

/* a when keep is 1, else b: which one is as good as random here, and guessing
 * it costs the processor more than computing both. */
static inline void
choose(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b, uint64_t keep)
{
	uint64_t mask = (uint64_t)0 - keep;
	size_t i;

	for (i = 0; i < 4; i++)
		out->v[i] = (a->v[i] & mask) | (b->v[i] & ~mask);
}

void
sm2_add(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b, const struct sm2_number *m)
{
	struct sm2_number sum, reduced;
	uint64_t carry = sm2_sum(&sum, a, b);
	uint64_t borrow = sm2_difference(&reduced, &sum, m);

	choose(out, &reduced, &sum, carry | (borrow ^ 1));
}

void
sm2_sub(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b, const struct sm2_number *m)
{
	struct sm2_number difference, raised;
	uint64_t borrow = sm2_difference(&difference, a, b);

	(void)sm2_sum(&raised, &difference, m);
	choose(out, &raised, &difference, borrow);
}

/* *r += a * b + *carry; what does not fit is the new carry. */
static inline void
multiply_add(uint64_t *r, uint64_t a, uint64_t b, uint64_t *carry)
{
	wide t = (wide)a * b + *r + *carry;

	*r = (uint64_t)t;
	*carry = (uint64_t)(t >> 64);
}

/*
 * t += t[0] * p: t[0] becomes 0, because -1/p is 1 modulo 2^64.  `earlier` is
 * the carry of the reduction before; returns that into t[5].
 */
static inline uint64_t
reduce_limb(uint64_t t[5], uint64_t earlier)
{
	uint64_t m = t[0], carry = m; /* t[0] + m * p[0] is m * 2^64 */

	multiply_add(&t[1], m, sm2_p.v[1], &carry);
	multiply_add(&t[2], m, sm2_p.v[2], &carry);
	multiply_add(&t[3], m, sm2_p.v[3], &carry);
	add_limb(&t[4], carry, &earlier);
	return earlier;
}

/* One row of the product: t[0..4] = t[0..3] + a * b. */
static inline void
multiply_row(uint64_t t[5], const uint64_t a[4], uint64_t b)
{
	uint64_t carry = 0;

	multiply_add(&t[0], a[0], b, &carry);
	multiply_add(&t[1], a[1], b, &carry);
	multiply_add(&t[2], a[2], b, &carry);
	multiply_add(&t[3], a[3], b, &carry);
	t[4] = carry;
}

void
sm2_mul(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b)
{
	uint64_t t[8] = {0}, carry;
	struct sm2_number result, reduced;

	multiply_row(t, a->v, b->v[0]);
	multiply_row(t + 1, a->v, b->v[1]);
	multiply_row(t + 2, a->v, b->v[2]);
	multiply_row(t + 3, a->v, b->v[3]);
	/* Each reduction's carry belongs to the limb after its five, which the
	 * next one adds to. */
	carry = reduce_limb(t, 0);
	carry = reduce_limb(t + 1, carry);
	carry = reduce_limb(t + 2, carry);
	carry = reduce_limb(t + 3, carry);
	result = (struct sm2_number){{t[4], t[5], t[6], t[7]}};
	carry |= sm2_difference(&reduced, &result, &sm2_p) ^ 1;
	choose(out, &reduced, &result, carry);
}

void
sm2_enter(struct sm2_number *out, const struct sm2_number *a)
{
	sm2_mul(out, a, &square);
}

/* a to the power of p - 2 (Fermat). */
void
sm2_invert(struct sm2_number *out, const struct sm2_number *a)
{
	static const struct sm2_number two = {{2, 0, 0, 0}};
	struct sm2_number power, base = *a, result = *a;
	int i;

	(void)sm2_difference(&power, &sm2_p, &two);
	/* The highest bit is set, and `result` stands for it. */
	for (i = 254; i >= 0; i--) {
		sm2_mul(&result, &result, &result);
		if ((power.v[i / 64] >> (i % 64) & 1) != 0)
			sm2_mul(&result, &result, &base);
	}
	*out = result;
}
