/* der.c - see der.h. */
#include "crypto/der.h"

#include <stdlib.h>
#include <string.h>

enum {
	LENGTH_MAX = 5 /* bytes of a length: 0x84 and four */
};

/* Shortest form of a length; returns its bytes. */
static size_t
encode_length(uint8_t out[LENGTH_MAX], size_t n)
{
	size_t i, size = 1;

	if (n < 0x80) {
		out[0] = (uint8_t)n;
		return 1;
	}
	while (size < 4 && n >> 8 * size != 0)
		size++;
	out[0] = (uint8_t)(0x80 | size);
	for (i = 0; i < size; i++)
		out[1 + i] = (uint8_t)(n >> 8 * (size - 1 - i));
	return 1 + size;
}

void
der_put(struct buf *out, unsigned int tag, struct bytes content)
{
	uint8_t length[LENGTH_MAX];

	buf_add_byte(out, (uint8_t)tag);
	buf_add(out, length, encode_length(length, content.n));
	buf_add(out, content.p, content.n);
}

void
der_put_uint(struct buf *out, struct bytes v)
{
	size_t mark;

	while (v.n > 1 && v.p[0] == 0) {
		v.p++;
		v.n--;
	}
	mark = der_begin(out, DER_INTEGER);
	if (v.n == 0 || (v.p[0] & 0x80) != 0)
		buf_add_byte(out, 0);
	buf_add(out, v.p, v.n);
	der_end(out, mark);
}

size_t
der_begin(struct buf *out, unsigned int tag)
{
	buf_add_byte(out, (uint8_t)tag);
	return out->n;
}

void
der_end(struct buf *out, size_t mark)
{
	uint8_t length[LENGTH_MAX];
	size_t size, n;

	if (buf_failed(out))
		return;
	n = out->n - mark;
	size = encode_length(length, n);
	if (buf_extend(out, size) == NULL)
		return;
	memmove(out->p + mark + size, out->p + mark, n);
	memcpy(out->p + mark, length, size);
}

/* Two different whole elements differ before the shorter one ends, so padding
 * with zeros (X.690, 11.6) never decides. */
static int
compare_elements(const void *a, const void *b)
{
	const struct bytes *x = a, *y = b;

	return memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);
}

void
der_put_set_of(struct buf *out, unsigned int tag, struct bytes *items, size_t n)
{
	size_t i, mark = der_begin(out, tag);

	qsort(items, n, sizeof(*items), compare_elements);
	for (i = 0; i < n; i++)
		buf_add(out, items[i].p, items[i].n);
	der_end(out, mark);
}

void
der_init(struct der *d, struct bytes in)
{
	d->in = in;
	d->pos = 0;
	d->depth = 0;
}

int
der_peek(const struct der *d)
{
	return d->pos < d->in.n ? d->in.p[d->pos] : -1;
}

/* Content of the element at pos; returns the position after it, or 0. */
static size_t
read_element(const struct der *d, unsigned int tag, struct bytes *content)
{
	const uint8_t *p = d->in.p;
	size_t pos = d->pos, n = 0, size;

	if (d->in.n - pos < 2 || p[pos] != tag || (tag & 0x1f) == 0x1f)
		return 0;
	pos++;
	if (p[pos] < 0x80) {
		n = p[pos++];
	} else {
		size = p[pos++] & 0x7f;
		if (size == 0 || size > 4 || size > d->in.n - pos ||
		    p[pos] == 0)
			return 0;
		while (size-- > 0)
			n = n << 8 | p[pos++];
		if (n < 0x80)
			return 0;
	}
	if (n > d->in.n - pos)
		return 0;
	content->p = p + pos;
	content->n = n;
	return pos + n;
}

int
der_get(struct der *d, unsigned int tag, struct bytes *content)
{
	size_t end = read_element(d, tag, content);

	if (end == 0)
		return -1;
	d->pos = end;
	return 0;
}

int
der_get_whole(struct der *d, unsigned int tag, struct bytes *element)
{
	size_t start = d->pos;
	struct bytes content;

	if (der_get(d, tag, &content) != 0)
		return -1;
	element->p = d->in.p + start;
	element->n = d->pos - start;
	return 0;
}

int
der_enter(struct der *d, unsigned int tag, struct der *inner)
{
	unsigned int depth = d->depth + 1;
	struct bytes content;

	if (depth > DER_DEPTH_MAX || der_get(d, tag, &content) != 0)
		return -1;
	der_init(inner, content);
	inner->depth = depth;
	return 0;
}

int
der_get_uint(struct der *d, uint8_t *out, size_t n)
{
	struct der probe = *d;
	struct bytes v;

	if (der_get(&probe, DER_INTEGER, &v) != 0 || v.n == 0 ||
	    (v.p[0] & 0x80) != 0)
		return -1;
	if (v.n > 1 && v.p[0] == 0) {
		if ((v.p[1] & 0x80) == 0)
			return -1;
		v.p++;
		v.n--;
	}
	if (v.n > n)
		return -1;
	memset(out, 0, n - v.n);
	memcpy(out + n - v.n, v.p, v.n);
	*d = probe;
	return 0;
}

int
der_expect(struct der *d, struct bytes encoding)
{
	if (d->in.n - d->pos < encoding.n ||
	    memcmp(d->in.p + d->pos, encoding.p, encoding.n) != 0)
		return -1;
	d->pos += encoding.n;
	return 0;
}

int
der_at_end(const struct der *d)
{
	return d->pos == d->in.n;
}
