/* pdf_sign_test.c - seals appended to libharu's PDFs, and the strict reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <hpdf.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/pdf_sign.h"
#include "crypto/pdf_signature.h"

static const char drawing[] = "1 0 0 RG 2 w 10 10 80 80 re S";

/* Two pages by libharu; with a link annotation on the first when asked. */
static void
haru_pdf(int annotated, struct buf *out)
{
	HPDF_Doc doc = HPDF_New(NULL, NULL);
	HPDF_Page page = HPDF_AddPage(doc);
	HPDF_Rect rect = {10, 10, 50, 50};
	HPDF_UINT32 n;

	HPDF_AddPage(doc);
	HPDF_Page_Rectangle(page, 10, 10, 100, 100);
	HPDF_Page_Stroke(page);
	if (annotated)
		HPDF_Page_CreateTextAnnot(page, rect, "note", NULL);
	assert_int_equal(HPDF_SaveToStream(doc), HPDF_OK);
	n = HPDF_GetStreamSize(doc);
	HPDF_ReadFromStream(doc, buf_extend(out, n), &n);
	HPDF_Free(doc);
}

static struct pdf_seal
plain_seal(void)
{
	struct pdf_seal seal = {.name = "青禾市 𠮷",
	    .reason = "a (b) \\ c",
	    .time = 1790000000,
	    .place = {1, 100, 200, 42, 42},
	    .picture = {.content = {(const uint8_t *)drawing,
			    sizeof(drawing) - 1},
		.bbox = {0, 0, 100, 100}},
	    .cms_size = 1000};

	return seal;
}

/* Seal with a fake CMS; asserts success. */
static struct pdf_ranges
seal_with(const struct buf *pdf, const struct pdf_seal *seal, struct buf *out)
{
	static const uint8_t cms[] = {0x30, 0x03, 0xab, 0xcd, 0xef};
	struct pdf_ranges ranges;
	struct err e = ERR_INIT;

	assert_int_equal(
	    pdf_sign_prepare(buf_bytes(pdf), seal, out, &ranges, &e), 0);
	assert_int_equal(
	    pdf_sign_finish(out, &ranges, (struct bytes){cms, sizeof(cms)}, &e),
	    0);
	return ranges;
}

static struct pdf_file *
open_pdf(const struct buf *pdf)
{
	struct pdf_file *f = NULL;
	struct err e = ERR_INIT;

	assert_int_equal(pdf_file_open(buf_bytes(pdf), &f, &e), 0);
	return f;
}

