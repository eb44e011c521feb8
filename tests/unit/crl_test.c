/* crl_test.c - lists of revoked x509s: made, read, verified, looked up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <openssl/x509.h>

#include "crypto/crl.h"
#include "crypto/x509_request.h"
#include "tests/support/pki.h"
#include "tests/support/sm2.h"

enum {
	NOW = PKI_FROM + 86400,
	LIFE = 7 * 86400
};

/* Of the group that runs. */
static enum sign_alg alg;
static struct pki pki;
static const struct x509 *issuing, *signer;

static int
setup(enum sign_alg which)
{
	struct err e = ERR_INIT;

	alg = which;
	pki_init_alg(&pki, alg);
	return x509_get(buf_bytes(&pki.issuing), &issuing, &e) != 0 ||
	       x509_get(buf_bytes(&pki.signer), &signer, &e) != 0;
}

static int
setup_es256(void **state)
{
	(void)state;
	return setup(SIGN_ES256);
}

static int
setup_sm2(void **state)
{
	(void)state;
	return setup(SIGN_SM2);
}

static int
teardown(void **state)
{
	(void)state;
	x509_free(issuing);
	x509_free(signer);
	pki_release(&pki);
	return 0;
}

static struct crl_request
request(const struct crl_entry *entries, size_t n)
{
	return (struct crl_request){.issuer = buf_bytes(&pki.issuing),
	    .sign = alg == SIGN_SM2 ? sm2_sign : p256_sign,
	    .sign_ctx = pki.issuing_key,
	    .number = 300,
	    .this_update = NOW,
	    .next_update = NOW + LIFE,
	    .entries = entries,
	    .nentries = n};
}

/* A list with one entry for the signer. */
static void
make(struct buf *out)
{
	struct crl_entry entry = {signer->serial, NOW - 60, CRL_KEY_COMPROMISE};
	struct crl_request req = request(&entry, 1);
	struct err e = ERR_INIT;

	assert_int_equal(crl_make(&req, out, &e), 0);
}

static void
a_made_list_says_what_was_asked(void **state)
{
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	const struct crl *crl, *again;
	struct crl_info info;
	enum crl_reason reason;
	int64_t revoked;

	(void)state;
	make(&der);
	assert_int_equal(crl_get(buf_bytes(&der), &crl, &e), 0);
	crl_about(crl, &info);
	assert_true(bytes_equal(info.issuer, issuing->subject));
	assert_int_equal(info.number, 300);
	assert_int_equal(info.this_update, NOW);
	assert_int_equal(info.next_update, NOW + LIFE);
	assert_int_equal(info.nentries, 1);
	assert_int_equal(crl_verify(crl, issuing, &e), 0);
	assert_int_equal(crl_verify(crl, issuing, &e), 0);
	assert_int_equal(crl_find(crl, signer->serial, &revoked, &reason), 1);
	assert_int_equal(revoked, NOW - 60);
	assert_int_equal(reason, CRL_KEY_COMPROMISE);
	assert_int_equal(crl_find(crl, issuing->serial, &revoked, &reason), 0);
	assert_int_equal(crl_get(buf_bytes(&der), &again, &e), 0);
	assert_ptr_equal(crl, again);
	crl_free(again);
	crl_free(crl);
	buf_release(&der);
}

/* OpenSSL reads it too, and verifies it unless it is SM2. */
static void
openssl_reads_it(void **state)
{
	struct buf der = BUF_INIT;
	const unsigned char *p;
	X509_REVOKED *revoked;
	X509_CRL *handle;

	(void)state;
	make(&der);
	p = der.p;
	handle = d2i_X509_CRL(NULL, &p, (long)der.n);
	assert_non_null(handle);
	assert_int_equal(
	    X509_CRL_get0_by_cert(handle, &revoked, signer->handle), 1);
	assert_int_equal(
	    X509_CRL_get0_by_cert(handle, &revoked, issuing->handle), 0);
	if (alg == SIGN_ES256)
		assert_int_equal(X509_CRL_verify(handle, pki.issuing_key), 1);
	X509_CRL_free(handle);
	buf_release(&der);
}

