/*
 * flips.h - every byte of a file changed, and the file cut everywhere.  Header
 * only.
 */
#ifndef TESTS_SUPPORT_FLIPS_H
#define TESTS_SUPPORT_FLIPS_H

#include "crypto/base/buf.h"

/* XOR with each mask at every byte: none is valid. */
static inline void
flip_bytes(struct buf *file, struct bytes masks, int (*valid)(struct bytes))
{
	size_t i, j;

	for (i = 0; i < file->n; i++)
		for (j = 0; j < masks.n; j++) {
			file->p[i] ^= masks.p[j];
			if (valid(buf_bytes(file)))
				fail_msg("byte %zu xor %02x", i, masks.p[j]);
			file->p[i] ^= masks.p[j];
		}
	assert_true(valid(buf_bytes(file)));
}

/* The first n bytes, n up to `end`: never valid. */
static inline void
cut_bytes(const struct buf *file, size_t end, int (*valid)(struct bytes))
{
	size_t n;

	for (n = 0; n < end; n++)
		if (valid((struct bytes){file->p, n}))
			fail_msg("cut to %zu", n);
}

#endif
