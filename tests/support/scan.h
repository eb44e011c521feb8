/*
 * scan.h - a printed page as a scanner would have it: rasterised at 600 dpi,
 * turned a little, seen through dots of the scanner's own size, greyer than the
 * paper, with noise.  Header only.
 */
#ifndef TESTS_SUPPORT_SCAN_H
#define TESTS_SUPPORT_SCAN_H

#include <math.h>
#include <png.h>

#include "tests/support/tool.h"

struct picture {
	uint8_t *grey; /* owned; a byte a pixel */
	size_t width, height;
};

/* A page of a PDF at a resolution; page from 1. */
static inline void
picture_of(
    const char *pdf, const char *folder, int dpi, int page, struct picture *out)
{
	char prefix[160], path[192], resolution[16], number[16];
	const char *const argv[] = {"pdftoppm", "-r", resolution, "-gray",
	    "-singlefile", "-f", number, pdf, prefix, NULL};
	struct buf file = BUF_INIT;
	int at = 0;

	snprintf(resolution, sizeof(resolution), "%d", dpi);
	snprintf(number, sizeof(number), "%d", page);
	snprintf(prefix, sizeof(prefix), "%s/scan", folder);
	snprintf(path, sizeof(path), "%s.pgm", prefix);
	assert_true(tool(NULL, argv));
	read_file(path, &file);
	unlink(path);
	assert_non_null(buf_cstr(&file));
	assert_int_equal(sscanf((const char *)file.p, "P5 %zu %zu 255%n",
			     &out->width, &out->height, &at),
	    2);
	at++;
	assert_int_equal(file.n - (size_t)at, out->width * out->height);
	out->grey = malloc(out->width * out->height);
	assert_non_null(out->grey);
	memcpy(out->grey, file.p + at, out->width * out->height);
	buf_release(&file);
}

/* Mean of a box of the picture; outside it is white. */
static inline int
picture_mean(const struct picture *p, double x, double y, int size)
{
	long sum = 0;
	int i, k, left = (int)x, top = (int)y;

	for (k = top; k < top + size; k++)
		for (i = left; i < left + size; i++)
			sum += i < 0 || k < 0 || (size_t)i >= p->width ||
				       (size_t)k >= p->height
				   ? 255
				   : p->grey[(size_t)k * p->width + (size_t)i];
	return (int)(sum / (size * size));
}

/* A scan of `dpi` of the page at 600 dpi; degrees: how askew it lay. */
static inline void
picture_scan(
    const struct picture *page, int dpi, double degrees, struct picture *out)
{
	double step = 600.0 / dpi, a = degrees * acos(-1) / 180, u, v;
	unsigned int noise = 12345;
	size_t x, y;
	int value;

	out->width = (size_t)((double)page->width / step);
	out->height = (size_t)((double)page->height / step);
	out->grey = malloc(out->width * out->height);
	assert_non_null(out->grey);
	for (y = 0; y < out->height; y++)
		for (x = 0; x < out->width; x++) {
			u = ((double)x - (double)out->width / 2) * step;
			v = ((double)y - (double)out->height / 2) * step;
			value = picture_mean(page,
			    (double)page->width / 2 + u * cos(a) - v * sin(a),
			    (double)page->height / 2 + u * sin(a) + v * cos(a),
			    (int)ceil(step));
			noise = noise * 1103515245 + 12345;
			value = 40 + value * 200 / 255 +
				(int)(noise >> 16 & 15) - 8;
			out->grey[y * out->width + x] = (uint8_t)value;
		}
}

/* Append the picture as a PNG. */
static inline void
picture_png(const struct picture *p, struct buf *out)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
	    .width = (png_uint_32)p->width,
	    .height = (png_uint_32)p->height,
	    .format = PNG_FORMAT_GRAY,
	    .flags = PNG_IMAGE_FLAG_FAST};
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
	uint8_t *at = buf_extend(out, size);

	assert_non_null(at);
	assert_true(
	    png_image_write_to_memory(&image, at, &size, 0, p->grey, 0, NULL));
	out->n = (size_t)(at - out->p) + size;
}

static inline void
picture_release(struct picture *p)
{
	free(p->grey);
	p->grey = NULL;
}

#endif
