/*
 * sheet_layout_test.c - printed sheets of the samples, before anything is
 * signed: the print line of every page, data only on a blank, previews, paper,
 * and pictures of them.
 */
#include "tests/support/golden.h"
#include "tests/support/scarce_memory.h"

#include "certsvc/sheet.h"

static const char usual[] =
    "打印件 第 2 份 · 青禾市东关便民服务中心 · 2026-11-27";
/* The longest name a ticket can hold, and the longest number. */
static const char longest[] =
    "打印件 第 9999 份 · "
    "青禾市稻香区东关街道阳光社区党群便民服务站 · 2026-11-27";
static const char longest_blank[] =
    "打印件 第 9999 份 · "
    "青禾市稻香区东关街道阳光社区党群便民服务站 · 2026-11-27 · 空白证号 "
    "QH-00012345";

static int
lay_out(const struct samples *w, size_t type, const struct layout_sheet *with,
    struct step_list *steps, struct err *e)
{
	struct layout_sheet sheet = *with;

	sheet.template = w->types[type];
	sheet.face = w->faces[type];
	sheet.number = numbers[type];
	if (sheet.variant == NULL)
		sheet.variant = sheet.template->variants[0].id;
	return layout_sheet_make(w->fonts, &sheet, steps, e);
}

static size_t
count(const struct step_page *page, enum step_kind kind)
{
	size_t i, n = 0;

	for (i = 0; i < page->nsteps; i++)
		n += page->steps[i].kind == kind;
	return n;
}

static size_t
count_clear(const struct step_page *page)
{
	size_t i, n = 0;

	for (i = 0; i < page->nsteps; i++)
		if (page->steps[i].kind == STEP_TEXT &&
		    page->steps[i].u.text.clear) {
			/* 6.5 pt */
			assert_true(page->steps[i].u.text.size >= 2.29f);
			n++;
		}
	return n;
}

/* Every page of the variant has the line, and it touches nothing. */
static void
has_line(struct samples *w, size_t type, const struct layout_sheet *sheet)
{
	const struct template *t = w->types[type];
	struct step_list steps;
	struct err e = ERR_INIT;
	size_t page;

	if (lay_out(w, type, sheet, &steps, &e) != 0 ||
	    step_list_check(&steps, &e) != 0)
		fail_msg("%s: %s", t->folder, e.en);
	for (page = 0; page < steps.npages; page++)
		assert_true(count_clear(&steps.pages[page]) > 0);
	assert_true(t->print_background ==
		    (steps.pages[0].steps[0].kind == STEP_DRAWING &&
			steps.pages[0].steps[0].u.drawing.owned != NULL));
	step_list_release(&steps);
}

static void
each_page_of_each_type_has_a_print_line(void **state)
{
	struct samples *w = *state;
	struct layout_sheet sheet = {.qr = &w->qr};
	size_t i, k;

	for (i = 0; i < FOLDERS; i++)
		for (k = 0; k < w->types[i]->nvariants; k++) {
			sheet.variant = w->types[i]->variants[k].id;
			sheet.line = usual;
			has_line(w, i, &sheet);
			sheet.line = longest;
			has_line(w, i, &sheet);
			if (!w->types[i]->print_stock)
				continue;
			sheet.line = longest_blank;
			sheet.data_only = 1;
			has_line(w, i, &sheet);
			sheet.data_only = 0;
		}
}

static void
a_line_without_room_is_refused(void **state)
{
	struct samples *w = *state;
	struct layout_sheet sheet = {.qr = &w->qr};
	struct step_list steps;
	struct err e = ERR_INIT;
	struct buf line = BUF_INIT;
	size_t i;

	for (i = 0; i < 8; i++)
		buf_add_str(&line, longest);
	sheet.line = buf_cstr(&line);
	assert_int_equal(lay_out(w, 2, &sheet, &steps, &e), ERR_INPUT);
	assert_string_equal(e.code, "does_not_fit");
	err_clear(&e);
	buf_release(&line);
}

/* A seal that is larger than its place must not reach the line. */
static void
no_seal_may_stand_on_the_line(void **state)
{
	struct samples *w = *state;
	struct layout_sheet sheet = {.qr = &w->qr, .line = usual};
	struct step_list steps;
	struct step_seal *seal;
	struct step *step;
	struct err e = ERR_INIT;
	size_t i;

	assert_int_equal(lay_out(w, 2, &sheet, &steps, &e), 0);
	for (i = 0; i < steps.pages[0].nsteps; i++) {
		step = &steps.pages[0].steps[i];
		if (step->kind != STEP_SEAL)
			continue;
		seal = &step->u.seal;
		seal->x = 14;
		seal->y = 106;
		seal->w = 50;
		seal->h = 30.9f;
		assert_int_equal(step_list_check(&steps, &e), 0);
		seal->h = 33;
		assert_int_equal(step_list_check(&steps, &e), ERR_INTERNAL);
		assert_string_equal(e.code, "layout_broken");
	}
	err_clear(&e);
	step_list_release(&steps);
}