static void
a_seal_covers_all_but_its_contents(void **state)
{
	struct pdf_signature list[PDF_SIGNATURES_MAX];
	struct buf pdf = BUF_INIT, out = BUF_INIT;
	struct pdf_seal seal = plain_seal();
	struct pdf_ranges ranges;
	struct pdf_file *f;
	struct err e = ERR_INIT;
	size_t n, fields;

	(void)state;
	haru_pdf(0, &pdf);
	ranges = seal_with(&pdf, &seal, &out);
	assert_memory_equal(out.p, pdf.p, pdf.n);
	assert_int_equal(out.p[ranges.gap], '<');
	assert_int_equal(out.p[ranges.resume - 1], '>');
	assert_int_equal(ranges.resume + ranges.rest, out.n);
	assert_memory_equal(out.p + ranges.gap, "<3003ABCDEF00", 13);
	f = open_pdf(&out);
	assert_int_equal(pdf_signatures_find(f, list, &n, &fields, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(fields, 1);
	assert_int_equal(list[0].coverage, PDF_COVERS_FILE);
	assert_true(list[0].listed);
	assert_true(list[0].claimed_time == 1790000000);
	assert_int_equal(pdf_licence_check(f, list, 1, &e), 0);
	pdf_file_free(f);
	buf_release(&pdf);
	buf_release(&out);
}

static void
a_seal_stands_where_it_was_asked_for(void **state)
{
	struct buf pdf = BUF_INIT, out = BUF_INIT;
	struct pdf_seal seal = plain_seal();
	const struct pdf_object *page;
	const struct pdf_value *rect, *field;
	struct pdf_file *f;

	(void)state;
	haru_pdf(0, &pdf);
	seal_with(&pdf, &seal, &out);
	f = open_pdf(&out);
	page = pdf_file_page(f, 1);
	assert_non_null(page);
	assert_null(pdf_get(pdf_file_page(f, 0)->value, "Annots"));
	field = pdf_file_resolve(f, pdf_get(page->value, "Annots")->first);
	rect = pdf_get(field, "Rect")->first;
	assert_true(rect->real > 283.46 && rect->real < 283.47);
	/* 841 pt high, 200 mm down, 42 mm tall */
	rect = rect->next;
	assert_true(rect->real > 155.0 && rect->real < 155.03);
	rect = rect->next->next;
	assert_true(rect->real > 274.06 && rect->real < 274.08);
	pdf_file_free(f);
	buf_release(&pdf);
	buf_release(&out);
}

static void
annotations_of_the_page_are_kept(void **state)
{
	struct buf pdf = BUF_INIT, out = BUF_INIT;
	struct pdf_seal seal = plain_seal();
	struct pdf_file *f;

	(void)state;
	seal.place.page = 0;
	haru_pdf(1, &pdf);
	seal_with(&pdf, &seal, &out);
	f = open_pdf(&out);
	assert_int_equal(
	    pdf_get(pdf_file_page(f, 0)->value, "Annots")->nitems, 2);
	pdf_file_free(f);
	buf_release(&pdf);
	buf_release(&out);
}

static void
further_seals_fill_their_empty_fields(void **state)
{
	static const struct pdf_place more[] = {
	    {1, 20, 20, 40, 40}, {0, 20, 20, 40, 40}};
	struct pdf_signature list[PDF_SIGNATURES_MAX];
	struct buf pdf = BUF_INIT, one = BUF_INIT, two = BUF_INIT;
	struct pdf_seal seal = plain_seal();
	struct pdf_ranges ranges;
	struct pdf_file *f;
	struct err e = ERR_INIT;
	size_t n, fields;

	(void)state;
	seal.more = more;
	seal.nmore = 2;
	haru_pdf(0, &pdf);
	seal_with(&pdf, &seal, &one);
	assert_non_null(memmem(one.p, one.n, "/P 2 ", 5));
	seal.nmore = 0;
	seal.number = 2;
	seal_with(&one, &seal, &two);
	f = open_pdf(&two);
	assert_int_equal(pdf_signatures_find(f, list, &n, &fields, &e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(fields, 2);
	assert_int_equal(list[0].coverage, PDF_COVERS_REVISION);
	assert_int_equal(list[1].coverage, PDF_COVERS_FILE);
	pdf_file_free(f);
	/* The same field cannot be filled again, nor one that is not there. */
	buf_reset(&one);
	assert_int_equal(
	    pdf_sign_prepare(buf_bytes(&two), &seal, &one, &ranges, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "pdf_not_ours");
	buf_release(&pdf);
	buf_release(&one);
	buf_release(&two);
}

static void
a_file_that_cannot_be_sealed_is_refused(void **state)
{
	struct buf pdf = BUF_INIT, one = BUF_INIT, two = BUF_INIT;
	struct pdf_seal seal = plain_seal();
	struct pdf_ranges ranges;
	struct err e = ERR_INIT;

	(void)state;
	haru_pdf(0, &pdf);
	seal_with(&pdf, &seal, &one);
	assert_int_equal(
	    pdf_sign_prepare(buf_bytes(&one), &seal, &two, &ranges, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "pdf_not_ours");
	seal.place.page = 7;
	buf_reset(&two);
	assert_int_equal(
	    pdf_sign_prepare(buf_bytes(&pdf), &seal, &two, &ranges, &e),
	    ERR_INPUT);
	buf_reset(&two);
	assert_int_equal(pdf_sign_prepare(bytes_str("%PDF-1.7\nnothing"), &seal,
			     &two, &ranges, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "malformed");
	buf_release(&pdf);
	buf_release(&one);
	buf_release(&two);
}

static void
a_cms_larger_than_its_room_is_refused(void **state)
{
	struct buf pdf = BUF_INIT, out = BUF_INIT, cms = BUF_INIT;
	struct pdf_seal seal = plain_seal();
	struct pdf_ranges ranges;
	struct err e = ERR_INIT;

	(void)state;
	haru_pdf(0, &pdf);
	assert_int_equal(
	    pdf_sign_prepare(buf_bytes(&pdf), &seal, &out, &ranges, &e), 0);
	buf_extend(&cms, seal.cms_size + PDF_SEAL_RESERVE);
	assert_int_equal(
	    pdf_sign_finish(&out, &ranges, buf_bytes(&cms), &e), 0);
	buf_extend(&cms, 1);
	assert_int_equal(
	    pdf_sign_finish(&out, &ranges, buf_bytes(&cms), &e), ERR_LIMIT);
	assert_string_equal(e.code, "cms_too_large");
	buf_release(&pdf);
	buf_release(&out);
	buf_release(&cms);
}

/* Parse one value; its kind, or -1 when it is refused. */
static int
kind_of(const char *text)
{
	struct pdf_arena arena = {NULL, 0};
	struct pdf_lexer lx = {bytes_str(text), 0, &arena};
	struct pdf_value *v;
	struct err e = ERR_INIT;
	int kind = -1;

	if (pdf_lexer_value(&lx, &v, &e) == 0)
		kind = (int)v->kind;
	else
		assert_int_equal(e.class, ERR_INPUT);
	pdf_arena_release(&arena);
	return kind;
}

static void
values_are_read_strictly(void **state)
{
	static const struct {
		const char *text;
		int kind;
	} cases[] = {{"12", PDF_INT}, {"-1.5", PDF_REAL}, {"12 0 R", PDF_REF},
	    {"12 0 Rx", PDF_INT}, {"/A#20b", PDF_NAME}, {"(a(b)c)", PDF_STRING},
	    {"<0aF>", PDF_STRING}, {"[1 2 [3]]", PDF_ARRAY},
	    {"<< /A 1 /B << >> >>", PDF_DICT}, {"null", PDF_NULL},
	    {"true", PDF_BOOL}, {"% c\n 7", PDF_INT}, {"<< /A 1 /A 2 >>", -1},
	    {"<< /A 1 /#41 2 >>", -1}, {"<< 1 2 >>", -1}, {"<< /A >>", -1},
	    {"(a", -1}, {"<0g>", -1}, {"<00", -1}, {"[1", -1}, {"--1", -1},
	    {"1..2", -1}, {"/A#0", -1}, {"/A#00", -1}, {"nul", -1},
	    {"1234567890123456", -1}, {"", -1}, {"}", -1}};
	char deep[140];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (kind_of(cases[i].text) != cases[i].kind)
			fail_msg("%s", cases[i].text);
	memset(deep, '[', 64);
	memset(deep + 64, ']', 64);
	deep[128] = '\0';
	assert_int_equal(kind_of(deep), PDF_ARRAY);
	memset(deep, '[', 65);
	memset(deep + 65, ']', 65);
	deep[130] = '\0';
	assert_int_equal(kind_of(deep), -1);
}

static int
opens(const char *text)
{
	struct pdf_file *f = NULL;
	struct err e = ERR_INIT;
	int rc = pdf_file_open(bytes_str(text), &f, &e);

	pdf_file_free(f);
	return rc == 0;
}

static void
loops_and_lies_in_the_structure_are_refused(void **state)
{
	(void)state;
	assert_true(opens("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \n"
			  "trailer\n<< /Size 1 >>\nstartxref\n9\n%%EOF\n"));
	/* /Prev points at itself */
	assert_false(
	    opens("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \n"
		  "trailer\n<< /Size 1 /Prev 9 >>\nstartxref\n9\n%%EOF\n"));
	/* a hybrid file */
	assert_false(
	    opens("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \n"
		  "trailer\n<< /Size 1 /XRefStm 9 >>\nstartxref\n9\n%%EOF\n"));
	/* encrypted */
	assert_false(opens(
	    "%PDF-1.4\nxref\n0 1\n0000000000 65535 f \n"
	    "trailer\n<< /Size 1 /Encrypt 1 0 R >>\nstartxref\n9\n%%EOF\n"));
	/* lines of 19 bytes */
	assert_false(opens("%PDF-1.4\nxref\n0 1\n0000000000 65535 f\n"
			   "trailer\n<< /Size 1 >>\nstartxref\n9\n%%EOF\n"));
	/* an entry that leads nowhere */
	assert_false(opens("%PDF-1.4\nxref\n0 1\n0000000003 00000 n \n"
			   "trailer\n<< /Size 1 >>\nstartxref\n9\n%%EOF\n"));
	/* more objects than anybody needs */
	assert_false(opens("%PDF-1.4\nxref\n0 4294967296\n"
			   "trailer\n<< >>\nstartxref\n9\n%%EOF\n"));
	/* bytes before and after */
	assert_false(opens(" %PDF-1.4\nxref\n0 1\n0000000000 65535 f \n"
			   "trailer\n<< /Size 1 >>\nstartxref\n10\n%%EOF\n"));
	assert_false(opens("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \n"
			   "trailer\n<< /Size 1 >>\nstartxref\n9\n%%EOF\nx"));
	/* a number twice in one section */
	assert_false(opens("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \n"
			   "0 1\n0000000000 65535 f \n"
			   "trailer\n<< /Size 1 >>\nstartxref\n9\n%%EOF\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_seal_covers_all_but_its_contents),
	    cmocka_unit_test(a_seal_stands_where_it_was_asked_for),
	    cmocka_unit_test(annotations_of_the_page_are_kept),
	    cmocka_unit_test(further_seals_fill_their_empty_fields),
	    cmocka_unit_test(a_file_that_cannot_be_sealed_is_refused),
	    cmocka_unit_test(a_cms_larger_than_its_room_is_refused),
	    cmocka_unit_test(values_are_read_strictly),
	    cmocka_unit_test(loops_and_lies_in_the_structure_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
