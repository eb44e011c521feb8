/* seam_test.c - riding seam seals: who shows which slice, and that the slices
 * of consecutive pages put together are the whole seal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <libxml/parser.h>
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certsvc/format/format.h"
#include "certsvc/layout.h"
#include "certsvc/layout_spec.h"

enum {
	DPI = 254, /* ten pixels a millimetre */
	PIXELS_MM = 10,
	SHADE = 96 /* of 255 that two renderings of an edge may differ by */
};

static struct font_set *fonts;
static struct seal_picture picture;

static int
setup(void **state)
{
	static const struct seal_definition def = {.kind = "round",
	    .arc = "青禾市社会保险事业管理中心",
	    .below = "演示专用章",
	    .diameter = 40};
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(font_set_load(NULL, 0, &fonts, &e), 0);
	return seal_picture_make(fonts, &def, &picture, &e);
}

static int
teardown(void **state)
{
	(void)state;
	seal_picture_release(&picture);
	font_set_free(fonts);
	return 0;
}

/* A layout of as many pages as the table has rows, with this seam. */
static struct layout_spec *
read_seam(const char *seam, struct err *e)
{
	static const char page[] =
	    "width='120' height='120'><table field='KZ_T' x='10' y='10' w='30' "
	    "h='20' row='10' head='8'><column field='A' title='' width='30'/>"
	    "</table>";
	struct layout_spec *spec = NULL;
	struct buf xml = BUF_INIT;
	xmlDocPtr doc;

	buf_printf(&xml,
	    "<layout xmlns='urn:certsvc:template:1'>\n<page %s"
	    "<qr x='85' y='5' size='30'/><seal x='52' y='60' w='42' h='42'/>"
	    "</page>\n<continuation %s</continuation>\n%s</layout>",
	    page, page, seam);
	doc = xmlReadMemory((const char *)xml.p, (int)xml.n, "t", NULL, 0);
	assert_non_null(doc);
	(void)layout_spec_read(xmlDocGetRootElement(doc), "t.xml", &spec, e);
	xmlFreeDoc(doc);
	buf_release(&xml);
	return spec;
}

static void
lay_out(const char *seam, size_t pages, struct step_list *steps)
{
	static const char *const columns[] = {"A"};
	struct template t = {.nvariants = 1};
	struct face *face = face_new();
	struct err e = ERR_INIT;
	char row[24];
	const char *values[] = {row};
	size_t i;

	t.variants[0].id = (char *)(uintptr_t) "v";
	t.variants[0].layout = read_seam(seam, &e);
	if (t.variants[0].layout == NULL)
		fail_msg("%s: %s", seam, e.nitems ? e.items[0].en : e.en);
	for (i = 0; i < pages; i++) {
		snprintf(row, sizeof(row), "%zu", i);
		face_add_row(face, "KZ_T", columns, values, 1, &e);
	}
	assert_int_equal(layout_make(fonts, &t, "v", face, NULL, steps, &e), 0);
	assert_int_equal(steps->npages, pages);
	assert_int_equal(step_list_check(steps, &e), 0);
	layout_spec_free(t.variants[0].layout);
	face_free(face);
}

/* The slice of a page, or NULL. */
static const struct step_seal *
slice_of(const struct step_list *steps, size_t page)
{
	const struct step_page *p = &steps->pages[page];
	const struct step_seal *found = NULL;
	size_t i;

	for (i = 0; i < p->nsteps; i++)
		if (p->steps[i].kind == STEP_SEAL &&
		    p->steps[i].u.seal.slices > 0) {
			assert_null(found);
			found = &p->steps[i].u.seal;
		}
	return found;
}

/* Slices page by page: "k/n" and the edge's first letter, "-" for none. */
static void
expect(const char *seam, size_t pages, const char *want)
{
	static const char edges[] = "lrtb";
	struct step_list steps = STEP_LIST_INIT;
	const struct step_seal *s;
	struct buf got = BUF_INIT;
	size_t i;

	lay_out(seam, pages, &steps);
	for (i = 0; i < pages; i++) {
		s = slice_of(&steps, i);
		if (s == NULL)
			buf_add_str(&got, "- ");
		else
			buf_printf(&got, "%u/%u%c ", s->slice, s->slices,
			    edges[s->edge]);
	}
	if (strcmp(buf_cstr(&got), want) != 0)
		fail_msg("%s, %zu pages: %s", seam, pages, buf_cstr(&got));
	buf_release(&got);
	step_list_release(&steps);
}

