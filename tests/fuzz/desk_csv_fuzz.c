/* desk_csv_fuzz.c - any bytes as a table of offices, and of operators. */
#include "certsvc/desk_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
wrong(void *ctx, unsigned int line, const struct err *why)
{
	(void)ctx;
	if (line == 0 || why->class == ERR_OK)
		__builtin_trap();
}

static void
read_as(enum desk_csv_kind kind, struct bytes text)
{
	struct desk_csv table;
	struct err e = ERR_INIT;
	size_t i;

	if (desk_csv_read(text, kind, wrong, NULL, &table, &e) == 0)
		for (i = 1; i < table.n; i++)
			if (table.rows[i].line <= table.rows[i - 1].line)
				__builtin_trap();
	desk_csv_release(&table);
	err_clear(&e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as(DESK_CSV_OFFICES, (struct bytes){data, size});
	read_as(DESK_CSV_OPERATORS, (struct bytes){data, size});
	return 0;
}
