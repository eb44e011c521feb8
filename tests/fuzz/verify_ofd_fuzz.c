/* verify_ofd_fuzz.c - any bytes as an OFD, ours or not, under either profile:
 * never valid without trust. */
#include <stdlib.h>

#include "certsvc/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum verify_profile profiles[] = {
	    PROFILE_LICENCE, PROFILE_DOCUMENT};
	struct verdict v;
	size_t i;

	for (i = 0; i < 2; i++) {
		struct verify_options opt = {
		    .at = 1790000000, .profile = profiles[i]};

		verify_bytes((struct bytes){data, size}, &opt, &v);
		if (v.kind == VERDICT_VALID)
			abort();
		verdict_release(&v);
	}
	return 0;
}
