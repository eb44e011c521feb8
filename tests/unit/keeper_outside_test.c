/* keeper_outside_test.c - x509s of another certification authority and seal
 * objects of another maker, through the administrator's door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <openssl/x509.h>

#include "crypto/base/text.h"
#include "crypto/cms.h"
#include "crypto/ses_seal.h"
#include "crypto/ses_signature.h"
#include "crypto/x509_request.h"
#include "keys/administrator.h"
#include "tests/support/keeper_fixture.h"
#include "tests/support/pki.h"
#include "tests/support/sm2.h"

static struct fixture f;
static struct administrator *adm;
static struct pki other[2]; /* ES256, SM2 */
static const enum sign_alg algs[2] = {SIGN_ES256, SIGN_SM2};
static const char *const alg_names[2] = {"ES256", "SM2"};

static int
start(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	fixture_make(&f);
	pki_init_alg(&other[0], SIGN_ES256);
	pki_init_alg(&other[1], SIGN_SM2);
	return administrator_new(
	    f.dir, bytes_str(FIXTURE_PASSPHRASE), &adm, &e);
}

static int
stop(void **state)
{
	(void)state;
	administrator_free(adm);
	assert_int_equal(fixture_stop(&f), 0);
	fixture_release(&f);
	pki_release(&other[0]);
	pki_release(&other[1]);
	return 0;
}

/* Do an action, whose reference is taken; the code of its error, or "". */
static const char *
act(json_t *action, json_t **answer)
{
	static char code[ERR_CODE_SIZE];
	struct err e = ERR_INIT;
	json_t *said = NULL;

	assert_non_null(action);
	administrator_call(adm, f.keeper, action, &said, &e);
	json_decref(action);
	if (answer != NULL)
		*answer = said;
	else
		json_decref(said);
	snprintf(code, sizeof(code), "%s", e.code);
	return code;
}

static json_t *
pem_of(const struct buf *der)
{
	struct buf pem = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *v;

	assert_int_equal(x509_to_pem(buf_bytes(der), &pem, &e), 0);
	v = json_string(buf_cstr(&pem));
	buf_release(&pem);
	return v;
}

static int
take(void *ctx, struct bytes der, struct err *e)
{
	struct buf *out = ctx;

	(void)e;
	buf_add(out, der.p, der.n);
	return 0;
}

/* The public key that the keeper asks an x509 for. */
static EVP_PKEY *
asked_key(const char *seal, size_t i)
{
	struct x509_asked asked;
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	const unsigned char *p;
	X509_REQ *req;
	EVP_PKEY *key;
	json_t *answer;

	assert_string_equal(act(json_pack("{s:s,s:s,s:s}", "action", "seal_csr",
				    "seal", seal, "alg", alg_names[i]),
				&answer),
	    "");
	assert_int_equal(x509_pem_read(bytes_str(json_string_value(
					   json_object_get(answer, "csr"))),
			     "CERTIFICATE REQUEST", take, &der, &e),
	    0);
	json_decref(answer);
	assert_int_equal(x509_request_read(buf_bytes(&der), &asked, &e), 0);
	assert_int_equal(asked.alg, algs[i]);
	/* The fixture is a demonstration, and says so. */
	assert_non_null(
	    memmem(asked.subject.p, asked.subject.n, "演示", strlen("演示")));
	p = der.p;
	req = d2i_X509_REQ(NULL, &p, (long)der.n);
	key = X509_REQ_get_pubkey(req);
	X509_REQ_free(req);
	buf_release(&der);
	assert_non_null(key);
	return key;
}

/* An x509 of the other CA. */
static void
issue(EVP_PKEY *key, size_t ca, enum x509_role role, int64_t until,
    struct buf *out)
{
	struct x509_request req = {.role = role,
	    .key = key,
	    .issuer_key = other[ca].issuing_key,
	    .issuer = buf_bytes(&other[ca].issuing),
	    .not_before = PKI_FROM,
	    .not_after = until};

	pki_make(&req, "外部签发", out);
}

