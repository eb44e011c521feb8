/* keeper_frame_fuzz.c - requests to the keeper: what is read is written again
 * byte for byte; answers are read without harm. */
#include <stdlib.h>

#include "keys/keeper_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size}, payload;
	struct buf again = BUF_INIT;
	struct err e = ERR_INIT;
	struct keeper_frame f;
	uint64_t number;

	if (keeper_frame_read(in, &f) == 0) {
		keeper_frame_write(&f, &again);
		if (!buf_failed(&again) && !bytes_equal(buf_bytes(&again), in))
			abort();
	}
	keeper_answer_read(in, &number, &payload, &e);
	buf_release(&again);
	err_clear(&e);
	return 0;
}
