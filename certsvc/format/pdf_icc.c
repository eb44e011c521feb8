/*
 * pdf_icc.c - the sRGB colour profile that PDF/A wants as output intent
 * (ICC.1:2001-04, 6 and 7; colours of IEC 61966-2-1 adapted to D50).  Written
 * from these published numbers, so no profile file has to be shipped.
 */
#include <math.h>
#include <string.h>

#include "certsvc/format/pdf_private.h"

enum {
	CURVE_POINTS = 128,
	HEADER = 128,
	TAGS = 9,
	DATA = HEADER + 4 + TAGS * 12, /* where the first element stands */
	DESC_SIZE = 12 + 5 + 4 + 4 + 2 + 1 + 67,
	DESC_ROOM = 96, /* elements begin at multiples of 4 */
	CPRT_SIZE = 8 + 14,
	CPRT_ROOM = 24,
	XYZ_SIZE = 20,
	CURVE_SIZE = 12 + 2 * CURVE_POINTS
};

static void
put32(struct buf *out, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v};

	buf_add(out, b, sizeof(b));
}

static void
pad_to(struct buf *out, size_t start, size_t size)
{
	while (!buf_failed(out) && out->n - start < size)
		buf_add_byte(out, 0);
}

static void
put_header(struct buf *out, uint32_t size)
{
	size_t start = out->n;

	put32(out, size);
	put32(out, 0);
	put32(out, 0x02400000);
	buf_add_str(out, "mntrRGB XYZ ");
	/* 2026-01-01T00:00:00Z; this profile's own date. */
	buf_add(out, "\x07\xEA\0\1\0\1\0\0\0\0\0\0", 12);
	buf_add_str(out, "acsp");
	pad_to(out, start, 68);
	put32(out, 0xF6D6);
	put32(out, 0x10000);
	put32(out, 0xD32D);
	pad_to(out, start, HEADER);
}

static void
put_tag(struct buf *out, const char *name, uint32_t at, uint32_t size)
{
	buf_add(out, name, 4);
	put32(out, at);
	put32(out, size);
}

static void
put_xyz(struct buf *out, uint32_t x, uint32_t y, uint32_t z)
{
	buf_add(out, "XYZ \0\0\0\0", 8);
	put32(out, x);
	put32(out, y);
	put32(out, z);
}

static void
put_curve(struct buf *out)
{
	double v, linear;
	unsigned int i, u;

	buf_add(out, "curv\0\0\0\0", 8);
	put32(out, CURVE_POINTS);
	for (i = 0; i < CURVE_POINTS; i++) {
		v = i / (double)(CURVE_POINTS - 1);
		linear =
		    v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
		u = (unsigned int)lround(linear * 65535);
		buf_add_byte(out, (uint8_t)(u >> 8));
		buf_add_byte(out, (uint8_t)u);
	}
}

void
pdf_icc_write(struct buf *out)
{
	uint32_t cprt = DATA + DESC_ROOM, xyz = cprt + CPRT_ROOM;
	uint32_t curve = xyz + 4 * XYZ_SIZE;
	size_t start;

	put_header(out, curve + CURVE_SIZE);
	put32(out, TAGS);
	put_tag(out, "desc", DATA, DESC_SIZE);
	put_tag(out, "cprt", cprt, CPRT_SIZE);
	put_tag(out, "wtpt", xyz, XYZ_SIZE);
	put_tag(out, "rXYZ", xyz + XYZ_SIZE, XYZ_SIZE);
	put_tag(out, "gXYZ", xyz + 2 * XYZ_SIZE, XYZ_SIZE);
	put_tag(out, "bXYZ", xyz + 3 * XYZ_SIZE, XYZ_SIZE);
	put_tag(out, "rTRC", curve, CURVE_SIZE);
	put_tag(out, "gTRC", curve, CURVE_SIZE);
	put_tag(out, "bTRC", curve, CURVE_SIZE);
	start = out->n;
	buf_add(out, "desc\0\0\0\0\0\0\0\5sRGB", 17);
	pad_to(out, start, DESC_ROOM);
	start = out->n;
	buf_add(out, "text\0\0\0\0Public domain", 22);
	pad_to(out, start, CPRT_ROOM);
	put_xyz(out, 0xF6D6, 0x10000, 0xD32D);
	put_xyz(out, 0x6FA2, 0x38F5, 0x0390);
	put_xyz(out, 0x6299, 0xB785, 0x18DA);
	put_xyz(out, 0x24A0, 0x0F84, 0xB6CF);
	put_curve(out);
}
