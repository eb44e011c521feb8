/* verdict_fuzz.c - what a parse process may send back. */
#include <stdlib.h>

#include "certsvc/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf again = BUF_INIT;
	struct err e = ERR_INIT;
	struct verdict v;

	if (verdict_unpack((struct bytes){data, size}, &v, &e) == 0) {
		if (verdict_pack(&v, &again, &e) != 0)
			abort();
		verdict_release(&v);
	}
	buf_release(&again);
	err_clear(&e);
	return 0;
}