static void
many_entries_are_all_found(void **state)
{
	enum {
		N = 700
	};
	struct crl_entry entries[N];
	uint8_t serials[N][4];
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct crl_request req;
	const struct crl *crl;
	enum crl_reason reason;
	int64_t revoked;
	uint32_t i;

	(void)state;
	for (i = 0; i < N; i++) {
		/* In no order: 0x1000 + a permutation. */
		uint16_t v = (uint16_t)(0x1000 + 2 * (i * 389 % N));

		serials[i][0] = 0x02;
		serials[i][1] = 0x02;
		serials[i][2] = (uint8_t)(v >> 8);
		serials[i][3] = (uint8_t)v;
		entries[i].serial = (struct bytes){serials[i], 4};
		entries[i].revoked = NOW - i;
		entries[i].reason = CRL_UNSPECIFIED;
	}
	req = request(entries, N);
	assert_int_equal(crl_make(&req, &der, &e), 0);
	assert_int_equal(crl_get(buf_bytes(&der), &crl, &e), 0);
	for (i = 0; i < N; i++) {
		assert_int_equal(
		    crl_find(crl, entries[i].serial, &revoked, &reason), 1);
		assert_int_equal(revoked, NOW - i);
		serials[i][3] |= 1;
		assert_int_equal(
		    crl_find(crl, entries[i].serial, &revoked, &reason), 0);
	}
	crl_free(crl);
	buf_release(&der);
}

static void
an_empty_list_is_a_list(void **state)
{
	struct crl_request req = request(NULL, 0);
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	const struct crl *crl;
	enum crl_reason reason;
	int64_t revoked;

	(void)state;
	assert_int_equal(crl_make(&req, &der, &e), 0);
	assert_int_equal(crl_get(buf_bytes(&der), &crl, &e), 0);
	assert_int_equal(crl_verify(crl, issuing, &e), 0);
	assert_int_equal(crl_find(crl, signer->serial, &revoked, &reason), 0);
	crl_free(crl);
	buf_release(&der);
}

/* 1 when the bytes are a list that this issuer signed. */
static int
accepted(struct bytes der, const struct x509 *issuer)
{
	struct err e = ERR_INIT;
	const struct crl *crl;
	int good;

	if (crl_get(der, &crl, &e) != 0)
		return 0;
	good = crl_verify(crl, issuer, &e) == 0;
	crl_free(crl);
	return good;
}

static void
no_changed_cut_or_added_byte_is_accepted(void **state)
{
	struct buf der = BUF_INIT;
	struct bytes view;
	size_t i;

	(void)state;
	make(&der);
	assert_true(accepted(buf_bytes(&der), issuing));
	for (i = 0; i < der.n; i++) {
		der.p[i] ^= (uint8_t)(1 << i % 8);
		assert_false(accepted(buf_bytes(&der), issuing));
		der.p[i] ^= (uint8_t)(1 << i % 8);
		view = buf_bytes(&der);
		view.n = i;
		assert_false(accepted(view, issuing));
	}
	buf_add_byte(&der, 0);
	assert_false(accepted(buf_bytes(&der), issuing));
	buf_release(&der);
}

