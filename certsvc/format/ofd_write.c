/* ofd_write.c - see ofd_write.h. */
#include "certsvc/format/ofd_write.h"

#include <math.h>
#include <string.h>

long
ofd_um(double mm)
{
	return lround(mm * 1000);
}

void
ofd_write_um(struct buf *out, long v)
{
	unsigned long u = v < 0 ? 0UL - (unsigned long)v : (unsigned long)v;
	unsigned long whole = u / 1000, part = u % 1000;
	char digits[32];
	size_t i = sizeof(digits);
	int places = 3;

	if (part != 0) {
		for (; part % 10 == 0; part /= 10)
			places--;
		for (; places > 0; places--, part /= 10)
			digits[--i] = (char)('0' + part % 10);
		digits[--i] = '.';
	}
	do {
		digits[--i] = (char)('0' + whole % 10);
		whole /= 10;
	} while (whole != 0);
	if (v < 0)
		digits[--i] = '-';
	buf_add(out, digits + i, sizeof(digits) - i);
}

void
ofd_write_box(struct buf *out, const char *name, const long box[4])
{
	int i;

	buf_add_byte(out, ' ');
	buf_add_str(out, name);
	buf_add_str(out, "=\"");
	for (i = 0; i < 4; i++) {
		if (i > 0)
			buf_add_byte(out, ' ');
		ofd_write_um(out, box[i]);
	}
	buf_add_byte(out, '"');
}

void
ofd_write_colour(struct buf *out, const char *element, struct colour colour)
{
	buf_add_str(out, "<ofd:");
	buf_add_str(out, element);
	buf_add_str(out, " Value=\"");
	ofd_write_um(out, colour.r * 1000L);
	buf_add_byte(out, ' ');
	ofd_write_um(out, colour.g * 1000L);
	buf_add_byte(out, ' ');
	ofd_write_um(out, colour.b * 1000L);
	buf_add_str(out, "\"/>");
}
