/* sm2_verify.c - see sm2_verify.h: points of the SM2 curve (GB/T 32918.5) and
 * one sum of two multiples. */
#include "crypto/sm2_verify.h"

#include <pthread.h>
#include <string.h>

#include "crypto/sm2_field.h"

enum {
	DIGITS = 257, /* of a number below 2^256, in signed form */
	WIDTH_G = 7,  /* bits of a digit of the multiple of G */
	WIDTH_P = 5,
	TABLE_G = 1 << (WIDTH_G - 2), /* 1G, 3G, 5G ... */
	TABLE_P = 1 << (WIDTH_P - 2)
};

/* Jacobian coordinates in Montgomery form: x/z^2, y/z^3; z = 0 is the point at
 * infinity. */
struct point {
	struct sm2_number x, y, z;
};

static const struct sm2_number curve_b = {{0xddbcbd414d940e93,
    0xf39789f515ab8f92, 0x4d5a9e4bcf6509a7, 0x28e9fa9e9d9f5e34}};
static const struct sm2_number generator_x = {{0x715a4589334c74c7,
    0x8fe30bbff2660be1, 0x5f9904466a39c994, 0x32c4ae2c1f198119}};
static const struct sm2_number generator_y = {{0x02df32e52139f0a0,
    0xd0a9877cc62a4740, 0x59bdcee36b692153, 0xbc3736a2f4f6779c}};
static const struct sm2_number one = {{1, 0, 0, 0}};

static struct {
	pthread_once_t once;
	struct point odd[TABLE_G]; /* z = 1 */
} generator = {.once = PTHREAD_ONCE_INIT};

static void
add(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b)
{
	sm2_add(out, a, b, &sm2_p);
}

static void
sub(struct sm2_number *out, const struct sm2_number *a,
    const struct sm2_number *b)
{
	sm2_sub(out, a, b, &sm2_p);
}

/* 2p; the curve's a is -3 (dbl-2001-b). */
static void
point_double(struct point *out, const struct point *p)
{
	struct sm2_number delta, gamma, beta, alpha, t, u;

	sm2_mul(&delta, &p->z, &p->z);
	sm2_mul(&gamma, &p->y, &p->y);
	sm2_mul(&beta, &p->x, &gamma);
	sub(&t, &p->x, &delta);
	add(&u, &p->x, &delta);
	sm2_mul(&alpha, &t, &u);
	add(&t, &alpha, &alpha);
	add(&alpha, &alpha, &t);
	add(&t, &p->y, &p->z);
	sm2_mul(&t, &t, &t);
	sub(&t, &t, &gamma);
	sub(&out->z, &t, &delta);
	add(&beta, &beta, &beta);
	add(&beta, &beta, &beta); /* 4 beta */
	sm2_mul(&t, &alpha, &alpha);
	sub(&t, &t, &beta);
	sub(&out->x, &t, &beta);
	sub(&t, &beta, &out->x);
	sm2_mul(&t, &alpha, &t);
	add(&gamma, &gamma, &gamma);
	sm2_mul(&gamma, &gamma, &gamma);
	add(&gamma, &gamma, &gamma); /* 8 gamma^2 */
	sub(&out->y, &t, &gamma);
}

/* p + q, also where they are equal, opposite or infinite. */
static void
point_add(struct point *out, const struct point *p, const struct point *q)
{
	struct sm2_number pp, qq, u1, u2, s1, s2, h, hh, r, t;

	if (sm2_is_zero(&p->z) || sm2_is_zero(&q->z)) {
		*out = sm2_is_zero(&p->z) ? *q : *p;
		return;
	}
	sm2_mul(&pp, &p->z, &p->z);
	sm2_mul(&qq, &q->z, &q->z);
	sm2_mul(&u1, &p->x, &qq);
	sm2_mul(&u2, &q->x, &pp);
	sm2_mul(&t, &q->z, &qq);
	sm2_mul(&s1, &p->y, &t);
	sm2_mul(&t, &p->z, &pp);
	sm2_mul(&s2, &q->y, &t);
	sub(&h, &u2, &u1);
	sub(&r, &s2, &s1);
	if (sm2_is_zero(&h)) {
		if (sm2_is_zero(&r))
			point_double(out, p);
		else
			memset(out, 0, sizeof(*out));
		return;
	}
	sm2_mul(&t, &p->z, &q->z);
	sm2_mul(&out->z, &t, &h);
	sm2_mul(&hh, &h, &h);
	sm2_mul(&u1, &u1, &hh);
	sm2_mul(&hh, &hh, &h);
	sm2_mul(&s1, &s1, &hh);
	sm2_mul(&t, &r, &r);
	sub(&t, &t, &hh);
	sub(&t, &t, &u1);
	sub(&out->x, &t, &u1);
	sub(&t, &u1, &out->x);
	sm2_mul(&t, &r, &t);
	sub(&out->y, &t, &s1);
}

