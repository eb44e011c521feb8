/* format_table.c - the formats a certificate comes in; see format.h. */
#include "certsvc/format/format.h"

#include <string.h>

const struct format *const format_table[] = {
    &format_pdf,
    &format_ofd,
    &format_xml,
};

const size_t format_count = sizeof(format_table) / sizeof(format_table[0]);

const struct format *
format_find(const char *name)
{
	size_t i;

	for (i = 0; i < format_count; i++)
		if (strcmp(format_table[i]->name, name) == 0)
			return format_table[i];
	return NULL;
}
