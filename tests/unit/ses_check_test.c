/* ses_check_test.c - the verification order of GB/T 38540: a case for every
 * step that can fail, each told by its own code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/support/ses_world.h"

/* The seal again after its request was changed. */
static void
reseal(struct world *w)
{
	buf_reset(&w->f.seal);
	ses_build_seal(&w->f, &w->f.seal);
}

/* An x509 by the fixture's issuing CA into w->x509. */
static void
make_x509(struct world *w, enum x509_role role, EVP_PKEY *key, int64_t from,
    int64_t until)
{
	struct x509_request req = {.role = role,
	    .key = key,
	    .issuer_key = w->f.pki.issuing_key,
	    .issuer = buf_bytes(&w->f.pki.issuing),
	    .not_before = from,
	    .not_after = until};

	buf_reset(&w->x509);
	pki_make(&req, "青禾市市场监督管理局", &w->x509);
}

/* The signer is another x509 that the seal names too. */
static void
new_signer(struct world *w, struct bytes x509)
{
	w->f.signer = x509;
	w->f.request.x509 = x509;
	reseal(w);
}

static void
good(struct world *w)
{
	(void)w;
}

static void
cut(struct world *w)
{
	w->der.n--;
}

static void
seal_is_no_seal(struct world *w)
{
	w->form.version = SES_V4;
	foreign_signature(
	    &w->der, &w->f, &w->form, buf_bytes(&w->f.pki.signer));
}

static void
seal_by_another_key(struct world *w)
{
	w->f.seal_request.sign_ctx = w->f.pki.signer_key;
	reseal(w);
}

static void
maker_of_another_hierarchy(struct world *w)
{
	pki_init_alg(&w->strange, alg);
	w->f.seal_request.maker = buf_bytes(&w->strange.signer);
	w->f.seal_request.sign_ctx = w->strange.signer_key;
	reseal(w);
}

static void
maker_is_a_ca(struct world *w)
{
	w->f.seal_request.maker = buf_bytes(&w->f.pki.issuing);
	w->f.seal_request.sign_ctx = w->f.pki.issuing_key;
	reseal(w);
}

static void
maker_over_before_signing(struct world *w)
{
	make_x509(w, X509_MAKER, w->f.maker_key, PKI_FROM, SES_NOW - DAY);
	w->f.seal_request.maker = buf_bytes(&w->x509);
	reseal(w);
}

static void
maker_over_since(struct world *w)
{
	make_x509(w, X509_MAKER, w->f.maker_key, PKI_FROM, SES_NOW + DAY);
	w->f.seal_request.maker = buf_bytes(&w->x509);
	reseal(w);
}

static void
seal_over_before_signing(struct world *w)
{
	w->f.seal_request.until = SES_NOW - 1;
	reseal(w);
}

static void
seal_over_since(struct world *w)
{
	w->f.seal_request.until = SES_NOW + DAY;
	reseal(w);
}

static void
seal_not_begun(struct world *w)
{
	w->f.seal_request.from = SES_NOW + 1;
	reseal(w);
}

static void
signed_by_another_key(struct world *w)
{
	w->f.request.sign_ctx = w->f.maker_key;
}

static void
signer_of_another_hierarchy(struct world *w)
{
	pki_init_alg(&w->strange, alg);
	w->f.request.sign_ctx = w->strange.signer_key;
	new_signer(w, buf_bytes(&w->strange.signer));
}

static void
signer_is_a_ca(struct world *w)
{
	w->f.request.sign_ctx = w->f.pki.issuing_key;
	new_signer(w, buf_bytes(&w->f.pki.issuing));
}

static void
signer_over_before_signing(struct world *w)
{
	make_x509(w, X509_SIGNER, w->f.pki.signer_key, PKI_FROM, SES_NOW - 1);
	new_signer(w, buf_bytes(&w->x509));
}

static void
signer_not_begun_when_signing(struct world *w)
{
	make_x509(w, X509_SIGNER, w->f.pki.signer_key, SES_NOW + 1, PKI_UNTIL);
	new_signer(w, buf_bytes(&w->x509));
}

static void
signer_over_since(struct world *w)
{
	make_x509(w, X509_SIGNER, w->f.pki.signer_key, PKI_FROM, SES_NOW + DAY);
	new_signer(w, buf_bytes(&w->x509));
}

static void
signed_in_the_future(struct world *w)
{
	w->trust.at = SES_NOW - DAY;
}

