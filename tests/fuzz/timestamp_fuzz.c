/* timestamp_fuzz.c - any bytes as a timestamp token over a known message; with
 * no anchor none is good. */
#include <stdlib.h>

#include "crypto/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct timestamp_request req = {.token = {data, size},
	    .message = bytes_str("message"),
	    .at = 1790000000};
	struct err e = ERR_INIT;
	int64_t time;

	if (timestamp_check(&req, &time, &e) == 0)
		abort();
	return 0;
}