static void
each_page_shows_its_slice(void **state)
{
	static const char right[] = "<seam edge='right' y='50' size='42'/>";
	static const char left[] = "<seam edge='left' y='50' size='42'/>";

	(void)state;
	expect(right, 1, "- ");
	expect(right, 2, "0/2r 1/2r ");
	expect(right, 3, "0/3r 1/3r 2/3r ");
	expect(left, 3, "2/3l 1/3l 0/3l ");
	expect("<seam edge='top' x='10' size='42'/>", 2, "1/2t 0/2t ");
	expect("<seam edge='bottom' x='0' size='42'/>", 2, "0/2b 1/2b ");
	/* Ten pages a seal unless said otherwise, and none alone. */
	expect(right, 11,
	    "0/5r 1/5r 2/5r 3/5r 4/5r 0/6r 1/6r 2/6r 3/6r 4/6r 5/6r ");
	expect("<seam edge='right' y='50' size='42' pages-per-seal='2'/>", 4,
	    "0/2r 1/2r 0/2r 1/2r ");
	expect("<seam edge='right' y='50' size='42' pages-per-seal='2'/>", 3,
	    "0/3r 1/3r 2/3r ");
}

static void
both_sides_of_a_sheet_share_its_edge(void **state)
{
	(void)state;
	expect("<seam edge='right' y='50' size='42' duplex='front'/>", 5,
	    "0/3r - 1/3r - 2/3r ");
	expect(
	    "<seam edge='right' y='50' size='42' duplex='front'/>", 2, "- - ");
	expect("<seam edge='right' y='50' size='42' duplex='mirrored'/>", 4,
	    "0/4r 1/4l 2/4r 3/4l ");
	expect("<seam edge='left' y='50' size='42' duplex='mirrored'/>", 3,
	    "2/3l 1/3r 0/3l ");
}

static void
a_slice_is_a_window_on_the_whole_seal(void **state)
{
	struct step_list steps = STEP_LIST_INIT;
	const struct step_seal *s;
	struct step_box whole, window;

	(void)state;
	lay_out("<seam edge='right' y='50' size='42' margin='4'/>", 3, &steps);
	s = slice_of(&steps, 1);
	assert_true(fabsf(s->x - 102) < 0.001f && fabsf(s->w - 14) < 0.001f);
	assert_true(s->y == 50 && s->h == 42 && s->place == 0);
	/* The seal of 40 mm is cut in three, and its slices are at the edge,
	 * so that no page has a smaller share. */
	window = seal_picture_window(&picture, s);
	assert_true(fabsf(window.w - 40 / 3.0f) < 0.001f);
	assert_true(fabsf(window.x + window.w - 116) < 0.001f);
	assert_true(window.y == 51 && window.h == 40);
	whole = seal_picture_box(&picture, s);
	assert_true(fabsf(whole.x + window.w - window.x) < 0.001f);
	assert_true(whole.y == 51 && whole.w == 40 && whole.h == 40);
	step_list_release(&steps);
	lay_out("<seam edge='bottom' x='9' size='42'/>", 2, &steps);
	s = slice_of(&steps, 1);
	assert_true(s->y == 99 && s->h == 21 && s->x == 9 && s->w == 42);
	assert_true(seal_picture_window(&picture, s).y == 100);
	assert_true(seal_picture_box(&picture, s).y == 80);
	step_list_release(&steps);
	lay_out("<seam edge='left' y='9' size='42'/>", 2, &steps);
	assert_true(seal_picture_window(&picture, slice_of(&steps, 0)).x == 0);
	assert_true(seal_picture_box(&picture, slice_of(&steps, 0)).x == -20);
	step_list_release(&steps);
}

static void
refused(const char *seam)
{
	struct err e = ERR_INIT;
	struct layout_spec *spec = read_seam(seam, &e);

	if (spec != NULL)
		fail_msg("taken: %s", seam);
	assert_string_equal(e.items[0].code, "layout");
	assert_string_equal(e.items[0].pointer, "t.xml:4");
	err_clear(&e);
}

static void
a_seam_that_cannot_be_is_refused(void **state)
{
	(void)state;
	refused("<seam edge='right' x='50' size='42'/>");
	refused("<seam edge='top' y='50' size='42'/>");
	refused("<seam edge='right' y='90' size='42'/>");
	refused("<seam edge='right' y='50' size='42' place='1'/>");
	/* Over the code, and over the seal. */
	refused("<seam edge='right' y='10' size='42'/>");
	refused("<seam edge='bottom' x='40' size='42'/>");
	refused("<seam edge='left' y='0' size='42' duplex='mirrored'/>");
	refused("<seam edge='bottom' x='0' size='42' duplex='mirrored'/>");
}

/* Is a page with these seal steps sound? */
static int
sound(struct step_seal a, struct step_seal b)
{
	struct step_list steps = STEP_LIST_INIT;
	struct step_page *page = step_page_add(&steps, 100, 100);
	struct err e = ERR_INIT;
	int rc;

	step_add(page, STEP_SEAL)->u.seal = a;
	step_add(page, STEP_SEAL)->u.seal = b;
	rc = step_list_check(&steps, &e);
	if (rc != 0)
		assert_string_equal(e.code, "layout_broken");
	step_list_release(&steps);
	return rc == 0;
}