/* The issuing CA of both is over when they are used. */
static void
ca_over_before_signing(struct world *w)
{
	struct x509_request req = {.role = X509_ISSUING,
	    .key = w->f.pki.issuing_key,
	    .issuer_key = w->f.pki.root_key,
	    .issuer = buf_bytes(&w->f.pki.root),
	    .not_before = PKI_FROM,
	    .not_after = SES_NOW - 1};

	pki_make(&req, "演示签发机构", &w->x509);
	w->helper = buf_bytes(&w->x509);
}

static void
other_document(struct world *w)
{
	w->document = bytes_str("<ofd:Signature>..?</ofd:Signature>");
}

/* The signer's x509 was renewed for the same key, but not the seal. */
static void
x509_not_in_seal(struct world *w)
{
	make_x509(w, X509_SIGNER, w->f.pki.signer_key, PKI_FROM, PKI_UNTIL);
	w->f.request.x509 = buf_bytes(&w->x509);
}

static void
false_timestamp(struct world *w)
{
	w->form.version = SES_V4;
	w->form.stamp = bytes_str("0 not a token");
	foreign_signature(&w->der, &w->f, &w->form, buf_bytes(&w->f.seal));
}

static void
version_to_come(struct world *w)
{
	w->form.version = 6;
	buf_reset(&w->f.seal);
	foreign_seal(&w->f.seal, &w->f, &w->form);
	foreign_signature(&w->der, &w->f, &w->form, buf_bytes(&w->f.seal));
}

static void
unknown_algorithm(struct world *w)
{
	struct err e = ERR_INIT;
	struct ses_signature s;

	ses_build_signature(&w->f, &w->der);
	assert_int_equal(ses_signature_parse(buf_bytes(&w->der), &s, &e), 0);
	w->der.p[s.algorithm.p + s.algorithm.n - 1 - w->der.p] ^= 0x08;
}

static void
version_1(struct world *w)
{
	w->form.version = 1;
	w->form.v1 = 1;
	buf_reset(&w->f.seal);
	foreign_seal(&w->f.seal, &w->f, &w->form);
	foreign_signature(&w->der, &w->f, &w->form, buf_bytes(&w->f.seal));
}

static void
version_5(struct world *w)
{
	w->form.version = 5;
	buf_reset(&w->f.seal);
	foreign_seal(&w->f.seal, &w->f, &w->form);
	foreign_signature(&w->der, &w->f, &w->form, buf_bytes(&w->f.seal));
}

static void
version_5_with_a_false_timestamp(struct world *w)
{
	w->form.seal_stamp = bytes_str("0 not a token");
	version_5(w);
}

static void
nothing_believed(struct world *w)
{
	w->trust.nanchors = 0;
}

static void
no_helper(struct world *w)
{
	w->trust.nhelpers = 0;
}

static void
issuing_ca_believed(struct world *w)
{
	w->trust.nhelpers = 0;
	w->anchor = w->helper;
}

static const struct step {
	const char *name;
	void (*arrange)(struct world *w);
	const char *code, *doubt;
	int intact;
} steps[] = {
    {"good", good, "", "", 1},
    {"an issuing CA is the anchor", issuing_ca_believed, "", "", 1},
    {"V1", version_1, "", "", 1},
    {"V5", version_5, "", "", 1},
    {"7.3 a: cut", cut, "ses_malformed", "", 0},
    {"6.3: the seal is no seal", seal_is_no_seal, "seal_malformed", "", 0},
    {"6.3: seal by another key", seal_by_another_key, "seal_bad_signature", "",
	0},
    {"6.3: maker elsewhere", maker_of_another_hierarchy, "seal_maker_untrusted",
	"", 1},
    {"6.3: maker is a CA", maker_is_a_ca, "seal_maker_untrusted", "", 1},
    {"nothing is believed", nothing_believed, "seal_maker_untrusted", "", 1},
    {"the issuing CA is missing", no_helper, "seal_maker_untrusted", "", 1},
    {"6.3: maker over before", maker_over_before_signing, "seal_maker_expired",
	"", 1},
    {"6.3: maker over since", maker_over_since, "", "seal_maker_expired", 1},
    {"6.3: CA over before", ca_over_before_signing, "seal_maker_expired", "",
	1},
    {"7.3 b", signed_by_another_key, "ses_bad_signature", "", 0},
    {"7.3 c: signer elsewhere", signer_of_another_hierarchy, "signer_untrusted",
	"", 1},
    {"7.3 c: signer is a CA", signer_is_a_ca, "signer_untrusted", "", 1},
    {"7.3 d1: signer over since", signer_over_since, "", "signer_expired", 1},
    {"7.3 d2: signer over before", signer_over_before_signing,
	"signing_time_outside", "", 1},
    {"7.3 d2: signer not begun", signer_not_begun_when_signing,
	"signing_time_outside", "", 1},
    {"7.3 d2: in the future", signed_in_the_future, "signing_time_outside", "",
	1},
    {"7.3 e", other_document, "modified", "", 0},
    {"7.3 f: seal over before", seal_over_before_signing, "seal_expired", "",
	1},
    {"7.3 f: seal over since", seal_over_since, "", "", 1},
    {"7.3 f: seal not begun", seal_not_begun, "seal_not_yet_valid", "", 1},
    {"x509 not in the seal", x509_not_in_seal, "signer_not_in_seal", "", 1},
    {"false timestamp", false_timestamp, "timestamp_invalid", "", 1},
    {"V5, seal's timestamp false", version_5_with_a_false_timestamp,
	"timestamp_invalid", "", 1},
    {"version 6", version_to_come, "unsupported_version", "", 0},
    {"unknown algorithm", unknown_algorithm, "unsupported_algorithm", "", 0},
};

