/* timestamp_test.c - tokens of ECDSA and SM2 authorities over a message, and
 * inside a seal's signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/crl.h"
#include "crypto/ses_check.h"
#include "crypto/timestamp.h"
#include "tests/support/ses_foreign.h"
#include "tests/support/tsa.h"

enum {
	DAY = 86400,
	STAMPED = SES_NOW + 60,
	AT = SES_NOW + DAY
};

static enum sign_alg alg; /* of the group that runs */
static struct pki pki;
static struct tsa tsa;
static struct bytes anchor, helper;

static void
setup_any(enum sign_alg a)
{
	alg = a;
	pki_init(&pki);
	tsa_init(&tsa, &pki, alg, "critical,timeStamping");
	anchor = buf_bytes(&pki.root);
	helper = buf_bytes(&pki.issuing);
}

static int
setup_es256(void **state)
{
	(void)state;
	setup_any(SIGN_ES256);
	return 0;
}

static int
setup_sm2(void **state)
{
	(void)state;
	setup_any(SIGN_SM2);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tsa_release(&tsa);
	pki_release(&pki);
	return 0;
}

static struct timestamp_request
request_of(const struct buf *token)
{
	return (struct timestamp_request){.token = buf_bytes(token),
	    .message = bytes_str("message"),
	    .anchors = &anchor,
	    .nanchors = 1,
	    .helpers = &helper,
	    .nhelpers = 1,
	    .at = AT};
}

static void
refuse(const struct timestamp_request *req)
{
	struct err e = ERR_INIT;
	int64_t time;

	assert_int_equal(timestamp_check(req, &time, &e), ERR_INPUT);
	assert_string_equal(e.code, "timestamp_invalid");
}

