/* buf.c - see buf.h. */
#include "crypto/base/buf.h"

#include <openssl/crypto.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for n more bytes and a NUL; 0 when out of memory. */
static int
reserve(struct buf *b, size_t n)
{
	size_t need, cap;
	uint8_t *p;

	if (b->failed)
		return 0;
	if (n > SIZE_MAX / 4 - b->n) {
		b->failed = 1;
		return 0;
	}
	need = b->n + n + 1;
	if (need <= b->cap)
		return 1;
	cap = b->cap ? b->cap * 2 : 64;
	if (cap < need)
		cap = need;
	p = realloc(b->p, cap);
	if (p == NULL) {
		b->failed = 1;
		return 0;
	}
	b->p = p;
	b->cap = cap;
	return 1;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void
buf_add_byte(struct buf *b, uint8_t c)
{
	if (reserve(b, 1))
		b->p[b->n++] = c;
}

void
buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_add_buf(struct buf *b, const struct buf *src)
{
	if (src->failed)
		b->failed = 1;
	buf_add(b, src->p, src->n);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(b, (size_t)n)) {
		b->failed = 1;
		return;
	}
	va_start(ap, fmt);
	vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

uint8_t *
buf_extend(struct buf *b, size_t n)
{
	uint8_t *start;

	if (!reserve(b, n))
		return NULL;
	start = b->p + b->n;
	memset(start, 0, n);
	b->n += n;
	return start;
}

const char *
buf_cstr(struct buf *b)
{
	if (!reserve(b, 0))
		return NULL;
	b->p[b->n] = '\0';
	return (const char *)b->p;
}

int
buf_failed(const struct buf *b)
{
	return b->failed;
}

struct bytes
buf_bytes(const struct buf *b)
{
	struct bytes v = {b->p, b->n};

	return v;
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = 0;
}

void
buf_release(struct buf *b)
{
	free(b->p);
	memset(b, 0, sizeof(*b));
}

void
buf_swap(struct buf *a, struct buf *b)
{
	struct buf c = *a;

	*a = *b;
	*b = c;
}

void
buf_wipe(struct buf *b)
{
	if (b->p != NULL)
		OPENSSL_cleanse(b->p, b->cap);
	buf_release(b);
}

struct bytes
bytes_str(const char *s)
{
	struct bytes v = {(const uint8_t *)s, strlen(s)};

	return v;
}

int
bytes_equal(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
