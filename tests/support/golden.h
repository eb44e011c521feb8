/*
 * golden.h - a page of a PDF against its picture in tests/golden (150 dpi,
 * grey).  More than 0.5 % of changed pixels fail.  UPDATE=1 draws the pictures
 * again; look at them before committing.  Header only.
 */
#ifndef TESTS_SUPPORT_GOLDEN_H
#define TESTS_SUPPORT_GOLDEN_H

#include "tests/support/documents.h"

#include <png.h>

enum {
	DIFFERENCE = 40 /* of 255: less is the rasteriser's rounding */
};

static inline png_bytep
read_grey(const char *path, png_image *image)
{
	png_bytep pixels;

	memset(image, 0, sizeof(*image));
	image->version = PNG_IMAGE_VERSION;
	if (!png_image_begin_read_from_file(image, path))
		return NULL;
	image->format = PNG_FORMAT_GRAY;
	pixels = malloc(PNG_IMAGE_SIZE(*image));
	assert_non_null(pixels);
	assert_true(png_image_finish_read(image, NULL, pixels, 0, NULL));
	return pixels;
}

/* Share of pixels that changed, or 1 when the pictures differ in size. */
static inline double
compare(const char *got, const char *want)
{
	png_image a, b;
	png_bytep pa = read_grey(got, &a), pb = read_grey(want, &b);
	size_t i, n, changed = 0;
	double share = 1;

	if (pa != NULL && pb != NULL && a.width == b.width &&
	    a.height == b.height) {
		n = (size_t)a.width * a.height;
		for (i = 0; i < n; i++)
			changed += (size_t)(abs(pa[i] - pb[i]) > DIFFERENCE);
		share = (double)changed / (double)n;
	}
	free(pa);
	free(pb);
	return share;
}

/* Keep a picture in 16 greys: small enough for the repository. */
static inline void
write_grey(const char *path, const png_image *image, png_bytep pixels)
{
	png_structp png =
	    png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	FILE *f = fopen(path, "wb");
	size_t i, n = (size_t)image->width * image->height;

	assert_non_null(f);
	assert_non_null(info);
	for (i = 0; i < n; i++)
		pixels[i] = (png_byte)((pixels[i] + 8) / 17);
	png_init_io(png, f);
	png_set_compression_level(png, 9);
	png_set_IHDR(png, info, image->width, image->height, 4,
	    PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
	    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	png_set_packing(png);
	for (i = 0; i < image->height; i++)
		png_write_row(png, pixels + i * image->width);
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	assert_int_equal(fclose(f), 0);
}

static inline void
golden_page(struct samples *w, const char *pdf, const char *name, size_t page)
{
	char got[192], prefix[128], want[192], number[24];
	const char *const argv[] = {"pdftoppm", "-r", "150", "-gray", "-png",
	    "-singlefile", "-f", number, pdf, prefix, NULL};
	png_image image;
	png_bytep pixels;
	double share;

	snprintf(number, sizeof(number), "%zu", page + 1);
	snprintf(prefix, sizeof(prefix), "%s/page", w->folder);
	snprintf(got, sizeof(got), "%s.png", prefix);
	snprintf(want, sizeof(want), "tests/golden/%s-%zu.png", name, page + 1);
	assert_true(tool(NULL, argv));
	if (getenv("UPDATE") != NULL) {
		pixels = read_grey(got, &image);
		assert_non_null(pixels);
		write_grey(want, &image, pixels);
		free(pixels);
	}
	share = compare(got, want);
	if (share > 0.005)
		fail_msg(
		    "%s: %.2f %% of the pixels changed", want, share * 100);
	unlink(got);
}

#endif
