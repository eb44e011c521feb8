/* status_list.c - see status_list.h. */
#include "crypto/status_list.h"

#include <libdeflate.h>

#include <stdlib.h>
#include <string.h>

#include "crypto/cbor.h"

enum {
	CLAIM_SUB = 2,
	CLAIM_EXP = 4,
	CLAIM_IAT = 6,
	CLAIM_LIST = 65533,
	CLAIM_TTL = 65534,
	ZLIB_LEVEL = 6, /* 9 saves a sixth and takes ten times as long */
	PLACES = 4	/* in a byte */
};

int
status_list_init(struct status_list *list, size_t n, struct err *e)
{
	memset(list, 0, sizeof(*list));
	if (n == 0 || n > STATUS_LIST_ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "list_too_long",
		    "状态列表的长度 %zu 不在 1 至 %d 之间。",
		    "The status list's length %zu is not between 1 and %d.", n,
		    (int)STATUS_LIST_ENTRIES_MAX);
	list->nbits = (n + PLACES - 1) / PLACES;
	list->bits = calloc(1, list->nbits);
	return list->bits == NULL ? err_nomem(e) : 0;
}

void
status_list_release(struct status_list *list)
{
	free(list->bits);
	list->bits = NULL;
	list->nbits = 0;
}

size_t
status_list_size(const struct status_list *list)
{
	return list->nbits * PLACES;
}

int
status_list_get(const struct status_list *list, uint64_t index)
{
	if (index >= status_list_size(list))
		return -1;
	return list->bits[index / PLACES] >> 2 * (index % PLACES) & 3;
}

int
status_list_set(
    struct status_list *list, uint64_t index, enum status_value value)
{
	unsigned int shift = (unsigned int)(2 * (index % PLACES)), byte;

	if (index >= status_list_size(list))
		return -1;
	byte = list->bits[index / PLACES];
	byte &= ~(3U << shift);
	byte |= ((unsigned int)value & 3) << shift;
	list->bits[index / PLACES] = (uint8_t)byte;
	return 0;
}

static int
compress_bits(const struct status_list *list, struct buf *out, struct err *e)
{
	struct libdeflate_compressor *z;
	uint8_t *room;
	size_t bound;

	z = libdeflate_alloc_compressor(ZLIB_LEVEL);
	if (z == NULL)
		return err_nomem(e);
	bound = libdeflate_zlib_compress_bound(z, list->nbits);
	room = buf_extend(out, bound);
	if (room != NULL)
		out->n = libdeflate_zlib_compress(
		    z, list->bits, list->nbits, room, bound);
	libdeflate_free_compressor(z);
	return buf_failed(out) || out->n == 0 ? err_nomem(e) : 0;
}

static void
put_claims(
    struct buf *out, const struct status_list *list, struct bytes compressed)
{
	cbor_put_map(out, 5);
	cbor_put_int(out, CLAIM_SUB);
	cbor_put_str(out, list->uri);
	cbor_put_int(out, CLAIM_EXP);
	cbor_put_int(out, list->expires);
	cbor_put_int(out, CLAIM_IAT);
	cbor_put_int(out, list->issued);
	cbor_put_int(out, CLAIM_LIST);
	cbor_put_map(out, 2);
	/* Text keys in bytewise order of their encoding: shorter first. */
	cbor_put_str(out, "lst");
	cbor_put_bstr(out, compressed);
	cbor_put_str(out, "bits");
	cbor_put_uint(out, STATUS_LIST_BITS);
	cbor_put_int(out, CLAIM_TTL);
	cbor_put_int(out, list->ttl);
}

int
status_list_sign(const struct status_list *list,
    const struct cose_request *signer, struct buf *out, struct err *e)
{
	struct cose_request req = *signer;
	struct buf compressed = BUF_INIT, claims = BUF_INIT;
	int r;

	r = compress_bits(list, &compressed, e);
	if (r == 0) {
		put_claims(&claims, list, buf_bytes(&compressed));
		req.typ = STATUS_LIST_TYP;
		req.payload = buf_bytes(&claims);
		r = buf_failed(&claims) ? err_nomem(e)
					: cose_sign(&req, out, e);
	}
	buf_release(&compressed);
	buf_release(&claims);
	return r;
}

static int
malformed(struct err *e)
{
	return err_set(e, ERR_INPUT, "malformed", "状态列表的格式不正确。",
	    "The status list is not well formed.");
}

static int64_t
get_time(struct cbor *r)
{
	int64_t t = cbor_get_int(r);

	if (t < 0)
		cbor_refuse(r);
	return t;
}

/* The claims; *compressed is a view into the payload. */
static int
read_claims(struct bytes payload, struct status_list *list,
    struct bytes *compressed, uint64_t *bits)
{
	struct cbor r;

	cbor_init(&r, payload);
	cbor_get_map(&r);
	cbor_get_key(&r, CLAIM_SUB);
	cbor_get_str(&r, list->uri, sizeof(list->uri));
	cbor_get_key(&r, CLAIM_EXP);
	list->expires = get_time(&r);
	cbor_get_key(&r, CLAIM_IAT);
	list->issued = get_time(&r);
	cbor_get_key(&r, CLAIM_LIST);
	cbor_get_map(&r);
	cbor_get_text_key(&r, "lst");
	*compressed = cbor_get_bstr(&r);
	cbor_get_text_key(&r, "bits");
	*bits = cbor_get_uint(&r);
	cbor_end(&r);
	cbor_get_key(&r, CLAIM_TTL);
	list->ttl = get_time(&r);
	cbor_end(&r);
	return cbor_done(&r);
}

/* Inflate into a block of the largest size, then shrink it. */
static int
inflate_bits(struct bytes compressed, struct status_list *list, struct err *e)
{
	struct libdeflate_decompressor *z = libdeflate_alloc_decompressor();
	uint8_t *room = malloc(STATUS_LIST_BYTES_MAX), *exact;
	size_t used = 0, n = 0;
	int good;

	if (z == NULL || room == NULL) {
		libdeflate_free_decompressor(z);
		free(room);
		return err_nomem(e);
	}
	good =
	    libdeflate_zlib_decompress_ex(z, compressed.p, compressed.n, room,
		STATUS_LIST_BYTES_MAX, &used, &n) == LIBDEFLATE_SUCCESS;
	libdeflate_free_decompressor(z);
	if (!good || used != compressed.n || n == 0) {
		free(room);
		return malformed(e);
	}
	/* Giving back what is not needed may fail; the room then stays. */
	exact = realloc(room, n);
	if (exact != NULL)
		room = exact;
	list->bits = room;
	list->nbits = n;
	return 0;
}

int
status_list_read(
    const struct cose *cose, struct status_list *list, struct err *e)
{
	struct bytes compressed;
	uint64_t bits;

	memset(list, 0, sizeof(*list));
	if (!bytes_equal(cose->typ, bytes_str(STATUS_LIST_TYP)) ||
	    cose->payload.n > STATUS_LIST_CWT_MAX ||
	    read_claims(cose->payload, list, &compressed, &bits) != 0)
		return malformed(e);
	if (bits != STATUS_LIST_BITS)
		return err_set(e, ERR_INPUT, "unsupported_version",
		    "状态列表每项 %llu 位，本程序只认识 2 位。",
		    "The status list has %llu bits an entry; this program "
		    "knows 2.",
		    (unsigned long long)bits);
	return inflate_bits(compressed, list, e);
}
