/* crl_fuzz.c - lists of revoked x509s and requests for x509s. */
#include <stdlib.h>

#include "crypto/crl.h"
#include "crypto/x509_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t serial[] = {0x02, 0x01, 0x05};
	struct bytes in = {data, size};
	struct err e = ERR_INIT;
	struct x509_asked asked;
	const struct crl *crl;
	enum crl_reason reason;
	int64_t revoked;

	if (crl_get(in, &crl, &e) == 0) {
		crl_find(crl, (struct bytes){serial, sizeof(serial)}, &revoked,
		    &reason);
		crl_free(crl);
	}
	x509_request_read(in, &asked, &e);
	err_clear(&e);
	return 0;
}