static void
seals_and_slices_keep_apart_and_on_the_page(void **state)
{
	struct step_seal whole = {.x = 10, .y = 10, .w = 40, .h = 40};
	struct step_seal other = {.x = 52, .y = 10, .w = 40, .h = 40};
	struct step_seal slice = {
	    .x = 90, .y = 55, .w = 10, .h = 40, .slices = 4, .slice = 3};

	(void)state;
	other.place = 1;
	assert_true(sound(whole, other));
	assert_true(sound(whole, slice));
	other.x = 49;
	assert_false(sound(whole, other));
	other.x = 61;
	assert_false(sound(whole, other));
	slice.y = 45;
	slice.x = 45;
	assert_false(sound(whole, slice));
	slice.x = 91;
	assert_false(sound(whole, slice));
	slice.x = 90;
	slice.slice = 4;
	assert_false(sound(whole, slice));
}

/* Render a page in grey; caller frees. */
static png_bytep
rasterise(const char *pdf, size_t page, png_image *image)
{
	char command[256], path[64];
	png_bytep pixels;

	snprintf(path, sizeof(path), "%s-%zu", pdf, page);
	snprintf(command, sizeof(command),
	    "pdftoppm -r %d -gray -png -singlefile -f %zu %s %s", DPI, page + 1,
	    pdf, path);
	assert_int_equal(system(command), 0);
	snprintf(path, sizeof(path), "%s-%zu.png", pdf, page);
	memset(image, 0, sizeof(*image));
	image->version = PNG_IMAGE_VERSION;
	assert_true(png_image_begin_read_from_file(image, path));
	image->format = PNG_FORMAT_GRAY;
	pixels = malloc(PNG_IMAGE_SIZE(*image));
	assert_non_null(pixels);
	assert_true(png_image_finish_read(image, NULL, pixels, 0, NULL));
	unlink(path);
	return pixels;
}

static void
write_pdf(const struct step_list *steps, char path[32])
{
	static const struct pdf_info info = {
	    .title = "t", .language = "zh-CN", .created = 1795391747};
	struct format_seal seal = {.picture = &picture};
	struct buf pdf = BUF_INIT;
	struct err e = ERR_INIT;
	int fd;

	assert_int_equal(pdf_render(steps, &seal, 1, &info, &pdf, &e), 0);
	snprintf(path, 32, "/tmp/seam-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, pdf.p, pdf.n), (ssize_t)pdf.n);
	close(fd);
	buf_release(&pdf);
}

/* Draw the whole seal as its one slice. */
static png_bytep
whole_seal(png_image *image)
{
	struct step_list steps = STEP_LIST_INIT;
	struct step_page *page = step_page_add(&steps, 40, 42);
	struct step *step = step_add(page, STEP_SEAL);
	png_bytep pixels;
	char path[32];

	step->u.seal = (struct step_seal){
	    .w = 40, .h = 42, .slices = 1, .edge = EDGE_LEFT};
	write_pdf(&steps, path);
	pixels = rasterise(path, 0, image);
	unlink(path);
	step_list_release(&steps);
	return pixels;
}

/* Slices of page k at the right edge beside each other, against the seal. */
static void
slices_put_together_are_the_seal(void **state)
{
	struct step_list steps = STEP_LIST_INIT;
	png_image image, whole;
	png_bytep seal = whole_seal(&whole), page;
	size_t k, x, y, px, at, different = 0, ink = 0;
	char path[32];

	(void)state;
	lay_out("<seam edge='right' y='50' size='42'/>", 4, &steps);
	write_pdf(&steps, path);
	for (k = 0; k < 4; k++) {
		page = rasterise(path, k, &image);
		for (y = 0; y < 42 * PIXELS_MM; y++)
			for (x = 0; x < 10 * PIXELS_MM; x++) {
				px = image.width - 10 * PIXELS_MM + x;
				at = (y + 50 * PIXELS_MM) * image.width + px;
				px = y * whole.width + x + k * 10 * PIXELS_MM;
				ink += seal[px] < 128;
				different += abs(page[at] - seal[px]) > SHADE;
			}
		free(page);
	}
	assert_true(ink > 5000);
	if (different * 100 > ink)
		fail_msg("%zu of %zu", different, ink);
	free(seal);
	unlink(path);
	step_list_release(&steps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_page_shows_its_slice),
	    cmocka_unit_test(both_sides_of_a_sheet_share_its_edge),
	    cmocka_unit_test(a_slice_is_a_window_on_the_whole_seal),
	    cmocka_unit_test(a_seam_that_cannot_be_is_refused),
	    cmocka_unit_test(seals_and_slices_keep_apart_and_on_the_page),
	    cmocka_unit_test(slices_put_together_are_the_seal),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
