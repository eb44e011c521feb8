/* verify_sheet_test.c - printed sheets: verified as the certificate itself, and
 * by the day they were printed where the time of issue would not do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/crl_list.h"
#include "tests/support/world.h"

enum {
	NEXT_DAY = 20717, /* 2026-09-21, the day of WORLD_NOW */
	COMING_DAY = 20718
};

static struct world_plan
sheet_plan(void)
{
	struct world_plan plan = WORLD_PLAN;

	plan.copy_number = 2;
	plan.copy_kind = QR_COPY_SHEET;
	plan.copy_day = NEXT_DAY;
	return plan;
}

static void
verified(const struct world_plan *plan, enum verdict_kind kind,
    const char *reason, int line)
{
	struct world w;
	struct verdict v;
	size_t i;

	world_make(&w, plan);
	for (i = 0; i < 3; i++) {
		const struct buf *file[] = {&w.pdf, &w.xml, &w.qr};

		if (plan->seal_revoked != NULL && i > 0)
			break; /* only the PDF is sealed */
		if (world_verify(&w, buf_bytes(file[i]), &v) != kind ||
		    (reason != NULL && !world_says(&v, reason)))
			fail_msg("line %d, file %zu: %s %s", line, i,
			    verdict_word(v.kind),
			    v.nreasons > 0 ? v.reasons[0] : "");
		verdict_release(&v);
	}
	world_release(&w);
}

#define VERIFIED(plan, kind, reason) verified(&(plan), kind, reason, __LINE__)

static void
a_sheet_is_the_certificate_itself_printed_once_more(void **state)
{
	struct world_plan plan = sheet_plan();
	const struct verdict_certificate *c;
	struct world w;
	struct verdict v, again;
	struct buf packed = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	world_make(&w, &plan);
	for (i = 0; i < 3; i++) {
		const struct buf *file[] = {&w.pdf, &w.xml, &w.qr};

		assert_int_equal(
		    world_verify(&w, buf_bytes(file[i]), &v), VERDICT_VALID);
		c = &v.certificate;
		assert_int_equal(c->sheet.number, 2);
		assert_string_equal(c->sheet.office, "市场监督管理局");
		assert_string_equal(c->sheet.day, "2026-09-21");
		assert_string_equal(c->sheet.purpose, "");
		assert_int_equal(c->copy.is_copy, 0);
		assert_int_equal(c->copy_number, 0);
		assert_int_equal(c->issued, WORLD_NOW - WORLD_DAY);
		assert_string_equal(c->status, "valid");
		buf_reset(&packed);
		assert_int_equal(verdict_pack(&v, &packed, &e), 0);
		assert_int_equal(
		    verdict_unpack(buf_bytes(&packed), &again, &e), 0);
		assert_memory_equal(
		    &again.certificate.sheet, &c->sheet, sizeof(c->sheet));
		verdict_release(&again);
		verdict_release(&v);
	}
	buf_release(&packed);
	world_release(&w);
}

/* Kind and face must fit: neither passes for the other. */
static void
sheets_and_copies_do_not_mix(void **state)
{
	struct world_plan plan = sheet_plan();
	struct world w;
	struct verdict v;

	(void)state;
	plan.copy_face = 1;
	world_make(&w, &plan);
	assert_int_equal(
	    world_verify(&w, buf_bytes(&w.pdf), &v), VERDICT_INVALID);
	assert_true(world_says(&v, "contents_differ"));
	verdict_release(&v);
	world_release(&w);
	plan.copy_face = 0;
	plan.copy_kind = QR_COPY_PURPOSE;
	world_make(&w, &plan);
	assert_int_equal(
	    world_verify(&w, buf_bytes(&w.pdf), &v), VERDICT_INVALID);
	assert_true(world_says(&v, "contents_differ"));
	verdict_release(&v);
	world_release(&w);
}

