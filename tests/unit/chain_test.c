/* chain_test.c - paths of x509s that must not be believed, and what lists of
 * revoked ones say; ES256 and SM2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <openssl/x509v3.h>

#include "crypto/chain.h"
#include "crypto/crl.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/x509_private.h"
#include "tests/support/crl_list.h"
#include "tests/support/pki.h"

enum {
	NOW = PKI_FROM + 86400,
	LIFE = 7 * 86400
};

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

/* The lists of one check. */
struct lists {
	struct bytes of[3];
	size_t n;
	int expected; /* both CAs are known to have some */
};

static struct chain_result
check_lists(const struct buf *signer, const struct buf *ca, int64_t at,
    const struct lists *lists)
{
	struct bytes x509s[2] = {buf_bytes(signer), buf_bytes(ca)};
	struct bytes anchor = buf_bytes(&pki.root);
	uint8_t issuers[2][DIGEST_SIZE];
	struct chain_request req = {.x509s = x509s,
	    .nx509s = 2,
	    .anchors = &anchor,
	    .nanchors = 1,
	    .at = at,
	    .crls = lists->of,
	    .ncrls = lists->n,
	    .crl_issuers = (const uint8_t(*)[DIGEST_SIZE])issuers,
	    .ncrl_issuers = lists->expected ? 2 : 0};
	struct chain_result result;
	struct err e = ERR_INIT;

	assert_int_equal(digest_sha256(x509s[1], issuers[0]), 0);
	assert_int_equal(digest_sha256(anchor, issuers[1]), 0);
	assert_int_equal(chain_check(&req, &result, &e), 0);
	return result;
}

static enum chain_trust
check(const struct buf *signer, const struct buf *ca)
{
	const struct lists none = {.n = 0};

	return check_lists(signer, ca, NOW, &none).trust;
}

/* The x509 with some bytes of it exchanged, signed anew by the issuer. */
static void
altered(const struct buf *der, EVP_PKEY *issuer_key, const char *what,
    const char *with, size_t n, struct buf *out)
{
	uint8_t point[ALGORITHM_POINT_SIZE];
	struct x509_signer signer = {.alg = alg,
	    .point = {point, sizeof(point)},
	    .sign = x509_sign_key,
	    .ctx = issuer_key};
	struct err e = ERR_INIT;
	struct buf copy = BUF_INIT;
	struct der d, outer;
	struct bytes tbs;
	uint8_t *hit;

	buf_add_buf(&copy, der);
	hit = memmem(copy.p, copy.n, what, n);
	assert_non_null(hit);
	memcpy(hit, with, n);
	der_init(&d, buf_bytes(&copy));
	assert_int_equal(der_enter(&d, DER_SEQUENCE, &outer), 0);
	assert_int_equal(der_get_whole(&outer, DER_SEQUENCE, &tbs), 0);
	assert_int_equal(signature_point(alg, issuer_key, point, &e), 0);
	assert_int_equal(x509_put_signed(out, tbs, &signer, &e), 0);
	buf_release(&copy);
}

static void
paths_of_one_two_and_three_are_trusted(void **state)
{
	struct bytes signer = buf_bytes(&pki.signer);
	struct bytes issuing = buf_bytes(&pki.issuing);
	struct chain_request req = {.x509s = &signer,
	    .nx509s = 1,
	    .anchors = &issuing,
	    .nanchors = 1,
	    .at = NOW};
	struct chain_result result;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(check(&pki.signer, &pki.issuing), CHAIN_TRUSTED);
	assert_int_equal(chain_check(&req, &result, &e), 0);
	assert_int_equal(result.trust, CHAIN_TRUSTED);
	assert_int_equal(result.revocation, CHAIN_LISTS_NONE);
	/* The signer itself as an anchor. */
	req.anchors = &signer;
	assert_int_equal(chain_check(&req, &result, &e), 0);
	assert_int_equal(result.trust, CHAIN_TRUSTED);
	req.nanchors = 0;
	assert_int_equal(chain_check(&req, &result, &e), 0);
	assert_int_equal(result.trust, CHAIN_UNTRUSTED);
}

static void
a_key_for_encipherment_signs_nothing(void **state)
{
	struct buf wrong = BUF_INIT, right = BUF_INIT;

	(void)state;
	/* Resigning alone changes nothing. */
	altered(&pki.signer, pki.issuing_key, "\x03\x02\x06\xc0",
	    "\x03\x02\x06\xc0", 4, &right);
	assert_int_equal(check(&right, &pki.issuing), CHAIN_TRUSTED);
	altered(&pki.signer, pki.issuing_key, "\x03\x02\x06\xc0",
	    "\x03\x02\x05\x20", 4, &wrong);
	assert_int_equal(check(&wrong, &pki.issuing), CHAIN_UNTRUSTED);
	buf_release(&right);
	buf_release(&wrong);
}

