/*
 * sfnt.h - numbers of a font file (OpenType 1.9, "Data Types"): big-endian.
 */
#ifndef CERTSVC_FORMAT_SFNT_H
#define CERTSVC_FORMAT_SFNT_H

#include <stdint.h>
#include <string.h>

#include "crypto/base/buf.h"

static inline uint32_t
sfnt_get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t
sfnt_get32(const uint8_t *p)
{
	return sfnt_get16(p) << 16 | sfnt_get16(p + 2);
}

/* Of a table: the sum of its numbers of 32 bits, as if zeros followed. */
static inline uint32_t
sfnt_checksum(struct bytes v)
{
	uint8_t last[4] = {0};
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 4 <= v.n; i += 4)
		sum += sfnt_get32(v.p + i);
	if (v.n > i)
		memcpy(last, v.p + i, v.n - i);
	return sum + sfnt_get32(last);
}

/* The lower 16 bits of v. */
static inline void
sfnt_put16(struct buf *out, uint32_t v)
{
	const uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	buf_add(out, b, sizeof(b));
}

static inline void
sfnt_put32(struct buf *out, uint32_t v)
{
	sfnt_put16(out, v >> 16);
	sfnt_put16(out, v);
}

#endif
