/*
 * der.h - DER (X.690, 10): a writer onto a buf with nested lengths, and a
 * strict reader over bytes.  Only what signatures and x509s use: single-byte
 * tags, definite lengths in the shortest form, non-negative integers.
 */
#ifndef CRYPTO_DER_H
#define CRYPTO_DER_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"

enum {
	DER_DEPTH_MAX = 16 /* elements inside each other */
};

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_PRINTABLE_STRING = 0x13,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80,	       /* [0] primitive; add the number */
	DER_CONTEXT_CONSTRUCTED = 0xa0 /* [0] constructed */
};

/* Append a whole element. */
void der_put(struct buf *out, unsigned int tag, struct bytes content);

/* Append a non-negative INTEGER given as n big-endian bytes (any leading
 * zeros are dropped, a sign byte is added when the first bit is set). */
void der_put_uint(struct buf *out, struct bytes big_endian);

/*
 * Begin an element whose length is not known yet; returns a mark.  der_end
 * puts the length in.  Pairs nest.
 */
size_t der_begin(struct buf *out, unsigned int tag);
void der_end(struct buf *out, size_t mark);

/* Append a SET OF: n whole elements, put into the order DER asks for (X.690,
 * 11.6).  items is sorted in place. */
void der_put_set_of(
    struct buf *out, unsigned int tag, struct bytes *items, size_t n);

/* A place inside DER bytes. */
struct der {
	struct bytes in;
	size_t pos;
	unsigned int depth;
};

void der_init(struct der *d, struct bytes in);

/* Tag of the next element, or -1 at the end. */
int der_peek(const struct der *d);

/* Next element must have this tag: its content; 0, or -1 (not moved). */
int der_get(struct der *d, unsigned int tag, struct bytes *content);

/* As der_get, with a view of the whole element, head included. */
int der_get_whole(struct der *d, unsigned int tag, struct bytes *element);

/* As der_get for a constructed element: *inner (which may be d) reads its
 * content; -1 also below DER_DEPTH_MAX. */
int der_enter(struct der *d, unsigned int tag, struct der *inner);

/* Next must be a non-negative INTEGER of at most n bytes, written right-aligned
 * to out; 0, or -1. */
int der_get_uint(struct der *d, uint8_t *out, size_t n);

/* Next must be exactly these bytes; 0, or -1 (not moved). */
int der_expect(struct der *d, struct bytes encoding);

/* 1 when nothing is left. */
int der_at_end(const struct der *d);

#endif
