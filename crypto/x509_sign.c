/* x509_sign.c - see x509_private.h: names, and signing by OpenSSL. */
#include "crypto/x509_private.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/signature.h"
#include "crypto/sm2.h"
#include "crypto/x509.h"

int
x509_bad_subject(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_subject",
	    "密钥证书的名称不正确：每项须为 1 至 64 个字符。",
	    "The x509's subject is wrong: each part must have 1 to 64 "
	    "characters.");
}

int
x509_bad_key(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_key", "密钥与签名算法不符。",
	    "The key does not fit the signature algorithm.");
}

int
x509_key_new(enum sign_alg alg, EVP_PKEY **key, struct err *e)
{
	*key = alg == SIGN_SM2 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2")
			       : EVP_EC_gen(algorithm_find(alg)->curve);
	return *key != NULL ? 0 : err_internal(e, "key generation");
}

/* 1 also when there is nothing to add. */
static int
add_entry(X509_NAME *name, const char *field, const char *value)
{
	return value == NULL ||
	       X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
		   (const unsigned char *)value, -1, -1, 0) == 1;
}

X509_NAME *
x509_name_new(const struct x509_name *name)
{
	X509_NAME *out = X509_NAME_new();

	if (out != NULL && add_entry(out, "C", name->country) &&
	    add_entry(out, "O", name->organisation) &&
	    add_entry(out, "OU", name->unit) &&
	    add_entry(out, "CN", name->common_name) &&
	    X509_NAME_entry_count(out) > 0)
		return out;
	X509_NAME_free(out);
	return NULL;
}

EVP_MD_CTX *
x509_sign_context(EVP_PKEY *key)
{
	enum sign_alg alg = signature_alg(key);
	const struct algorithm *a = algorithm_find(alg);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = NULL;

	if (a != NULL && md != NULL &&
	    EVP_DigestSignInit(md, &ctx, digest_md(a->digest), NULL, key) ==
		1 &&
	    (alg != SIGN_SM2 || EVP_PKEY_CTX_set1_id(ctx, SM2_IDENTIFIER,
				    (int)sizeof(SM2_IDENTIFIER) - 1) == 1))
		return md;
	EVP_MD_CTX_free(md);
	return NULL;
}