static const char *
give(const char *seal, size_t i, const struct buf *x509, const struct buf *ca)
{
	return act(
	    json_pack("{s:s,s:s,s:s,s:[o,o]}", "action", "seal_x509", "seal",
		seal, "alg", alg_names[i], "x509s", pem_of(x509), pem_of(ca)),
	    NULL);
}

/* The SM2 x509 and the seal object that an OFD signature now carries. */
static void
sealed_with(const char *seal, struct buf *x509, struct buf *object)
{
	struct buf face = BUF_INIT, ses = BUF_INIT;
	struct ses_signature signature;
	struct err e = ERR_INIT;

	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	assert_int_equal(
	    fixture_ses(&f, 0, buf_bytes(&face), seal, 0, &ses, &e), 0);
	assert_int_equal(
	    ses_signature_parse(buf_bytes(&ses), &signature, &e), 0);
	assert_int_equal(ses_signature_verify(&signature, &e), 0);
	assert_int_equal(ses_signature_canonical(&signature, &e), 0);
	assert_int_equal(
	    ses_seal_names(&signature.seal, signature.x509, &e), 0);
	buf_reset(x509);
	buf_reset(object);
	buf_add(x509, signature.x509.p, signature.x509.n);
	buf_add(object, signature.seal.der.p, signature.seal.der.n);
	buf_release(&face);
	buf_release(&ses);
}

static void
what_does_not_fit_is_refused_by_name(void **state)
{
	EVP_PKEY *key = asked_key("market-1", 1), *foreign = sm2_new();
	struct buf x = BUF_INIT;

	(void)state;
	issue(key, 1, X509_SIGNER, PKI_UNTIL, &x);
	assert_string_equal(
	    give("market-1", 1, &x, &other[1].issuing), "x509_untrusted");
	assert_string_equal(
	    give("market-1", 0, &x, &other[1].issuing), "x509_algorithm");
	assert_string_equal(
	    give("market-2", 1, &x, &other[1].issuing), "x509_other_key");
	assert_string_equal(
	    give("market-9", 1, &x, &other[1].issuing), "no_such_seal");
	buf_reset(&x);
	issue(foreign, 1, X509_SIGNER, PKI_UNTIL, &x);
	assert_string_equal(
	    give("market-1", 1, &x, &other[1].issuing), "x509_other_key");
	buf_reset(&x);
	issue(key, 1, X509_ISSUING, PKI_UNTIL, &x);
	assert_string_equal(
	    give("market-1", 1, &x, &other[1].issuing), "x509_key_usage");
	assert_string_equal(
	    act(json_pack("{s:s,s:s,s:s,s:[s]}", "action", "seal_x509", "seal",
		    "market-1", "alg", "SM2", "x509s", "no PEM"),
		NULL),
	    "malformed_x509");
	assert_string_equal(
	    act(json_pack("{s:s,s:s,s:s,s:[]}", "action", "seal_x509", "seal",
		    "market-1", "alg", "SM2", "x509s"),
		NULL),
	    "bad_action");
	assert_string_equal(act(json_pack("{s:s,s:s,s:s}", "action", "seal_csr",
				    "seal", "market-1", "alg", "RSA"),
				NULL),
	    "bad_action");
	EVP_PKEY_free(key);
	EVP_PKEY_free(foreign);
	buf_release(&x);
}

static void
cas_from_elsewhere_are_added_and_listed(void **state)
{
	json_t *answer, *list;
	size_t i;

	(void)state;
	/* A signer is no root, a root no maker. */
	assert_string_equal(
	    act(json_pack("{s:s,s:[o]}", "action", "outside_add", "roots",
		    pem_of(&other[0].signer)),
		NULL),
	    "bad_x509");
	assert_string_equal(
	    act(json_pack("{s:s,s:[o]}", "action", "outside_add", "makers",
		    pem_of(&other[0].root)),
		NULL),
	    "bad_x509");
	for (i = 0; i < 4; i++) /* each twice: the same answer */
		assert_string_equal(
		    act(json_pack("{s:s,s:[o],s:[o]}", "action", "outside_add",
			    "roots", pem_of(&other[i % 2].root), "x509s",
			    pem_of(&other[i % 2].issuing)),
			NULL),
		    "");
	assert_string_equal(
	    act(json_pack("{s:s}", "action", "outside_list"), &answer), "");
	list = json_object_get(answer, "outside");
	assert_int_equal(json_array_size(json_object_get(list, "roots")), 2);
	assert_int_equal(json_array_size(json_object_get(list, "x509s")), 2);
	assert_int_equal(json_array_size(json_object_get(list, "makers")), 0);
	json_decref(answer);
}

