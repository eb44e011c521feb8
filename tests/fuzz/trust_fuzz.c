/* trust_fuzz.c - any bytes as trust.json, as x509s, as a CRL, as a status list.
 */
#include "certsvc/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char empty[] =
	    "{\"version\":2,\"made\":\"2026-01-01T00:00:00Z\",\"demo\":true,"
	    "\"issuers\":[],\"types\":[]}";
	struct bytes in = {data, size};
	struct trust_parts all = {.json = bytes_str(empty),
	    .anchors = &in,
	    .nanchors = 1,
	    .lists = &in,
	    .nlists = 1};
	struct trust_parts json = {.json = in};
	struct trust_parts crl = {
	    .json = bytes_str(empty), .crls = &in, .ncrls = 1};
	struct trust *trust = NULL;
	struct err e = ERR_INIT;

	if (trust_parse(&json, &trust, &e) == 0)
		trust_free(trust);
	trust = NULL;
	if (trust_parse(&all, &trust, &e) == 0)
		trust_free(trust);
	trust = NULL;
	if (trust_parse(&crl, &trust, &e) == 0)
		trust_free(trust);
	err_clear(&e);
	return 0;
}
