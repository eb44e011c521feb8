/* cms_fuzz.c - the strict CMS reader; what it accepts can be verified. */
#include "crypto/cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t digest[32];
	struct bytes in = {data, size};
	struct err e = ERR_INIT;
	struct cms cms;

	if (cms_parse(in, &cms, &e) == 0)
		cms_verify(&cms, digest, &e);
	err_clear(&e);
	return 0;
}
