/* gm_signed_data_fuzz.c - the reader of GB/T 35275 SignedData, and timestamp
 * tokens, which have the same shape. */
#include "crypto/ses_check.h"
#include "crypto/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct timestamp_request stamp = {
	    .token = in, .message = {data, 0}, .at = 1767225600};
	struct ses_trust trust = {.at = 1767225600};
	struct gm_signed_data signed_data;
	struct ses_report report;
	struct err e = ERR_INIT;
	int64_t time;

	ses_check_signed_data(in, in, &trust, &signed_data, &report, &e);
	timestamp_check(&stamp, &time, &e);
	err_clear(&e);
	return 0;
}
