/* ofd_png.c - a picture as PNG (ISO/IEC 15948), 8 bits a sample, no filters. */
#include <libdeflate.h>
#include <string.h>

#include "certsvc/format/ofd_private.h"

enum {
	LEVEL = 6
};

static void
put32(struct buf *out, size_t v)
{
	const uint8_t b[4] = {(uint8_t)(v >> 24 & 0xff),
	    (uint8_t)(v >> 16 & 0xff), (uint8_t)(v >> 8 & 0xff),
	    (uint8_t)(v & 0xff)};

	buf_add(out, b, sizeof(b));
}

/* A chunk: its CRC is over name and data. */
static void
put_chunk(struct buf *out, const char *name, struct bytes data)
{
	uint32_t crc = libdeflate_crc32(0, name, 4);

	put32(out, data.n);
	buf_add(out, name, 4);
	buf_add(out, data.p, data.n);
	put32(out, data.n == 0 ? crc : libdeflate_crc32(crc, data.p, data.n));
}

static int
pack(struct bytes plain, struct buf *out)
{
	struct libdeflate_compressor *z = libdeflate_alloc_compressor(LEVEL);
	size_t room;
	uint8_t *p;

	if (z == NULL)
		return -1;
	room = libdeflate_zlib_compress_bound(z, plain.n);
	p = buf_extend(out, room);
	out->n = p == NULL
		     ? 0
		     : libdeflate_zlib_compress(z, plain.p, plain.n, p, room);
	libdeflate_free_compressor(z);
	return out->n == 0 ? -1 : 0;
}

int
ofd_png(const struct step_picture *step, struct buf *out, struct err *e)
{
	struct buf header = BUF_INIT, rows = BUF_INIT, packed = BUF_INIT;
	size_t width = (size_t)step->columns * 3, y;
	int rc;

	put32(&header, step->columns);
	put32(&header, step->rows);
	buf_add(&header, "\x08\x02\x00\x00\x00", 5); /* 8 bits, RGB */
	for (y = 0; y < step->rows; y++) {
		buf_add_byte(&rows, 0);
		buf_add(&rows, step->rgb + y * width, width);
	}
	rc = buf_failed(&rows) || pack(buf_bytes(&rows), &packed) != 0
		 ? err_nomem(e)
		 : 0;
	if (rc == 0) {
		buf_add(out, "\x89PNG\r\n\x1A\n", 8);
		put_chunk(out, "IHDR", buf_bytes(&header));
		put_chunk(out, "IDAT", buf_bytes(&packed));
		put_chunk(out, "IEND", (struct bytes){NULL, 0});
		rc = buf_failed(out) ? err_nomem(e) : 0;
	}
	buf_release(&header);
	buf_release(&rows);
	buf_release(&packed);
	return rc;
}
