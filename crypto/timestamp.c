/* timestamp.c - see timestamp.h. */
#include "crypto/timestamp.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/chain.h"
#include "crypto/der.h"
#include "crypto/gm_signed_data.h"
#include "crypto/x509.h"

enum {
	SECURITY_LEVEL = 2 /* 112 bits, as in chain.c */
};

static int
invalid(struct err *e)
{
	ERR_clear_error();
	return err_set(e, ERR_INPUT, "timestamp_invalid",
	    "时间戳不正确，或其签发机构不受信任。",
	    "The timestamp is wrong, or its authority is not trusted.");
}

/* A digest that an imprint may be made with. */
static const EVP_MD *
imprint_digest(const X509_ALGOR *alg)
{
	const ASN1_OBJECT *oid;

	X509_ALGOR_get0(&oid, NULL, NULL, alg);
	switch (OBJ_obj2nid(oid)) {
	case NID_sha256:
		return EVP_sha256();
	case NID_sha384:
		return EVP_sha384();
	case NID_sha512:
		return EVP_sha512();
	case NID_sm3:
		return EVP_sm3();
	default:
		return NULL;
	}
}

/* The imprint is of message; *time when it was stamped. */
static int
check_info(TS_TST_INFO *info, struct bytes message, int64_t *time)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_OCTET_STRING *value = TS_MSG_IMPRINT_get_msg(imprint);
	const EVP_MD *md = imprint_digest(TS_MSG_IMPRINT_get_algo(imprint));
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int n;
	struct tm tm;

	if (md == NULL || TS_TST_INFO_get_version(info) != 1 ||
	    EVP_Digest(message.p, message.n, digest, &n, md, NULL) != 1 ||
	    ASN1_STRING_length(value) != (int)n ||
	    memcmp(ASN1_STRING_get0_data(value), digest, n) != 0 ||
	    ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm) != 1)
		return -1;
	*time =
	    clock_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * 86400 +
	    tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
	return 0;
}

/* Decoded x509s, each with a reference of its own; NULL when out of memory.
 * Those that cannot be read are left out: nobody can have signed with them. */
static STACK_OF(X509) * load(const struct bytes *list, size_t n)
{
	STACK_OF(X509) *stack = sk_X509_new_null();
	const struct x509 *x;
	size_t i;

	for (i = 0; i < n && stack != NULL; i++) {
		if (x509_get(list[i], &x, &(struct err)ERR_INIT) != 0)
			continue;
		if (X509_up_ref(x->handle) != 1 ||
		    sk_X509_push(stack, x->handle) <= 0) {
			sk_X509_pop_free(stack, X509_free);
			stack = NULL;
		}
		x509_free(x);
	}
	return stack;
}

static X509_STORE *
make_store(const struct timestamp_request *req)
{
	STACK_OF(X509) *anchors = load(req->anchors, req->nanchors);
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param;
	int i;

	if (store != NULL) {
		param = X509_STORE_get0_param(store);
		X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
		X509_VERIFY_PARAM_set_time(param, (time_t)req->at);
		X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	}
	for (i = 0; store != NULL && i < sk_X509_num(anchors); i++)
		X509_STORE_add_cert(store, sk_X509_value(anchors, i));
	sk_X509_pop_free(anchors, X509_free);
	return store;
}

/* OpenSSL verifies what is not SM2: signature, signer, purpose and chain. */
static int
check_token(PKCS7 *token, const struct timestamp_request *req)
{
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	int good = 0;

	if (ctx != NULL) {
		/* The context owns both. */
		TS_VERIFY_CTX_set_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNATURE);
		TS_VERIFY_CTX_set_store(ctx, make_store(req));
		TS_VERIFY_CTX_set_certs(ctx, load(req->helpers, req->nhelpers));
		good = TS_RESP_verify_token(ctx, token) == 1;
	}
	TS_VERIFY_CTX_free(ctx);
	return good ? 0 : -1;
}

/* The authority's x509 (the first) is for timestamps and nothing else (RFC
 * 3161, 2.3), leads to an anchor and is not revoked. */
