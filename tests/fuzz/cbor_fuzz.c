/* cbor_fuzz.c - whatever the reader accepts, the writer writes again. */
#include <stdlib.h>

#include "crypto/cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void copy_item(struct cbor *r, struct buf *out);

static void
copy_map(struct cbor *r, struct buf *out)
{
	size_t i, n = cbor_get_map(r);
	int64_t key;

	cbor_put_map(out, n);
	for (i = 0; i < n && !r->failed; i++) {
		for (key = -24; key < 24 && !cbor_has_key(r, key); key++)
			;
		if (key == 24)
			cbor_refuse(r);
		cbor_put_int(out, key);
		copy_item(r, out);
	}
	cbor_end(r);
}

static void
copy_array(struct cbor *r, struct buf *out)
{
	size_t i, n = cbor_get_array(r);

	cbor_put_array(out, n);
	for (i = 0; i < n && !r->failed; i++)
		copy_item(r, out);
	cbor_end(r);
}

static void
copy_item(struct cbor *r, struct buf *out)
{
	switch (cbor_peek(r)) {
	case CBOR_UINT:
	case CBOR_NEGATIVE:
		cbor_put_int(out, cbor_get_int(r));
		break;
	case CBOR_BSTR:
		cbor_put_bstr(out, cbor_get_bstr(r));
		break;
	case CBOR_TSTR:
		cbor_put_tstr(out, cbor_get_tstr(r));
		break;
	case CBOR_ARRAY:
		copy_array(r, out);
		break;
	case CBOR_MAP:
		copy_map(r, out);
		break;
	case CBOR_SIMPLE:
		if (cbor_get_null(r))
			cbor_put_null(out);
		else
			cbor_put_bool(out, cbor_get_bool(r));
		break;
	case CBOR_TAG:
	case CBOR_NONE:
	default:
		cbor_refuse(r);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct buf out = BUF_INIT;
	struct cbor r;

	cbor_init(&r, in);
	copy_item(&r, &out);
	if (cbor_done(&r) == 0 && !bytes_equal(in, buf_bytes(&out)))
		abort();
	buf_release(&out);
	return 0;
}
