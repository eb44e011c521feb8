/* pdf_write.c - tokens of a PDF content stream; see pdf_write.h. */
#include "certsvc/format/pdf_write.h"

#include <libdeflate.h>
#include <math.h>

void
pdf_write_int(struct buf *out, long v)
{
	char digits[24];
	size_t i = sizeof(digits);
	unsigned long u = v < 0 ? 0UL - (unsigned long)v : (unsigned long)v;

	do {
		digits[--i] = (char)('0' + u % 10);
		u /= 10;
	} while (u != 0);
	if (v < 0)
		digits[--i] = '-';
	buf_add(out, digits + i, sizeof(digits) - i);
}

void
pdf_write_real(struct buf *out, double v, unsigned int places)
{
	static const long scale[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
	long whole, part, unit = scale[places];
	long fixed = lround(v * (double)unit);

	if (fixed < 0) {
		buf_add_byte(out, '-');
		fixed = -fixed;
	}
	whole = fixed / unit;
	part = fixed % unit;
	if (whole != 0 || part == 0)
		pdf_write_int(out, whole);
	if (part == 0)
		return;
	buf_add_byte(out, '.');
	for (; part != 0; part %= unit) {
		unit /= 10;
		buf_add_byte(out, (uint8_t)('0' + part / unit));
	}
}

void
pdf_write_colour(struct buf *out, struct colour colour, const char *op)
{
	pdf_write_real(out, colour.r / 255.0, 3);
	buf_add_byte(out, ' ');
	pdf_write_real(out, colour.g / 255.0, 3);
	buf_add_byte(out, ' ');
	pdf_write_real(out, colour.b / 255.0, 3);
	buf_add_byte(out, ' ');
	buf_add_str(out, op);
}

void
pdf_write_hex16(struct buf *out, unsigned int v)
{
	static const char hex[] = "0123456789ABCDEF";
	char digits[4] = {
	    hex[v >> 12 & 15], hex[v >> 8 & 15], hex[v >> 4 & 15], hex[v & 15]};

	buf_add(out, digits, sizeof(digits));
}

struct libdeflate_compressor *
pdf_deflater_new(int level)
{
	return libdeflate_alloc_compressor(level);
}

void
pdf_deflater_free(struct libdeflate_compressor *z)
{
	libdeflate_free_compressor(z);
}

int
pdf_deflate(struct libdeflate_compressor *z, struct bytes plain,
    struct buf *out, struct err *e)
{
	size_t room, start = out->n, n = 0;
	uint8_t *p;

	room = libdeflate_zlib_compress_bound(z, plain.n);
	p = buf_extend(out, room);
	if (p != NULL)
		n = libdeflate_zlib_compress(z, plain.p, plain.n, p, room);
	if (n == 0)
		return err_nomem(e);
	out->n = start + n;
	return 0;
}