static void
only_the_issuer_signs_its_list(void **state)
{
	struct x509_request req = {.role = X509_ISSUING};
	struct crl_request list = request(NULL, 0);
	struct buf der = BUF_INIT, namesake = BUF_INIT, out = BUF_INIT;
	const struct x509 *other;
	EVP_PKEY *key = pki_key(alg);
	struct err e = ERR_INIT;

	(void)state;
	make(&der);
	/* A CA of the same name with another key. */
	req.key = key;
	req.issuer_key = pki.root_key;
	req.issuer = buf_bytes(&pki.root);
	pki_make(&req, "演示签发机构", &namesake);
	assert_int_equal(x509_get(buf_bytes(&namesake), &other, &e), 0);
	assert_true(bytes_equal(other->subject, issuing->subject));
	assert_false(accepted(buf_bytes(&der), other));
	assert_true(accepted(buf_bytes(&der), issuing));
	assert_false(accepted(buf_bytes(&der), other));
	x509_free(other);
	/* A signer is no CA; a key that is not the CA's. */
	list.issuer = buf_bytes(&pki.signer);
	list.sign_ctx = pki.signer_key;
	assert_int_equal(crl_make(&list, &out, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_key");
	list.issuer = buf_bytes(&pki.issuing);
	assert_int_equal(crl_make(&list, &out, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_key");
	assert_int_equal(out.n, 0);
	EVP_PKEY_free(key);
	buf_release(&namesake);
	buf_release(&der);
}

/* Put der where `what` is, and say how reading ends. */
static const char *
reading_with(const char *what, size_t n, const char *with, size_t m)
{
	static char code[ERR_CODE_SIZE];
	struct buf der = BUF_INIT, changed = BUF_INIT;
	struct err e = ERR_INIT;
	const struct crl *crl = NULL;
	const uint8_t *hit;

	make(&der);
	hit = memmem(der.p, der.n, what, n);
	assert_non_null(hit);
	assert_int_equal(n, m);
	buf_add(&changed, der.p, (size_t)(hit - der.p));
	buf_add(&changed, with, m);
	buf_add(&changed, hit + n, der.n - (size_t)(hit - der.p) - n);
	crl_get(buf_bytes(&changed), &crl, &e);
	crl_free(crl);
	memcpy(code, e.code, sizeof(code));
	buf_release(&der);
	buf_release(&changed);
	return code;
}

static void
strange_lists_are_refused_by_name(void **state)
{
	/* The number, 01 2c, as an extension that is critical. */
	static const char number[] = "\x30\x0b\x06\x03\x55\x1d\x14\x04\x04"
				     "\x02\x02\x01\x2c";
	static const char critical[] = "\x30\x0b\x06\x03\x55\x1d\x1b\x01\x01"
				       "\xff\x04\x01\x00";
	/* The reason: outside the range, and under another name. */
	static const char reason[] = "\x55\x1d\x15\x04\x03\x0a\x01\x01";
	static const char range[] = "\x55\x1d\x15\x04\x03\x0a\x01\x0b";
	static const char other[] = "\x55\x1d\x16\x04\x03\x0a\x01\x01";
	/* No next update: what stands in its place is no time. */
	static const char next[] = "\x17\x0d\x32\x36\x30\x31\x30\x39";
	static const char none[] = "\x16\x0d\x32\x36\x30\x31\x30\x39";

	(void)state;
	assert_string_equal(
	    reading_with(number, 13, critical, 13), "unsupported_crl");
	assert_string_equal(reading_with(reason, 8, range, 8), "malformed_crl");
	assert_string_equal(reading_with(reason, 8, other, 8), "");
	assert_string_equal(reading_with(next, 8, none, 8), "unsupported_crl");
}

static void
a_request_is_read_and_its_signature_checked(void **state)
{
	struct x509_name name = {.country = "CN",
	    .organisation = "青禾市",
	    .common_name = "外部签发"};
	uint8_t point[ALGORITHM_POINT_SIZE];
	struct buf der = BUF_INIT;
	struct x509_asked asked;
	struct err e = ERR_INIT;
	const unsigned char *p;
	STACK_OF(X509_EXTENSION) * extensions;
	X509_REQ *handle;
	size_t i;

	(void)state;
	assert_int_equal(x509_request_make(&name, pki.signer_key, &der, &e), 0);
	assert_int_equal(x509_request_read(buf_bytes(&der), &asked, &e), 0);
	assert_int_equal(asked.alg, alg);
	signature_point(alg, pki.signer_key, point, &e);
	assert_memory_equal(asked.point, point, sizeof(point));
	p = der.p;
	handle = d2i_X509_REQ(NULL, &p, (long)der.n);
	assert_non_null(handle);
	extensions = X509_REQ_get_extensions(handle);
	assert_int_equal(sk_X509_EXTENSION_num(extensions), 1);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	if (alg == SIGN_ES256)
		assert_int_equal(X509_REQ_verify(handle, pki.signer_key), 1);
	X509_REQ_free(handle);
	for (i = 0; i < der.n; i++) {
		der.p[i] ^= 1;
		assert_int_not_equal(
		    x509_request_read(buf_bytes(&der), &asked, &e), 0);
		der.p[i] ^= 1;
	}
	name.common_name = "";
	assert_int_equal(
	    x509_request_make(&name, pki.signer_key, &der, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_subject");
	buf_release(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_made_list_says_what_was_asked),
	    cmocka_unit_test(openssl_reads_it),
	    cmocka_unit_test(many_entries_are_all_found),
	    cmocka_unit_test(an_empty_list_is_a_list),
	    cmocka_unit_test(no_changed_cut_or_added_byte_is_accepted),
	    cmocka_unit_test(only_the_issuer_signs_its_list),
	    cmocka_unit_test(strange_lists_are_refused_by_name),
	    cmocka_unit_test(a_request_is_read_and_its_signature_checked),
	};

	return cmocka_run_group_tests(tests, setup_es256, teardown) +
	       cmocka_run_group_tests(tests, setup_sm2, teardown);
}
