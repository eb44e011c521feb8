/* verify_rules_test.c - each rule of a verdict, and the document profile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <hpdf.h>

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
an_unsigned_pdf_is_unsigned(void **state)
{
	struct buf pdf = BUF_INIT;
	struct verdict v;

	(void)state;
	world_unsigned_pdf(&world.xml, &pdf);
	assert_int_equal(
	    world_verify(&world, buf_bytes(&pdf), &v), VERDICT_UNSIGNED);
	assert_true(world_says(&v, "no_signature"));
	verdict_release(&v);
	buf_release(&pdf);
}

static void
without_trust_a_good_seal_is_indeterminate(void **state)
{
	struct verify_options opt = {.at = WORLD_NOW};
	struct verdict v;

	(void)state;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	assert_int_equal(v.kind, VERDICT_INDETERMINATE);
	assert_true(world_says(&v, "unknown_issuer"));
	assert_int_equal(v.signatures[0].integrity, INTEGRITY_INTACT);
	verdict_release(&v);
}

/* One verification in a world made otherwise. */
static void
otherwise(
    const struct world_plan *plan, enum verdict_kind kind, const char *reason)
{
	struct world other;
	struct verdict v;

	world_make(&other, plan);
	assert_int_equal(world_verify(&other, buf_bytes(&other.pdf), &v), kind);
	if (reason != NULL && !world_says(&v, reason))
		fail_msg("no reason %s", reason);
	verdict_release(&v);
	world_release(&other);
}

static void
each_rule_has_its_reason(void **state)
{
	struct world_plan plan = plain;

	(void)state;
	plan.seal_type = "11990000MB9A010097002";
	otherwise(&plan, VERDICT_INVALID, "not_authorised_for_type");
	plan = plain;
	plan.status = 1;
	otherwise(&plan, VERDICT_INVALID, "revoked");
	plan.status = 2;
	otherwise(&plan, VERDICT_INVALID, "suspended");
	plan.status = 3;
	otherwise(&plan, VERDICT_INVALID, "superseded");
	plan = plain;
	plan.no_list = 1;
	otherwise(&plan, VERDICT_INDETERMINATE, "status_unknown");
	plan = plain;
	plan.list_age = 8 * WORLD_DAY;
	otherwise(&plan, VERDICT_INDETERMINATE, "status_stale");
	plan = plain;
	plan.valid_to = "2026-09-20";
	otherwise(&plan, VERDICT_INVALID, "expired");
	plan = plain;
	plan.trust_demo = 0;
	otherwise(&plan, VERDICT_INVALID, "demo_not_accepted");
	plan = plain;
	plan.url = "http://127.0.0.1:8081";
	otherwise(&plan, VERDICT_INVALID, "foreign_host");
	plan = plain;
	plan.seal_revoked = "2026-09-01T00:00:00Z";
	otherwise(&plan, VERDICT_INVALID, "issuer_key_revoked");
	plan = plain;
	plan.code_revoked = "2026-09-01T00:00:00Z";
	otherwise(&plan, VERDICT_INVALID, "issuer_key_revoked");
}

static void
a_code_is_signed_by_its_key_s_own_algorithm(void **state)
{
	struct world_plan plan = plain;

	(void)state;
	plan.code_says = SIGN_SM2;
	otherwise(&plan, VERDICT_INVALID, "bad_signature");
	plan.code_alg = SIGN_SM2;
	otherwise(&plan, VERDICT_VALID, NULL);
	plan.code_says = SIGN_ES256;
	otherwise(&plan, VERDICT_INVALID, "bad_signature");
}

/* By its code alone, too: printed on an imitation of the original it must not
 * pass for that one's. */
static void
a_copy_is_called_one(void **state)
{
	struct world_plan plan = plain;
	struct verdict_copy *copy;
	struct world w;
	struct verdict v;

	(void)state;
	plan.copy_face = 1;
	otherwise(&plan, VERDICT_INVALID, "contents_differ");
	plan.copy_number = 3;
	world_make(&w, &plan);
	copy = &v.certificate.copy;
	assert_int_equal(
	    world_verify(&w, buf_bytes(&w.pdf), &v), VERDICT_VALID);
	assert_int_equal(v.certificate.copy_number, 3);
	assert_string_equal(copy->purpose, "银行开户");
	verdict_release(&v);
	assert_int_equal(world_verify(&w, buf_bytes(&w.qr), &v), VERDICT_VALID);
	assert_int_equal(v.certificate.copy_number, 3);
	assert_int_equal(copy->is_copy, 1);
	assert_string_equal(copy->purpose, "");
	assert_string_equal(copy->maker, "市场监督管理局");
	assert_string_equal(copy->made, "2026-09-20");
	verdict_release(&v);
	world_release(&w);
}

