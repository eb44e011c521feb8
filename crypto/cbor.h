/*
 * cbor.h - deterministic CBOR (RFC 8949, 4.2.1): a writer onto a buf and a
 * strict reader over bytes.  One form only: shortest integers and lengths,
 * definite lengths, map keys integers in ascending bytewise order of their
 * encoding (0, 1, 2 ... then -1, -2 ...), no floats, valid UTF-8, tags only
 * where the caller asks for one.
 *
 * The reader remembers its first failure: afterwards every get does nothing
 * and returns 0, NULL or an empty view, so a caller reads straight through and
 * asks cbor_done once.
 *
 *	struct cbor r;
 *
 *	cbor_init(&r, frame);
 *	cbor_get_map(&r);
 *	cbor_get_key(&r, 1);
 *	number = cbor_get_uint(&r);
 *	if (cbor_has_key(&r, 2))
 *		name = cbor_get_tstr(&r);
 *	cbor_end(&r);
 *	return cbor_done(&r);
 */
#ifndef CRYPTO_CBOR_H
#define CRYPTO_CBOR_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"

enum {
	CBOR_DEPTH_MAX = 8 /* arrays and maps inside each other */
};

/* Major types, as on the wire; CBOR_NONE: nothing left at this level. */
enum cbor_type {
	CBOR_UINT = 0,
	CBOR_NEGATIVE = 1,
	CBOR_BSTR = 2,
	CBOR_TSTR = 3,
	CBOR_ARRAY = 4,
	CBOR_MAP = 5,
	CBOR_TAG = 6,
	CBOR_SIMPLE = 7,
	CBOR_NONE = 8
};

/* Writer: each call appends one item, or the head of one. */
void cbor_put_uint(struct buf *out, uint64_t v);
void cbor_put_int(struct buf *out, int64_t v);
void cbor_put_bstr(struct buf *out, struct bytes v);
/* v must be valid UTF-8. */
void cbor_put_tstr(struct buf *out, struct bytes v);
void cbor_put_str(struct buf *out, const char *s);
/* The head; the caller puts n items (n key and value pairs) after it. */
void cbor_put_array(struct buf *out, size_t n);
void cbor_put_map(struct buf *out, size_t n);
void cbor_put_tag(struct buf *out, uint64_t tag);
void cbor_put_bool(struct buf *out, int v);
void cbor_put_null(struct buf *out);

struct cbor_level {
	size_t left;	  /* items to come; a map pair is two */
	int map;	  /* 1: a map, else an array */
	struct bytes key; /* encoding of the last key */
};

struct cbor {
	struct bytes in;
	size_t pos;
	int failed;
	int started; /* the one outermost item was begun */
	size_t depth;
	struct cbor_level levels[CBOR_DEPTH_MAX];
};

void cbor_init(struct cbor *r, struct bytes in);

/* Type of the next item at this level (of a map: of its next key or value). */
enum cbor_type cbor_peek(const struct cbor *r);

uint64_t cbor_get_uint(struct cbor *r);
/* Any integer that fits; others are a failure. */
int64_t cbor_get_int(struct cbor *r);
/* Views into the input. */
struct bytes cbor_get_bstr(struct cbor *r);
struct bytes cbor_get_tstr(struct cbor *r);
/* A byte string of exactly n bytes is copied to out (zeros on failure). */
void cbor_get_fixed(struct cbor *r, uint8_t *out, size_t n);
/* A text string of less than size bytes without NUL is copied to out and
 * terminated ("" on failure). */
void cbor_get_str(struct cbor *r, char *out, size_t size);
int cbor_get_bool(struct cbor *r);
/* 1 and past it when the next item is null, else 0 and not moved. */
int cbor_get_null(struct cbor *r);
void cbor_get_tag(struct cbor *r, uint64_t tag);

/* Enter an array or map; returns the number of items or pairs (never more
 * than there are bytes left, so it is safe to allocate by). */
size_t cbor_get_array(struct cbor *r);
size_t cbor_get_map(struct cbor *r);
/* Enter an array that must have n items. */
void cbor_get_tuple(struct cbor *r, size_t n);
/* Leave it; items left are a failure. */
void cbor_end(struct cbor *r);

/* In a map: the next key must be `key`. */
void cbor_get_key(struct cbor *r, int64_t key);
/* In a map: 1 and past it when the next key is `key`, else 0. */
int cbor_has_key(struct cbor *r, int64_t key);

/* In a map with text keys (a published format asks for them): the next key
 * must be this text.  Order is the writer's business there. */
void cbor_get_text_key(struct cbor *r, const char *key);

/* Make the reader fail: the caller met a value it refuses. */
void cbor_refuse(struct cbor *r);

/* 0 when all was read without failure: one item, no level open, no bytes left;
 * else -1. */
int cbor_done(const struct cbor *r);

#endif
