/* cms_test.c - our SignedData: strangers accept it, and only its one form is
 * read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/cms.h>
#include <openssl/x509_vfy.h>

#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/cms.h"
#include "crypto/der.h"
#include "tests/support/pki.h"

static struct pki pki;
static const uint8_t face_digest[32] = {0xfa, 0xce};
static const char content[] = "the bytes of the ranges";
static uint8_t digest[32];

static int
setup(void **state)
{
	(void)state;
	pki_init(&pki);
	EVP_Q_digest(
	    NULL, "SHA256", NULL, content, sizeof(content), digest, NULL);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	pki_release(&pki);
	return 0;
}

static void
build(struct buf *out, const uint8_t *face, size_t nx509s)
{
	struct cms_request req = {
	    .alg = SIGN_ES256,
	    .document_digest = digest,
	    .face_digest = face,
	    .x509s = {buf_bytes(&pki.signer), buf_bytes(&pki.issuing)},
	    .nx509s = nx509s,
	    .sign = p256_sign,
	    .sign_ctx = pki.signer_key,
	};
	struct err e = ERR_INIT;

	assert_int_equal(cms_build(&req, out, &e), 0);
}

static void
what_was_built_is_read_and_verifies(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct cms cms;
	int round;

	(void)state;
	for (round = 0; round < 8; round++) {
		buf_reset(&der);
		build(&der, round % 2 ? face_digest : NULL, 1 + round / 4);
		assert_int_equal(cms_parse(buf_bytes(&der), &cms, &e), 0);
		assert_int_equal(cms.nx509s, 1 + round / 4);
		assert_true(bytes_equal(cms.x509s[0], buf_bytes(&pki.signer)));
		assert_memory_equal(cms.message_digest.p, digest, 32);
		assert_int_equal(cms.face_digest.n, round % 2 ? 32 : 0);
		assert_int_equal(cms_verify(&cms, digest, &e), 0);
		assert_int_equal(cms_verify(&cms, face_digest, &e), ERR_INPUT);
		assert_string_equal(e.code, "modified");
	}
	buf_release(&der);
}

static void
openssl_accepts_it_with_the_signing_certificate_attribute(void **state)
{
	struct buf der = BUF_INIT;
	const unsigned char *p;
	X509_STORE *store = X509_STORE_new();
	const struct x509 *root;
	struct err e = ERR_INIT;
	CMS_ContentInfo *info;
	BIO *data = BIO_new_mem_buf(content, sizeof(content));

	(void)state;
	build(&der, face_digest, 2);
	assert_int_equal(x509_get(buf_bytes(&pki.root), &root, &e), 0);
	X509_STORE_add_cert(store, root->handle);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), PKI_FROM + 9);
	X509_VERIFY_PARAM_set_purpose(
	    X509_STORE_get0_param(store), X509_PURPOSE_ANY);
	p = der.p;
	info = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);
	assert_non_null(info);
	assert_int_equal(CMS_verify(info, NULL, store, data, NULL,
			     CMS_CADES | CMS_BINARY | CMS_DETACHED),
	    1);
	assert_int_equal(i2d_CMS_ContentInfo(info, NULL), (int)der.n);
	CMS_ContentInfo_free(info);
	X509_STORE_free(store);
	BIO_free(data);
	x509_free(root);
	buf_release(&der);
}

/* 0 only when the whole form and the signature hold. */
static int
accept(struct bytes der)
{
	struct err e = ERR_INIT;
	struct cms cms;
	int r = cms_parse(der, &cms, &e);

	return r != 0 ? r : cms_verify(&cms, digest, &e);
}

static void
no_changed_byte_is_accepted(void **state)
{
	static const uint8_t masks[] = {0x01, 0x20, 0x80};
	struct buf der = BUF_INIT;
	size_t i, m;

	(void)state;
	build(&der, face_digest, 2);
	for (i = 0; i < der.n; i++)
		for (m = 0; m < sizeof(masks); m++) {
			der.p[i] ^= masks[m];
			assert_int_equal(accept(buf_bytes(&der)), ERR_INPUT);
			der.p[i] ^= masks[m];
		}
	assert_int_equal(accept(buf_bytes(&der)), 0);
	buf_release(&der);
}

static void
cut_and_lengthened_forms_are_refused(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct bytes view;
	struct cms cms;

	(void)state;
	build(&der, NULL, 2);
	view = buf_bytes(&der);
	for (view.n = 0; view.n < der.n; view.n++)
		assert_int_equal(cms_parse(view, &cms, &e), ERR_INPUT);
	assert_string_equal(e.code, "cms_not_canonical");
	buf_add_byte(&der, 0);
	assert_int_equal(cms_parse(buf_bytes(&der), &cms, &e), ERR_INPUT);
	buf_release(&der);
}

static int
sign_high(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	const struct algorithm *a = algorithm_find(SIGN_ES256);
	int i, digit, borrow = 0, r;

	r = p256_sign(ctx, message, raw, e);
	for (i = 31; i >= 0; i--) {
		digit = a->order[i] - raw[32 + i] - borrow;
		borrow = digit < 0;
		raw[32 + i] = (uint8_t)(digit & 0xff);
	}
	return r;
}

static void
the_high_twin_of_a_signature_is_refused(void **state)
{
	struct cms_request req = {
	    .alg = SIGN_ES256,
	    .document_digest = digest,
	    .x509s = {buf_bytes(&pki.signer)},
	    .nx509s = 1,
	    .sign = sign_high,
	    .sign_ctx = pki.signer_key,
	};
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct cms cms;

	(void)state;
	assert_int_equal(cms_build(&req, &der, &e), 0);
	assert_int_equal(cms_parse(buf_bytes(&der), &cms, &e), ERR_INPUT);
	assert_string_equal(e.code, "cms_not_canonical");
	buf_release(&der);
}

static void
an_exchanged_issuer_is_noticed(void **state)
{
	struct cms_request req = {
	    .alg = SIGN_ES256,
	    .document_digest = digest,
	    .x509s = {buf_bytes(&pki.signer), buf_bytes(&pki.issuing)},
	    .nx509s = 2,
	    .sign = p256_sign,
	    .sign_ctx = pki.signer_key,
	};
	struct buf der = BUF_INIT, other = BUF_INIT;
	struct err e = ERR_INIT;
	struct cms cms;
	uint8_t raw[SIGN_RAW_SIZE];

	(void)state;
	assert_int_equal(cms_build(&req, &der, &e), 0);
	assert_int_equal(cms_parse(buf_bytes(&der), &cms, &e), 0);
	memcpy(raw, cms.raw, sizeof(raw));
	/* The same signature around another issuer's x509. */
	req.x509s[1] = buf_bytes(&pki.root);
	assert_int_equal(cms_build(&req, &other, &e), 0);
	assert_int_equal(cms_parse(buf_bytes(&other), &cms, &e), 0);
	memcpy(cms.raw, raw, sizeof(raw));
	assert_int_equal(cms_verify(&cms, digest, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_signature");
	buf_release(&der);
	buf_release(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_built_is_read_and_verifies),
	    cmocka_unit_test(
		openssl_accepts_it_with_the_signing_certificate_attribute),
	    cmocka_unit_test(no_changed_byte_is_accepted),
	    cmocka_unit_test(cut_and_lengthened_forms_are_refused),
	    cmocka_unit_test(the_high_twin_of_a_signature_is_refused),
	    cmocka_unit_test(an_exchanged_issuer_is_noticed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
