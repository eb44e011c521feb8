/* ses_revoked_test.c - what lists of revoked x509s do to a signature with a
 * seal: revoked before it was made, or after (GB/T 38540, 7.3 d3 and d4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/support/crl_list.h"
#include "tests/support/ses_world.h"

enum {
	LISTS = 2 /* of the issuing CA and of the root */
};

/* Which x509 is revoked, and when. */
static const struct revocation {
	const char *name;
	enum {
		NOBODY,
		SIGNER,
		MAKER,
		ISSUING
	} who;
	int64_t when;
	int stale; /* the lists are over at AT */
	size_t nlists;
	const char *code, *doubt;
	enum chain_revocation revocation;
} revocations[] = {
    {"nobody", NOBODY, 0, 0, 2, "", "", CHAIN_LISTS_FRESH},
    {"nobody, lists over", NOBODY, 0, 1, 2, "", "", CHAIN_LISTS_STALE},
    {"no list of the root", NOBODY, 0, 0, 1, "", "", CHAIN_LISTS_MISSING},
    {"signer, before (d3)", SIGNER, SES_NOW - 1, 0, 2, "signer_revoked", "",
	CHAIN_LISTS_FRESH},
    {"signer, as it signed", SIGNER, SES_NOW, 0, 2, "signer_revoked", "",
	CHAIN_LISTS_FRESH},
    {"signer, before, lists over", SIGNER, SES_NOW - 1, 1, 2, "signer_revoked",
	"", CHAIN_LISTS_STALE},
    {"signer, after (d4)", SIGNER, SES_NOW + 1, 0, 2, "", "signer_revoked",
	CHAIN_LISTS_FRESH},
    {"maker, before", MAKER, SES_NOW - 1, 0, 2, "seal_maker_revoked", "",
	CHAIN_LISTS_FRESH},
    {"maker, after", MAKER, SES_NOW + 1, 0, 2, "", "seal_maker_revoked",
	CHAIN_LISTS_FRESH},
    {"CA, before", ISSUING, SES_NOW - 1, 0, 2, "seal_maker_revoked", "",
	CHAIN_LISTS_FRESH},
    {"CA, after", ISSUING, SES_NOW + 1, 0, 2, "", "seal_maker_revoked",
	CHAIN_LISTS_FRESH},
};

enum {
	REVOCATIONS = sizeof(revocations) / sizeof(revocations[0])
};

static void
make_list(struct buf *out, struct bytes issuer, EVP_PKEY *key,
    const struct revocation *r, struct bytes x509)
{
	const struct crl_list list = {.ca = issuer,
	    .key = key,
	    .from = r->stale ? SES_NOW + 2 : AT - DAY,
	    .until = r->stale ? AT - 1 : AT + DAY,
	    .revoked = x509,
	    .when = r->when};

	crl_list_make(&list, out);
}

static void
revocation_is_judged_by_the_time_of_signing(void **state)
{
	const struct revocation *r = *state;
	struct buf lists[LISTS] = {BUF_INIT, BUF_INIT};
	struct bytes views[LISTS], x509 = {NULL, 0}, ca = {NULL, 0};
	uint8_t root[DIGEST_SIZE];
	struct ses_report report;
	struct world w;

	world_init(&w);
	if (r->who == SIGNER)
		x509 = w.f.signer;
	if (r->who == MAKER)
		x509 = w.f.seal_request.maker;
	if (r->who == ISSUING)
		ca = w.helper;
	make_list(&lists[0], w.helper, w.f.pki.issuing_key, r, x509);
	make_list(&lists[1], w.anchor, w.f.pki.root_key, r, ca);
	views[0] = buf_bytes(&lists[0]);
	views[1] = buf_bytes(&lists[1]);
	w.trust.crls = views;
	w.trust.ncrls = r->nlists;
	assert_int_equal(digest_sha256(w.anchor, root), 0);
	w.trust.crl_issuers = (const uint8_t(*)[DIGEST_SIZE]) & root;
	w.trust.ncrl_issuers = 1;
	ses_build_signature(&w.f, &w.der);
	assert_int_equal(world_check(&w, &report), 0);
	assert_string_equal(ses_step_code(report.step), r->code);
	assert_string_equal(ses_step_code(report.doubt), r->doubt);
	assert_int_equal(report.revocation, r->revocation);
	assert_true(report.lists_as_of != 0);
	assert_int_equal(report.intact, 1);
	buf_release(&lists[0]);
	buf_release(&lists[1]);
	world_release(&w);
}

/* Expired since, and revoked before: the lists still say so. */
static void
an_expired_signer_may_have_been_revoked_first(void **state)
{
	const struct revocation r = {.when = SES_NOW - 1};
	struct x509_request req = {.role = X509_SIGNER,
	    .not_before = PKI_FROM,
	    .not_after = SES_NOW + DAY};
	struct buf list = BUF_INIT;
	struct ses_report report;
	struct bytes view;
	struct world w;

	(void)state;
	world_init(&w);
	req.key = w.f.pki.signer_key;
	req.issuer_key = w.f.pki.issuing_key;
	req.issuer = w.helper;
	pki_make(&req, "签章人", &w.x509);
	w.f.signer = w.f.request.x509 = buf_bytes(&w.x509);
	buf_reset(&w.f.seal);
	ses_build_seal(&w.f, &w.f.seal);
	make_list(&list, w.helper, w.f.pki.issuing_key, &r, w.f.signer);
	view = buf_bytes(&list);
	w.trust.crls = &view;
	w.trust.ncrls = 1;
	ses_build_signature(&w.f, &w.der);
	assert_int_equal(world_check(&w, &report), 0);
	assert_string_equal(ses_step_code(report.step), "signer_revoked");
	buf_release(&list);
	world_release(&w);
}

int
main(void)
{
	struct CMUnitTest tests[REVOCATIONS + 1];
	struct revocation copy[REVOCATIONS];
	size_t i;

	memcpy(copy, revocations, sizeof(copy));
	for (i = 0; i < REVOCATIONS; i++)
		tests[i] = (struct CMUnitTest){.name = revocations[i].name,
		    .test_func = revocation_is_judged_by_the_time_of_signing,
		    .initial_state = &copy[i]};
	tests[i] = (struct CMUnitTest)cmocka_unit_test(
	    an_expired_signer_may_have_been_revoked_first);
	return cmocka_run_group_tests(tests, setup_es256, NULL) +
	       cmocka_run_group_tests(tests, setup_sm2, NULL);
}
