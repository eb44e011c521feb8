/* verify_ofd_forge_test.c - OFD licences that somebody with keys of his own, or
 * with one key too many, could make: each failing step by its own code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/crl.h"
#include "tests/support/ofd_expect.h"

static struct ofd_world world;
static struct ofd_stamp_kit kit; /* made and released by one case */

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

static void
expect_plan(
    const struct ofd_seal_plan *plan, enum verdict_kind kind, const char *code)
{
	struct buf file = BUF_INIT;

	ofd_make(&world, plan, 1, &file);
	ofd_expect(buf_bytes(&file), world.trust, kind, code);
	buf_release(&file);
}

static struct ofd_seal_plan
honest(void)
{
	return ofd_seal_plan(&world, &world.seal);
}

static void
an_honest_plan_is_valid(void **state)
{
	struct ofd_seal_plan plan = honest();
	struct buf file = BUF_INIT;
	struct verdict v;

	(void)state;
	ofd_make(&world, &plan, 1, &file);
	assert_int_equal(
	    ofd_verify(&world, buf_bytes(&file), &v), VERDICT_VALID);
	verdict_release(&v);
	buf_release(&file);
}

static void
what_a_seal_says_must_be_so(void **state)
{
	struct ofd_seal_plan plan = honest();

	(void)state;
	plan.wrong_document = 1;
	expect_plan(&plan, VERDICT_INVALID, "modified");
	plan = honest();
	plan.wrong_package = 1;
	expect_plan(&plan, VERDICT_INVALID, "modified");
	plan = honest();
	plan.no_package = 1;
	expect_plan(&plan, VERDICT_INVALID, "modified");
	plan = honest();
	plan.no_face = 1;
	expect_plan(&plan, VERDICT_INVALID, "contents_differ");
	plan = honest();
	plan.face_digest[0] ^= 1;
	expect_plan(&plan, VERDICT_INVALID, "contents_differ");
	plan = honest();
	plan.face_sm3[0] ^= 1;
	expect_plan(&plan, VERDICT_INVALID, "contents_differ");
	plan = honest();
	plan.property = "/Doc_0/Signs/Sign_1/Signature.xml";
	expect_plan(&plan, VERDICT_INVALID, "profile");
	plan = honest();
	plan.method = "1.2.156.10197.1.301.1";
	expect_plan(&plan, VERDICT_INVALID, "profile");
	plan = honest();
	plan.no_stamp = 1;
	expect_plan(&plan, VERDICT_INVALID, "profile");
}

static void
every_file_must_be_protected_by_a_good_digest(void **state)
{
	static const char *const parts[] = {"OFD.xml", "Doc_0/Res/font_2.ttf",
	    "Doc_0/Pages/Page_0/Content.xml", "Doc_0/Attachs/certificate.xml",
	    "Doc_0/Signs/Sign_0/Seal.esl"};
	struct ofd_seal_plan plan;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		plan = honest();
		plan.unprotected = parts[i];
		expect_plan(&plan, VERDICT_INVALID, "not_covered");
	}
	plan = honest();
	plan.check_method = "MD5";
	expect_plan(&plan, VERDICT_INDETERMINATE, "weak_digest");
	plan.check_method = "1.3.14.3.2.26";
	expect_plan(&plan, VERDICT_INDETERMINATE, "weak_digest");
	plan.check_method = "SHA512";
	expect_plan(&plan, VERDICT_INDETERMINATE, "unsupported_version");
}

static void
a_seal_needs_its_own_key_and_object(void **state)
{
	struct ofd_seal_plan plan = honest();

	(void)state;
	plan.key = world.second.key;
	expect_plan(&plan, VERDICT_INVALID, "ses_bad_signature");
	plan = honest();
	plan.other_esl = &world.second.object;
	expect_plan(&plan, VERDICT_INVALID, "seal_mismatch");
	plan = honest();
	plan.object = buf_bytes(&world.second.object);
	expect_plan(&plan, VERDICT_INVALID, "signer_not_in_seal");
	plan = honest();
	plan.time = WORLD_NOW - 500 * WORLD_DAY;
	expect_plan(&plan, VERDICT_INVALID, "signing_time_outside");
	plan.time = WORLD_NOW + WORLD_DAY;
	expect_plan(&plan, VERDICT_INVALID, "signing_time_outside");
	/* Before there was a record to be sealed. */
	plan.time = WORLD_NOW - 2 * WORLD_DAY;
	expect_plan(&plan, VERDICT_INVALID, "signing_time_outside");
}