static void
an_expired_x509_is_refused(void **state)
{
	EVP_PKEY *key = asked_key("market-1", 1);
	struct buf x = BUF_INIT;

	(void)state;
	issue(key, 1, X509_SIGNER, PKI_FROM + 60, &x);
	assert_string_equal(
	    give("market-1", 1, &x, &other[1].issuing), "x509_expired");
	EVP_PKEY_free(key);
	buf_release(&x);
}

static void
the_other_cas_x509s_seal_from_then_on(void **state)
{
	struct buf x[2] = {BUF_INIT, BUF_INIT}, now = BUF_INIT;
	struct buf before = BUF_INIT, after = BUF_INIT, face = BUF_INIT;
	struct buf cms_der = BUF_INIT;
	struct err e = ERR_INIT;
	EVP_PKEY *key;
	struct cms cms;
	size_t i;

	(void)state;
	sealed_with("market-1", &now, &before);
	for (i = 0; i < 2; i++) {
		key = asked_key("market-1", i);
		issue(key, i, X509_SIGNER, PKI_UNTIL, &x[i]);
		assert_string_equal(
		    give("market-1", i, &x[i], &other[i].issuing), "");
		EVP_PKEY_free(key);
	}
	sealed_with("market-1", &now, &after);
	assert_true(bytes_equal(buf_bytes(&now), buf_bytes(&x[1])));
	assert_false(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &cms_der, &e), 0);
	assert_int_equal(cms_parse(buf_bytes(&cms_der), &cms, &e), 0);
	assert_int_equal(cms.nx509s, 2);
	assert_true(bytes_equal(cms.x509s[0], buf_bytes(&x[0])));
	assert_true(bytes_equal(cms.x509s[1], buf_bytes(&other[0].issuing)));
	/* The keys stayed, so the seal lives on after a restart. */
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	sealed_with("market-1", &now, &before);
	assert_true(bytes_equal(buf_bytes(&now), buf_bytes(&x[1])));
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	for (i = 0; i < 2; i++)
		buf_release(&x[i]);
	buf_release(&now);
	buf_release(&before);
	buf_release(&after);
	buf_release(&face);
	buf_release(&cms_der);
}

/* A seal object that the other maker made for a signer. */
static void
object_by_other(struct bytes signer, int64_t until, struct buf *out)
{
	static const uint8_t picture[] = "another picture";
	struct ses_seal_request req = {.id = "elsewhere-1",
	    .vendor = "other",
	    .name = "外部制章",
	    .type = 1,
	    .signers = &signer,
	    .nsigners = 1,
	    .created = PKI_FROM,
	    .from = PKI_FROM,
	    .until = until,
	    .picture_type = "png",
	    .picture = {picture, sizeof(picture)},
	    .width = 40,
	    .height = 40,
	    .maker = buf_bytes(&other[1].signer),
	    .alg = SIGN_SM2,
	    .sign = sm2_sign,
	    .sign_ctx = other[1].signer_key};
	struct err e = ERR_INIT;

	buf_reset(out);
	assert_int_equal(ses_seal_build(&req, out, &e), 0);
}

static const char *
import(const struct buf *object)
{
	struct buf text = BUF_INIT;
	const char *code;

	text_base64(&text, buf_bytes(object));
	code = act(json_pack("{s:s,s:s,s:s}", "action", "seal_import", "seal",
		       "market-1", "object", buf_cstr(&text)),
	    NULL);
	buf_release(&text);
	return code;
}