/* p + q where q has z = 1 (in Montgomery form); a third cheaper. */
static void
point_add_affine(
    struct point *out, const struct point *p, const struct point *q)
{
	struct sm2_number pp, u2, s2, h, hh, r, t, v;

	if (sm2_is_zero(&p->z)) {
		*out = *q;
		return;
	}
	sm2_mul(&pp, &p->z, &p->z);
	sm2_mul(&u2, &q->x, &pp);
	sm2_mul(&t, &p->z, &pp);
	sm2_mul(&s2, &q->y, &t);
	sub(&h, &u2, &p->x);
	sub(&r, &s2, &p->y);
	if (sm2_is_zero(&h)) {
		point_add(out, p, q);
		return;
	}
	sm2_mul(&hh, &h, &h);
	sm2_mul(&v, &p->x, &hh);
	sm2_mul(&hh, &hh, &h);
	sm2_mul(&s2, &p->y, &hh);
	sm2_mul(&out->z, &p->z, &h);
	sm2_mul(&t, &r, &r);
	sub(&t, &t, &hh);
	sub(&t, &t, &v);
	sub(&out->x, &t, &v);
	sub(&t, &v, &out->x);
	sm2_mul(&t, &r, &t);
	sub(&out->y, &t, &s2);
}

/* 1p, 3p, 5p ... */
static void
odd_multiples(struct point *table, int n, const struct point *p)
{
	struct point twice;
	int i;

	point_double(&twice, p);
	table[0] = *p;
	for (i = 1; i < n; i++)
		point_add(&table[i], &table[i - 1], &twice);
}

static void
to_affine(struct point *p)
{
	struct sm2_number inverse, t;

	sm2_invert(&inverse, &p->z);
	sm2_mul(&t, &inverse, &inverse);
	sm2_mul(&p->x, &p->x, &t);
	sm2_mul(&t, &t, &inverse);
	sm2_mul(&p->y, &p->y, &t);
	sm2_enter(&p->z, &one);
}

static void
generator_prepare(void)
{
	struct point g;
	int i;

	sm2_enter(&g.x, &generator_x);
	sm2_enter(&g.y, &generator_y);
	sm2_enter(&g.z, &one);
	odd_multiples(generator.odd, TABLE_G, &g);
	for (i = 0; i < TABLE_G; i++)
		to_affine(&generator.odd[i]);
}

/* Signed odd digits of `width` bits, at least width - 1 zeros between two
 * (wNAF); digit[i] counts 2^i. */
static void
digits_of(const struct sm2_number *k, int width, int8_t digit[DIGITS])
{
	struct sm2_number left = *k, small = {{0, 0, 0, 0}};
	uint64_t high = 0; /* bit 256 */
	int i, d;

	for (i = 0; i < DIGITS; i++) {
		d = 0;
		if ((left.v[0] & 1) != 0) {
			d = (int)(left.v[0] & ((1u << width) - 1));
			if (d >= 1 << (width - 1))
				d -= 1 << width;
			small.v[0] = (uint64_t)(d < 0 ? -d : d);
			if (d < 0)
				high += sm2_sum(&left, &left, &small);
			else
				high -= sm2_difference(&left, &left, &small);
		}
		digit[i] = (int8_t)d;
		left.v[0] = left.v[0] >> 1 | left.v[1] << 63;
		left.v[1] = left.v[1] >> 1 | left.v[2] << 63;
		left.v[2] = left.v[2] >> 1 | left.v[3] << 63;
		left.v[3] = left.v[3] >> 1 | high << 63;
		high >>= 1;
	}
}