static void
a_blank_gets_data_only_and_moves(void **state)
{
	struct samples *w = *state;
	struct layout_sheet sheet = {
	    .qr = &w->qr, .line = longest_blank, .data_only = 1};
	struct step_list steps, whole;
	struct err e = ERR_INIT;
	float x;

	assert_int_equal(lay_out(w, 0, &sheet, &steps, &e), 0);
	sheet.data_only = 0;
	assert_int_equal(lay_out(w, 0, &sheet, &whole, &e), 0);
	assert_int_equal(count(&steps.pages[0], STEP_DRAWING), 0);
	assert_int_equal(count(&whole.pages[0], STEP_DRAWING), 1);
	/* 13 texts of the original are on the blank. */
	assert_true(count(&steps.pages[0], STEP_TEXT) + 13 <=
		    count(&whole.pages[0], STEP_TEXT));
	assert_int_equal(count(&steps.pages[0], STEP_QR), 1);
	assert_int_equal(count(&steps.pages[0], STEP_SEAL), 1);
	x = steps.pages[0].steps[0].u.text.x;
	layout_move(&steps, 10, -10);
	assert_true(steps.pages[0].steps[0].u.text.x - x == 10);
	assert_int_equal(step_list_check(&steps, &e), 0);
	layout_move(&steps, 14, 0);
	assert_int_equal(step_list_check(&steps, &e), ERR_INTERNAL);
	assert_string_equal(e.code, "layout_broken");
	err_clear(&e);
	step_list_release(&steps);
	step_list_release(&whole);
}

static void
a_preview_has_neither_code_nor_seal(void **state)
{
	struct samples *w = *state;
	struct layout_sheet sheet = {.line = usual};
	struct step_list steps;
	struct err e = ERR_INIT;
	size_t i, page;

	for (i = 0; i < FOLDERS; i++) {
		assert_int_equal(lay_out(w, i, &sheet, &steps, &e), 0);
		assert_int_equal(step_list_check(&steps, &e), 0);
		for (page = 0; page < steps.npages; page++) {
			assert_int_equal(count(&steps.pages[page], STEP_QR), 0);
			assert_int_equal(
			    count(&steps.pages[page], STEP_SEAL), 0);
		}
		step_list_release(&steps);
	}
}

static void
a_calibration_page_stays_on_the_paper(void **state)
{
	struct samples *w = *state;
	static const float offsets[] = {-10, 0, 10};
	struct step_list steps;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(layout_calibration_make(w->fonts, offsets[i],
				     -offsets[i], &steps, &e),
		    0);
		assert_int_equal(step_list_check(&steps, &e), 0);
		step_list_release(&steps);
	}
}

static void
each_type_names_its_paper(void **state)
{
	static const struct {
		size_t type;
		const char *variant, *media;
	} want[] = {{0, NULL, "iso_a4_210x297mm"},
	    {0, "duplicate", "iso_a4_210x297mm"},
	    {2, "original", "iso_a5_148x210mm"}, {3, NULL, "iso_a4_210x297mm"}};
	static const struct {
		float width, height;
		const char *media;
	} sizes[] = {{420, 297, "iso_a3_297x420mm"},
	    {85.6f, 54, "iso_id-1_53.98x85.6mm"},
	    {88, 125, "iso_id-3_88x125mm"},
	    {200.5f, 60, "custom_certsvc_60x200.5mm"}};
	struct samples *w = *state;
	struct layout_page *page = &w->types[3]->variants[0].layout->first;
	char media[SHEET_MEDIA_SIZE];
	struct err e = ERR_INIT;
	float width = page->width, height = page->height;
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_int_equal(sheet_media(w->types[want[i].type],
				     want[i].variant, media, &e),
		    0);
		assert_string_equal(media, want[i].media);
	}
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		page->width = sizes[i].width;
		page->height = sizes[i].height;
		assert_int_equal(sheet_media(w->types[3], NULL, media, &e), 0);
		assert_string_equal(media, sizes[i].media);
	}
	page->width = width;
	page->height = height;
	assert_int_equal(
	    sheet_media(w->types[3], "other", media, &e), ERR_NOT_FOUND);
	assert_string_equal(e.code, "no_variant");
	err_clear(&e);
}

static void
a_seam_for_both_sides_is_printed_on_both(void **state)
{
	struct samples *w = *state;
	struct layout_spec *layout = w->types[1]->variants[0].layout;
	const char *sides;
	struct err e = ERR_INIT;
	float height = layout->first.height;

	assert_true(layout->nseams > 0);
	assert_int_equal(sheet_sides(w->types[1], NULL, &sides, &e), 0);
	assert_string_equal(sides, "one-sided");
	layout->seams[0].duplex = DUPLEX_MIRRORED;
	assert_int_equal(sheet_sides(w->types[1], NULL, &sides, &e), 0);
	assert_string_equal(sides, "two-sided-long-edge");
	layout->first.height = layout->first.width / 2;
	assert_int_equal(sheet_sides(w->types[1], NULL, &sides, &e), 0);
	assert_string_equal(sides, "two-sided-short-edge");
	layout->first.height = height;
	layout->seams[0].duplex = DUPLEX_NONE;
	assert_int_equal(
	    sheet_sides(w->types[1], "other", &sides, &e), ERR_NOT_FOUND);
	assert_string_equal(e.code, "no_variant");
	err_clear(&e);
}

