/*
 * pdf_licence_test.c - the shape of a licence with several seals, apart from
 * the signatures' mathematics: what a holder of one seal could try after the
 * others, each change with every byte range in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <hpdf.h>
#include <stdio.h>
#include <string.h>

#include "crypto/pdf_sign.h"
#include "crypto/pdf_signature.h"

static const char drawing[] = "1 0 0 RG 2 w 10 10 80 80 re S";

/* Three pages by libharu. */
static void
haru_pdf(struct buf *out)
{
	HPDF_Doc doc = HPDF_New(NULL, NULL);
	HPDF_UINT32 n;

	HPDF_AddPage(doc);
	HPDF_AddPage(doc);
	HPDF_AddPage(doc);
	assert_int_equal(HPDF_SaveToStream(doc), HPDF_OK);
	n = HPDF_GetStreamSize(doc);
	HPDF_ReadFromStream(doc, buf_extend(out, n), &n);
	HPDF_Free(doc);
}

/* Append seal `number` of `n` to *pdf, with a fake CMS. */
static void
seal(struct buf *pdf, size_t number, size_t n)
{
	static const struct pdf_place places[] = {{0, 10, 20, 40, 40},
	    {0, 60, 20, 40, 40}, {2, 10, 20, 40, 40}, {1, 10, 20, 40, 40}};
	static const uint8_t cms[] = {0x30, 0x03, 0xab, 0xcd, 0xef};
	struct pdf_seal seal = {.name = "x",
	    .time = 1790000000,
	    .place = places[number],
	    .picture = {.content = {(const uint8_t *)drawing,
			    sizeof(drawing) - 1},
		.bbox = {0, 0, 100, 100}},
	    .cms_size = 1000,
	    .number = number,
	    .more = places + 1,
	    .nmore = number == 0 ? n - 1 : 0};
	struct buf out = BUF_INIT;
	struct pdf_ranges ranges;
	struct err e = ERR_INIT;

	assert_int_equal(
	    pdf_sign_prepare(buf_bytes(pdf), &seal, &out, &ranges, &e), 0);
	assert_int_equal(pdf_sign_finish(&out, &ranges,
			     (struct bytes){cms, sizeof(cms)}, &e),
	    0);
	buf_release(pdf);
	*pdf = out;
}

static void
make(size_t seals, size_t fields, struct buf *pdf)
{
	size_t i;

	haru_pdf(pdf);
	for (i = 0; i < seals; i++)
		seal(pdf, i, fields);
}

/* Code of the refusal, "" when it is a licence. */
static const char *
judge(const struct buf *pdf)
{
	static char code[sizeof(((struct err *)0)->code)];
	struct pdf_signature list[PDF_SIGNATURES_MAX];
	struct pdf_file *f = NULL;
	struct err e = ERR_INIT;
	size_t n = 0, fields;

	code[0] = '\0';
	if (pdf_file_open(buf_bytes(pdf), &f, &e) != 0 ||
	    pdf_signatures_find(f, list, &n, &fields, &e) != 0 ||
	    pdf_licence_check(f, list, n, &e) != 0)
		snprintf(code, sizeof(code), "%s", e.code);
	pdf_file_free(f);
	err_clear(&e);
	return code;
}

static void
as_many_seals_as_fields_are_a_licence(void **state)
{
	struct buf pdf = BUF_INIT;
	size_t n;

	(void)state;
	for (n = 1; n <= PDF_SEALS_MAX; n++) {
		make(n, n, &pdf);
		assert_string_equal(judge(&pdf), "");
		buf_release(&pdf);
	}
}

static void
an_empty_field_is_a_missing_seal(void **state)
{
	struct buf pdf = BUF_INIT;
	size_t n, fields;

	(void)state;
	for (fields = 2; fields <= PDF_SEALS_MAX; fields++)
		for (n = 1; n < fields; n++) {
			make(n, fields, &pdf);
			assert_string_equal(judge(&pdf), "seal_missing");
			buf_release(&pdf);
		}
}