static void
a_ca_that_may_not_sign_x509s_gives_none(void **state)
{
	struct buf wrong = BUF_INIT;

	(void)state;
	/* cRLSign without keyCertSign. */
	altered(&pki.issuing, pki.root_key, "\x03\x02\x01\x06",
	    "\x03\x02\x01\x02", 4, &wrong);
	assert_int_equal(check(&pki.signer, &wrong), CHAIN_UNTRUSTED);
	buf_release(&wrong);
}

static void
an_unknown_critical_extension_is_not_passed_over(void **state)
{
	struct buf wrong = BUF_INIT, harmless = BUF_INIT;

	(void)state;
	/* The critical basic constraints under an unknown number. */
	altered(&pki.signer, pki.issuing_key, "\x06\x03\x55\x1d\x13\x01\x01",
	    "\x06\x03\x55\x1d\x7f\x01\x01", 7, &wrong);
	assert_int_equal(check(&wrong, &pki.issuing), CHAIN_UNTRUSTED);
	/* The key identifier, which is not critical. */
	altered(&pki.signer, pki.issuing_key, "\x06\x03\x55\x1d\x0e",
	    "\x06\x03\x55\x1d\x7f", 5, &harmless);
	assert_int_equal(check(&harmless, &pki.issuing), CHAIN_TRUSTED);
	buf_release(&wrong);
	buf_release(&harmless);
}

static void
a_ca_below_the_last_ca_is_not_believed(void **state)
{
	struct x509_request ca = {.role = X509_ISSUING},
			    signer = {.role = X509_SIGNER};
	struct buf ca_der = BUF_INIT, signer_der = BUF_INIT;
	struct bytes list[3], anchor = buf_bytes(&pki.root);
	struct chain_request req = {.x509s = list,
	    .nx509s = 3,
	    .anchors = &anchor,
	    .nanchors = 1,
	    .at = NOW};
	struct chain_result result;
	struct err e = ERR_INIT;

	(void)state;
	ca.key = pki_key(alg);
	ca.issuer_key = pki.issuing_key;
	ca.issuer = buf_bytes(&pki.issuing);
	pki_make(&ca, "多一层", &ca_der);
	signer.key = pki_key(alg);
	signer.issuer_key = ca.key;
	signer.issuer = buf_bytes(&ca_der);
	pki_make(&signer, "末端", &signer_der);
	list[0] = buf_bytes(&signer_der);
	list[1] = buf_bytes(&ca_der);
	list[2] = buf_bytes(&pki.issuing);
	assert_int_equal(chain_check(&req, &result, &e), 0);
	assert_int_equal(result.trust, CHAIN_UNTRUSTED);
	/* With that CA as the anchor the signer is good. */
	anchor = buf_bytes(&ca_der);
	assert_int_equal(chain_check(&req, &result, &e), 0);
	assert_int_equal(result.trust, CHAIN_TRUSTED);
	EVP_PKEY_free(ca.key);
	EVP_PKEY_free(signer.key);
	buf_release(&ca_der);
	buf_release(&signer_der);
}

/* A list of a CA; revoked NULL: an empty one. */
static void
list_for(const struct buf *ca, EVP_PKEY *key, const struct buf *revoked,
    int64_t made, int64_t life, struct buf *out)
{
	const struct crl_list list = {.ca = buf_bytes(ca),
	    .key = key,
	    .from = made,
	    .until = made + life,
	    .revoked = revoked ? buf_bytes(revoked) : (struct bytes){NULL, 0},
	    .when = made - 60};

	crl_list_make(&list, out);
}

static void
list_of(const struct buf *ca, EVP_PKEY *key, const struct buf *revoked,
    int64_t made, struct buf *out)
{
	list_for(ca, key, revoked, made, LIFE, out);
}

