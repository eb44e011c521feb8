/* journal_fuzz.c - one line of the keeper's journal; the chain is checked by
 * unit tests, here only bytes matter. */
#include <stdlib.h>
#include <string.h>

#include "keys/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t chain[JOURNAL_CHAIN_SIZE];
	struct journal_line line;

	if (journal_parse((struct bytes){data, size}, &line, chain) == 0 &&
	    (size >= JOURNAL_LINE_MAX || memchr(data, '\n', size) != NULL))
		abort();
	return 0;
}
