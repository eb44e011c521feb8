/* verify_seal_test.c - a seal object by itself, as `certsvc verify` sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/support/ofd_maker.h"
#include "tests/support/ses_foreign.h"

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

/* The first reason ("" when valid) that the verdict has under these options. */
static const char *
reason(struct bytes file, const struct verify_options *opt, struct verdict *v)
{
	verify_bytes(file, opt, v);
	return v->nreasons != 0 ? v->reasons[0] : "";
}

static void
a_registered_seal_is_valid(void **state)
{
	struct verify_options opt = {.trust = world.trust, .at = WORLD_NOW};
	struct verdict v;

	(void)state;
	assert_string_equal(
	    reason(buf_bytes(&world.seal.object), &opt, &v), "");
	assert_int_equal(v.kind, VERDICT_VALID);
	assert_string_equal(v.format, "seal");
	assert_int_equal(v.nsignatures, 1);
	assert_int_equal(v.signatures[0].integrity, INTEGRITY_INTACT);
	assert_int_equal(v.signatures[0].trust, TRUST_TRUSTED);
	assert_string_equal(v.signatures[0].algorithm, "SM2/SM3");
	assert_true(v.signatures[0].seal[0] != '\0');
	assert_true(v.signatures[0].signer[0] != '\0');
	assert_false(v.certificate.known);
	verdict_release(&v);
}

static void
without_trust_or_in_another_time_it_is_not(void **state)
{
	struct verify_options opt = {.at = WORLD_NOW};
	struct bytes seal = buf_bytes(&world.seal.object);
	struct verdict v;

	(void)state;
	assert_string_equal(reason(seal, &opt, &v), "unknown_issuer");
	assert_int_equal(v.kind, VERDICT_INDETERMINATE);
	assert_int_equal(v.signatures[0].integrity, INTEGRITY_INTACT);
	opt.trust = world.trust;
	opt.at = WORLD_NOW + 301 * WORLD_DAY;
	assert_string_equal(reason(seal, &opt, &v), "seal_expired");
	assert_int_equal(v.kind, VERDICT_INVALID);
	opt.at = WORLD_NOW - 301 * WORLD_DAY;
	assert_string_equal(reason(seal, &opt, &v), "seal_not_yet_valid");
}

static void
no_changed_byte_is_valid(void **state)
{
	struct verify_options opt = {.trust = world.trust, .at = WORLD_NOW};
	struct buf *seal = &world.seal.object;
	struct verdict v;
	size_t i;

	(void)state;
	for (i = 0; i < seal->n; i++) {
		seal->p[i] ^= (uint8_t)(1 << i % 8);
		assert_string_not_equal(reason(buf_bytes(seal), &opt, &v), "");
		seal->p[i] ^= (uint8_t)(1 << i % 8);
	}
	for (i = 1; i < seal->n; i++) {
		assert_string_equal(
		    reason((struct bytes){seal->p, i}, &opt, &v),
		    i == 1 ? "not_our_code" : "malformed");
		assert_int_equal(v.nsignatures, 0);
	}
}

/* Good in itself and by a trusted hierarchy, but not by the issuer's maker. */
static void
a_seal_by_anybody_else_is_not(void **state)
{
	struct verify_options opt = {.trust = world.trust, .at = WORLD_NOW};
	struct buf x509 = BUF_INIT, seal = BUF_INIT;
	EVP_PKEY *key = sm2_new();
	struct verdict v;

	(void)state;
	world_x509(
	    X509_MAKER, "别家制章者", key, world.ca_key, &world.ca, &x509);
	ofd_make_object(&world.seal.x509, &x509, key,
	    WORLD_NOW - 300 * WORLD_DAY, WORLD_NOW + 300 * WORLD_DAY, &seal);
	assert_string_equal(
	    reason(buf_bytes(&seal), &opt, &v), "seal_maker_untrusted");
	/* For a signer that no register knows it is somebody's good seal. */
	buf_reset(&seal);
	ofd_make_object(&x509, &x509, key, WORLD_NOW - 300 * WORLD_DAY,
	    WORLD_NOW + 300 * WORLD_DAY, &seal);
	assert_string_equal(reason(buf_bytes(&seal), &opt, &v), "");
	opt.profile = PROFILE_LICENCE;
	assert_string_equal(
	    reason(buf_bytes(&seal), &opt, &v), "unknown_issuer");
	EVP_PKEY_free(key);
	buf_release(&x509);
	buf_release(&seal);
}

/* A list of digests must not hide whom a seal names. */
static void
a_seal_that_names_digests_needs_a_known_maker(void **state)
{
	static const struct foreign form = {
	    .version = 4, .list = SES_LIST_DIGESTS};
	struct verify_options opt = {.trust = world.trust, .at = WORLD_NOW};
	struct buf x509 = BUF_INIT, seal = BUF_INIT;
	struct ses_fixture f = {.maker_key = sm2_new(),
	    .signer = buf_bytes(&world.seal.x509),
	    .seal_request = {.id = "1",
		.name = "专用章",
		.type = 1,
		.created = WORLD_NOW - WORLD_DAY,
		.from = WORLD_NOW - WORLD_DAY,
		.until = WORLD_NOW + WORLD_DAY,
		.picture = {(const uint8_t *)"PNG", 3},
		.width = 42,
		.height = 42,
		.alg = SIGN_SM2}};
	EVP_PKEY *own = f.maker_key;
	struct verdict v;

	(void)state;
	world_x509(
	    X509_MAKER, "别家制章者", own, world.ca_key, &world.ca, &x509);
	f.seal_request.maker = buf_bytes(&x509);
	foreign_seal(&seal, &f, &form);
	assert_string_equal(
	    reason(buf_bytes(&seal), &opt, &v), "unknown_issuer");
	buf_reset(&seal);
	f.maker_key = world.maker_key;
	f.seal_request.maker = buf_bytes(&world.maker);
	foreign_seal(&seal, &f, &form);
	assert_string_equal(reason(buf_bytes(&seal), &opt, &v), "");
	EVP_PKEY_free(own);
	buf_release(&x509);
	buf_release(&seal);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_registered_seal_is_valid),
    cmocka_unit_test(without_trust_or_in_another_time_it_is_not),
    cmocka_unit_test(no_changed_byte_is_valid),
    cmocka_unit_test(a_seal_by_anybody_else_is_not),
    cmocka_unit_test(a_seal_that_names_digests_needs_a_known_maker),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, setup, teardown);
}
