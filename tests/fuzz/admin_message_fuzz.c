/* admin_message_fuzz.c - an administrator's request: one form only. */
#include <stdlib.h>

#include "keys/admin_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct buf again = BUF_INIT;
	struct admin_message m;

	if (admin_message_read(in, &m) == 0) {
		admin_message_write(&m, &again);
		if (!buf_failed(&again) && !bytes_equal(buf_bytes(&again), in))
			abort();
	}
	buf_release(&again);
	return 0;
}