static void
seals_come_in_the_order_of_their_places(void **state)
{
	struct buf pdf = BUF_INIT;

	(void)state;
	make(1, 3, &pdf);
	seal(&pdf, 2, 3);
	seal(&pdf, 1, 3);
	assert_string_equal(judge(&pdf), "profile");
	buf_release(&pdf);
}

/* Replace the n-th `find` from the end of a two-seal licence (1: the last); the
 * lengths are the same, so that every offset stays right. */
static void
changed(size_t n, const char *find, const char *replace, const char *code)
{
	struct buf pdf = BUF_INIT;
	size_t i, len = strlen(find);

	assert_int_equal(len, strlen(replace));
	make(2, 2, &pdf);
	for (i = pdf.n - len;; i--)
		if (memcmp(pdf.p + i, find, len) == 0 && --n == 0)
			break;
		else
			assert_true(i > 0);
	memcpy(pdf.p + i, replace, len);
	if (strcmp(judge(&pdf), code) != 0)
		fail_msg("%s -> %s: %s", find, replace, judge(&pdf));
	buf_release(&pdf);
}

static void
a_later_update_fills_its_field_only(void **state)
{
	(void)state;
	/* The control: a change that nobody minds. */
	changed(1, "(x)", "(y)", "");
	/* The field of the second seal: moved, renamed, hidden, retyped. */
	changed(1, "/Rect [", "/Rekt [", "profile");
	changed(1, "/T (Seal2)", "/T (Seal1)", "profile");
	changed(1, "/F 132", "/F 134", "profile");
	changed(1, "/Widget", "/Widgee", "profile");
	/* In both revisions of it, as the first signer could. */
	changed(2, "/T (Seal2)", "/T (Seal3)", "profile");
	changed(2, "/F 132", "/F 134", "profile");
	/* The picture is no picture; it does something. */
	changed(1, "/Subtype /Form", "/Subtype /Fork", "profile");
	changed(1, "/Resources << >>", "/AA << /O 1 >>  ", "profile");
	/* Another root, another identity, in the second trailer. */
	changed(1, "/Root 1 0 R", "/Root 2 0 R", "profile");
	/* The certification: dropped, or it allows more. */
	changed(1, "/P 2 ", "/P 3 ", "profile");
	changed(1, "/P 2 ", "/P 1 ", "profile");
	changed(1, "/DocMDP ", "/DocMPD ", "profile");
	changed(1, "/SigFlags 3", "/SigFlags 1", "profile");
}

/* Append an update with one object. */
static void
update(struct buf *pdf, unsigned int num, const char *object)
{
	size_t at = pdf->n, xref, prev = pdf->n;

	while (memcmp(pdf->p + prev - 5, "\nxref", 5) != 0)
		prev--;
	prev -= 4;
	buf_printf(pdf, "%u 0 obj\n%s\nendobj\n", num, object);
	xref = pdf->n;
	buf_printf(pdf,
	    "xref\n%u 1\n%010zu 00000 n \ntrailer\n<< /Size 99 /Root 1 0 R "
	    "/Prev %zu >>\nstartxref\n%zu\n%%%%EOF\n",
	    num, at, prev, xref);
}

static void
no_update_comes_between_or_after_the_seals(void **state)
{
	static const char page[] = "<< /Type /Page >>";
	struct buf pdf = BUF_INIT;
	size_t after;

	(void)state;
	for (after = 1; after <= 2; after++) {
		make(1, 2, &pdf);
		if (after == 2)
			seal(&pdf, 1, 2);
		update(&pdf, 90, page);
		if (after == 1)
			seal(&pdf, 1, 2);
		assert_string_equal(judge(&pdf), "profile");
		buf_release(&pdf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_many_seals_as_fields_are_a_licence),
	    cmocka_unit_test(an_empty_field_is_a_missing_seal),
	    cmocka_unit_test(seals_come_in_the_order_of_their_places),
	    cmocka_unit_test(a_later_update_fills_its_field_only),
	    cmocka_unit_test(no_update_comes_between_or_after_the_seals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
