/* x509_test.c - making, parsing and chains of x509s. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include <openssl/rsa.h>

#include "crypto/chain.h"
#include "tests/support/pki.h"

/* Of the group that runs. */
static enum sign_alg alg;
static struct pki pki;

static int
setup_es256(void **state)
{
	(void)state;
	alg = SIGN_ES256;
	pki_init_alg(&pki, alg);
	return 0;
}

static int
setup_sm2(void **state)
{
	(void)state;
	alg = SIGN_SM2;
	pki_init_alg(&pki, alg);
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
a_made_x509_says_what_was_asked(void **state)
{
	const struct x509 *x, *issuing, *again;
	uint8_t point[65], kid[8];
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(x509_get(buf_bytes(&pki.signer), &x, &e), 0);
	assert_string_equal(
	    x->text, "CN=青禾市市场监督管理局,OU=演示,O=青禾市,C=CN");
	assert_int_equal(x->not_before, PKI_FROM);
	assert_int_equal(x->not_after, PKI_UNTIL);
	assert_int_equal(x->ca, 0);
	assert_int_equal(x->may_sign, 1);
	assert_int_equal(x->may_crl, 0);
	assert_int_equal(x->alg, alg);
	assert_int_equal(x->serial.n, 18);
	signature_point(alg, pki.signer_key, point, &e);
	assert_memory_equal(x->point.p, point, 65);
	signature_kid(alg, x->point, kid, &e);
	assert_memory_equal(x->kid, kid, 8);
	assert_int_equal(x509_get(buf_bytes(&pki.issuing), &issuing, &e), 0);
	assert_int_equal(issuing->ca, 1);
	assert_int_equal(issuing->may_sign, 0);
	assert_int_equal(issuing->may_crl, 1);
	assert_true(bytes_equal(x->issuer, issuing->subject));
	assert_int_equal(x509_get(buf_bytes(&pki.signer), &again, &e), 0);
	assert_ptr_equal(x, again);
	x509_free(x);
	x509_free(again);
	x509_free(issuing);
}

static void
cut_and_lengthened_x509s_are_refused(void **state)
{
	const struct x509 *x;
	struct bytes view;
	struct buf more = BUF_INIT;
	struct err e = ERR_INIT;
	size_t n;

	(void)state;
	for (n = 0; n < pki.signer.n; n++) {
		view = buf_bytes(&pki.signer);
		view.n = n;
		assert_int_equal(x509_get(view, &x, &e), ERR_INPUT);
	}
	assert_string_equal(e.code, "malformed_x509");
	buf_add_buf(&more, &pki.signer);
	buf_add_byte(&more, 0);
	assert_int_equal(x509_get(buf_bytes(&more), &x, &e), ERR_INPUT);
	buf_release(&more);
}

static void
a_subject_that_does_not_fit_is_refused(void **state)
{
	char name[67];
	struct x509_request req = {.role = X509_ROOT, .common_name = name};
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	memset(name, 'a', 65);
	name[65] = '\0';
	req.key = req.issuer_key = pki.root_key;
	req.not_before = PKI_FROM;
	req.not_after = PKI_UNTIL;
	assert_int_equal(x509_make(&req, &out, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_subject");
	req.common_name = NULL;
	assert_int_equal(x509_make(&req, &out, &e), ERR_INPUT);
	name[64] = '\0';
	req.common_name = name;
	assert_int_equal(x509_make(&req, &out, &e), 0);
	buf_release(&out);
}

static int
collect(void *ctx, struct bytes der, struct err *e)
{
	struct buf *all = ctx;

	(void)e;
	buf_add(all, der.p, der.n);
	return 0;
}

static void
pem_round_trips_and_damage_is_refused(void **state)
{
	struct buf pem = BUF_INIT, all = BUF_INIT, want = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	x509_to_pem(buf_bytes(&pki.root), &pem, &e);
	x509_to_pem(buf_bytes(&pki.issuing), &pem, &e);
	assert_int_equal(x509_from_pem(buf_bytes(&pem), collect, &all, &e), 0);
	buf_add_buf(&want, &pki.root);
	buf_add_buf(&want, &pki.issuing);
	assert_true(bytes_equal(buf_bytes(&all), buf_bytes(&want)));
	pem.n -= 30;
	assert_int_equal(
	    x509_from_pem(buf_bytes(&pem), collect, &all, &e), ERR_INPUT);
	assert_int_equal(
	    x509_from_pem(bytes_str("no x509"), collect, &all, &e), ERR_INPUT);
	assert_string_equal(e.code, "malformed_x509");
	buf_release(&pem);
	buf_release(&all);
	buf_release(&want);
}

static enum chain_trust
check(struct bytes *x509s, size_t n, const struct buf *anchor, int64_t at)
{
	struct bytes anchors[1] = {buf_bytes(anchor)};
	struct chain_request req = {.x509s = x509s,
	    .nx509s = n,
	    .anchors = anchors,
	    .nanchors = 1,
	    .at = at};
	struct chain_result result;
	struct err e = ERR_INIT;

	assert_int_equal(chain_check(&req, &result, &e), 0);
	return result.trust;
}

static void
a_path_is_trusted_inside_its_validity_only(void **state)
{
	struct bytes list[] = {buf_bytes(&pki.signer), buf_bytes(&pki.issuing)};
	int round;

	(void)state;
	for (round = 0; round < 2; round++) {
		assert_int_equal(
		    check(list, 2, &pki.root, PKI_FROM), CHAIN_TRUSTED);
		assert_int_equal(
		    check(list, 2, &pki.root, PKI_UNTIL - 1), CHAIN_TRUSTED);
		assert_int_equal(check(list, 2, &pki.root, PKI_FROM - 1),
		    CHAIN_NOT_YET_VALID);
		assert_int_equal(
		    check(list, 2, &pki.root, PKI_UNTIL + 1), CHAIN_EXPIRED);
	}
	assert_int_equal(check(list, 1, &pki.issuing, PKI_FROM), CHAIN_TRUSTED);
}

static void
strange_paths_are_not_trusted(void **state)
{
	struct bytes list[] = {buf_bytes(&pki.signer), buf_bytes(&pki.issuing)};
	struct bytes ca[] = {buf_bytes(&pki.issuing)};
	struct bytes below_signer[3];
	struct x509_request req = {.role = X509_SIGNER};
	struct buf forged = BUF_INIT;
	EVP_PKEY *key = pki_key(alg);
	struct pki other;

	(void)state;
	pki_init_alg(&other, alg);
	assert_int_equal(
	    check(list, 2, &other.root, PKI_FROM), CHAIN_UNTRUSTED);
	assert_int_equal(
	    check(list, 2, &other.root, PKI_UNTIL + 1), CHAIN_UNTRUSTED);
	assert_int_equal(check(list, 1, &pki.root, PKI_FROM), CHAIN_UNTRUSTED);
	assert_int_equal(check(ca, 1, &pki.root, PKI_FROM), CHAIN_UNTRUSTED);
	/* A signer that plays CA. */
	req.key = key;
	req.issuer_key = pki.signer_key;
	req.issuer = buf_bytes(&pki.signer);
	pki_make(&req, "冒名", &forged);
	below_signer[0] = buf_bytes(&forged);
	below_signer[1] = list[0];
	below_signer[2] = list[1];
	assert_int_equal(
	    check(below_signer, 3, &pki.root, PKI_FROM), CHAIN_UNTRUSTED);
	buf_release(&forged);
	EVP_PKEY_free(key);
	pki_release(&other);
}

static void
limits_of_a_chain_are_kept(void **state)
{
	struct bytes list[CHAIN_X509S_MAX + 1];
	struct chain_request req = {.x509s = list, .at = PKI_FROM};
	struct chain_result result;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i <= CHAIN_X509S_MAX; i++)
		list[i] = buf_bytes(&pki.signer);
	req.nx509s = CHAIN_X509S_MAX;
	assert_int_equal(chain_check(&req, &result, &e), 0);
	req.nx509s++;
	assert_int_equal(chain_check(&req, &result, &e), ERR_LIMIT);
	assert_string_equal(e.code, "too_many_x509s");
}

static void *
check_often(void *failures)
{
	struct bytes list[] = {buf_bytes(&pki.signer), buf_bytes(&pki.issuing)};
	struct bytes anchors[1] = {buf_bytes(&pki.root)};
	struct chain_request req = {
	    .x509s = list, .nx509s = 2, .anchors = anchors, .nanchors = 1};
	struct chain_result result;
	struct err e = ERR_INIT;
	int i;

	for (i = 0; i < 300; i++) {
		/* Times outside are never cached, so OpenSSL runs too. */
		req.at = i % 30 == 0 ? PKI_UNTIL + 5 : PKI_FROM + i;
		if (chain_check(&req, &result, &e) != 0 ||
		    result.trust !=
			(i % 30 == 0 ? CHAIN_EXPIRED : CHAIN_TRUSTED))
			++*(int *)failures;
	}
	return NULL;
}

static void
threads_share_the_caches(void **state)
{
	pthread_t threads[4];
	int failures[4] = {0}, i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, check_often,
				     &failures[i]),
		    0);
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(failures[i], 0);
	}
}

