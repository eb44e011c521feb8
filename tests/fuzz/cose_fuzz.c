/* cose_fuzz.c - COSE_Sign1: what is accepted has the one form. */
#include <stdlib.h>

#include "crypto/algorithm.h"
#include "crypto/cose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct err e = ERR_INIT;
	struct cose cose;

	if (cose_parse(in, &cose, &e) == 0 && algorithm_find(cose.alg) == NULL)
		abort();
	err_clear(&e);
	return 0;
}
