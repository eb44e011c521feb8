/* verify_seal_test.c - a seal object by itself, as `certsvc verify` sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/support/ofd_maker.h"

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

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_registered_seal_is_valid),
    cmocka_unit_test(without_trust_or_in_another_time_it_is_not),
    cmocka_unit_test(no_changed_byte_is_valid),
    cmocka_unit_test(a_seal_by_anybody_else_is_not),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, setup, teardown);
}
