/* qr_claims.c - see qr_claims.h: claims as CBOR, compressed when shorter. */
#include "crypto/qr_claims.h"

#include <libdeflate.h>

#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"
#include "crypto/cbor.h"

enum {
	FORMAT_VERSION = 1,
	COMPRESSION_NONE = 0,
	COMPRESSION_DEFLATE = 1,
	DEFLATE_LEVEL = 9,
	REDUCED_VALUES = 3,
	LICENCE_ITEMS = 10,

	/* CWT claim keys (RFC 8392, 4) and our private one. */
	CLAIM_ISS = 1,
	CLAIM_EXP = 4,
	CLAIM_IAT = 6,
	CLAIM_CTI = 7,
	CLAIM_LICENCE = -65537
};

/* What both directions ask of claims. */
static int
claims_fit(const struct qr_claims *c)
{
	size_t i;

	if (strlen(c->type) != QR_TYPE_SIZE - 1 || c->issued < 0 ||
	    c->expires < 0 || c->nvalues > QR_VALUES_MAX ||
	    c->copy.kind > QR_COPY_SHEET)
		return 0;
	for (i = 0; i < c->nvalues; i++)
		if (text_utf8_count(c->values[i], strlen(c->values[i])) < 0)
			return 0;
	switch (c->form) {
	case QR_FULL:
		return 1;
	case QR_REDUCED:
		return c->nvalues == REDUCED_VALUES;
	case QR_MINIMAL:
		return c->nvalues == 0;
	default:
		return 0;
	}
}

static void
put_copy(struct buf *out, const struct qr_copy *copy)
{
	if (copy->number == 0) {
		cbor_put_null(out);
		return;
	}
	cbor_put_array(out, copy->kind == QR_COPY_PURPOSE ? 3 : 4);
	cbor_put_uint(out, copy->number);
	cbor_put_str(out, copy->office);
	cbor_put_uint(out, copy->day);
	if (copy->kind != QR_COPY_PURPOSE)
		cbor_put_uint(out, copy->kind);
}

static void
put_licence(struct buf *out, const struct qr_claims *c)
{
	size_t i;

	cbor_put_array(out, LICENCE_ITEMS);
	cbor_put_uint(out, FORMAT_VERSION);
	cbor_put_str(out, c->type);
	cbor_put_uint(out, c->template_version);
	cbor_put_uint(out, c->list);
	cbor_put_uint(out, c->index);
	cbor_put_uint(out, c->form);
	cbor_put_array(out, c->nvalues);
	for (i = 0; i < c->nvalues; i++)
		cbor_put_str(out, c->values[i]);
	cbor_put_bstr(
	    out, (struct bytes){c->face_digest, sizeof(c->face_digest)});
	put_copy(out, &c->copy);
	cbor_put_null(out); /* holder key */
}

static void
put_claims(struct buf *out, const struct qr_claims *c)
{
	cbor_put_map(out, c->expires != 0 ? 5 : 4);
	cbor_put_int(out, CLAIM_ISS);
	cbor_put_uint(out, c->issuer);
	if (c->expires != 0) {
		cbor_put_int(out, CLAIM_EXP);
		cbor_put_uint(out, (uint64_t)c->expires);
	}
	cbor_put_int(out, CLAIM_IAT);
	cbor_put_uint(out, (uint64_t)c->issued);
	cbor_put_int(out, CLAIM_CTI);
	cbor_put_bstr(out, (struct bytes){c->cti, QR_CTI_SIZE});
	cbor_put_int(out, CLAIM_LICENCE);
	put_licence(out, c);
}

/* Append the compressed bytes if they are fewer; 1 when done, 0 when not,
 * -1 when out of memory. */