/* A plan with `kit`: its key and object, by any maker. */
static struct ofd_seal_plan
kit_plan(void)
{
	return ofd_seal_plan(&world, &kit);
}

/* kit: the world's signer with an object of its own. */
static void
kit_object(
    const struct buf *maker, EVP_PKEY *maker_key, int64_t from, int64_t until)
{
	kit.key = world.seal.key;
	EVP_PKEY_up_ref(kit.key);
	buf_add_buf(&kit.x509, &world.seal.x509);
	ofd_make_object(&kit.x509, maker, maker_key, from, until, &kit.object);
}

static void
kit_done(void)
{
	ofd_kit_release(&kit);
	memset(&kit, 0, sizeof(kit));
}

static void
a_seal_is_used_while_it_is_valid(void **state)
{
	struct ofd_seal_plan plan;

	(void)state;
	kit_object(&world.maker, world.maker_key, WORLD_NOW - 9 * WORLD_DAY,
	    WORLD_NOW - 2 * WORLD_DAY);
	plan = kit_plan();
	expect_plan(&plan, VERDICT_INVALID, "seal_expired");
	kit_done();
	kit_object(&world.maker, world.maker_key, WORLD_NOW - WORLD_DAY / 2,
	    WORLD_NOW + WORLD_DAY);
	plan = kit_plan();
	expect_plan(&plan, VERDICT_INVALID, "seal_not_yet_valid");
	kit_done();
}

/* Somebody else's root and CA, of the same names. */
struct stranger {
	EVP_PKEY *root_key, *ca_key, *key;
	struct buf root, ca, x509;
};

static void
stranger_make(struct stranger *s, enum x509_role role)
{
	memset(s, 0, sizeof(*s));
	s->root_key = sm2_new();
	s->ca_key = sm2_new();
	s->key = sm2_new();
	world_x509(
	    X509_ROOT, "根 SM2", s->root_key, s->root_key, NULL, &s->root);
	world_x509(
	    X509_ISSUING, "CA SM2", s->ca_key, s->root_key, &s->root, &s->ca);
	world_x509(role, "制章者", s->key, s->ca_key, &s->ca, &s->x509);
}

static void
stranger_release(struct stranger *s)
{
	EVP_PKEY_free(s->root_key);
	EVP_PKEY_free(s->ca_key);
	EVP_PKEY_free(s->key);
	buf_release(&s->root);
	buf_release(&s->ca);
	buf_release(&s->x509);
}

static void
a_seal_of_another_maker_is_not_believed(void **state)
{
	struct stranger other;
	struct ofd_seal_plan plan;
	struct buf maker = BUF_INIT;
	EVP_PKEY *key = sm2_new();

	(void)state;
	stranger_make(&other, X509_MAKER);
	kit_object(&other.x509, other.key, WORLD_NOW - 9 * WORLD_DAY,
	    WORLD_NOW + 9 * WORLD_DAY);
	plan = kit_plan();
	expect_plan(&plan, VERDICT_INDETERMINATE, "seal_maker_untrusted");
	kit_done();
	stranger_release(&other);
	/* Of the right CA, but none of the issuer's makers. */
	world_x509(
	    X509_MAKER, "别的制章者", key, world.ca_key, &world.ca, &maker);
	kit_object(
	    &maker, key, WORLD_NOW - 9 * WORLD_DAY, WORLD_NOW + 9 * WORLD_DAY);
	plan = kit_plan();
	expect_plan(&plan, VERDICT_INDETERMINATE, "seal_maker_untrusted");
	kit_done();
	/* A maker's x509 with somebody else's key. */
	kit_object(&world.maker, key, WORLD_NOW - 9 * WORLD_DAY,
	    WORLD_NOW + 9 * WORLD_DAY);
	plan = kit_plan();
	expect_plan(&plan, VERDICT_INVALID, "seal_bad_signature");
	kit_done();
	EVP_PKEY_free(key);
	buf_release(&maker);
}

