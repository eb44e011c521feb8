/* x509_fuzz.c - x509 parsing, and a chain of what was parsed to itself. */
#include "crypto/chain.h"
#include "crypto/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct chain_request req = {.x509s = &in,
	    .nx509s = 1,
	    .anchors = &in,
	    .nanchors = 1,
	    .at = 1767225600};
	struct chain_result result;
	const struct x509 *x;
	struct err e = ERR_INIT;

	if (x509_get(in, &x, &e) == 0) {
		x509_free(x);
		chain_check(&req, &result, &e);
	}
	err_clear(&e);
	return 0;
}
