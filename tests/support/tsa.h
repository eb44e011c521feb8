/* tsa.h - a timestamp authority for tests: ECDSA tokens by OpenSSL, SM2 tokens
 * by our own pieces, because OpenSSL 3.0 cannot make them. */
#ifndef TESTS_SUPPORT_TSA_H
#define TESTS_SUPPORT_TSA_H

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include "crypto/base/clock.h"
#include "tests/support/gm.h"

struct tsa {
	enum sign_alg alg;
	EVP_PKEY *key;
	struct buf x509; /* DER */
};

static inline ASN1_INTEGER *
tsa_serial(TS_RESP_CTX *ctx, void *data)
{
	ASN1_INTEGER *serial = ASN1_INTEGER_new();

	(void)ctx;
	(void)data;
	ASN1_INTEGER_set(serial, 7);
	return serial;
}

static inline int
tsa_time(TS_RESP_CTX *ctx, void *data, long *seconds, long *microseconds)
{
	(void)ctx;
	*seconds = (long)*(int64_t *)data;
	*microseconds = 0;
	return 1;
}

static inline X509 *
tsa_handle(struct bytes der)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);

	if (x == NULL)
		abort();
	return x;
}

/* The x509 is issued with ECDSA; usage is what its extended key usage says,
 * e.g. "critical,timeStamping". */
static inline void
tsa_init(struct tsa *tsa, const struct pki *pki, enum sign_alg alg,
    const char *usage)
{
	X509 *issuer = tsa_handle(buf_bytes(&pki->issuing)), *x = X509_new();
	const char *const values[] = {
	    "critical,digitalSignature", usage, "critical,CA:FALSE"};
	const int nids[] = {
	    NID_key_usage, NID_ext_key_usage, NID_basic_constraints};
	X509_EXTENSION *extension;
	unsigned char *p;
	X509V3_CTX ctx;
	int i, n;

	*tsa = (struct tsa){.alg = alg, .key = pki_key(alg)};
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 42);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
	    (const unsigned char *)"TSA", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(issuer));
	ASN1_TIME_set(X509_getm_notBefore(x), PKI_FROM);
	ASN1_TIME_set(X509_getm_notAfter(x), PKI_UNTIL);
	X509_set_pubkey(x, tsa->key);
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	for (i = 0; i < 3; i++) {
		extension = X509V3_EXT_conf_nid(NULL, &ctx, nids[i], values[i]);
		X509_add_ext(x, extension, -1);
		X509_EXTENSION_free(extension);
	}
	if (X509_sign(x, pki->issuing_key, EVP_sha256()) <= 0)
		abort();
	n = i2d_X509(x, NULL);
	p = buf_extend(&tsa->x509, (size_t)n);
	i2d_X509(x, &p);
	X509_free(x);
	X509_free(issuer);
}

static inline void
tsa_release(struct tsa *tsa)
{
	EVP_PKEY_free(tsa->key);
	buf_release(&tsa->x509);
}

/* TSTInfo over message with this digest. */
static inline void
tsa_info(struct buf *out, struct bytes message, const EVP_MD *md, int64_t time)
{
	TS_TST_INFO *info = TS_TST_INFO_new();
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *alg = X509_ALGOR_new();
	ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1);
	ASN1_INTEGER *serial = tsa_serial(NULL, NULL);
	ASN1_GENERALIZEDTIME *when =
	    ASN1_GENERALIZEDTIME_set(NULL, (time_t)time);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned char *p;
	unsigned int n;
	int size;

	EVP_Digest(message.p, message.n, digest, &n, md, NULL);
	X509_ALGOR_set_md(alg, md);
	TS_MSG_IMPRINT_set_algo(imprint, alg);
	TS_MSG_IMPRINT_set_msg(imprint, digest, (int)n);
	TS_TST_INFO_set_version(info, 1);
	TS_TST_INFO_set_policy_id(info, policy);
	TS_TST_INFO_set_msg_imprint(info, imprint);
	TS_TST_INFO_set_serial(info, serial);
	TS_TST_INFO_set_time(info, when);
	size = i2d_TS_TST_INFO(info, NULL);
	p = buf_extend(out, (size_t)size);
	i2d_TS_TST_INFO(info, &p);
	TS_TST_INFO_free(info);
	TS_MSG_IMPRINT_free(imprint);
	X509_ALGOR_free(alg);
	ASN1_OBJECT_free(policy);
	ASN1_INTEGER_free(serial);
	ASN1_GENERALIZEDTIME_free(when);
}

