/* cbor.c - see cbor.h. */
#include "crypto/cbor.h"

#include <string.h>

#include "crypto/base/text.h"

/* Head: major type in the upper three bits, shortest form of the argument
 * (RFC 8949, 3). */
static void
put_head(struct buf *out, enum cbor_type type, uint64_t v)
{
	uint8_t head[9];
	unsigned int size, i, info;

	if (v < 24) {
		buf_add_byte(out, (uint8_t)((unsigned int)type << 5 | v));
		return;
	}
	info = v <= 0xff ? 24 : v <= 0xffff ? 25 : v <= 0xffffffff ? 26 : 27;
	size = 1U << (info - 24);
	head[0] = (uint8_t)((unsigned int)type << 5 | info);
	for (i = 0; i < size; i++)
		head[1 + i] = (uint8_t)(v >> 8 * (size - 1 - i));
	buf_add(out, head, 1 + size);
}

void
cbor_put_uint(struct buf *out, uint64_t v)
{
	put_head(out, CBOR_UINT, v);
}

void
cbor_put_int(struct buf *out, int64_t v)
{
	if (v >= 0)
		put_head(out, CBOR_UINT, (uint64_t)v);
	else
		put_head(out, CBOR_NEGATIVE, ~(uint64_t)v);
}

void
cbor_put_bstr(struct buf *out, struct bytes v)
{
	put_head(out, CBOR_BSTR, v.n);
	buf_add(out, v.p, v.n);
}

void
cbor_put_tstr(struct buf *out, struct bytes v)
{
	put_head(out, CBOR_TSTR, v.n);
	buf_add(out, v.p, v.n);
}

void
cbor_put_str(struct buf *out, const char *s)
{
	cbor_put_tstr(out, bytes_str(s));
}

void
cbor_put_array(struct buf *out, size_t n)
{
	put_head(out, CBOR_ARRAY, n);
}

void
cbor_put_map(struct buf *out, size_t n)
{
	put_head(out, CBOR_MAP, n);
}

void
cbor_put_tag(struct buf *out, uint64_t tag)
{
	put_head(out, CBOR_TAG, tag);
}

void
cbor_put_bool(struct buf *out, int v)
{
	put_head(out, CBOR_SIMPLE, v ? 21 : 20);
}

void
cbor_put_null(struct buf *out)
{
	put_head(out, CBOR_SIMPLE, 22);
}

void
cbor_init(struct cbor *r, struct bytes in)
{
	memset(r, 0, sizeof(*r));
	r->in = in;
}

void
cbor_refuse(struct cbor *r)
{
	r->failed = 1;
}

enum cbor_type
cbor_peek(const struct cbor *r)
{
	if (r->failed || r->pos == r->in.n)
		return CBOR_NONE;
	if (r->depth > 0 && r->levels[r->depth - 1].left == 0)
		return CBOR_NONE;
	if (r->depth == 0 && r->started)
		return CBOR_NONE;
	return (enum cbor_type)(r->in.p[r->pos] >> 5);
}

/* Read a head at *pos; 0, or -1 when cut, indefinite, reserved or not the
 * shortest form. */
static int
read_head(
    struct bytes in, size_t *pos, enum cbor_type *type, uint64_t *argument)
{
	unsigned int info, size, i;
	uint64_t v = 0;

	if (*pos == in.n)
		return -1;
	*type = (enum cbor_type)(in.p[*pos] >> 5);
	info = in.p[*pos] & 31;
	(*pos)++;
	*argument = info;
	if (info < 24)
		return 0;
	if (info > 27)
		return -1;
	size = 1U << (info - 24);
	if (in.n - *pos < size)
		return -1;
	for (i = 0; i < size; i++)
		v = v << 8 | in.p[(*pos)++];
	*argument = v;
	if (size == 1)
		return v < 24 ? -1 : 0;
	return v >> 8 * (size / 2) == 0 ? -1 : 0;
}

/* Head of the next value, which must be of this type. */
static uint64_t
get_head(struct cbor *r, enum cbor_type want)
{
	struct cbor_level *level;
	enum cbor_type type;
	uint64_t v;

	level = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
	if (cbor_peek(r) != want ||
	    (level != NULL && level->map && level->left % 2 == 0) ||
	    read_head(r->in, &r->pos, &type, &v) != 0) {
		r->failed = 1;
		return 0;
	}
	if (want == CBOR_TAG)
		return v;
	if (level != NULL)
		level->left--;
	r->started = 1;
	return v;
}

uint64_t
cbor_get_uint(struct cbor *r)
{
	return get_head(r, CBOR_UINT);
}

/* The signed value of an integer head; -1 when it does not fit. */
static int
signed_value(enum cbor_type type, uint64_t argument, int64_t *v)
{
	if (argument > INT64_MAX ||
	    (type != CBOR_UINT && type != CBOR_NEGATIVE))
		return -1;
	*v = type == CBOR_UINT ? (int64_t)argument : -1 - (int64_t)argument;
	return 0;
}

int64_t
cbor_get_int(struct cbor *r)
{
	enum cbor_type type = cbor_peek(r);
	uint64_t argument;
	int64_t v = 0;

	argument = get_head(r, type == CBOR_NEGATIVE ? type : CBOR_UINT);
	if (r->failed)
		return 0;
	if (signed_value(type, argument, &v) != 0)
		r->failed = 1;
	return v;
}