static void
a_seal_made_elsewhere_is_verified_and_taken(void **state)
{
	struct buf now = BUF_INIT, before = BUF_INIT, object = BUF_INIT;
	struct buf directory = BUF_INIT, hex = BUF_INIT;
	struct err e = ERR_INIT;
	const struct x509 *maker;

	(void)state;
	sealed_with("market-1", &now, &before);
	object_by_other(buf_bytes(&now), PKI_UNTIL, &object);
	/* Its maker leads to a root that was added, but nobody named it. */
	assert_string_equal(import(&object), "seal_maker_untrusted");
	assert_string_equal(
	    act(json_pack("{s:s,s:[o]}", "action", "outside_add", "makers",
		    pem_of(&other[1].signer)),
		NULL),
	    "");
	object.p[object.n - 1] ^= 1;
	assert_string_equal(import(&object), "seal_bad_signature");
	object.n--;
	assert_string_equal(import(&object), "seal_malformed");
	object_by_other(buf_bytes(&other[1].signer), PKI_UNTIL, &object);
	assert_string_equal(import(&object), "signer_not_in_seal");
	object_by_other(buf_bytes(&now), PKI_FROM + 60, &object);
	assert_string_equal(import(&object), "seal_expired");
	object_by_other(buf_bytes(&now), PKI_UNTIL, &object);
	assert_string_equal(import(&object), "");
	sealed_with("market-1", &now, &before);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&object)));
	/* Whoever verifies hears of the maker. */
	assert_int_equal(x509_get(buf_bytes(&other[1].signer), &maker, &e), 0);
	text_hex(&hex, (struct bytes){maker->digest, 32});
	x509_free(maker);
	assert_int_equal(keeper_directory(f.keeper, &directory, &e), 0);
	assert_non_null(strstr(buf_cstr(&directory), buf_cstr(&hex)));
	buf_release(&now);
	buf_release(&before);
	buf_release(&object);
	buf_release(&directory);
	buf_release(&hex);
}

static void
a_destroyed_seal_takes_nothing(void **state)
{
	struct buf object = BUF_INIT;

	(void)state;
	object_by_other(buf_bytes(&other[1].signer), PKI_UNTIL, &object);
	assert_string_equal(
	    act(json_pack("{s:s,s:s,s:s}", "action", "seal_destroy", "seal",
		    "market-1", "reason", "撤销"),
		NULL),
	    "");
	assert_string_equal(import(&object), "seal_state");
	assert_string_equal(act(json_pack("{s:s,s:s,s:s}", "action", "seal_csr",
				    "seal", "market-1", "alg", "SM2"),
				NULL),
	    "seal_state");
	assert_string_equal(
	    give("market-1", 1, &other[1].signer, &other[1].issuing),
	    "seal_state");
	buf_release(&object);
}

static void
what_was_added_can_be_taken_out(void **state)
{
	json_t *answer, *roots;
	char sha256[65];

	(void)state;
	act(json_pack("{s:s}", "action", "outside_list"), &answer);
	roots = json_object_get(json_object_get(answer, "outside"), "roots");
	snprintf(sha256, sizeof(sha256), "%s",
	    json_string_value(
		json_object_get(json_array_get(roots, 0), "sha256")));
	json_decref(answer);
	assert_string_equal(act(json_pack("{s:s,s:s}", "action",
				    "outside_remove", "sha256", sha256),
				NULL),
	    "");
	assert_string_equal(act(json_pack("{s:s,s:s}", "action",
				    "outside_remove", "sha256", sha256),
				NULL),
	    "not_in_authority");
	act(json_pack("{s:s}", "action", "outside_list"), &answer);
	roots = json_object_get(json_object_get(answer, "outside"), "roots");
	assert_int_equal(json_array_size(roots), 1);
	json_decref(answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_does_not_fit_is_refused_by_name),
	    cmocka_unit_test(cas_from_elsewhere_are_added_and_listed),
	    cmocka_unit_test(an_expired_x509_is_refused),
	    cmocka_unit_test(the_other_cas_x509s_seal_from_then_on),
	    cmocka_unit_test(a_seal_made_elsewhere_is_verified_and_taken),
	    cmocka_unit_test(a_destroyed_seal_takes_nothing),
	    cmocka_unit_test(what_was_added_can_be_taken_out),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
