/* seal_record_fuzz.c - one record of the seal register: what is accepted is
 * written again as the same bytes. */
#include <stdlib.h>

#include "keys/seal_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct buf again = BUF_INIT;
	struct seal_record record;

	if (seal_record_read(in, &record) == 0) {
		seal_record_write(&record, &again);
		if (buf_failed(&again) || !bytes_equal(buf_bytes(&again), in))
			abort();
	}
	buf_release(&again);
	return 0;
}
