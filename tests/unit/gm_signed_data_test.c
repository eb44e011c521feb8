/* gm_signed_data_test.c - SignedData of GB/T 35275 as OFD signatures of
 * Type="Sign" carry it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/gm_signed_data.h"
#include "crypto/ses_check.h"
#include "tests/support/gm.h"

enum {
	NOW = PKI_FROM + 86400
};

static struct pki pki;
static const char document[] = "<ofd:Signature>...</ofd:Signature>";
static uint8_t digest[32];

static int
setup(void **state)
{
	(void)state;
	pki_init_alg(&pki, SIGN_SM2);
	return digest_sm3(bytes_str(document), digest);
}

static int
teardown(void **state)
{
	(void)state;
	pki_release(&pki);
	return 0;
}

static struct gm_form
form_of(const struct gm_form *template)
{
	struct gm_form form = *template;

	if (form.x509.n == 0)
		form.x509 = buf_bytes(&pki.signer);
	if (form.key == NULL)
		form.key = pki.signer_key;
	return form;
}

/* 0 only when it parses and verifies for the document. */
static int
accept(struct bytes der, struct err *e)
{
	struct gm_signed_data data;
	int r = gm_signed_data_parse(der, &data, e);

	return r != 0 ? r
		      : gm_signed_data_verify(&data, bytes_str(document), e);
}

static const struct {
	const char *what;
	struct gm_form form;
	int by_digest;	  /* the content is the document's SM3 */
	const char *code; /* NULL: good */
} cases[] = {
    {"as a real file has it", {.time = NOW}, 0, NULL},
    {"no signing time", {.time = 0}, 0, NULL},
    {"NULL parameters", {.null_parameters = 1}, 0, NULL},
    {"SM2-with-SM3 as algorithm", {.signature = "1.2.156.10197.1.501"}, 0,
	NULL},
    {"PKCS#7 identifiers",
	{.outer = "1.2.840.113549.1.7.2",
	    .content_type = "1.2.840.113549.1.7.1"},
	0, NULL},
    {"SM3 as content", {.time = NOW}, 1, NULL},
    {"SM3 as content, no attributes", {.without_attributes = 1}, 1, NULL},
    {"no attributes, detached", {.without_attributes = 1}, 0, NULL},
    {"another type in the attribute", {.attribute_type = GM_ARC "3"}, 0,
	"ses_malformed"},
    {"no digest", {.without_digest = 1}, 0, "ses_malformed"},
    {"two digests", {.two_digests = 1}, 0, "ses_malformed"},
    {"two signers", {.two_signers = 1}, 0, "ses_malformed"},
    {"another digest algorithm", {.digest = "2.16.840.1.101.3.4.2.1"}, 0,
	"ses_malformed"},
    {"another signature algorithm", {.signature = "1.2.840.10045.4.3.2"}, 0,
	"ses_malformed"},
    {"enveloped data", {.outer = GM_ARC "3"}, 0, "ses_malformed"},
};

static void
forms_are_judged_rightly(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct gm_form form;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&der);
		form = form_of(&cases[i].form);
		if (cases[i].by_digest)
			form.content = (struct bytes){digest, 32};
		gm_build(&der, &form,
		    cases[i].by_digest ? form.content : bytes_str(document));
		if (cases[i].code == NULL) {
			assert_int_equal(accept(buf_bytes(&der), &e), 0);
			continue;
		}
		assert_int_equal(accept(buf_bytes(&der), &e), ERR_INPUT);
		assert_string_equal(e.code, cases[i].code);
	}
	buf_release(&der);
}

static void
the_signer_comes_first(void **state)
{
	struct gm_form form =
	    form_of(&(struct gm_form){.more = buf_bytes(&pki.issuing)});
	struct gm_signed_data data;
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	form.time = NOW;
	gm_build(&der, &form, bytes_str(document));
	assert_int_equal(gm_signed_data_parse(buf_bytes(&der), &data, &e), 0);
	assert_int_equal(data.nx509s, 2);
	assert_true(bytes_equal(data.x509s[0], buf_bytes(&pki.signer)));
	assert_true(bytes_equal(data.x509s[1], buf_bytes(&pki.issuing)));
	assert_int_equal(data.signing_time, NOW);
	assert_int_equal(data.family, GM_NATIONAL);
	buf_release(&der);
}