static void
a_signer_of_another_root_is_not_believed(void **state)
{
	struct stranger other;
	struct ofd_seal_plan plan;

	(void)state;
	stranger_make(&other, X509_SIGNER);
	kit.key = other.key;
	EVP_PKEY_up_ref(kit.key);
	buf_add_buf(&kit.x509, &other.x509);
	ofd_make_object(&kit.x509, &world.maker, world.maker_key,
	    WORLD_NOW - 9 * WORLD_DAY, WORLD_NOW + 9 * WORLD_DAY, &kit.object);
	plan = kit_plan();
	expect_plan(&plan, VERDICT_INDETERMINATE, "signer_untrusted");
	kit_done();
	stranger_release(&other);
}

/* Of the right root and maker, but no seal that the trust names. */
static void
a_signer_without_a_seal_is_not_believed(void **state)
{
	struct ofd_seal_plan plan;

	(void)state;
	ofd_make_kit(&world, "无此印章", &kit);
	plan = kit_plan();
	expect_plan(&plan, VERDICT_INDETERMINATE, "unknown_issuer");
	kit_done();
}

/* A signer or maker whose x509 ended an hour ago: after it signed. */
static void
short_lived(enum x509_role role, EVP_PKEY *key, int64_t from, int64_t until,
    struct buf *out)
{
	struct err e = ERR_INIT;
	struct x509_request req = {.role = role,
	    .country = "CN",
	    .organisation = "青禾市",
	    .unit = "演示",
	    .common_name = "短期",
	    .not_before = from,
	    .not_after = until,
	    .key = key,
	    .issuer_key = world.ca_key,
	    .issuer = buf_bytes(&world.ca)};

	world_must(x509_make(&req, out, &e), &e);
}

static void
an_x509_that_is_over_is_named(void **state)
{
	struct ofd_seal_plan plan;
	struct buf maker = BUF_INIT;
	EVP_PKEY *key = sm2_new();

	(void)state;
	kit.key = sm2_new();
	short_lived(X509_SIGNER, kit.key, WORLD_NOW - 9 * WORLD_DAY,
	    WORLD_NOW - 3600, &kit.x509);
	ofd_make_object(&kit.x509, &world.maker, world.maker_key,
	    WORLD_NOW - 9 * WORLD_DAY, WORLD_NOW + 9 * WORLD_DAY, &kit.object);
	plan = kit_plan();
	expect_plan(&plan, VERDICT_INDETERMINATE, "signer_expired");
	kit_done();
	short_lived(X509_MAKER, key, WORLD_NOW - 9 * WORLD_DAY,
	    WORLD_NOW - 3 * WORLD_DAY, &maker);
	kit_object(
	    &maker, key, WORLD_NOW - 9 * WORLD_DAY, WORLD_NOW + 9 * WORLD_DAY);
	plan = kit_plan();
	expect_plan(&plan, VERDICT_INDETERMINATE, "seal_maker_expired");
	kit_done();
	EVP_PKEY_free(key);
	buf_release(&maker);
}

/* The world's licence when the CA has revoked this x509 at that time. */
static void
expect_revoked(const struct buf *x509, int64_t when, enum verdict_kind kind,
    const char *code)
{
	const struct x509 *x;
	struct err e = ERR_INIT;
	struct crl_entry entry = {.revoked = when};
	struct crl_request req = {.issuer = buf_bytes(&world.ca),
	    .sign = sm2_sign,
	    .sign_ctx = world.ca_key,
	    .number = 2,
	    .this_update = WORLD_NOW - 3600,
	    .next_update = WORLD_NOW + WORLD_DAY,
	    .entries = &entry,
	    .nentries = 1};
	struct buf crl = BUF_INIT;
	struct trust *trust;
	struct bytes view;

	world_must(x509_get(buf_bytes(x509), &x, &e), &e);
	entry.serial = x->serial;
	world_must(crl_make(&req, &crl, &e), &e);
	x509_free(x);
	view = buf_bytes(&crl);
	trust = ofd_trust(&world, buf_bytes(&world.json), &view, 1);
	ofd_expect(buf_bytes(&world.ofd), trust, kind, code);
	trust_free(trust);
	buf_release(&crl);
}