static struct bytes
get_string(struct cbor *r, enum cbor_type type)
{
	struct bytes v = {NULL, 0};
	uint64_t n = get_head(r, type);

	if (r->failed || n > r->in.n - r->pos) {
		r->failed = 1;
		return v;
	}
	v.p = r->in.p + r->pos;
	v.n = (size_t)n;
	r->pos += v.n;
	return v;
}

struct bytes
cbor_get_bstr(struct cbor *r)
{
	return get_string(r, CBOR_BSTR);
}

struct bytes
cbor_get_tstr(struct cbor *r)
{
	struct bytes v = get_string(r, CBOR_TSTR);

	if (!r->failed && text_utf8_count((const char *)v.p, v.n) < 0) {
		r->failed = 1;
		v.p = NULL;
		v.n = 0;
	}
	return v;
}

void
cbor_get_fixed(struct cbor *r, uint8_t *out, size_t n)
{
	struct bytes v = cbor_get_bstr(r);

	memset(out, 0, n);
	if (r->failed || v.n != n) {
		r->failed = 1;
		return;
	}
	memcpy(out, v.p, n);
}

void
cbor_get_str(struct cbor *r, char *out, size_t size)
{
	struct bytes v = cbor_get_tstr(r);

	out[0] = '\0';
	if (r->failed || v.n >= size ||
	    (v.n > 0 && memchr(v.p, 0, v.n) != NULL)) {
		r->failed = 1;
		return;
	}
	if (v.n > 0)
		memcpy(out, v.p, v.n);
	out[v.n] = '\0';
}

int
cbor_get_bool(struct cbor *r)
{
	uint64_t v = get_head(r, CBOR_SIMPLE);

	if (!r->failed && v != 20 && v != 21)
		r->failed = 1;
	return !r->failed && v == 21;
}

int
cbor_get_null(struct cbor *r)
{
	if (cbor_peek(r) != CBOR_SIMPLE || r->in.p[r->pos] != 0xf6)
		return 0;
	get_head(r, CBOR_SIMPLE);
	return !r->failed;
}

void
cbor_get_tag(struct cbor *r, uint64_t tag)
{
	if (get_head(r, CBOR_TAG) != tag)
		r->failed = 1;
}

/* Enter n items of `width` slots each. */
static size_t
enter(struct cbor *r, enum cbor_type type, size_t width)
{
	uint64_t n = get_head(r, type);
	struct cbor_level *level;

	if (r->failed || n > (r->in.n - r->pos) / width ||
	    r->depth == CBOR_DEPTH_MAX) {
		r->failed = 1;
		return 0;
	}
	level = &r->levels[r->depth++];
	memset(level, 0, sizeof(*level));
	level->left = (size_t)n * width;
	level->map = type == CBOR_MAP;
	return (size_t)n;
}

size_t
cbor_get_array(struct cbor *r)
{
	return enter(r, CBOR_ARRAY, 1);
}

size_t
cbor_get_map(struct cbor *r)
{
	return enter(r, CBOR_MAP, 2);
}

void
cbor_get_tuple(struct cbor *r, size_t n)
{
	if (cbor_get_array(r) != n)
		r->failed = 1;
}

void
cbor_end(struct cbor *r)
{
	if (r->failed)
		return;
	if (r->depth == 0 || r->levels[r->depth - 1].left != 0) {
		r->failed = 1;
		return;
	}
	r->depth--;
}

/* 1 when encoded key b comes after a (equal lengths or not). */
static int
key_after(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order;

	if (a.n == 0)
		return 1;
	order = memcmp(a.p, b.p, n);
	return order < 0 || (order == 0 && a.n < b.n);
}

int
cbor_has_key(struct cbor *r, int64_t key)
{
	struct cbor_level *level;
	enum cbor_type type;
	struct bytes encoded;
	uint64_t argument;
	size_t pos = r->pos;
	int64_t v;

	if (r->failed || r->depth == 0)
		return 0;
	level = &r->levels[r->depth - 1];
	if (!level->map || level->left == 0 || level->left % 2 != 0)
		return 0;
	encoded.p = r->in.p + pos;
	if (read_head(r->in, &pos, &type, &argument) != 0 ||
	    signed_value(type, argument, &v) != 0) {
		r->failed = 1;
		return 0;
	}
	encoded.n = pos - r->pos;
	if (!key_after(level->key, encoded)) {
		r->failed = 1;
		return 0;
	}
	if (v != key)
		return 0;
	level->key = encoded;
	level->left--;
	r->pos = pos;
	return 1;
}

void
cbor_get_key(struct cbor *r, int64_t key)
{
	if (!cbor_has_key(r, key))
		r->failed = 1;
}

void
cbor_get_text_key(struct cbor *r, const char *key)
{
	struct cbor_level *level;

	level = r->depth > 0 ? &r->levels[r->depth - 1] : NULL;
	if (level == NULL || !level->map || level->left % 2 != 0 ||
	    level->left == 0) {
		r->failed = 1;
		return;
	}
	/* Odd for a moment, so that the key is taken as a value. */
	level->left++;
	if (!bytes_equal(cbor_get_tstr(r), bytes_str(key)))
		r->failed = 1;
	level->left--;
}

int
cbor_done(const struct cbor *r)
{
	return r->failed || !r->started || r->depth != 0 || r->pos != r->in.n
		   ? -1
		   : 0;
}
