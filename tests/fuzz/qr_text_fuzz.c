/* qr_text_fuzz.c - a text that is read, written again, is the same text. */
#include <stdlib.h>
#include <string.h>

#include "crypto/qr_claims.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = {data, size}, url;
	struct buf cose = BUF_INIT, again = BUF_INIT, host = BUF_INIT;
	struct err e = ERR_INIT;

	if (qr_text_read(text, &url, &cose, &e) == 0) {
		buf_add(&host, url.p, url.n);
		qr_text_write(&again, buf_cstr(&host), buf_bytes(&cose));
		if (!bytes_equal(text, buf_bytes(&again)))
			abort();
	}
	err_clear(&e);
	buf_release(&cose);
	buf_release(&again);
	buf_release(&host);
	return 0;
}
