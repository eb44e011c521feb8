/* verify_pdf_test.c - a sealed licence, and everything done to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/flips.h"
#include "tests/support/world.h"

static const struct world_plan plain = WORLD_PLAN;
static struct world world;

static int
setup(void **state)
{
	(void)state;
	world_make(&world, &plain);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	world_release(&world);
	return 0;
}

/* 1 when the bytes are valid in the plain world. */
static int
valid(struct bytes pdf)
{
	struct verdict v;
	int ok = world_verify(&world, pdf, &v) == VERDICT_VALID;

	verdict_release(&v);
	return ok;
}

static void
a_sealed_licence_is_valid(void **state)
{
	struct verdict v;

	(void)state;
	assert_int_equal(
	    world_verify(&world, buf_bytes(&world.pdf), &v), VERDICT_VALID);
	assert_string_equal(v.format, "pdf");
	assert_int_equal(v.nreasons, 0);
	assert_int_equal(v.nsignatures, 1);
	assert_int_equal(v.signatures[0].integrity, INTEGRITY_INTACT);
	assert_int_equal(v.signatures[0].coverage, COVERAGE_WHOLE_FILE);
	assert_int_equal(v.signatures[0].trust, TRUST_TRUSTED);
	assert_string_equal(v.signatures[0].seal, "专用章");
	assert_true(v.signatures[0].claimed_time == WORLD_NOW - WORLD_DAY);
	assert_true(v.certificate.known);
	assert_string_equal(v.certificate.status, "valid");
	assert_true(v.certificate.status_as_of == WORLD_NOW);
	assert_string_equal(v.certificate.holder, plain.holder);
	assert_string_equal(v.certificate.number, "QH-2026-0001");
	assert_memory_equal(v.certificate.face_digest, world.face_digest, 32);
	verdict_release(&v);
}

static void
no_changed_byte_is_valid(void **state)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80};

	(void)state;
	flip_bytes(&world.pdf, (struct bytes){masks, sizeof(masks)}, valid);
}

static void
no_cut_file_is_valid(void **state)
{
	(void)state;
	cut_bytes(&world.pdf, world.pdf.n, valid);
}

static void
nothing_may_follow_the_file(void **state)
{
	static const char *const tails[] = {"\n", "\r\n", " ", "x", "%",
	    "%%EOF\n", "startxref\n0\n%%EOF\n",
	    "xref\n0 0\ntrailer\n<< >>\nstartxref\n9\n%%EOF\n"};
	struct buf copy = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		buf_reset(&copy);
		buf_add_buf(&copy, &world.pdf);
		buf_add_str(&copy, tails[i]);
		assert_false(valid(buf_bytes(&copy)));
	}
	for (i = 0; i < 256; i++) {
		buf_reset(&copy);
		buf_add_buf(&copy, &world.pdf);
		buf_add_byte(&copy, (uint8_t)i);
		assert_false(valid(buf_bytes(&copy)));
	}
	buf_release(&copy);
}

/* Offset of the '<' of the signature's /Contents. */
static size_t
gap_start(const struct buf *pdf)
{
	const uint8_t *p = memmem(pdf->p, pdf->n, "/Contents <30", 13);

	assert_non_null(p);
	return (size_t)(p - pdf->p) + 10;
}

static void
contents_has_one_spelling(void **state)
{
	struct buf copy = BUF_INIT;
	size_t at = gap_start(&world.pdf), i;

	(void)state;
	buf_add_buf(&copy, &world.pdf);
	for (i = at + 1; copy.p[i] != '>'; i++) {
		if (copy.p[i] < 'A')
			continue;
		copy.p[i] |= 0x20;
		assert_false(valid(buf_bytes(&copy)));
		copy.p[i] &= 0xdf;
	}
	copy.p[i - 1] = '1'; /* padding */
	assert_false(valid(buf_bytes(&copy)));
	copy.p[i - 1] = ' ';
	assert_false(valid(buf_bytes(&copy)));
	copy.p[i - 1] = '0';
	assert_true(valid(buf_bytes(&copy)));
	buf_release(&copy);
}

/* Append an update that replaces object num. */
static void
update_append(struct buf *pdf, size_t prev, int num, const char *object)
{
	size_t at = pdf->n, xref;

	buf_printf(pdf, "%d 0 obj\n%s\nendobj\n", num, object);
	xref = pdf->n;
	buf_printf(pdf,
	    "xref\n%d 1\n%010zu 00000 n \ntrailer\n<< /Size 9 /Root 1 0 R "
	    "/Prev %zu >>\nstartxref\n%zu\n%%%%EOF\n",
	    num, at, prev, xref);
}

static size_t
last_xref(const struct buf *pdf)
{
	size_t i = pdf->n;

	while (memcmp(pdf->p + i - 5, "\nxref", 5) != 0)
		i--;
	return i - 4;
}

static void
a_later_update_is_a_modification(void **state)
{
	static const char *const objects[] = {
	    "<< /Type /Page /Parent 2 0 R /Resources << >> >>",
	    "<< /Producer (x) >>", "null"};
	struct buf copy = BUF_INIT;
	struct verdict v;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		buf_reset(&copy);
		buf_add_buf(&copy, &world.pdf);
		update_append(
		    &copy, last_xref(&world.pdf), i == 1 ? 20 : 3, objects[i]);
		assert_int_equal(world_verify(&world, buf_bytes(&copy), &v),
		    VERDICT_INVALID);
		assert_true(world_says(&v, "modified"));
		assert_int_equal(v.signatures[0].coverage, COVERAGE_REVISION);
		verdict_release(&v);
	}
	buf_release(&copy);
}

