/*
 * keeper_outside.h - a keeper, an administrator of it, and an authority
 * elsewhere, for tests.
 */
#ifndef TESTS_SUPPORT_KEEPER_OUTSIDE_H
#define TESTS_SUPPORT_KEEPER_OUTSIDE_H

#include <openssl/x509.h>

#include "crypto/base/text.h"
#include "crypto/cms.h"
#include "crypto/ses_seal.h"
#include "crypto/ses_signature.h"
#include "crypto/x509_request.h"
#include "tests/support/keeper_admin.h"
#include "tests/support/pki.h"
#include "tests/support/sm2.h"

static struct pki other[2]; /* ES256, SM2 */
static const enum sign_alg algs[2] = {SIGN_ES256, SIGN_SM2};
static const char *const alg_names[2] = {"ES256", "SM2"};

static int
start(void **state)
{
	pki_init_alg(&other[0], SIGN_ES256);
	pki_init_alg(&other[1], SIGN_SM2);
	return keeper_admin_start(state);
}

static int
stop(void **state)
{
	administrator_free(adm);
	keeper_group_stop(state);
	pki_release(&other[0]);
	pki_release(&other[1]);
	return 0;
}

/* Do an action, whose reference is taken; the code of its error, or "". */
static const char *
act_json(json_t *action, json_t **answer)
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

	assert_string_equal(
	    act_json(json_pack("{s:s,s:s,s:s}", "action", "seal_csr", "seal",
			 seal, "alg", alg_names[i]),
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
	return act_json(
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

#endif
