/* ticket_fuzz.c - tickets of offices: what is read is written again byte for
 * byte, but for the MAC, which only its key can make. */
#include <stdlib.h>
#include <string.h>

#include "keys/ticket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[32] = {7};
	struct bytes in = {data, size};
	struct buf again = BUF_INIT;
	struct err e = ERR_INIT;
	struct ticket t, opened;

	if (ticket_parse(in, &t) == 0) {
		if (ticket_write(&t, key, &again, &e) != 0 || again.n != size ||
		    memcmp(again.p, data, size - TICKET_MAC_SIZE) != 0 ||
		    ticket_open(buf_bytes(&again), key, &opened, &e) != 0)
			abort();
		ticket_covered_by(&t, "11990100MB9A00014N");
	}
	if (ticket_open(in, key, &t, &e) == 0)
		ticket_type_find(&t, "11990000MB9A010097001");
	buf_release(&again);
	err_clear(&e);
	return 0;
}
