/* x509_make.c - see x509.h: the x509s that our own CAs give. */
#include "crypto/x509.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "crypto/signature.h"
#include "crypto/x509_private.h"

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

static const struct extension maker_extensions[] = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,digitalSignature"},
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
    [X509_MAKER] = {maker_extensions, 4},
};

static int
set_subject(X509 *x, const struct x509_request *req)
{
	struct x509_name parts = {
	    .country = req->country,
	    .organisation = req->organisation,
	    .unit = req->unit,
	    .common_name = req->common_name,
	};
	X509_NAME *name = x509_name_new(&parts);
	int done = name != NULL && X509_set_subject_name(x, name) == 1;

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
sign_x509(X509 *x, EVP_PKEY *key)
{
	EVP_MD_CTX *md = x509_sign_context(key);
	int done = md != NULL && X509_sign_ctx(x, md) > 0;

	EVP_MD_CTX_free(md);
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
	       sign_x509(x, req->issuer_key);
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

/* The signing key is of a kind we know, and the issuer's. */
static int
key_fits(const struct x509 *issuer, const struct x509_request *req)
{
	const EVP_PKEY *own =
	    issuer != NULL ? X509_get0_pubkey(issuer->handle) : req->key;

	return signature_alg(req->issuer_key) != 0 && own != NULL &&
	       EVP_PKEY_eq(own, req->issuer_key) == 1;
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
	else if (!key_fits(issuer, req))
		r = x509_bad_key(e);
	else if (!set_subject(x, req))
		r = x509_bad_subject(e);
	else if (!fill(x, issuer != NULL ? issuer->handle : x, req))
		r = err_internal(e, "X509_sign");
	else
		r = append_der(x, out, e);
	ERR_clear_error();
	X509_free(x);
	x509_free(issuer);
	return r;
}
