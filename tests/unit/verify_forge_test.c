/* verify_forge_test.c - forgeries by those who hold keys, but not the ones that
 * the trust names for it; and replays of what was signed once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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

/* A list signed `age` seconds ago that gives our certificate this status. */
static struct buf
list_signed(
    unsigned int status, int64_t age, EVP_PKEY *key, const struct buf *kid_of)
{
	struct cose_request signer = {
	    .alg = SIGN_ES256, .sign = p256_sign, .sign_ctx = key};
	struct status_list list;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	world_must(status_list_init(&list, 4096, &e), &e);
	snprintf(list.uri, sizeof(list.uri), "%s/status/3", WORLD_URL);
	list.issued = WORLD_NOW - age;
	list.expires = list.issued + WORLD_DAY;
	list.ttl = 900;
	status_list_set(&list, 7, (enum status_value)status);
	world_kid(kid_of, signer.kid);
	world_must(status_list_sign(&list, &signer, &out, &e), &e);
	status_list_release(&list);
	return out;
}

/* The verdict of `file` when the trust has these lists. */
static struct verdict
with_lists(struct bytes file, const struct buf *a, const struct buf *b,
    enum verify_profile profile)
{
	struct bytes pem = buf_bytes(&world.pem), lists[2];
	struct verify_options opt = {.profile = profile, .at = WORLD_NOW};
	struct trust_parts parts = {.json = buf_bytes(&world.json),
	    .anchors = &pem,
	    .nanchors = 1,
	    .lists = lists,
	    .nlists = b == NULL ? 1 : 2};
	struct trust *trust = NULL;
	struct err e = ERR_INIT;
	struct verdict v;

	lists[0] = buf_bytes(a);
	if (b != NULL)
		lists[1] = buf_bytes(b);
	world_must(trust_parse(&parts, &trust, &e), &e);
	opt.trust = trust;
	verify_bytes(file, &opt, &v);
	trust_free(trust);
	return v;
}

static void
expect_reason(struct verdict v, enum verdict_kind kind, const char *reason)
{
	if (!world_says(&v, reason))
		fail_msg("no reason %s", reason);
	assert_int_equal(v.kind, kind);
	verdict_release(&v);
}

static void
an_older_list_beside_the_later_one_changes_nothing(void **state)
{
	struct buf good = list_signed(0, 600, world.status_key, &world.status);
	struct buf later = list_signed(1, 500, world.status_key, &world.status);
	struct bytes pdf = buf_bytes(&world.pdf);

	(void)state;
	expect_reason(with_lists(pdf, &good, &later, PROFILE_DEFAULT),
	    VERDICT_INVALID, "revoked");
	expect_reason(with_lists(pdf, &later, &good, PROFILE_DEFAULT),
	    VERDICT_INVALID, "revoked");
	buf_release(&good);
	buf_release(&later);
}

static void
of_two_lists_of_one_second_the_worse_is_believed(void **state)
{
	struct buf good = list_signed(0, 500, world.status_key, &world.status);
	struct buf bad = list_signed(1, 500, world.status_key, &world.status);
	struct bytes qr = buf_bytes(&world.qr);

	(void)state;
	expect_reason(with_lists(qr, &good, &bad, PROFILE_DEFAULT),
	    VERDICT_INVALID, "revoked");
	expect_reason(with_lists(qr, &bad, &good, PROFILE_DEFAULT),
	    VERDICT_INVALID, "revoked");
	buf_release(&good);
	buf_release(&bad);
}

static void
a_list_needs_the_key_of_a_status_list(void **state)
{
	EVP_PKEY *const keys[] = {
	    world.code_key, world.seal_key, world.ca_key, world.root_key};
	const struct buf *const names[] = {
	    &world.code, &world.seal, &world.ca, &world.root};
	struct bytes xml = buf_bytes(&world.xml);
	struct buf list;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		list = list_signed(0, 60, keys[i], names[i]);
		expect_reason(with_lists(xml, &list, NULL, PROFILE_DEFAULT),
		    VERDICT_INDETERMINATE, "status_unknown");
		buf_release(&list);
		/* Under the status key's own name. */
		list = list_signed(0, 60, keys[i], &world.status);
		expect_reason(with_lists(xml, &list, NULL, PROFILE_DEFAULT),
		    VERDICT_INDETERMINATE, "status_unknown");
		buf_release(&list);
	}
}

/* The world's code, signed again by this key under that key's name. */
static void
code_resign(EVP_PKEY *key, const struct buf *kid_of, struct buf *text)
{
	struct cose_request req = {
	    .alg = SIGN_ES256, .sign = p256_sign, .sign_ctx = key};
	struct buf bytes = BUF_INIT, out = BUF_INIT;
	struct bytes url;
	struct cose cose;
	struct err e = ERR_INIT;

	world_must(qr_text_read(buf_bytes(&world.qr), &url, &bytes, &e), &e);
	world_must(cose_parse(buf_bytes(&bytes), &cose, &e), &e);
	world_kid(kid_of, req.kid);
	req.payload = cose.payload;
	world_must(cose_sign(&req, &out, &e), &e);
	qr_text_write(text, WORLD_URL, buf_bytes(&out));
	buf_release(&bytes);
	buf_release(&out);
}

