/* verify_picture.c - picture -> grey pixels -> text; see verify_picture.h. */
#include "certsvc/verify_picture.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <iconv.h>
#include <zbar.h>

#include "certsvc/verify.h"
#include "crypto/qr_claims.h"

static const uint8_t png_magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 26, '\n'};
static const uint8_t jpeg_magic[] = {0xff, 0xd8, 0xff};

struct grey {
	uint8_t *pixels; /* owned, one byte each */
	unsigned int width, height;
};

static int
is_png(struct bytes b)
{
	return b.n > sizeof(png_magic) &&
	       memcmp(b.p, png_magic, sizeof(png_magic)) == 0;
}

static int
is_jpeg(struct bytes b)
{
	return b.n > sizeof(jpeg_magic) &&
	       memcmp(b.p, jpeg_magic, sizeof(jpeg_magic)) == 0;
}

int
verify_is_picture(struct bytes file)
{
	return is_png(file) || is_jpeg(file);
}

static int
malformed(struct err *e)
{
	return err_set(
	    e, ERR_INPUT, "malformed", "图片损坏", "the picture is damaged");
}

/* Allocate the pixels once the size is known. */
static int
grey_alloc(struct grey *grey, size_t width, size_t height, struct err *e)
{
	if (width == 0 || height == 0)
		return malformed(e);
	if (width > VERIFY_PICTURE_MAX || height > VERIFY_PICTURE_MAX / width)
		return err_set(e, ERR_LIMIT, "too_large", "图片超过 %d 像素",
		    "the picture has over %d pixels", VERIFY_PICTURE_MAX);
	grey->pixels = malloc(width * height);
	grey->width = (unsigned int)width;
	grey->height = (unsigned int)height;
	return grey->pixels == NULL ? err_nomem(e) : 0;
}

static int
png_read(struct bytes file, struct grey *grey, struct err *e)
{
	png_image image;
	png_color white = {255, 255, 255};
	int rc;

	memset(&image, 0, sizeof(image));
	image.version = PNG_IMAGE_VERSION;
	if (!png_image_begin_read_from_memory(&image, file.p, file.n))
		return malformed(e);
	image.format = PNG_FORMAT_GRAY;
	rc = grey_alloc(grey, image.width, image.height, e);
	if (rc == 0 &&
	    !png_image_finish_read(&image, &white, grey->pixels, 0, NULL))
		rc = malformed(e);
	png_image_free(&image);
	return rc;
}

struct jpeg_errors {
	struct jpeg_error_mgr mgr; /* first: libjpeg hands back its address */
	jmp_buf back;
};

static void
jpeg_fail(j_common_ptr common)
{
	struct jpeg_errors *errors = (struct jpeg_errors *)common->err;

	longjmp(errors->back, 1);
}

static void
jpeg_quiet(j_common_ptr common, int level)
{
	(void)common;
	(void)level;
}

/* Runs under setjmp: everything it changes is behind pointers. */
static int
jpeg_decode(struct jpeg_decompress_struct *jpeg, struct bytes file,
    struct grey *grey, struct err *e)
{
	JSAMPROW row;
	int rc;

	jpeg_create_decompress(jpeg);
	jpeg_mem_src(jpeg, file.p, file.n);
	jpeg_read_header(jpeg, TRUE);
	jpeg->out_color_space = JCS_GRAYSCALE;
	rc = grey_alloc(grey, jpeg->image_width, jpeg->image_height, e);
	if (rc != 0)
		return rc;
	jpeg_start_decompress(jpeg);
	if (jpeg->output_components != 1 || jpeg->output_width != grey->width ||
	    jpeg->output_height != grey->height)
		return malformed(e);
	while (jpeg->output_scanline < jpeg->output_height) {
		row =
		    grey->pixels + (size_t)jpeg->output_scanline * grey->width;
		jpeg_read_scanlines(jpeg, &row, 1);
	}
	return 0;
}

static int
jpeg_read(struct bytes file, struct grey *grey, struct err *e)
{
	struct jpeg_decompress_struct jpeg;
	struct jpeg_errors errors;
	int rc;

	memset(&jpeg, 0, sizeof(jpeg));
	jpeg.err = jpeg_std_error(&errors.mgr);
	errors.mgr.error_exit = jpeg_fail;
	errors.mgr.emit_message = jpeg_quiet;
	if (setjmp(errors.back) == 0)
		rc = jpeg_decode(&jpeg, file, grey, e);
	else
		rc = malformed(e);
	jpeg_destroy_decompress(&jpeg);
	return rc;
}

/* The one code's text; a code seen twice counts once. */
static int
symbols_read(zbar_image_t *image, struct buf *text, struct err *e)
{
	const zbar_symbol_t *s;
	struct bytes data;
	size_t found = 0;

	for (s = zbar_image_first_symbol(image); s != NULL;
	     s = zbar_symbol_next(s)) {
		data.p = (const uint8_t *)zbar_symbol_get_data(s);
		data.n = zbar_symbol_get_data_length(s);
		if (found > 0 && !bytes_equal(data, buf_bytes(text)))
			return err_set(e, ERR_INPUT, "several_codes",
			    "图片中有不止一个二维码",
			    "there is more than one code in the picture");
		if (found++ == 0 && data.n <= QR_TEXT_MAX)
			buf_add(text, data.p, data.n);
	}
	if (found == 0)
		return err_set(e, ERR_NOT_FOUND, "no_code",
		    "图片中没有找到二维码", "there is no code in the picture");
	return buf_failed(text) ? err_nomem(e) : 0;
}

static int
scan(zbar_image_scanner_t *scanner, zbar_image_t *image,
    const struct grey *grey, struct buf *text, struct err *e)
{
	/* zbar would announce what it reads on the system bus. */
	zbar_image_scanner_request_dbus(scanner, 0);
	zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(image, grey->width, grey->height);
	zbar_image_set_data(image, grey->pixels,
	    (unsigned long)grey->width * grey->height, NULL);
	return zbar_scan_image(scanner, image) < 0
		   ? malformed(e)
		   : symbols_read(image, text, e);
}

static int
grey_scan(const struct grey *grey, struct buf *text, struct err *e)
{
	zbar_image_scanner_t *scanner = zbar_image_scanner_create();
	zbar_image_t *image = zbar_image_create();
	int rc;

	rc = scanner == NULL || image == NULL
		 ? err_nomem(e)
		 : scan(scanner, image, grey, text, e);
	if (image != NULL)
		zbar_image_destroy(image);
	if (scanner != NULL)
		zbar_image_scanner_destroy(scanner);
	return rc;
}

int
verify_picture_code(struct bytes file, struct buf *text, struct err *e)
{
	struct grey grey = {NULL, 0, 0};
	int rc;

	rc =
	    is_png(file) ? png_read(file, &grey, e) : jpeg_read(file, &grey, e);
	if (rc == 0)
		rc = grey_scan(&grey, text, e);
	free(grey.pixels);
	return rc;
}

void
verify_picture_prepare(void)
{
	static const char *const charsets[] = {
	    "ISO8859-1", "SJIS", "UTF-8", "BIG5", "CP437"};
	size_t i;

	/* Left open: a converter in use keeps its module loaded. */
	for (i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		(void)iconv_open("UTF-8", charsets[i]);
}