enum {
	STEPS = sizeof(steps) / sizeof(steps[0])
};

static void
each_step_of_a_signature_has_its_code(void **state)
{
	const struct step *step = *state;
	struct ses_signature s;
	struct ses_report report;
	struct err e = ERR_INIT;
	struct world w;

	world_init(&w);
	if (step->arrange == cut)
		ses_build_signature(&w.f, &w.der);
	step->arrange(&w);
	if (w.der.n == 0)
		ses_build_signature(&w.f, &w.der);
	assert_int_equal(ses_check_signature(buf_bytes(&w.der), w.document,
			     &w.trust, &s, &report, &e),
	    0);
	assert_string_equal(ses_step_code(report.step), step->code);
	assert_string_equal(ses_step_code(report.doubt), step->doubt);
	assert_int_equal(report.intact, step->intact);
	assert_int_equal(report.time_proven, 0);
	assert_int_equal(report.revocation, CHAIN_LISTS_NONE);
	world_release(&w);
}

/* A seal by itself is judged at the time of the verifier. */
static const struct step seal_steps[] = {
    {"good", good, "", "", 1},
    {"by another key", seal_by_another_key, "seal_bad_signature", "", 0},
    {"maker elsewhere", maker_of_another_hierarchy, "seal_maker_untrusted", "",
	1},
    {"maker over", maker_over_since, "seal_maker_expired", "", 1},
    {"over", seal_over_since, "seal_expired", "", 1},
    {"nothing is believed", nothing_believed, "seal_maker_untrusted", "", 1},
};

static void
each_step_of_a_seal_has_its_code(void **state)
{
	struct ses_report report;
	struct ses_seal seal;
	struct err e = ERR_INIT;
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(seal_steps) / sizeof(seal_steps[0]); i++) {
		world_init(&w);
		seal_steps[i].arrange(&w);
		assert_int_equal(ses_check_seal(buf_bytes(&w.f.seal), &w.trust,
				     &seal, &report, &e),
		    0);
		assert_string_equal(
		    ses_step_code(report.step), seal_steps[i].code);
		assert_int_equal(report.intact, seal_steps[i].intact);
		world_release(&w);
	}
	world_init(&w);
	w.trust.at = w.f.seal_request.from - 1;
	assert_int_equal(
	    ses_check_seal(buf_bytes(&w.f.seal), &w.trust, &seal, &report, &e),
	    0);
	assert_int_equal(report.step, SES_SEAL_NOT_YET_VALID);
	assert_int_equal(ses_check_seal((struct bytes){w.f.seal.p, 9}, &w.trust,
			     &seal, &report, &e),
	    0);
	assert_int_equal(report.step, SES_SEAL_MALFORMED);
	world_release(&w);
}

int
main(void)
{
	struct CMUnitTest tests[STEPS + 1];
	struct step copy[STEPS];
	size_t i;

	memcpy(copy, steps, sizeof(copy));
	for (i = 0; i < STEPS; i++)
		tests[i] = (struct CMUnitTest){.name = steps[i].name,
		    .test_func = each_step_of_a_signature_has_its_code,
		    .initial_state = &copy[i]};
	tests[i++] = (struct CMUnitTest)cmocka_unit_test(
	    each_step_of_a_seal_has_its_code);
	return cmocka_run_group_tests(tests, setup_es256, NULL) +
	       cmocka_run_group_tests(tests, setup_sm2, NULL);
}
