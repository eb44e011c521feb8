/* trust_fuzz.c - any bytes as trust.json, as an anchor, as a status list. */
#include "certsvc/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char empty[] =
	    "{\"version\":1,\"made\":\"2026-01-01T00:00:00Z\",\"demo\":true,"
	    "\"issuers\":[],\"types\":[]}";
	struct bytes in = {data, size};
	struct trust *trust = NULL;
	struct err e = ERR_INIT;

	if (trust_parse(in, NULL, 0, NULL, 0, &trust, &e) == 0)
		trust_free(trust);
	trust = NULL;
	if (trust_parse(bytes_str(empty), &in, 1, &in, 1, &trust, &e) == 0)
		trust_free(trust);
	err_clear(&e);
	return 0;
}