static void
a_code_needs_the_key_of_a_code(void **state)
{
	EVP_PKEY *const keys[] = {world.status_key, world.seal_key};
	const struct buf *const names[] = {&world.status, &world.seal};
	struct buf text = BUF_INIT;
	struct verdict v;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		code_resign(keys[i], names[i], &text);
		world_verify(&world, buf_bytes(&text), &v);
		expect_reason(v, VERDICT_INDETERMINATE, "unknown_issuer");
		buf_reset(&text);
		code_resign(keys[i], &world.code, &text);
		world_verify(&world, buf_bytes(&text), &v);
		expect_reason(v, VERDICT_INVALID, "bad_signature");
		buf_reset(&text);
	}
	buf_release(&text);
}

static void
no_profile_makes_a_revoked_licence_valid(void **state)
{
	struct buf list = list_signed(1, 60, world.status_key, &world.status);
	struct bytes pdf = buf_bytes(&world.pdf);

	(void)state;
	expect_reason(with_lists(pdf, &list, NULL, PROFILE_DOCUMENT),
	    VERDICT_INVALID, "revoked");
	expect_reason(with_lists(pdf, &list, NULL, PROFILE_LICENCE),
	    VERDICT_INVALID, "revoked");
	buf_release(&list);
}

static void
contents_has_one_spelling_in_every_profile(void **state)
{
	struct verify_options opt = {
	    .trust = world.trust, .profile = PROFILE_DOCUMENT, .at = WORLD_NOW};
	static const char mark[] = "/Contents <30";
	struct verdict v;
	uint8_t *p;

	(void)state;
	p = memmem(world.pdf.p, world.pdf.n, mark, strlen(mark));
	assert_non_null(p);
	for (p += strlen(mark); *p < 'A' || *p > 'F'; p++)
		continue;
	*p |= 0x20;
	verify_bytes(buf_bytes(&world.pdf), &opt, &v);
	*p &= 0xdf;
	expect_reason(v, VERDICT_INVALID, "modified");
}

static void
the_scheme_of_a_code_cannot_be_changed(void **state)
{
	struct buf text = BUF_INIT;
	struct verdict v;

	(void)state;
	buf_add_str(&text, "https");
	buf_add(&text, world.qr.p + 4, world.qr.n - 4);
	world_verify(&world, buf_bytes(&text), &v);
	expect_reason(v, VERDICT_INVALID, "foreign_host");
	buf_release(&text);
}

static void
the_same_names_under_another_root_are_strangers(void **state)
{
	struct verdict v;
	struct world twin;

	(void)state;
	world_make(&twin, &plain);
	world_verify(&world, buf_bytes(&twin.pdf), &v);
	assert_true(world_says(&v, "unknown_issuer"));
	assert_int_not_equal(v.kind, VERDICT_VALID);
	verdict_release(&v);
	world_verify(&world, buf_bytes(&twin.xml), &v);
	expect_reason(v, VERDICT_INDETERMINATE, "unknown_issuer");
	world_release(&twin);
}

/* Its seal is good, but the record inside is one of another root's. */
static void
a_good_seal_over_a_strangers_record_is_not_valid(void **state)
{
	struct buf pdf = BUF_INIT, sealed = BUF_INIT;
	struct verdict v;
	struct world twin;

	(void)state;
	world_make(&twin, &plain);
	world_unsigned_pdf(&twin.xml, &pdf);
	world_seal(&world, buf_bytes(&pdf), twin.face_digest, &sealed);
	world_verify(&world, buf_bytes(&sealed), &v);
	expect_reason(v, VERDICT_INDETERMINATE, "unknown_issuer");
	buf_release(&pdf);
	buf_release(&sealed);
	world_release(&twin);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		an_older_list_beside_the_later_one_changes_nothing),
	    cmocka_unit_test(of_two_lists_of_one_second_the_worse_is_believed),
	    cmocka_unit_test(a_list_needs_the_key_of_a_status_list),
	    cmocka_unit_test(a_code_needs_the_key_of_a_code),
	    cmocka_unit_test(no_profile_makes_a_revoked_licence_valid),
	    cmocka_unit_test(contents_has_one_spelling_in_every_profile),
	    cmocka_unit_test(the_scheme_of_a_code_cannot_be_changed),
	    cmocka_unit_test(the_same_names_under_another_root_are_strangers),
	    cmocka_unit_test(a_good_seal_over_a_strangers_record_is_not_valid),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
