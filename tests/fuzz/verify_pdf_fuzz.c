/* verify_pdf_fuzz.c - any bytes as a PDF, ours or not: never valid without
 * trust.
 */
#include <stdlib.h>

#include "certsvc/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct verify_options opt = {.at = 1790000000};
	struct verdict v;

	verify_bytes((struct bytes){data, size}, &opt, &v);
	if (v.kind == VERDICT_VALID)
		abort();
	verdict_release(&v);
	return 0;
}