/* Replace the bytes of /ByteRange, keeping the length. */
static void
range_replace(struct buf *copy, const char *range)
{
	uint8_t *p = memmem(copy->p, copy->n, "/ByteRange ", 11);

	assert_non_null(p);
	memset(p + 11, ' ', 48);
	memcpy(p + 11, range, strlen(range));
}

static void
a_byte_range_must_be_four_sane_numbers(void **state)
{
	static const char *const ranges[] = {"[]", "null", "[0 10 20]",
	    "[0 10 20 30 40]", "[0 -1 20 30]", "[0 10 20 99999999]", "9 0 R",
	    "[0 10 5 10]", "[1 10 20 30]", "[0 0 0 0]",
	    "[0 2147483648 4294967296 1]", "[0 10.5 20 30]",
	    "[0 9223372036854775807 1 1]", "(0 1 2 3)", "[0 10 20 0]"};
	struct buf copy = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		buf_reset(&copy);
		buf_add_buf(&copy, &world.pdf);
		range_replace(&copy, ranges[i]);
		assert_false(valid(buf_bytes(&copy)));
	}
	buf_release(&copy);
}

static void
the_gap_holds_nothing_but_contents(void **state)
{
	static const char evil[] = "9 0 obj null endobj ";
	struct buf copy = BUF_INIT;
	char range[64];
	size_t at = gap_start(&world.pdf), end, rest;

	(void)state;
	/* Signature wrapping: the second range moves, the gap grows. */
	for (end = at; world.pdf.p[end] != '>'; end++)
		;
	end++;
	rest = world.pdf.n - end;
	buf_add(&copy, world.pdf.p, end);
	buf_add_str(&copy, evil);
	buf_add(&copy, world.pdf.p + end, rest);
	snprintf(range, sizeof(range), "[0 %zu %zu %zu]", at,
	    end + strlen(evil), rest);
	range_replace(&copy, range);
	assert_false(valid(buf_bytes(&copy)));
	buf_release(&copy);
}

static void
contents_that_is_no_cms_is_refused(void **state)
{
	static const char *const starts[] = {
	    "<>", "<00>", "<3>", "null", "(abc)", "<30800000>"};
	struct buf copy = BUF_INIT;
	size_t at = gap_start(&world.pdf), i;

	(void)state;
	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		buf_reset(&copy);
		buf_add_buf(&copy, &world.pdf);
		memcpy(copy.p + at, starts[i], strlen(starts[i]));
		assert_false(valid(buf_bytes(&copy)));
	}
	buf_release(&copy);
}

/* A PDF with something in its unsigned part, then sealed by the real seal:
 * even what was signed must look like a licence. */
static enum verdict_kind
sealed_variant(const char *find, const char *replace, struct verdict *v)
{
	struct buf pdf = BUF_INIT, sealed = BUF_INIT;
	enum verdict_kind kind;
	uint8_t *p;

	world_unsigned_pdf(&world.xml, &pdf);
	if (find != NULL) {
		assert_int_equal(strlen(find), strlen(replace));
		p = memmem(pdf.p, pdf.n, find, strlen(find));
		assert_non_null(p);
		memcpy(p, replace, strlen(replace));
	}
	world_seal(&world, buf_bytes(&pdf), world.face_digest, &sealed);
	kind = world_verify(&world, buf_bytes(&sealed), v);
	buf_release(&pdf);
	buf_release(&sealed);
	return kind;
}

static void
active_content_is_refused_even_when_signed(void **state)
{
	struct verdict v;

	(void)state;
	assert_int_equal(sealed_variant(NULL, NULL, &v), VERDICT_VALID);
	verdict_release(&v);
	assert_int_equal(
	    sealed_variant("/Resources << >>", "/AA 4 0 R       ", &v),
	    VERDICT_INVALID);
	assert_true(world_says(&v, "profile"));
	verdict_release(&v);
	assert_int_equal(sealed_variant("/AFRelationship /Source",
			     "/OpenAction /Source    ", &v),
	    VERDICT_INVALID);
	assert_true(world_says(&v, "profile"));
	verdict_release(&v);
	/* An object that nothing uses: the seed of a shadow attack. */
	assert_int_equal(
	    sealed_variant("/EF << /F 5 0 R >>", "/EF << /F 1 0 R >>", &v),
	    VERDICT_UNREADABLE);
	verdict_release(&v);
}

static void
a_seal_must_speak_of_the_attached_record(void **state)
{
	struct buf pdf = BUF_INIT, sealed = BUF_INIT;
	uint8_t other[32];
	struct verdict v;

	(void)state;
	memset(other, 7, sizeof(other));
	world_unsigned_pdf(&world.xml, &pdf);
	world_seal(&world, buf_bytes(&pdf), other, &sealed);
	assert_int_equal(
	    world_verify(&world, buf_bytes(&sealed), &v), VERDICT_INVALID);
	assert_true(world_says(&v, "contents_differ"));
	verdict_release(&v);
	buf_reset(&sealed);
	world_seal(&world, buf_bytes(&pdf), NULL, &sealed);
	assert_false(valid(buf_bytes(&sealed)));
	buf_release(&pdf);
	buf_release(&sealed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sealed_licence_is_valid),
	    cmocka_unit_test(no_changed_byte_is_valid),
	    cmocka_unit_test(no_cut_file_is_valid),
	    cmocka_unit_test(nothing_may_follow_the_file),
	    cmocka_unit_test(contents_has_one_spelling),
	    cmocka_unit_test(a_later_update_is_a_modification),
	    cmocka_unit_test(a_byte_range_must_be_four_sane_numbers),
	    cmocka_unit_test(the_gap_holds_nothing_but_contents),
	    cmocka_unit_test(contents_that_is_no_cms_is_refused),
	    cmocka_unit_test(active_content_is_refused_even_when_signed),
	    cmocka_unit_test(a_seal_must_speak_of_the_attached_record),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
