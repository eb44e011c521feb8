/* verify_ofd_document_test.c - other people's OFDs (--profile document). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/crl_list.h"
#include "tests/support/gm.h"
#include "tests/support/ofd_expect.h"

static struct ofd_world world;

static int
setup(void **state)
{
	(void)state;
	ofd_world_make(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ofd_world_release(&world);
	return 0;
}

static struct ofd_seal_plan
plan_of(const struct ofd_stamp_kit *kit)
{
	struct ofd_seal_plan plan = ofd_seal_plan(&world, kit);

	plan.no_face = plan.no_package = 1;
	return plan;
}

/* Close the draft: the verdict of its archive must have this kind and, unless
 * NULL, the code. */
static void
draft_leads_to(struct ofd_draft *d, enum verdict_kind kind, const char *code)
{
	struct buf file = BUF_INIT;
	struct verdict v;

	ofd_write(d, &file);
	if (code != NULL)
		ofd_expect(buf_bytes(&file), world.trust, kind, code);
	else if (ofd_verify(&world, buf_bytes(&file), &v) != kind)
		fail_msg("%s", v.nreasons ? v.reasons[0] : "valid");
	if (code == NULL)
		verdict_release(&v);
	buf_release(&file);
}

static void
a_sealed_document_is_valid(void **state)
{
	struct ofd_seal_plan plan = plan_of(&world.seal);
	struct buf file = BUF_INIT;
	struct ofd_draft d;
	struct verdict v;

	(void)state;
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	ofd_write(&d, &file);
	assert_int_equal(
	    ofd_verify(&world, buf_bytes(&file), &v), VERDICT_VALID);
	assert_string_equal(v.signatures[0].seal, "专用章");
	assert_int_equal(v.signatures[0].coverage, COVERAGE_WHOLE_FILE);
	assert_int_equal(v.signatures[0].trust, TRUST_TRUSTED);
	assert_false(v.certificate.known);
	verdict_release(&v);
	buf_release(&file);
	ofd_draft_release(&d);
}

/* Its parts in any order, packed in any way. */
static void
other_makers_archives_are_tolerated(void **state)
{
	struct ofd_seal_plan plan = plan_of(&world.seal);
	struct ofd_part part;
	struct ofd_draft d;

	(void)state;
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	ofd_part_add(&d, "Doc_0/Signs/", "");
	d.parts[2].stored = 1;
	part = d.parts[0];
	memmove(&d.parts[0], &d.parts[1], (d.n - 1) * sizeof(part));
	d.parts[d.n - 1] = part;
	draft_leads_to(&d, VERDICT_VALID, NULL);
	ofd_draft_release(&d);
}

static void
what_is_not_covered_is_named(void **state)
{
	struct ofd_seal_plan plan = plan_of(&world.seal);
	struct ofd_draft d;

	(void)state;
	ofd_draft_foreign(&d, 1, "Seal");
	plan.unprotected = "Doc_0/Pages/Page_0/Content.xml";
	ofd_draft_seal(&d, &plan);
	draft_leads_to(&d, VERDICT_INVALID, "not_covered");
	ofd_draft_release(&d);
	plan = plan_of(&world.seal);
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	ofd_part_add(&d, "Doc_0/Res/later.png", "x");
	draft_leads_to(&d, VERDICT_INVALID, "not_covered");
	ofd_draft_release(&d);
	plan.check_method = "SHA1";
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	draft_leads_to(&d, VERDICT_INDETERMINATE, "weak_digest");
	ofd_draft_release(&d);
}

/* Readers would differ on which of the two is checked. */
static void
no_file_is_referred_to_twice(void **state)
{
	struct ofd_seal_plan plan = plan_of(&world.seal);
	struct ofd_draft d;

	(void)state;
	plan.repeated = "Doc_0/Document.xml";
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	draft_leads_to(&d, VERDICT_UNREADABLE, "ofd_malformed");
	ofd_draft_release(&d);
}

static void
no_changed_content_is_valid(void **state)
{
	struct ofd_seal_plan plan = plan_of(&world.seal);
	struct buf file = BUF_INIT;
	struct ofd_draft d;
	struct verdict v;
	size_t i, k;

	(void)state;
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	for (i = 0; i < d.n; i++) {
		/* The list of signatures is nobody's: see below. */
		if (strstr(d.parts[i].name, "Signatures.xml") != NULL)
			continue;
		for (k = 0; k < d.parts[i].content.n; k += 3) {
			d.parts[i].content.p[k] ^= 0x02;
			buf_reset(&file);
			ofd_write(&d, &file);
			if (ofd_verify(&world, buf_bytes(&file), &v) ==
			    VERDICT_VALID)
				fail_msg("%s %zu", d.parts[i].name, k);
			verdict_release(&v);
			d.parts[i].content.p[k] ^= 0x02;
		}
	}
	draft_leads_to(&d, VERDICT_VALID, NULL);
	buf_release(&file);
	ofd_draft_release(&d);
}

static void
a_second_signature_is_not_dropped_in_silence(void **state)
{
	struct ofd_seal_plan plan = plan_of(&world.seal);
	struct ofd_draft d;
	struct buf *list;

	(void)state;
	ofd_draft_foreign(&d, 2, "Seal");
	ofd_draft_seal(&d, &plan);
	plan = plan_of(&world.second);
	ofd_draft_seal(&d, &plan);
	draft_leads_to(&d, VERDICT_VALID, NULL);
	list = &ofd_part_find(&d, "Doc_0/Signs/Signatures.xml")->content;
	buf_reset(list);
	ofd_put_list(list, 1, "Seal");
	draft_leads_to(&d, VERDICT_INVALID, "not_covered");
	buf_reset(list);
	ofd_put_list(list, 2, "Stamp");
	draft_leads_to(&d, VERDICT_INDETERMINATE, "unsupported_version");
	buf_reset(list);
	ofd_put_list(list, 0, "Seal");
	draft_leads_to(&d, VERDICT_UNSIGNED, "no_signature");
	ofd_draft_release(&d);
}

