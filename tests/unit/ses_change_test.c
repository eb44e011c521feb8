/* ses_change_test.c - changed bytes, exchanged parts and many helpers of
 * signatures with a seal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/support/ses_world.h"

/* SM2 is slow: of each byte one bit, a different one in its neighbours. */
static size_t
changes(void)
{
	return alg == SIGN_SM2 ? 1 : 3;
}

/* The bytes of the x509s too: nothing of a signature can be changed. */
static void
no_changed_byte_is_good(void **state)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80};
	struct ses_signature s;
	struct ses_report report;
	struct err e = ERR_INIT;
	struct world w;
	size_t i, m;

	(void)state;
	world_init(&w);
	ses_build_signature(&w.f, &w.der);
	for (i = 0; i < w.der.n; i++)
		for (m = 0; m < changes(); m++) {
			w.der.p[i] ^= masks[(i + m) % 3];
			assert_int_equal(
			    ses_check_signature(buf_bytes(&w.der), w.document,
				&w.trust, &s, &report, &e),
			    0);
			assert_int_not_equal(report.step, SES_GOOD);
			w.der.p[i] ^= masks[(i + m) % 3];
		}
	world_release(&w);
}

/* Bytes of the maker's x509, where the seal's own mathematics still hold. */
static void
no_changed_byte_of_a_seal_is_good(void **state)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80};
	struct ses_report report;
	struct ses_seal seal;
	struct err e = ERR_INIT;
	struct world w;
	size_t i, m;

	(void)state;
	world_init(&w);
	for (i = 0; i < w.f.seal.n; i++)
		for (m = 0; m < changes(); m++) {
			w.f.seal.p[i] ^= masks[(i + m) % 3];
			assert_int_equal(ses_check_seal(buf_bytes(&w.f.seal),
					     &w.trust, &seal, &report, &e),
			    0);
			assert_int_not_equal(report.step, SES_GOOD);
			w.f.seal.p[i] ^= masks[(i + m) % 3];
		}
	world_release(&w);
}

/* A signature with the seal of one and the x509 of another never is. */
static void
swapped_seals_and_signers_are_not_good(void **state)
{
	struct ses_signature s;
	struct ses_report report;
	struct err e = ERR_INIT;
	struct world a, b;

	(void)state;
	world_init(&a);
	world_init(&b);
	/* b's signer with a's seal, both hierarchies believed. */
	a.f.request.x509 = b.f.signer;
	a.f.request.sign_ctx = b.f.pki.signer_key;
	ses_build_signature(&a.f, &a.der);
	{
		const struct bytes anchors[] = {a.anchor, b.anchor};
		const struct bytes helpers[] = {a.helper, b.helper};

		a.trust.anchors = anchors;
		a.trust.nanchors = 2;
		a.trust.helpers = helpers;
		a.trust.nhelpers = 2;
		assert_int_equal(ses_check_signature(buf_bytes(&a.der),
				     a.document, &a.trust, &s, &report, &e),
		    0);
	}
	assert_int_equal(report.step, SES_SIGNER_NOT_IN_SEAL);
	world_release(&a);
	world_release(&b);
}

/* More helpers than a chain can have: the right one is found by its name. */
static void
many_helpers_are_no_hindrance(void **state)
{
	struct bytes helpers[20];
	struct buf others[19] = {BUF_INIT};
	struct ses_signature s;
	struct ses_report report;
	struct err e = ERR_INIT;
	struct world w;
	size_t i;

	(void)state;
	world_init(&w);
	for (i = 0; i < 19; i++) {
		struct x509_request req = {.role = X509_ISSUING,
		    .key = w.f.maker_key,
		    .issuer_key = w.f.pki.root_key,
		    .issuer = buf_bytes(&w.f.pki.root)};
		char name[] = "other CA a";

		name[9] = (char)('a' + i);
		pki_make(&req, name, &others[i]);
		helpers[i] = buf_bytes(&others[i]);
	}
	helpers[19] = w.helper;
	w.trust.helpers = helpers;
	w.trust.nhelpers = 20;
	ses_build_signature(&w.f, &w.der);
	assert_int_equal(ses_check_signature(buf_bytes(&w.der), w.document,
			     &w.trust, &s, &report, &e),
	    0);
	assert_int_equal(report.step, SES_GOOD);
	for (i = 0; i < 19; i++)
		buf_release(&others[i]);
	world_release(&w);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(no_changed_byte_is_good),
    cmocka_unit_test(no_changed_byte_of_a_seal_is_good),
    cmocka_unit_test(swapped_seals_and_signers_are_not_good),
    cmocka_unit_test(many_helpers_are_no_hindrance),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, setup_es256, NULL) +
	       cmocka_run_group_tests(tests, setup_sm2, NULL);
}
