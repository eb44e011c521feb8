/* qr_symbol.c - a QR code's modules and picture; see qr_symbol.h. */
#include "certsvc/qr_symbol.h"

#include <errno.h>
#include <png.h>
#include <qrencode.h>
#include <string.h>

int
qr_symbol_make(const char *text, struct qr_symbol *qr, struct err *e)
{
	QRcode *code = NULL;
	size_t i, n;

	if (text[0] == '\0' || strlen(text) > QR_SYMBOL_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "qr_too_long",
		    "二维码内容为空或过长",
		    "the code's text is empty or too long");
	/* 8 bit as the hint: the library still takes numeric segments for the
	 * digits, which a byte-only mode would not. */
	code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (code == NULL && errno == ERANGE)
		return err_set(e, ERR_LIMIT, "qr_too_long", "二维码内容过长",
		    "the code's text is too long");
	if (code == NULL)
		return err_nomem(e);
	qr->side = (unsigned int)code->width;
	n = (size_t)qr->side * qr->side;
	for (i = 0; i < n; i++)
		qr->dark[i] = code->data[i] & 1;
	QRcode_free(code);
	return 0;
}

static void
write_bytes(png_structp png, png_bytep p, png_size_t n)
{
	buf_add(png_get_io_ptr(png), p, n);
}

static void
write_done(png_structp png)
{
	(void)png;
}

/* One row of pixels: white is 1 in a one-bit grey picture. */
static void
fill_row(const struct qr_symbol *qr, unsigned int scale, unsigned int row,
    uint8_t *pixels)
{
	unsigned int all = (qr->side + 2 * QR_QUIET_ZONE) * scale, x, column;

	memset(pixels, 0xFF, (all + 7) / 8);
	if (row < QR_QUIET_ZONE || row >= QR_QUIET_ZONE + qr->side)
		return;
	for (x = 0; x < all; x++) {
		column = x / scale;
		if (column < QR_QUIET_ZONE ||
		    column >= QR_QUIET_ZONE + qr->side)
			continue;
		if (qr->dark[(row - QR_QUIET_ZONE) * qr->side + column -
			     QR_QUIET_ZONE])
			pixels[x / 8] &= (uint8_t) ~(0x80 >> x % 8);
	}
}

static void
write_rows(png_structp png, png_infop info, const struct qr_symbol *qr,
    unsigned int scale)
{
	unsigned int all = (qr->side + 2 * QR_QUIET_ZONE) * scale, y;
	uint8_t row[(QR_SIDE_MAX + 2 * QR_QUIET_ZONE) * 32 / 8];

	png_set_IHDR(png, info, all, all, 1, PNG_COLOR_TYPE_GRAY,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (y = 0; y < all; y++) {
		fill_row(qr, scale, y / scale, row);
		png_write_row(png, row);
	}
	png_write_end(png, info);
}

int
qr_symbol_png(const struct qr_symbol *qr, unsigned int scale, struct buf *out,
    struct err *e)
{
	png_structp png =
	    png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png == NULL ? NULL : png_create_info_struct(png);

	if (info == NULL || scale < 1 || scale > 32) {
		png_destroy_write_struct(&png, &info);
		return err_internal(e, "png");
	}
	if (setjmp(png_jmpbuf(png)) != 0) {
		png_destroy_write_struct(&png, &info);
		return err_internal(e, "png");
	}
	png_set_write_fn(png, out, write_bytes, write_done);
	write_rows(png, info, qr, scale);
	png_destroy_write_struct(&png, &info);
	return buf_failed(out) ? err_nomem(e) : 0;
}
