/* store_table.c - the stores there are. */
#include <string.h>

#include "certsvc/store/store_sqlite.h"

const struct store_ops *
store_find(const char *name)
{
	static const struct store_ops *const table[] = {&store_sqlite};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}
