/* seal_csv_fuzz.c - any bytes as a table of seals. */
#include "certsvc/seal_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
wrong(void *ctx, unsigned int line, const struct err *why)
{
	(void)ctx;
	if (line == 0 || why->class == ERR_OK)
		__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seal_csv table;
	struct err e = ERR_INIT;
	size_t i;

	if (seal_csv_read(
		(struct bytes){data, size}, wrong, NULL, &table, &e) == 0)
		for (i = 1; i < table.n; i++)
			if (table.rows[i].line <= table.rows[i - 1].line)
				__builtin_trap();
	seal_csv_release(&table);
	err_clear(&e);
	return 0;
}