static int
put_deflated(struct buf *out, struct bytes plain)
{
	struct libdeflate_compressor *z;
	uint8_t packed[QR_INFLATED_MAX];
	size_t n;

	z = libdeflate_alloc_compressor(DEFLATE_LEVEL);
	if (z == NULL)
		return -1;
	/* 0: does not fit into fewer bytes. */
	n = libdeflate_deflate_compress(
	    z, plain.p, plain.n, packed, plain.n - 1);
	libdeflate_free_compressor(z);
	if (n == 0)
		return 0;
	buf_add_byte(out, COMPRESSION_DEFLATE);
	buf_add(out, packed, n);
	return 1;
}

int
qr_claims_write(const struct qr_claims *claims, struct buf *out, struct err *e)
{
	struct buf plain = BUF_INIT;
	int r, packed;

	if (!claims_fit(claims))
		return err_set(e, ERR_INPUT, "bad_claims",
		    "二维码的内容不符合格式。",
		    "The claims do not fit the format of the code.");
	put_claims(&plain, claims);
	if (buf_failed(&plain)) {
		r = err_nomem(e);
	} else if (plain.n > QR_INFLATED_MAX) {
		r = err_set(e, ERR_LIMIT, "claims_too_long",
		    "二维码的内容有 %zu 字节，超过上限 %d。",
		    "The claims have %zu bytes, over the limit of %d.", plain.n,
		    (int)QR_INFLATED_MAX);
	} else {
		packed = put_deflated(out, buf_bytes(&plain));
		if (packed == 0) {
			buf_add_byte(out, COMPRESSION_NONE);
			buf_add_buf(out, &plain);
		}
		r = packed < 0 || buf_failed(out) ? err_nomem(e) : 0;
	}
	buf_release(&plain);
	return r;
}

static int
malformed(struct err *e)
{
	return err_set(e, ERR_INPUT, "malformed", "二维码的内容格式不正确。",
	    "The claims of the code are not well formed.");
}

static int
unsupported(struct err *e, uint64_t version)
{
	return err_set(e, ERR_INPUT, "unsupported_version",
	    "二维码由更新的版本制作（编号 %llu），本程序不认识。",
	    "The code is of a later release (number %llu) than this program.",
	    (unsigned long long)version);
}

/* Inflate the payload's rest into plain, at most QR_INFLATED_MAX bytes. */
static int
inflate_payload(struct bytes packed, struct buf *plain, struct err *e)
{
	struct libdeflate_decompressor *z;
	uint8_t out[QR_INFLATED_MAX];
	size_t used = 0, n = 0;
	enum libdeflate_result result;

	z = libdeflate_alloc_decompressor();
	if (z == NULL)
		return err_nomem(e);
	result = libdeflate_deflate_decompress_ex(
	    z, packed.p, packed.n, out, sizeof(out), &used, &n);
	libdeflate_free_decompressor(z);
	if (result != LIBDEFLATE_SUCCESS || used != packed.n)
		return malformed(e);
	buf_add(plain, out, n);
	return buf_failed(plain) ? err_nomem(e) : 0;
}

static int
unpack(struct bytes payload, struct buf *plain, struct err *e)
{
	struct bytes rest;

	if (payload.n == 0)
		return malformed(e);
	rest.p = payload.p + 1;
	rest.n = payload.n - 1;
	switch (payload.p[0]) {
	case COMPRESSION_NONE:
		if (rest.n > QR_INFLATED_MAX)
			return malformed(e);
		buf_add(plain, rest.p, rest.n);
		return buf_failed(plain) ? err_nomem(e) : 0;
	case COMPRESSION_DEFLATE:
		return inflate_payload(rest, plain, e);
	default:
		return unsupported(e, payload.p[0]);
	}
}

/* A time claim: 0 .. INT64_MAX. */
static int64_t
get_time(struct cbor *r)
{
	int64_t t = cbor_get_int(r);

	if (t < 0)
		cbor_refuse(r);
	return t;
}