static int
check_authority(const struct bytes *list, size_t n,
    const struct timestamp_request *req, struct err *e)
{
	struct bytes x509s[CHAIN_X509S_MAX];
	struct chain_request chain = {.x509s = x509s,
	    .anchors = req->anchors,
	    .nanchors = req->nanchors,
	    .at = req->at,
	    .crls = req->crls,
	    .ncrls = req->ncrls};
	struct chain_result result = {.trust = CHAIN_UNTRUSTED};
	const struct x509 *x;
	size_t i;
	int ours;

	if (x509_get(list[0], &x, e) != 0)
		return -1;
	ours = X509_get_extended_key_usage(x->handle) == XKU_TIMESTAMP;
	x509_free(x);
	for (i = 0; i < n && chain.nx509s < CHAIN_X509S_MAX; i++)
		x509s[chain.nx509s++] = list[i];
	for (i = 0; i < req->nhelpers && chain.nx509s < CHAIN_X509S_MAX; i++)
		x509s[chain.nx509s++] = req->helpers[i];
	return ours && chain_check(&chain, &result, e) == 0 &&
		       result.trust == CHAIN_TRUSTED
		   ? 0
		   : -1;
}

/* Append x as DER to all; 1 when it was done. */
static int
append(struct buf *all, X509 *x)
{
	int n = i2d_X509(x, NULL);
	unsigned char *p = n > 0 ? buf_extend(all, (size_t)n) : NULL;

	return p != NULL && i2d_X509(x, &p) == n;
}

/* check_authority for the signer that OpenSSL names, with what x509s the token
 * carries besides. */
static int
check_signer(PKCS7 *token, const struct timestamp_request *req, struct err *e)
{
	STACK_OF(X509) *helpers = load(req->helpers, req->nhelpers);
	STACK_OF(X509) *signers = PKCS7_get0_signers(token, helpers, 0);
	STACK_OF(X509) *more = token->d.sign->cert;
	struct bytes list[CHAIN_X509S_MAX];
	struct buf all = BUF_INIT;
	size_t n = 0;
	struct der d;
	int i, r = -1;

	if (sk_X509_num(signers) == 1 &&
	    append(&all, sk_X509_value(signers, 0))) {
		for (i = 0; i < sk_X509_num(more); i++)
			append(&all, sk_X509_value(more, i));
		der_init(&d, buf_bytes(&all));
		while (n < CHAIN_X509S_MAX &&
		       der_get_whole(&d, DER_SEQUENCE, &list[n]) == 0)
			n++;
		r = n > 0 ? check_authority(list, n, req, e) : -1;
	}
	buf_release(&all);
	sk_X509_free(signers);
	sk_X509_pop_free(helpers, X509_free);
	return r;
}

/* One signer, and a digest that is not broken. */
static int
is_strong(PKCS7 *token)
{
	STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(token);

	return sk_PKCS7_SIGNER_INFO_num(signers) == 1 &&
	       imprint_digest(
		   sk_PKCS7_SIGNER_INFO_value(signers, 0)->digest_alg) != NULL;
}

static int
check_other(const struct timestamp_request *req, int64_t *time, struct err *e)
{
	const unsigned char *p = req->token.p;
	PKCS7 *token = d2i_PKCS7(NULL, &p, (long)req->token.n);
	TS_TST_INFO *info = NULL;
	int good;

	if (token != NULL && p == req->token.p + req->token.n)
		info = PKCS7_to_TS_TST_INFO(token);
	good = info != NULL && is_strong(token) &&
	       check_info(info, req->message, time) == 0 &&
	       check_token(token, req) == 0 && check_signer(token, req, e) == 0;
	TS_TST_INFO_free(info);
	PKCS7_free(token);
	ERR_clear_error();
	return good ? 0 : invalid(e);
}

/* OpenSSL 3.0 cannot verify a token signed with SM2. */
static int
check_sm2(const struct gm_signed_data *data,
    const struct timestamp_request *req, int64_t *time, struct err *e)
{
	/* id-smime-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4 */
	static const uint8_t tst_info[] = {
	    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04};
	const unsigned char *p = data->content.p;
	TS_TST_INFO *info;
	int good;

	if (data->attributes.n == 0 || data->content.n == 0 ||
	    !bytes_equal(data->content_type,
		(struct bytes){tst_info, sizeof(tst_info)}) ||
	    gm_signed_data_verify_content(data, e) != 0 ||
	    check_authority(data->x509s, data->nx509s, req, e) != 0)
		return invalid(e);
	info = d2i_TS_TST_INFO(NULL, &p, (long)data->content.n);
	good = info != NULL && p == data->content.p + data->content.n &&
	       check_info(info, req->message, time) == 0;
	TS_TST_INFO_free(info);
	ERR_clear_error();
	return good ? 0 : invalid(e);
}

int
timestamp_check(
    const struct timestamp_request *req, int64_t *time, struct err *e)
{
	struct gm_signed_data data;

	if (req->token.n == 0 || req->token.n > TIMESTAMP_MAX)
		return invalid(e);
	if (gm_signed_data_parse(req->token, &data, e) == 0)
		return check_sm2(&data, req, time, e);
	return check_other(req, time, e);
}