static void
a_page_fits_on_its_paper_and_larger_ones(void **state)
{
	static const char a5[] = "iso_a5_148x210mm", a4[] = "iso_a4_210x297mm",
			  card[] = "iso_id-1_53.98x85.6mm";

	(void)state;
	assert_true(sheet_media_fits(a4, a4));
	assert_true(sheet_media_fits(a5, a4));
	assert_true(sheet_media_fits(card, a5));
	assert_true(sheet_media_fits("custom_x_297x210mm", a4));
	assert_false(sheet_media_fits(a4, a5));
	assert_false(sheet_media_fits("custom_x_60x298mm", a4));
	assert_false(sheet_media_fits(a4, "na_letter_8.5x11in"));
	assert_false(sheet_media_fits(a4, "tray-1"));
	assert_string_equal(sheet_media_word(a4), "A4");
	assert_string_equal(sheet_media_word("tray-1"), "tray-1");
}

static int
lay_out_starved(void *ctx, struct err *e)
{
	struct samples *w = ctx;
	struct step_list steps;
	int rc = lay_out(w, 2,
	    &(struct layout_sheet){.word = "预览 PREVIEW", .line = usual},
	    &steps, e);

	if (rc == 0)
		step_list_release(&steps);
	return rc;
}

static int
calibrate_starved(void *ctx, struct err *e)
{
	struct samples *w = ctx;
	struct step_list steps;
	int rc = layout_calibration_make(w->fonts, 1, 1, &steps, e);

	if (rc == 0)
		step_list_release(&steps);
	return rc;
}

static void
missing_memory_is_survived(void **state)
{
	starve(lay_out_starved, *state, 0);
	starve(calibrate_starved, *state, 0);
}

/* Write the pages that were laid out and compare the first. */
static void
looks(struct samples *w, struct step_list *steps, size_t type, const char *name)
{
	struct pdf_info info = {
	    .title = "t", .language = "zh-CN", .created = 1795391747};
	struct format_seal seals[] = {{.picture = &w->seals[type]}};
	struct buf pdf = BUF_INIT;
	struct err e = ERR_INIT;
	char path[128];

	assert_int_equal(pdf_render(steps, seals, 1, &info, &pdf, &e), 0);
	snprintf(path, sizeof(path), "%s/%s.pdf", w->folder, name);
	write_file(path, buf_bytes(&pdf));
	golden_page(w, path, name, 0);
	unlink(path);
	buf_release(&pdf);
	step_list_release(steps);
}

static void
sheets_look_as_they_did(void **state)
{
	struct samples *w = *state;
	struct step_list steps;
	struct err e = ERR_INIT;

	assert_int_equal(
	    lay_out(w, 1,
		&(struct layout_sheet){.qr = &w->qr, .line = usual, .seed = 1},
		&steps, &e),
	    0);
	looks(w, &steps, 1, "sheet-background");
	assert_int_equal(
	    lay_out(w, 0,
		&(struct layout_sheet){
		    .qr = &w->qr, .line = longest_blank, .data_only = 1},
		&steps, &e),
	    0);
	layout_move(&steps, 3, -2);
	looks(w, &steps, 0, "sheet-blank");
	assert_int_equal(
	    lay_out(w, 2,
		&(struct layout_sheet){.word = "预览 PREVIEW", .line = usual},
		&steps, &e),
	    0);
	looks(w, &steps, 2, "sheet-preview");
	assert_int_equal(
	    layout_calibration_make(w->fonts, 1.5f, -0.5f, &steps, &e), 0);
	looks(w, &steps, 0, "sheet-calibration");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_page_of_each_type_has_a_print_line),
	    cmocka_unit_test(a_line_without_room_is_refused),
	    cmocka_unit_test(no_seal_may_stand_on_the_line),
	    cmocka_unit_test(a_blank_gets_data_only_and_moves),
	    cmocka_unit_test(a_preview_has_neither_code_nor_seal),
	    cmocka_unit_test(a_calibration_page_stays_on_the_paper),
	    cmocka_unit_test(each_type_names_its_paper),
	    cmocka_unit_test(a_seam_for_both_sides_is_printed_on_both),
	    cmocka_unit_test(a_page_fits_on_its_paper_and_larger_ones),
	    cmocka_unit_test(missing_memory_is_survived),
	    cmocka_unit_test(sheets_look_as_they_did),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