static void
another_root_is_not_trusted(void **state)
{
	struct verify_options opt = {.at = WORLD_NOW};
	struct world other;
	struct verdict v;

	(void)state;
	world_make(&other, &plain);
	opt.trust = other.trust;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	assert_int_equal(v.kind, VERDICT_INDETERMINATE);
	assert_true(world_says(&v, "unknown_issuer"));
	verdict_release(&v);
	world_release(&other);
}

static void
two_certificates_are_not_the_same(void **state)
{
	struct world_plan plan = plain;
	struct world other;
	struct verdict v[2];

	(void)state;
	plan.holder = "另一家公司";
	world_make(&other, &plan);
	world_verify(&world, buf_bytes(&world.pdf), &v[0]);
	world_verify(&world, buf_bytes(&world.xml), &v[1]);
	verify_same(v, 2);
	assert_int_equal(v[0].kind, VERDICT_VALID);
	assert_int_equal(v[1].kind, VERDICT_VALID);
	verdict_release(&v[1]);
	world_verify(&other, buf_bytes(&other.qr), &v[1]);
	verify_same(v, 2);
	assert_true(world_says(&v[0], "different_certificates"));
	assert_true(world_says(&v[1], "different_certificates"));
	assert_int_equal(v[0].kind, VERDICT_INVALID);
	verdict_release(&v[0]);
	verdict_release(&v[1]);
	world_release(&other);
}

static void
the_document_profile_judges_any_sealed_pdf(void **state)
{
	struct verify_options opt = {
	    .trust = world.trust, .profile = PROFILE_DOCUMENT, .at = WORLD_NOW};
	struct buf pdf = BUF_INIT, sealed = BUF_INIT;
	struct verdict v;
	HPDF_UINT32 n;
	HPDF_Doc doc = HPDF_New(NULL, NULL);
	HPDF_Page page = HPDF_AddPage(doc);

	(void)state;
	HPDF_Page_Rectangle(page, 10, 10, 100, 100);
	HPDF_Page_Stroke(page);
	assert_int_equal(HPDF_SaveToStream(doc), HPDF_OK);
	n = HPDF_GetStreamSize(doc);
	HPDF_ReadFromStream(doc, buf_extend(&pdf, n), &n);
	HPDF_Free(doc);
	world_seal(&world, buf_bytes(&pdf), NULL, &sealed);
	verify_bytes(buf_bytes(&sealed), &opt, &v);
	assert_int_equal(v.kind, VERDICT_VALID);
	assert_int_equal(v.signatures[0].trust, TRUST_TRUSTED);
	verdict_release(&v);
	sealed.p[100] ^= 1;
	verify_bytes(buf_bytes(&sealed), &opt, &v);
	assert_int_not_equal(v.kind, VERDICT_VALID);
	verdict_release(&v);
	sealed.p[100] ^= 1;
	update_append(&sealed, last_xref(&sealed), 30, "null");
	verify_bytes(buf_bytes(&sealed), &opt, &v);
	assert_int_equal(v.kind, VERDICT_INVALID);
	assert_true(world_says(&v, "modified"));
	verdict_release(&v);
	buf_release(&pdf);
	buf_release(&sealed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_unsigned_pdf_is_unsigned),
	    cmocka_unit_test(without_trust_a_good_seal_is_indeterminate),
	    cmocka_unit_test(each_rule_has_its_reason),
	    cmocka_unit_test(a_code_is_signed_by_its_key_s_own_algorithm),
	    cmocka_unit_test(a_copy_is_called_one),
	    cmocka_unit_test(another_root_is_not_trusted),
	    cmocka_unit_test(two_certificates_are_not_the_same),
	    cmocka_unit_test(the_document_profile_judges_any_sealed_pdf),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
