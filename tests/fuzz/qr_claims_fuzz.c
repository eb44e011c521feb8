/* qr_claims_fuzz.c - claims that are read can be written, and read the same. */
#include <stdlib.h>

#include "crypto/qr_claims.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes payload = {data, size};
	struct buf again = BUF_INIT;
	struct qr_claims claims;
	struct err e = ERR_INIT;

	if (qr_claims_read(payload, &claims, &e) == 0) {
		if (qr_claims_write(&claims, &again, &e) != 0)
			abort();
		if (data[0] == 0 && again.p[0] == 0 &&
		    !bytes_equal(payload, buf_bytes(&again)))
			abort();
	}
	qr_claims_release(&claims);
	err_clear(&e);
	buf_release(&again);
	return 0;
}
