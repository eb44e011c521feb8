/* x509_make.c - see x509.h: the x509s that init makes. */
#include "crypto/x509.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string.h>

enum {
	SERIAL_SIZE = 16, /* random bytes */
	X509_VERSION3 = 2
};

/* An extension of a role, in OpenSSL's configuration words. */
struct extension {
	int nid;
	const char *value;
};

static const struct extension root_extensions[] = {
    {NID_basic_constraints, "critical,CA:TRUE"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"},
};
static const struct extension issuing_extensions[] = {
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};
static const struct extension signer_extensions[] = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature,nonRepudiation"},
    {NID_subject_key_identifier, "hash"},
    {NID_authority_key_identifier, "keyid:always"},
};

/* The extensions of each role, by its number. */
static const struct {
	const struct extension *list;
	size_t n;
} roles[] = {
    [X509_ROOT] = {root_extensions, 3},
    [X509_ISSUING] = {issuing_extensions, 4},
    [X509_SIGNER] = {signer_extensions, 4},
};

/* 1 also when there is nothing to add. */
static int
add_entry(X509_NAME *name, const char *field, const char *value)
{
	return value == NULL ||
	       X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
		   (const unsigned char *)value, -1, -1, 0) == 1;
}

static int
set_subject(X509 *x, const struct x509_request *req)
{
	X509_NAME *name = X509_NAME_new();
	int done;

	done = name != NULL && add_entry(name, "C", req->country) &&
	       add_entry(name, "O", req->organisation) &&
	       add_entry(name, "OU", req->unit) &&
	       add_entry(name, "CN", req->common_name) &&
	       X509_NAME_entry_count(name) > 0 &&
	       X509_set_subject_name(x, name) == 1;
	X509_NAME_free(name);
	return done;
}

static int
set_serial(X509 *x)
{
	uint8_t random[SERIAL_SIZE];
	BIGNUM *n;
	int done;

	if (RAND_bytes(random, sizeof(random)) != 1)
		return 0;
	/* Positive and of full length. */
	random[0] = (uint8_t)((random[0] & 0x7f) | 0x40);
	n = BN_bin2bn(random, sizeof(random), NULL);
	done = n != NULL &&
	       BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
	BN_free(n);
	return done;
}

static int
add_extensions(X509 *x, X509 *issuer, enum x509_role role)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;
	size_t i;
	int done = 1;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	for (i = 0; i < roles[role].n && done; i++) {
		ext = X509V3_EXT_conf_nid(NULL, &ctx, roles[role].list[i].nid,
		    roles[role].list[i].value);
		done = ext != NULL && X509_add_ext(x, ext, -1) == 1;
		X509_EXTENSION_free(ext);
	}
	return done;
}

static int
fill(X509 *x, X509 *issuer, const struct x509_request *req)
{
	return X509_set_version(x, X509_VERSION3) == 1 && set_serial(x) &&
	       X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1 &&
	       ASN1_TIME_set(X509_getm_notBefore(x), req->not_before) != NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(x), req->not_after) != NULL &&
	       X509_set_pubkey(x, req->key) == 1 &&
	       add_extensions(x, issuer, req->role) &&
	       X509_sign(x, req->issuer_key, EVP_sha256()) > 0;
}

static int
append_der(X509 *x, struct buf *out, struct err *e)
{
	int n = i2d_X509(x, NULL);
	unsigned char *p;

	if (n <= 0)
		return err_internal(e, "i2d_X509");
	p = buf_extend(out, (size_t)n);
	if (p == NULL)
		return err_nomem(e);
	i2d_X509(x, &p);
	return 0;
}

int
x509_make(const struct x509_request *req, struct buf *out, struct err *e)
{
	const struct x509 *issuer = NULL;
	X509 *x;
	int r = 0;

	if (req->role != X509_ROOT)
		r = x509_get(req->issuer, &issuer, e);
	if (r != 0)
		return r;
	x = X509_new();
	if (x == NULL)
		r = err_nomem(e);
	else if (!set_subject(x, req))
		r = err_set(e, ERR_INPUT, "bad_subject",
		    "密钥证书的名称不正确：每项须为 1 至 64 个字符。",
		    "The x509's subject is wrong: each part must have 1 to 64 "
		    "characters.");
	else if (!fill(x, issuer != NULL ? issuer->handle : x, req))
		r = err_internal(e, "X509_sign");
	else
		r = append_der(x, out, e);
	ERR_clear_error();
	X509_free(x);
	x509_free(issuer);
	return r;
}