static void
a_revoked_x509_signs_nothing_afterwards(void **state)
{
	(void)state;
	expect_revoked(&world.seal.x509, WORLD_NOW - 2 * WORLD_DAY,
	    VERDICT_INVALID, "signer_revoked");
	expect_revoked(&world.maker, WORLD_NOW - 2 * WORLD_DAY, VERDICT_INVALID,
	    "seal_maker_revoked");
}

/* The world's licence under a trust.json with one word exchanged. */
static void
expect_json(const char *find, const char *replace, enum verdict_kind kind,
    const char *code)
{
	struct buf json = BUF_INIT;
	const uint8_t *p =
	    memmem(world.json.p, world.json.n, find, strlen(find));
	size_t at = (size_t)(p - world.json.p);
	struct trust *trust;

	assert_non_null(p);
	buf_add(&json, world.json.p, at);
	buf_add_str(&json, replace);
	buf_add(&json, p + strlen(find), world.json.n - at - strlen(find));
	trust = ofd_trust(&world, buf_bytes(&json), NULL, 0);
	ofd_expect(buf_bytes(&world.ofd), trust, kind, code);
	trust_free(trust);
	buf_release(&json);
}

static void
a_seal_stands_only_where_it_may(void **state)
{
	(void)state;
	expect_json("\"alg\": \"SM2\"",
	    "\"alg\": \"SM2\", \"revoked_since\": \"2026-09-01T00:00:00Z\"",
	    VERDICT_INVALID, "issuer_key_revoked");
	expect_json("\"demo\": true", "\"demo\": false", VERDICT_INVALID,
	    "demo_not_accepted");
	expect_json("\"department\": \"" WORLD_DEPARTMENT "\", \"types\": "
		    "[\"" WORLD_TYPE "\"]",
	    "\"department\": \"" WORLD_DEPARTMENT "\", \"types\": []",
	    VERDICT_INVALID, "not_authorised_for_type");
}

static void
expect_two(const struct ofd_stamp_kit *first,
    const struct ofd_stamp_kit *second, enum verdict_kind kind,
    const char *code)
{
	struct ofd_seal_plan plans[2] = {
	    ofd_seal_plan(&world, first), ofd_seal_plan(&world, second)};
	struct buf file = BUF_INIT;

	ofd_make(&world, plans, 2, &file);
	ofd_expect(buf_bytes(&file), world.trust, kind, code);
	buf_release(&file);
}

static void
the_first_seal_is_the_departments_own(void **state)
{
	struct ofd_seal_plan plan = ofd_seal_plan(&world, &world.second);

	(void)state;
	expect_two(&world.second, &world.seal, VERDICT_INVALID,
	    "not_authorised_for_type");
	expect_plan(&plan, VERDICT_INVALID, "not_authorised_for_type");
	/* Nor does one stand twice. */
	expect_two(&world.seal, &world.seal, VERDICT_INVALID,
	    "not_authorised_for_type");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_honest_plan_is_valid),
	    cmocka_unit_test(what_a_seal_says_must_be_so),
	    cmocka_unit_test(every_file_must_be_protected_by_a_good_digest),
	    cmocka_unit_test(a_seal_needs_its_own_key_and_object),
	    cmocka_unit_test(a_seal_is_used_while_it_is_valid),
	    cmocka_unit_test(a_seal_of_another_maker_is_not_believed),
	    cmocka_unit_test(a_signer_of_another_root_is_not_believed),
	    cmocka_unit_test(a_signer_without_a_seal_is_not_believed),
	    cmocka_unit_test(an_x509_that_is_over_is_named),
	    cmocka_unit_test(a_revoked_x509_signs_nothing_afterwards),
	    cmocka_unit_test(a_seal_stands_only_where_it_may),
	    cmocka_unit_test(the_first_seal_is_the_departments_own),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
