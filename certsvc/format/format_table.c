/* format_table.c - the formats a certificate comes in; see format.h. */
#include "certsvc/format/format.h"

const struct format *const format_table[] = {
    &format_pdf,
    &format_xml,
};

const size_t format_count = sizeof(format_table) / sizeof(format_table[0]);