/* Put a bare signature (GB/T 35275) where a seal's would be. */
static void
sign_bare(struct ofd_draft *d, const struct gm_form *form)
{
	struct ofd_seal_plan plan = plan_of(&world.seal);
	struct buf *value;

	ofd_draft_seal(d, &plan);
	value = &d->parts[d->n - 1].content;
	buf_reset(value);
	gm_build(value, form, buf_bytes(&d->parts[d->n - 2].content));
}

static void
a_bare_signature_is_judged_too(void **state)
{
	struct gm_form form = {.time = WORLD_NOW - WORLD_DAY,
	    .x509 = buf_bytes(&world.seal.x509),
	    .key = world.seal.key};
	struct ofd_draft d;

	(void)state;
	ofd_draft_foreign(&d, 1, "Sign");
	sign_bare(&d, &form);
	draft_leads_to(&d, VERDICT_VALID, NULL);
	d.parts[2].content.p[5] ^= 1;
	draft_leads_to(&d, VERDICT_INVALID, "modified");
	ofd_draft_release(&d);
	form.key = world.second.key;
	ofd_draft_foreign(&d, 1, "Sign");
	sign_bare(&d, &form);
	draft_leads_to(&d, VERDICT_INVALID, "ses_bad_signature");
	ofd_draft_release(&d);
	/* A bare signature where a seal is promised, and the other way. */
	form.key = world.seal.key;
	ofd_draft_foreign(&d, 1, "Seal");
	sign_bare(&d, &form);
	draft_leads_to(&d, VERDICT_INVALID, "ses_malformed");
	ofd_draft_release(&d);
}

static void
ours_is_judged_as_ours_whatever_was_asked(void **state)
{
	struct verify_options opt = {
	    .trust = world.trust, .profile = PROFILE_DOCUMENT, .at = WORLD_NOW};
	struct ofd_seal_plan plan = ofd_seal_plan(&world, &world.seal);
	struct buf file = BUF_INIT;
	struct ofd_draft d;
	struct verdict v;

	(void)state;
	/* Our seal over what carries no record. */
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	ofd_write(&d, &file);
	verify_bytes(buf_bytes(&file), &opt, &v);
	assert_int_equal(v.kind, VERDICT_INVALID);
	assert_true(world_says(&v, "contents_differ"));
	verdict_release(&v);
	ofd_draft_release(&d);
	/* Our record under somebody's plain seal. */
	buf_reset(&file);
	plan = plan_of(&world.seal);
	ofd_make(&world, &plan, 1, &file);
	verify_bytes(buf_bytes(&file), &opt, &v);
	assert_int_equal(v.kind, VERDICT_INVALID);
	verdict_release(&v);
	buf_release(&file);
}

static void
somebodys_document_is_no_licence(void **state)
{
	struct verify_options opt = {
	    .trust = world.trust, .profile = PROFILE_LICENCE, .at = WORLD_NOW};
	struct ofd_seal_plan plan = plan_of(&world.seal);
	struct buf file = BUF_INIT;
	struct ofd_draft d;
	struct verdict v;

	(void)state;
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	ofd_write(&d, &file);
	verify_bytes(buf_bytes(&file), &opt, &v);
	assert_int_equal(v.kind, VERDICT_INVALID);
	assert_true(world_says(&v, "profile"));
	verdict_release(&v);
	buf_release(&file);
	ofd_draft_release(&d);
}

/* Revoked after the time that the signature claims: nothing proves it. */
static void
a_claimed_time_is_no_proof(void **state)
{
	struct ofd_seal_plan plan = plan_of(&world.seal);
	const struct crl_list list = {.ca = buf_bytes(&world.ca),
	    .key = world.ca_key,
	    .from = WORLD_NOW - 3600,
	    .until = WORLD_NOW + WORLD_DAY,
	    .revoked = buf_bytes(&world.seal.x509),
	    .when = WORLD_NOW - 3600};
	struct buf crl = BUF_INIT, file = BUF_INIT;
	struct ofd_draft d;
	struct trust *trust;
	struct bytes view;

	(void)state;
	crl_list_make(&list, &crl);
	view = buf_bytes(&crl);
	trust = ofd_trust(&world, buf_bytes(&world.json), &view, 1);
	ofd_draft_foreign(&d, 1, "Seal");
	ofd_draft_seal(&d, &plan);
	ofd_write(&d, &file);
	ofd_expect(
	    buf_bytes(&file), trust, VERDICT_INDETERMINATE, "time_not_proven");
	trust_free(trust);
	buf_release(&crl);
	buf_release(&file);
	ofd_draft_release(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sealed_document_is_valid),
	    cmocka_unit_test(other_makers_archives_are_tolerated),
	    cmocka_unit_test(what_is_not_covered_is_named),
	    cmocka_unit_test(no_file_is_referred_to_twice),
	    cmocka_unit_test(no_changed_content_is_valid),
	    cmocka_unit_test(a_second_signature_is_not_dropped_in_silence),
	    cmocka_unit_test(a_bare_signature_is_judged_too),
	    cmocka_unit_test(ours_is_judged_as_ours_whatever_was_asked),
	    cmocka_unit_test(somebodys_document_is_no_licence),
	    cmocka_unit_test(a_claimed_time_is_no_proof),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