static void
lists_say_whether_all_is_well(void **state)
{
	struct buf ca = BUF_INIT, root = BUF_INIT;
	struct chain_result result;
	struct lists lists;

	(void)state;
	list_of(&pki.issuing, pki.issuing_key, NULL, NOW, &ca);
	list_of(&pki.root, pki.root_key, NULL, NOW - 100, &root);
	lists = (struct lists){{buf_bytes(&ca), buf_bytes(&root)}, 2, 1};
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_TRUSTED);
	assert_int_equal(result.revocation, CHAIN_LISTS_FRESH);
	assert_int_equal(result.lists_as_of, NOW - 100);
	/* Good till its last second. */
	result =
	    check_lists(&pki.signer, &pki.issuing, NOW - 100 + LIFE, &lists);
	assert_int_equal(result.revocation, CHAIN_LISTS_FRESH);
	result = check_lists(
	    &pki.signer, &pki.issuing, NOW - 100 + LIFE + 1, &lists);
	assert_int_equal(result.trust, CHAIN_TRUSTED);
	assert_int_equal(result.revocation, CHAIN_LISTS_STALE);
	/* The list that is over counts, not the older one that is not. */
	buf_reset(&root);
	list_for(
	    &pki.root, pki.root_key, NULL, NOW - 100, 2 * LIFE + 200, &root);
	lists.of[1] = buf_bytes(&root);
	result = check_lists(&pki.signer, &pki.issuing, NOW + LIFE + 1, &lists);
	assert_int_equal(result.revocation, CHAIN_LISTS_STALE);
	assert_int_equal(result.lists_as_of, NOW);
	buf_release(&ca);
	buf_release(&root);
}

/* Who deletes a list must not gain by it. */
static void
a_list_that_should_be_here_is_missed(void **state)
{
	struct buf ca = BUF_INIT;
	struct chain_result result;
	struct lists lists = {.expected = 1};

	(void)state;
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_TRUSTED);
	assert_int_equal(result.revocation, CHAIN_LISTS_MISSING);
	list_of(&pki.issuing, pki.issuing_key, NULL, NOW, &ca);
	lists = (struct lists){{buf_bytes(&ca)}, 1, 1};
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.revocation, CHAIN_LISTS_MISSING);
	lists.of[0] = bytes_str("no list");
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.revocation, CHAIN_LISTS_MISSING);
	/* A CA of which nobody says that it has lists. */
	lists.expected = 0;
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.revocation, CHAIN_LISTS_NONE);
	lists.of[0] = buf_bytes(&ca);
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.revocation, CHAIN_LISTS_FRESH);
	buf_release(&ca);
}

/* The signer's x509 with one more extension, signed anew. */
static void
extended(int nid, const char *value, struct buf *out)
{
	uint8_t point[ALGORITHM_POINT_SIZE];
	struct x509_signer signer = {.alg = alg,
	    .point = {point, sizeof(point)},
	    .sign = x509_sign_key,
	    .ctx = pki.issuing_key};
	const unsigned char *p = pki.signer.p;
	X509 *x = d2i_X509(NULL, &p, (long)pki.signer.n);
	X509_EXTENSION *more = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	unsigned char *tbs = NULL;
	struct err e = ERR_INIT;
	int n;

	assert_non_null(more);
	assert_int_equal(X509_add_ext(x, more, -1), 1);
	n = i2d_re_X509_tbs(x, &tbs);
	assert_true(n > 0);
	assert_int_equal(signature_point(alg, pki.issuing_key, point, &e), 0);
	assert_int_equal(
	    x509_put_signed(out, (struct bytes){tbs, (size_t)n}, &signer, &e),
	    0);
	OPENSSL_free(tbs);
	X509_EXTENSION_free(more);
	X509_free(x);
}

static void
an_x509_may_promise_a_list(void **state)
{
	static const struct {
		int nid;
		const char *value;
		enum chain_revocation want;
	} promises[] = {
	    {NID_crl_distribution_points, "URI:http://ca.example/ca.crl",
		CHAIN_LISTS_MISSING},
	    {NID_info_access, "OCSP;URI:http://ca.example/ocsp",
		CHAIN_LISTS_MISSING},
	    {NID_info_access, "caIssuers;URI:http://ca.example/ca.cer",
		CHAIN_LISTS_NONE},
	};
	struct buf der = BUF_INIT, ca = BUF_INIT;
	struct chain_result result;
	struct lists lists = {.n = 0};
	size_t i;

	(void)state;
	list_of(&pki.issuing, pki.issuing_key, NULL, NOW, &ca);
	for (i = 0; i < sizeof(promises) / sizeof(promises[0]); i++) {
		buf_reset(&der);
		extended(promises[i].nid, promises[i].value, &der);
		lists.n = 0;
		result = check_lists(&der, &pki.issuing, NOW, &lists);
		assert_int_equal(result.trust, CHAIN_TRUSTED);
		assert_int_equal(result.revocation, promises[i].want);
		lists = (struct lists){{buf_bytes(&ca)}, 1, 0};
		result = check_lists(&der, &pki.issuing, NOW, &lists);
		assert_int_equal(result.revocation, CHAIN_LISTS_FRESH);
	}
	buf_release(&ca);
	buf_release(&der);
}