/* A token of an SM2 authority. */
static inline void
tsa_token_sm2(struct buf *out, const struct tsa *tsa, struct bytes message,
    const EVP_MD *md, int64_t time)
{
	struct buf info = BUF_INIT;
	struct gm_form form = {.outer = "1.2.840.113549.1.7.2",
	    .content_type = "1.2.840.113549.1.9.16.1.4",
	    .signature = "1.2.156.10197.1.501",
	    .x509 = buf_bytes(&tsa->x509),
	    .key = tsa->key};

	tsa_info(&info, message, md, time);
	form.content = buf_bytes(&info);
	gm_build(out, &form, form.content);
	buf_release(&info);
}

/* A request as TS_RESP_create_response reads it. */
static inline BIO *
tsa_request(struct bytes message, const EVP_MD *md)
{
	TS_REQ *req = TS_REQ_new();
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *alg = X509_ALGOR_new();
	BIO *bio = BIO_new(BIO_s_mem());
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int n;

	EVP_Digest(message.p, message.n, digest, &n, md, NULL);
	X509_ALGOR_set_md(alg, md);
	TS_MSG_IMPRINT_set_algo(imprint, alg);
	TS_MSG_IMPRINT_set_msg(imprint, digest, (int)n);
	TS_REQ_set_version(req, 1);
	TS_REQ_set_msg_imprint(req, imprint);
	TS_REQ_set_cert_req(req, 1);
	i2d_TS_REQ_bio(bio, req);
	TS_REQ_free(req);
	TS_MSG_IMPRINT_free(imprint);
	X509_ALGOR_free(alg);
	return bio;
}

/* A token of an ECDSA authority. */
static inline void
tsa_token_ecdsa(struct buf *out, const struct tsa *tsa, struct bytes message,
    const EVP_MD *md, int64_t time)
{
	TS_RESP_CTX *ctx = TS_RESP_CTX_new();
	X509 *x = tsa_handle(buf_bytes(&tsa->x509));
	ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1);
	BIO *request = tsa_request(message, md);
	TS_RESP *response;
	unsigned char *p;
	int n;

	TS_RESP_CTX_set_signer_cert(ctx, x);
	TS_RESP_CTX_set_signer_key(ctx, tsa->key);
	TS_RESP_CTX_set_signer_digest(ctx, EVP_sha256());
	TS_RESP_CTX_set_ess_cert_id_digest(ctx, EVP_sha256());
	TS_RESP_CTX_set_def_policy(ctx, policy);
	TS_RESP_CTX_add_md(ctx, md);
	TS_RESP_CTX_set_serial_cb(ctx, tsa_serial, NULL);
	TS_RESP_CTX_set_time_cb(ctx, tsa_time, &time);
	response = TS_RESP_create_response(ctx, request);
	if (response == NULL || TS_RESP_get_token(response) == NULL) {
		ERR_print_errors_fp(stderr);
		abort();
	}
	n = i2d_PKCS7(TS_RESP_get_token(response), NULL);
	p = buf_extend(out, (size_t)n);
	i2d_PKCS7(TS_RESP_get_token(response), &p);
	TS_RESP_free(response);
	TS_RESP_CTX_free(ctx);
	ASN1_OBJECT_free(policy);
	X509_free(x);
	BIO_free(request);
}

static inline void
tsa_token(struct buf *out, const struct tsa *tsa, struct bytes message,
    const EVP_MD *md, int64_t time)
{
	if (tsa->alg == SIGN_SM2)
		tsa_token_sm2(out, tsa, message, md, time);
	else
		tsa_token_ecdsa(out, tsa, message, md, time);
}

#endif