static void
get_values(struct cbor *r, struct qr_claims *c)
{
	size_t i, n = cbor_get_array(r);
	struct bytes v;

	if (n > QR_VALUES_MAX)
		cbor_refuse(r);
	c->values = r->failed ? NULL : calloc(n + 1, sizeof(*c->values));
	for (i = 0; i < n && c->values != NULL; i++) {
		v = cbor_get_tstr(r);
		if (r->failed || (v.n > 0 && memchr(v.p, 0, v.n) != NULL))
			break;
		c->values[i] = strndup((const char *)v.p, v.n);
		if (c->values[i] == NULL)
			break;
		c->nvalues++;
	}
	if (c->values == NULL || i < n)
		cbor_refuse(r);
	cbor_end(r);
}

/* *kind: as on the wire, 0 when there is none. */
static void
get_copy(struct cbor *r, struct qr_copy *copy, uint64_t *kind)
{
	size_t n;

	if (cbor_get_null(r))
		return;
	n = cbor_get_array(r);
	copy->number = cbor_get_uint(r);
	cbor_get_str(r, copy->office, sizeof(copy->office));
	copy->day = cbor_get_uint(r);
	if (n == 4) {
		*kind = cbor_get_uint(r);
		if (*kind == QR_COPY_PURPOSE)
			cbor_refuse(r);
	}
	cbor_end(r);
	copy->kind = *kind == QR_COPY_SHEET ? QR_COPY_SHEET : QR_COPY_PURPOSE;
	if (copy->number == 0)
		cbor_refuse(r);
}

/* The licence between its format version, which is 1, and its holder key. */
static void
get_licence(struct cbor *r, struct qr_claims *c, uint64_t *kind)
{
	uint64_t form;

	cbor_get_str(r, c->type, sizeof(c->type));
	c->template_version = cbor_get_uint(r);
	c->list = cbor_get_uint(r);
	c->index = cbor_get_uint(r);
	form = cbor_get_uint(r);
	if (form > QR_MINIMAL)
		cbor_refuse(r);
	c->form = (unsigned int)form;
	get_values(r, c);
	cbor_get_fixed(r, c->face_digest, sizeof(c->face_digest));
	get_copy(r, &c->copy, kind);
}

static int
read_claims(struct bytes plain, struct qr_claims *c, struct err *e)
{
	uint64_t version, kind = 0;
	struct cbor r;

	cbor_init(&r, plain);
	cbor_get_map(&r);
	cbor_get_key(&r, CLAIM_ISS);
	c->issuer = cbor_get_uint(&r);
	if (cbor_has_key(&r, CLAIM_EXP)) {
		c->expires = get_time(&r);
		if (c->expires == 0)
			cbor_refuse(&r);
	}
	cbor_get_key(&r, CLAIM_IAT);
	c->issued = get_time(&r);
	cbor_get_key(&r, CLAIM_CTI);
	cbor_get_fixed(&r, c->cti, sizeof(c->cti));
	cbor_get_key(&r, CLAIM_LICENCE);
	cbor_get_array(&r);
	version = cbor_get_uint(&r);
	if (!r.failed && version != FORMAT_VERSION)
		return unsupported(e, version);
	get_licence(&r, c, &kind);
	if (kind > QR_COPY_SHEET)
		return unsupported(e, kind);
	/* A holder key is reserved for a later release. */
	if (cbor_peek(&r) == CBOR_MAP)
		return unsupported(e, version);
	if (!cbor_get_null(&r))
		cbor_refuse(&r);
	cbor_end(&r);
	cbor_end(&r);
	return cbor_done(&r) == 0 && claims_fit(c) ? 0 : malformed(e);
}

int
qr_claims_read(struct bytes payload, struct qr_claims *claims, struct err *e)
{
	struct buf plain = BUF_INIT;
	int r;

	memset(claims, 0, sizeof(*claims));
	r = unpack(payload, &plain, e);
	if (r == 0)
		r = read_claims(buf_bytes(&plain), claims, e);
	buf_release(&plain);
	return r;
}

void
qr_claims_release(struct qr_claims *claims)
{
	size_t i;

	for (i = 0; i < claims->nvalues; i++)
		free(claims->values[i]);
	free(claims->values);
	claims->values = NULL;
	claims->nvalues = 0;
}
