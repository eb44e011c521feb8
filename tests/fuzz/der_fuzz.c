/* der_fuzz.c - whatever the reader accepts, the writer writes again; and a
 * signature read from DER writes the same DER. */
#include <stdlib.h>

#include "crypto/der.h"
#include "crypto/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
copy(struct der *d, struct buf *out)
{
	struct bytes content;
	struct der inner;
	size_t mark;
	int tag;

	while ((tag = der_peek(d)) >= 0) {
		if ((tag & 0x20) != 0 &&
		    der_enter(d, (unsigned int)tag, &inner) == 0) {
			mark = der_begin(out, (unsigned int)tag);
			copy(&inner, out);
			buf_add(out, inner.in.p + inner.pos,
			    inner.in.n - inner.pos);
			der_end(out, mark);
		} else if (der_get(d, (unsigned int)tag, &content) == 0) {
			der_put(out, (unsigned int)tag, content);
		} else {
			return;
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct buf out = BUF_INIT;
	uint8_t raw[SIGN_RAW_SIZE];
	struct der d;

	if (signature_from_der(in, raw) == 0) {
		signature_to_der(&out, raw);
		if (!bytes_equal(in, buf_bytes(&out)))
			abort();
	}
	buf_reset(&out);
	der_init(&d, in);
	copy(&d, &out);
	in.n = d.pos;
	if (!bytes_equal(in, buf_bytes(&out)))
		abort();
	buf_release(&out);
	return 0;
}
