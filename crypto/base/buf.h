/*
 * buf.h - growing bytes, and a view of bytes somebody else owns.
 *
 * A buf remembers an allocation failure: after one, every add does nothing and
 * buf_failed() is true, so a writer checks once at its end.  Adding never
 * frees what is there.
 */
#ifndef CRYPTO_BASE_BUF_H
#define CRYPTO_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

/* Bytes owned by somebody else; valid as long as its owner says. */
struct bytes {
	const uint8_t *p;
	size_t n;
};

struct buf {
	uint8_t *p; /* owned; NULL when empty */
	size_t n;   /* bytes used */
	size_t cap; /* bytes allocated */
	int failed; /* an allocation failed: content is incomplete */
};

#define BUF_INIT                                                               \
	{                                                                      \
		.p = NULL                                                      \
	}

void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_byte(struct buf *b, uint8_t c);
void buf_add_str(struct buf *b, const char *s);
void buf_add_buf(struct buf *b, const struct buf *src);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Add n zero bytes and return where they start, or NULL when out of memory. */
uint8_t *buf_extend(struct buf *b, size_t n);

/* The content as a NUL-terminated string (the NUL is not counted in n);
 * "" when empty, NULL when out of memory.  Valid until the next add. */
const char *buf_cstr(struct buf *b);

int buf_failed(const struct buf *b);

/* A view of the content, valid until the next add or release. */
struct bytes buf_bytes(const struct buf *b);

/* Keep the memory, drop the content. */
void buf_reset(struct buf *b);

/* Free the content; the buf is as after BUF_INIT. */
void buf_release(struct buf *b);

/* As buf_release, overwriting the content first (secrets). */
void buf_wipe(struct buf *b);

/* Exchange two of them. */
void buf_swap(struct buf *a, struct buf *b);

/* View of a NUL-terminated string, without the NUL. */
struct bytes bytes_str(const char *s);

/* 1 when both views hold the same bytes (not constant time). */
int bytes_equal(struct bytes a, struct bytes b);

#endif