/* The table's point for a digit that is not 0. */
static struct point
digit_point(const struct point *odd, int digit)
{
	struct point p = odd[(digit < 0 ? -digit : digit) / 2];
	static const struct sm2_number zero;

	if (digit < 0)
		sub(&p.y, &zero, &p.y);
	return p;
}

/* s G + t P */
static void
multiply(struct point *out, const struct sm2_number *s,
    const struct sm2_number *t, const struct point *p)
{
	struct point odd[TABLE_P], q;
	int8_t of_g[DIGITS], of_p[DIGITS];
	int i;

	pthread_once(&generator.once, generator_prepare);
	odd_multiples(odd, TABLE_P, p);
	digits_of(s, WIDTH_G, of_g);
	digits_of(t, WIDTH_P, of_p);
	memset(out, 0, sizeof(*out));
	for (i = DIGITS - 1; i >= 0; i--) {
		point_double(out, out);
		if (of_g[i] != 0) {
			q = digit_point(generator.odd, of_g[i]);
			point_add_affine(out, out, &q);
		}
		if (of_p[i] != 0) {
			q = digit_point(odd, of_p[i]);
			point_add(out, out, &q);
		}
	}
}

/* y^2 = x^3 - 3x + b */
static int
on_curve(const struct point *p)
{
	struct sm2_number left, right, t;

	sm2_mul(&left, &p->y, &p->y);
	sm2_mul(&right, &p->x, &p->x);
	sm2_mul(&right, &right, &p->x);
	sub(&right, &right, &p->x);
	sub(&right, &right, &p->x);
	sub(&right, &right, &p->x);
	sm2_enter(&t, &curve_b);
	add(&right, &right, &t);
	return sm2_equal(&left, &right);
}

static int
point_read(struct point *p, const uint8_t point[65])
{
	struct sm2_number x, y;

	sm2_read(&x, point + 1);
	sm2_read(&y, point + 33);
	if (point[0] != 0x04 || !sm2_less(&x, &sm2_p) || !sm2_less(&y, &sm2_p))
		return -1;
	sm2_enter(&p->x, &x);
	sm2_enter(&p->y, &y);
	sm2_enter(&p->z, &one);
	return on_curve(p) ? 0 : -1;
}

/* Is the point's x, modulo n, this number?  x is below p, so it may be the
 * number or the number and n. */
static int
x_is(const struct point *p, struct sm2_number number)
{
	struct sm2_number zz, x;

	if (sm2_is_zero(&p->z))
		return 0;
	sm2_mul(&zz, &p->z, &p->z);
	sm2_enter(&x, &number);
	sm2_mul(&x, &x, &zz);
	if (sm2_equal(&x, &p->x))
		return 1;
	if (sm2_sum(&number, &number, &sm2_n) != 0 ||
	    !sm2_less(&number, &sm2_p))
		return 0;
	sm2_enter(&x, &number);
	sm2_mul(&x, &x, &zz);
	return sm2_equal(&x, &p->x);
}

static int
in_range(const struct sm2_number *a)
{
	return !sm2_is_zero(a) && sm2_less(a, &sm2_n);
}

int
sm2_verify_digest(
    const uint8_t point[65], const uint8_t e[32], const uint8_t raw[64])
{
	struct sm2_number r, s, t, digest;
	struct point p, sum;

	sm2_read(&r, raw);
	sm2_read(&s, raw + 32);
	sm2_read(&digest, e);
	if (!in_range(&r) || !in_range(&s) || point_read(&p, point) != 0)
		return 0;
	sm2_add(&t, &r, &s, &sm2_n);
	if (sm2_is_zero(&t))
		return 0;
	/* Below 2^256, which is less than 2n. */
	if (!sm2_less(&digest, &sm2_n))
		(void)sm2_difference(&digest, &digest, &sm2_n);
	multiply(&sum, &s, &t, &p);
	sm2_sub(&t, &r, &digest, &sm2_n);
	return x_is(&sum, t);
}
