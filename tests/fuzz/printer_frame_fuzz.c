/* A request to the printer process: one form only. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/print/printer_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	struct buf again = BUF_INIT;
	struct printer_frame f;
	struct printer_job job;

	if (printer_frame_read(in, &f) == 0) {
		printer_frame_write(&f, 0, &again);
		if (!buf_failed(&again) &&
		    (again.n != size + PRINTER_FRAME_HEADER ||
			memcmp(again.p + PRINTER_FRAME_HEADER, data, size) !=
			    0))
			abort();
	}
	buf_reset(&again);
	if (printer_job_read(in, &job) == 0) {
		printer_job_write(&job, &again);
		if (!buf_failed(&again) && !bytes_equal(buf_bytes(&again), in))
			abort();
	}
	buf_release(&again);
	return 0;
}