static void
another_document_or_key_is_refused(void **state)
{
	struct gm_form form = form_of(&(struct gm_form){.time = NOW});
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	gm_build(&der, &form, bytes_str("another document"));
	assert_int_equal(accept(buf_bytes(&der), &e), ERR_INPUT);
	assert_string_equal(e.code, "modified");
	buf_reset(&der);
	form.content = bytes_str("another document");
	gm_build(&der, &form, form.content);
	assert_int_equal(accept(buf_bytes(&der), &e), ERR_INPUT);
	assert_string_equal(e.code, "modified");
	buf_reset(&der);
	form = form_of(&(struct gm_form){.key = pki.issuing_key});
	gm_build(&der, &form, bytes_str(document));
	assert_int_equal(accept(buf_bytes(&der), &e), ERR_INPUT);
	assert_string_equal(e.code, "ses_bad_signature");
	buf_release(&der);
}

/* The signed attributes as a document of their own: a classic confusion. */
static void
attributes_are_no_document(void **state)
{
	struct gm_form form = form_of(&(struct gm_form){.time = NOW});
	struct buf attributes = BUF_INIT, set = BUF_INIT, der = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	gm_attributes(&attributes, &form, bytes_str(document));
	der_put(&set, DER_SET, buf_bytes(&attributes));
	form.content = buf_bytes(&set);
	form.without_attributes = 1;
	gm_build(&der, &form, form.content);
	assert_int_equal(accept(buf_bytes(&der), &e), ERR_INPUT);
	assert_string_equal(e.code, "modified");
	buf_release(&attributes);
	buf_release(&set);
	buf_release(&der);
}

static void
check(struct bytes der, const struct ses_trust *trust, const char *code,
    const char *doubt)
{
	struct gm_signed_data data;
	struct ses_report report;
	struct err e = ERR_INIT;

	assert_int_equal(ses_check_signed_data(der, bytes_str(document), trust,
			     &data, &report, &e),
	    0);
	assert_string_equal(ses_step_code(report.step), code);
	assert_string_equal(ses_step_code(report.doubt), doubt);
}

static void
each_step_has_its_code(void **state)
{
	struct gm_form form = form_of(&(struct gm_form){.time = NOW});
	struct bytes anchor = buf_bytes(&pki.root),
		     helper = buf_bytes(&pki.issuing);
	struct ses_trust trust = {.anchors = &anchor,
	    .nanchors = 1,
	    .helpers = &helper,
	    .nhelpers = 1,
	    .at = NOW + 86400};
	struct buf der = BUF_INIT;

	(void)state;
	gm_build(&der, &form, bytes_str(document));
	check(buf_bytes(&der), &trust, "", "");
	check((struct bytes){der.p, der.n - 1}, &trust, "ses_malformed", "");
	trust.nanchors = 0;
	check(buf_bytes(&der), &trust, "signer_untrusted", "");
	trust.nanchors = 1;
	trust.at = PKI_UNTIL + 1;
	check(buf_bytes(&der), &trust, "", "signer_expired");
	trust.at = NOW - 86400;
	check(buf_bytes(&der), &trust, "signing_time_outside", "");
	trust.at = NOW + 86400;
	buf_reset(&der);
	gm_build(&der, &form, bytes_str("another"));
	check(buf_bytes(&der), &trust, "modified", "");
	buf_reset(&der);
	form.key = pki.root_key;
	gm_build(&der, &form, bytes_str(document));
	check(buf_bytes(&der), &trust, "ses_bad_signature", "");
	buf_release(&der);
}

static void
no_changed_byte_is_good(void **state)
{
	struct gm_form form = form_of(&(struct gm_form){.time = NOW});
	struct bytes anchor = buf_bytes(&pki.root),
		     helper = buf_bytes(&pki.issuing);
	struct ses_trust trust = {.anchors = &anchor,
	    .nanchors = 1,
	    .helpers = &helper,
	    .nhelpers = 1,
	    .at = NOW + 86400};
	static const uint8_t masks[] = {0x01, 0x20, 0x80};
	struct gm_signed_data data;
	struct ses_report report;
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i, m, good = 0;

	(void)state;
	gm_build(&der, &form, bytes_str(document));
	for (i = 0; i < der.n; i++)
		for (m = 0; m < sizeof(masks); m++) {
			der.p[i] ^= masks[m];
			assert_int_equal(ses_check_signed_data(buf_bytes(&der),
					     bytes_str(document), &trust, &data,
					     &report, &e),
			    0);
			good += report.step == SES_GOOD;
			der.p[i] ^= masks[m];
		}
	assert_int_equal(good, 0);
	buf_release(&der);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(forms_are_judged_rightly),
    cmocka_unit_test(the_signer_comes_first),
    cmocka_unit_test(another_document_or_key_is_refused),
    cmocka_unit_test(attributes_are_no_document),
    cmocka_unit_test(each_step_has_its_code),
    cmocka_unit_test(no_changed_byte_is_good),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, setup, teardown);
}