static void
a_revoked_signer_or_ca_is_named_with_its_time(void **state)
{
	struct buf ca = BUF_INIT, root = BUF_INIT, empty = BUF_INIT;
	struct chain_result result;
	struct lists lists;

	(void)state;
	list_of(&pki.issuing, pki.issuing_key, &pki.signer, NOW, &ca);
	list_of(&pki.root, pki.root_key, NULL, NOW, &root);
	lists = (struct lists){{buf_bytes(&ca), buf_bytes(&root)}, 2, 1};
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_REVOKED);
	assert_int_equal(result.revoked_at, NOW - 60);
	assert_int_equal(result.revocation, CHAIN_LISTS_FRESH);
	/* It stays so when the list is over, and when the x509 is. */
	result = check_lists(&pki.signer, &pki.issuing, NOW + 2 * LIFE, &lists);
	assert_int_equal(result.trust, CHAIN_REVOKED);
	assert_int_equal(result.revocation, CHAIN_LISTS_STALE);
	result = check_lists(&pki.signer, &pki.issuing, PKI_UNTIL + 9, &lists);
	assert_int_equal(result.trust, CHAIN_REVOKED);
	/* The newest list counts, in whatever order they come. */
	list_of(&pki.issuing, pki.issuing_key, NULL, NOW - 500, &empty);
	lists = (struct lists){
	    {buf_bytes(&empty), buf_bytes(&ca), buf_bytes(&root)}, 3, 0};
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_REVOKED);
	lists = (struct lists){
	    {buf_bytes(&ca), buf_bytes(&empty), buf_bytes(&root)}, 3, 0};
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_REVOKED);
	/* The CA itself. */
	buf_reset(&root);
	list_of(&pki.root, pki.root_key, &pki.issuing, NOW - 7, &root);
	lists = (struct lists){{buf_bytes(&empty), buf_bytes(&root)}, 2, 0};
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_REVOKED);
	assert_int_equal(result.revoked_at, NOW - 67);
	buf_release(&ca);
	buf_release(&root);
	buf_release(&empty);
}

static void
strangers_lists_revoke_nothing(void **state)
{
	struct buf list = BUF_INIT, changed = BUF_INIT;
	struct chain_result result;
	struct lists lists;
	struct pki other;

	(void)state;
	/* The same names, other keys. */
	pki_init_alg(&other, alg);
	list_of(&other.issuing, other.issuing_key, &pki.signer, NOW, &list);
	lists = (struct lists){{buf_bytes(&list)}, 1, 1};
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_TRUSTED);
	assert_int_equal(result.revocation, CHAIN_LISTS_MISSING);
	/* The right CA's, with a byte of its signature changed. */
	list_of(&pki.issuing, pki.issuing_key, &pki.signer, NOW, &changed);
	changed.p[changed.n - 1] ^= 1;
	lists.of[0] = buf_bytes(&changed);
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_TRUSTED);
	changed.p[changed.n - 1] ^= 1;
	result = check_lists(&pki.signer, &pki.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_REVOKED);
	/* What is not trusted is not called revoked. */
	result = check_lists(&other.signer, &other.issuing, NOW, &lists);
	assert_int_equal(result.trust, CHAIN_UNTRUSTED);
	assert_int_equal(result.revocation, CHAIN_LISTS_NONE);
	pki_release(&other);
	buf_release(&list);
	buf_release(&changed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_of_one_two_and_three_are_trusted),
	    cmocka_unit_test(a_key_for_encipherment_signs_nothing),
	    cmocka_unit_test(a_ca_that_may_not_sign_x509s_gives_none),
	    cmocka_unit_test(an_unknown_critical_extension_is_not_passed_over),
	    cmocka_unit_test(a_ca_below_the_last_ca_is_not_believed),
	    cmocka_unit_test(lists_say_whether_all_is_well),
	    cmocka_unit_test(a_list_that_should_be_here_is_missed),
	    cmocka_unit_test(an_x509_may_promise_a_list),
	    cmocka_unit_test(a_revoked_signer_or_ca_is_named_with_its_time),
	    cmocka_unit_test(strangers_lists_revoke_nothing),
	};

	return cmocka_run_group_tests(tests, setup_es256, teardown) +
	       cmocka_run_group_tests(tests, setup_sm2, teardown);
}