static void
an_issuer_key_that_is_not_the_issuers_is_refused(void **state)
{
	struct x509_request req = {.role = X509_SIGNER,
	    .common_name = "x",
	    .not_before = PKI_FROM,
	    .not_after = PKI_UNTIL};
	EVP_PKEY *rsa = EVP_RSA_gen(2048);
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	req.key = pki.signer_key;
	req.issuer = buf_bytes(&pki.issuing);
	req.issuer_key = pki.root_key;
	assert_int_equal(x509_make(&req, &out, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_key");
	req.role = X509_ROOT;
	req.key = req.issuer_key = rsa;
	assert_int_equal(x509_make(&req, &out, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_key");
	assert_int_equal(out.n, 0);
	EVP_PKEY_free(rsa);
}

/* A P-256 signer below an SM2 CA, and the other way round. */
static void
hierarchies_may_mix_algorithms(void **state)
{
	enum sign_alg other = alg == SIGN_SM2 ? SIGN_ES256 : SIGN_SM2;
	struct x509_request req = {.role = X509_SIGNER};
	struct buf der = BUF_INIT;
	EVP_PKEY *key = pki_key(other);
	struct bytes list[2];

	(void)state;
	req.key = key;
	req.issuer_key = pki.issuing_key;
	req.issuer = buf_bytes(&pki.issuing);
	pki_make(&req, "混合", &der);
	list[0] = buf_bytes(&der);
	list[1] = buf_bytes(&pki.issuing);
	assert_int_equal(check(list, 2, &pki.root, PKI_FROM), CHAIN_TRUSTED);
	buf_release(&der);
	EVP_PKEY_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_made_x509_says_what_was_asked),
	    cmocka_unit_test(cut_and_lengthened_x509s_are_refused),
	    cmocka_unit_test(a_subject_that_does_not_fit_is_refused),
	    cmocka_unit_test(pem_round_trips_and_damage_is_refused),
	    cmocka_unit_test(a_path_is_trusted_inside_its_validity_only),
	    cmocka_unit_test(strange_paths_are_not_trusted),
	    cmocka_unit_test(an_issuer_key_that_is_not_the_issuers_is_refused),
	    cmocka_unit_test(hierarchies_may_mix_algorithms),
	    cmocka_unit_test(limits_of_a_chain_are_kept),
	    cmocka_unit_test(threads_share_the_caches),
	};

	return cmocka_run_group_tests(tests, setup_es256, teardown) +
	       cmocka_run_group_tests(tests, setup_sm2, teardown);
}