/* The certificate is of the 20th in UTC, the sheet of the 21st in China. */
static void
keys_are_held_against_the_day_of_the_sheet(void **state)
{
	struct world_plan plan = sheet_plan();

	(void)state;
	/* a key that came after the certificate signs its sheets */
	plan.code_since = "2026-09-21T00:00:00Z";
	VERIFIED(plan, VERDICT_VALID, NULL);
	plan.code_since = "2026-09-21T16:00:00Z"; /* the 22nd in China */
	VERIFIED(plan, VERDICT_INVALID, "issuer_key_revoked");
	plan = sheet_plan();
	/* one that was revoked between both does not, nor that day */
	plan.code_revoked = "2026-09-20T15:00:00Z";
	VERIFIED(plan, VERDICT_INVALID, "issuer_key_revoked");
	plan.code_revoked = "2026-09-21T15:59:59Z";
	VERIFIED(plan, VERDICT_INVALID, "issuer_key_revoked");
	plan.code_revoked = "2026-09-21T16:00:00Z";
	VERIFIED(plan, VERDICT_VALID, NULL);
	plan = sheet_plan();
	plan.seal_revoked = "2026-09-20T15:00:00Z";
	VERIFIED(plan, VERDICT_INVALID, "issuer_key_revoked");
	plan.seal_revoked = "2026-09-21T16:00:00Z";
	VERIFIED(plan, VERDICT_VALID, NULL);
}

/* The PDF with a list of its CA that revokes the seal's x509 since then. */
static enum verdict_kind
with_list(const struct world *w, int64_t revoked, struct verdict *v)
{
	const struct crl_list list = {.ca = buf_bytes(&w->ca),
	    .key = w->ca_key,
	    .from = WORLD_NOW,
	    .until = WORLD_NOW + WORLD_DAY,
	    .revoked = buf_bytes(&w->seal),
	    .when = revoked};
	struct bytes pem = buf_bytes(&w->pem), status = buf_bytes(&w->list);
	struct buf der = BUF_INIT;
	struct bytes crl;
	struct trust_parts parts = {.json = buf_bytes(&w->json),
	    .anchors = &pem,
	    .nanchors = 1,
	    .lists = &status,
	    .nlists = 1,
	    .crls = &crl,
	    .ncrls = 1};
	struct verify_options opt = {.at = WORLD_NOW};
	struct trust *trust;
	struct err e = ERR_INIT;

	crl_list_make(&list, &der);
	crl = buf_bytes(&der);
	world_must(trust_parse(&parts, &trust, &e), &e);
	opt.trust = trust;
	verify_bytes(buf_bytes(&w->pdf), &opt, v);
	trust_free(trust);
	buf_release(&der);
	return v->kind;
}

static void
a_list_that_revokes_the_seal_is_held_against_that_day_too(void **state)
{
	struct world_plan plan = sheet_plan();
	struct world w;
	struct verdict v;

	(void)state;
	plan.copy_day = NEXT_DAY - 1;
	world_make(&w, &plan);
	/* between the certificate, at 22:13 in China, and that day's end */
	assert_int_equal(
	    with_list(&w, WORLD_NOW - WORLD_DAY + 60, &v), VERDICT_INVALID);
	assert_true(world_says(&v, "issuer_key_revoked"));
	verdict_release(&v);
	assert_int_equal(
	    with_list(&w, WORLD_NOW - WORLD_DAY / 2, &v), VERDICT_VALID);
	verdict_release(&v);
	world_release(&w);
}

static void
a_sheet_of_a_coming_day_is_not_believed(void **state)
{
	struct world_plan plan = sheet_plan();

	(void)state;
	plan.copy_day = COMING_DAY;
	VERIFIED(plan, VERDICT_INVALID, "not_yet_valid");
	plan.copy_day = UINT64_MAX;
	VERIFIED(plan, VERDICT_INVALID, "not_yet_valid");
}

/* Its status is the certificate's. */
static void
a_sheet_ends_with_its_certificate(void **state)
{
	struct world_plan plan = sheet_plan();

	(void)state;
	plan.status = 1;
	VERIFIED(plan, VERDICT_INVALID, "revoked");
	plan.status = 3;
	VERIFIED(plan, VERDICT_INVALID, "superseded");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_sheet_is_the_certificate_itself_printed_once_more),
	    cmocka_unit_test(sheets_and_copies_do_not_mix),
	    cmocka_unit_test(keys_are_held_against_the_day_of_the_sheet),
	    cmocka_unit_test(
		a_list_that_revokes_the_seal_is_held_against_that_day_too),
	    cmocka_unit_test(a_sheet_of_a_coming_day_is_not_believed),
	    cmocka_unit_test(a_sheet_ends_with_its_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
