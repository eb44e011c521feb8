/* x509_fuzz.c - x509 parsing, and a chain of what was parsed to itself. */
#include "crypto/chain.h"
#include "crypto/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct chain_request req = {&in, 1, &in, 1, 1767225600};
	enum chain_trust trust;
	const struct x509 *x;
	struct err e = ERR_INIT;

	if (x509_get(in, &x, &e) == 0) {
		x509_free(x);
		chain_check(&req, &trust, &e);
	}
	err_clear(&e);
	return 0;
}
