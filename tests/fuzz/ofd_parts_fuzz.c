/*
 * ofd_parts_fuzz.c - any files as what an OFD holds, under either profile:
 * never valid without trust.  The archive round them is ours, because no
 * change of a byte gets past its checksums.
 *
 *   input   part ...
 *   part    length of name u8 | name | length of content u16 | content
 */
#include <stdlib.h>
#include <string.h>

#include "certsvc/verify.h"
#include "crypto/zip_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next n bytes of the input, or as many as there are. */
static struct bytes
take(struct bytes *in, size_t n)
{
	struct bytes out = {in->p, n < in->n ? n : in->n};

	in->p += out.n;
	in->n -= out.n;
	return out;
}

static size_t
take_length(struct bytes *in, size_t size)
{
	struct bytes b = take(in, size);
	size_t i, n = 0;

	for (i = 0; i < b.n; i++)
		n = n << 8 | b.p[i];
	return n;
}

/* 0, or -1 when a name cannot be written. */
static int
pack(struct bytes in, struct buf *out)
{
	struct zip_write zip;
	struct err e = ERR_INIT;
	struct bytes name;
	char copy[256];
	int rc = zip_write_begin(&zip, 1, out, &e);

	while (rc == 0 && in.n > 0) {
		name = take(&in, take_length(&in, 1));
		memcpy(copy, name.p, name.n);
		copy[name.n] = '\0';
		rc = zip_write_stored(
		    &zip, copy, take(&in, take_length(&in, 2)));
	}
	if (rc == 0)
		rc = zip_write_end(&zip);
	zip_write_release(&zip);
	return rc == 0 ? 0 : -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum verify_profile profiles[] = {
	    PROFILE_LICENCE, PROFILE_DOCUMENT};
	struct buf file = BUF_INIT;
	struct verdict v;
	size_t i;

	for (i = 0; pack((struct bytes){data, size}, &file) == 0 && i < 2;
	     i++) {
		struct verify_options opt = {
		    .at = 1790000000, .profile = profiles[i]};

		verify_bytes(buf_bytes(&file), &opt, &v);
		if (v.kind == VERDICT_VALID)
			abort();
		verdict_release(&v);
		buf_reset(&file);
	}
	buf_release(&file);
	return 0;
}