static void
a_good_token_tells_its_time(void **state)
{
	const EVP_MD *digests[] = {
	    EVP_sm3(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
	struct buf token = BUF_INIT;
	struct timestamp_request req;
	struct err e = ERR_INIT;
	int64_t time;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		buf_reset(&token);
		tsa_token(
		    &token, &tsa, bytes_str("message"), digests[i], STAMPED);
		req = request_of(&token);
		assert_int_equal(timestamp_check(&req, &time, &e), 0);
		assert_int_equal(time, STAMPED);
	}
	buf_release(&token);
}

static void
other_messages_times_and_authorities_are_refused(void **state)
{
	struct buf token = BUF_INIT;
	struct timestamp_request req;

	(void)state;
	tsa_token(&token, &tsa, bytes_str("message"), EVP_sm3(), STAMPED);
	req = request_of(&token);
	req.message = bytes_str("massage");
	refuse(&req);
	req = request_of(&token);
	req.nanchors = 0;
	refuse(&req);
	req = request_of(&token);
	req.nhelpers = 0;
	refuse(&req);
	req = request_of(&token);
	req.at = PKI_UNTIL + 1;
	refuse(&req);
	req = request_of(&token);
	req.token.n = 0;
	refuse(&req);
	buf_release(&token);
}

/* Whenever it was: its key could stamp any time since. */
static void
a_revoked_authority_is_refused(void **state)
{
	struct crl_entry entry = {
	    .revoked = AT - 60, .reason = CRL_KEY_COMPROMISE};
	struct crl_request list = {.issuer = helper,
	    .sign = ses_sign,
	    .sign_ctx = pki.issuing_key,
	    .number = 1,
	    .this_update = AT - 60,
	    .next_update = AT + DAY,
	    .entries = &entry};
	struct buf token = BUF_INIT, crl = BUF_INIT;
	struct timestamp_request req;
	struct err e = ERR_INIT;
	struct bytes name, view;
	int64_t time;

	(void)state;
	tsa_token(&token, &tsa, bytes_str("message"), EVP_sm3(), STAMPED);
	req = request_of(&token);
	assert_int_equal(
	    x509_identity(buf_bytes(&tsa.x509), &name, &entry.serial), 0);
	assert_int_equal(crl_make(&list, &crl, &e), 0);
	view = buf_bytes(&crl);
	req.crls = &view;
	req.ncrls = 1;
	assert_int_equal(timestamp_check(&req, &time, &e), 0);
	buf_reset(&crl);
	list.nentries = 1;
	assert_int_equal(crl_make(&list, &crl, &e), 0);
	view = buf_bytes(&crl);
	refuse(&req);
	buf_release(&token);
	buf_release(&crl);
}

static void
weak_imprints_and_wrong_usages_are_refused(void **state)
{
	static const char *const usages[] = {
	    "critical,codeSigning", "critical,timeStamping,codeSigning"};
	struct buf token = BUF_INIT;
	struct timestamp_request req;
	struct tsa other;
	size_t i;

	(void)state;
	tsa_token(&token, &tsa, bytes_str("message"), EVP_sha1(), STAMPED);
	req = request_of(&token);
	refuse(&req);
	for (i = 0; i < 2; i++) {
		tsa_init(&other, &pki, alg, usages[i]);
		/* OpenSSL makes no token for an authority that may not. */
		if (alg == SIGN_SM2) {
			buf_reset(&token);
			tsa_token(&token, &other, bytes_str("message"),
			    EVP_sm3(), STAMPED);
			req = request_of(&token);
			refuse(&req);
		}
		tsa_release(&other);
	}
	buf_release(&token);
}

static void
no_changed_byte_moves_the_time(void **state)
{
	struct buf token = BUF_INIT;
	struct timestamp_request req;
	struct err e = ERR_INIT;
	int64_t time;
	size_t i;

	(void)state;
	tsa_token(&token, &tsa, bytes_str("message"), EVP_sm3(), STAMPED);
	req = request_of(&token);
	for (i = 0; i < token.n; i++) {
		token.p[i] ^= 0x01;
		/* OpenSSL does not mind some bytes that nothing protects. */
		if (timestamp_check(&req, &time, &e) == 0)
			assert_int_equal(time, STAMPED);
		token.p[i] ^= 0x01;
	}
	for (i = 0; i < token.n; i++) {
		req.token.n = i;
		refuse(&req);
	}
	buf_release(&token);
}

/* A signature stamped before its signer's x509 ended, seen afterwards. */
static void
a_stamped_signature_outlives_its_signer(void **state)
{
	struct x509_request signer = {
	    .role = X509_SIGNER, .not_before = PKI_FROM, .not_after = AT};
	struct foreign form = {.version = SES_V4};
	struct buf x509 = BUF_INIT, der = BUF_INIT, token = BUF_INIT,
		   stamped = BUF_INIT;
	struct bytes anchors[2], helpers[2];
	struct ses_trust trust = {.anchors = anchors,
	    .nanchors = 2,
	    .helpers = helpers,
	    .nhelpers = 2,
	    .at = AT + DAY};
	struct ses_fixture f;
	struct ses_signature s;
	struct ses_report report;
	struct err e = ERR_INIT;

	(void)state;
	ses_fixture_init(&f, alg);
	signer.key = f.pki.signer_key;
	signer.issuer_key = f.pki.issuing_key;
	signer.issuer = buf_bytes(&f.pki.issuing);
	pki_make(&signer, "签章人", &x509);
	f.signer = f.request.x509 = buf_bytes(&x509);
	buf_reset(&f.seal);
	ses_build_seal(&f, &f.seal);
	anchors[0] = anchor;
	anchors[1] = buf_bytes(&f.pki.root);
	helpers[0] = helper;
	helpers[1] = buf_bytes(&f.pki.issuing);
	/* The token is over the signature's value. */
	foreign_signature(&der, &f, &form, buf_bytes(&f.seal));
	assert_int_equal(ses_signature_parse(buf_bytes(&der), &s, &e), 0);
	tsa_token(&token, &tsa, s.value, EVP_sm3(), STAMPED);
	{
		size_t mark = der_begin(&stamped, DER_SEQUENCE), tagged;

		buf_add(&stamped, der.p + 4, der.n - 4);
		tagged = der_begin(&stamped, DER_CONTEXT_CONSTRUCTED);
		der_put_bits(&stamped, buf_bytes(&token));
		der_end(&stamped, tagged);
		der_end(&stamped, mark);
	}
	assert_int_equal(ses_check_signature(buf_bytes(&der),
			     bytes_str(ses_document), &trust, &s, &report, &e),
	    0);
	assert_int_equal(report.step, SES_GOOD);
	assert_int_equal(report.doubt, SES_SIGNER_EXPIRED);
	assert_int_equal(ses_check_signature(buf_bytes(&stamped),
			     bytes_str(ses_document), &trust, &s, &report, &e),
	    0);
	assert_int_equal(report.step, SES_GOOD);
	assert_int_equal(report.doubt, SES_GOOD);
	assert_int_equal(report.time_proven, 1);
	assert_int_equal(report.time, STAMPED);
	buf_release(&x509);
	buf_release(&der);
	buf_release(&token);
	buf_release(&stamped);
	ses_fixture_release(&f);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_good_token_tells_its_time),
    cmocka_unit_test(other_messages_times_and_authorities_are_refused),
    cmocka_unit_test(a_revoked_authority_is_refused),
    cmocka_unit_test(weak_imprints_and_wrong_usages_are_refused),
    cmocka_unit_test(no_changed_byte_moves_the_time),
    cmocka_unit_test(a_stamped_signature_outlives_its_signer),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, setup_es256, teardown) +
	       cmocka_run_group_tests(tests, setup_sm2, teardown);
}
