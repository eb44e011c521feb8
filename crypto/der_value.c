/* der_value.c - see der_value.h. */
#include "crypto/der_value.h"

#include "crypto/base/clock.h"

#define UTC_FROM (-631152000LL) /* 1950-01-01T00:00:00Z */
#define UTC_UNTIL 2524608000LL	/* 2050-01-01T00:00:00Z */

enum {
	GENERALIZED_SIZE = 15, /* "20261122235547Z" */
	UTC_SIZE = 13,	       /* "261122235547Z" */
	FIELDS = 6	       /* year, month, day, hour, minute, second */
};

/* As RFC 3339, without what separates. */
static void
put_digits(struct buf *out, unsigned int tag, int64_t t, size_t skip)
{
	char text[CLOCK_RFC3339_SIZE];
	size_t i, mark = der_begin(out, tag);

	clock_rfc3339(text, t);
	for (i = skip; text[i] != '\0'; i++)
		if (text[i] != '-' && text[i] != ':' && text[i] != 'T')
			buf_add_byte(out, (uint8_t)text[i]);
	der_end(out, mark);
}

void
der_put_generalized_time(struct buf *out, int64_t t)
{
	put_digits(out, DER_GENERALIZED_TIME, t, 0);
}

void
der_put_time(struct buf *out, int64_t t)
{
	if (t >= UTC_FROM && t < UTC_UNTIL)
		put_digits(out, DER_UTC_TIME, t, 2);
	else
		put_digits(out, DER_GENERALIZED_TIME, t, 0);
}

void
der_put_bits(struct buf *out, struct bytes content)
{
	size_t mark = der_begin(out, DER_BIT_STRING);

	buf_add_byte(out, 0);
	buf_add(out, content.p, content.n);
	der_end(out, mark);
}

/* Two digits; -1 when they are none. */
static int
two_digits(const uint8_t *p)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return -1;
	return (p[0] - '0') * 10 + p[1] - '0';
}

int
der_get_time(struct der *d, int64_t *t)
{
	int f[FIELDS], century, i;
	struct bytes s;

	if (der_get(d, DER_GENERALIZED_TIME, &s) == 0) {
		if (s.n != GENERALIZED_SIZE || (century = two_digits(s.p)) < 0)
			return -1;
		s.p += 2;
	} else {
		if (der_get(d, DER_UTC_TIME, &s) != 0 || s.n != UTC_SIZE)
			return -1;
		century = s.p[0] < '5' ? 20 : 19;
	}
	if (s.p[UTC_SIZE - 1] != 'Z')
		return -1;
	for (i = 0; i < FIELDS; i++)
		if ((f[i] = two_digits(s.p + 2 * i)) < 0)
			return -1;
	f[0] += century * 100;
	if (!clock_is_date(f[0], f[1], f[2]) || f[3] > 23 || f[4] > 59 ||
	    f[5] > 59)
		return -1;
	*t = clock_days(f[0], f[1], f[2]) * 86400 + f[3] * 3600 + f[4] * 60 +
	     f[5];
	return 0;
}

int
der_get_bits(struct der *d, struct bytes *content)
{
	if (der_get(d, DER_BIT_STRING, content) != 0 || content->n < 2 ||
	    content->p[0] != 0)
		return -1;
	content->p++;
	content->n--;
	return 0;
}
