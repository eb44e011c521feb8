/* pki.h - a root, an issuing CA and a signer, made at run time for tests. */
#ifndef TESTS_SUPPORT_PKI_H
#define TESTS_SUPPORT_PKI_H

#include <stdlib.h>

#include "crypto/x509.h"
#include "tests/support/p256.h"

enum {
	PKI_FROM = 1767225600, /* 2026-01-01T00:00:00Z */
	PKI_UNTIL = 2082758400 /* 2036-01-01T00:00:00Z */
};

struct pki {
	EVP_PKEY *root_key, *issuing_key, *signer_key;
	struct buf root, issuing, signer; /* DER */
};

/* Make one x509, or abort: a test cannot go on without it. */
static inline void
pki_make(struct x509_request *req, const char *name, struct buf *out)
{
	struct err e = ERR_INIT;

	req->country = "CN";
	req->organisation = "青禾市";
	req->unit = "演示";
	req->common_name = name;
	if (req->not_after == 0) {
		req->not_before = PKI_FROM;
		req->not_after = PKI_UNTIL;
	}
	if (x509_make(req, out, &e) != 0)
		abort();
}

static inline EVP_PKEY *
pki_key(enum sign_alg alg)
{
	struct err e = ERR_INIT;
	EVP_PKEY *key;

	if (x509_key_new(alg, &key, &e) != 0)
		abort();
	return key;
}

/* All three of one algorithm. */
static inline void
pki_init_alg(struct pki *pki, enum sign_alg alg)
{
	struct x509_request root = {.role = X509_ROOT},
			    issuing = {.role = X509_ISSUING},
			    signer = {.role = X509_SIGNER};

	*pki = (struct pki){
	    .root_key = pki_key(alg),
	    .issuing_key = pki_key(alg),
	    .signer_key = pki_key(alg),
	};
	root.key = root.issuer_key = pki->root_key;
	pki_make(&root, "演示根", &pki->root);
	issuing.key = pki->issuing_key;
	issuing.issuer_key = pki->root_key;
	issuing.issuer = buf_bytes(&pki->root);
	pki_make(&issuing, "演示签发机构", &pki->issuing);
	signer.key = pki->signer_key;
	signer.issuer_key = pki->issuing_key;
	signer.issuer = buf_bytes(&pki->issuing);
	pki_make(&signer, "青禾市市场监督管理局", &pki->signer);
}

static inline void
pki_init(struct pki *pki)
{
	pki_init_alg(pki, SIGN_ES256);
}

static inline void
pki_release(struct pki *pki)
{
	EVP_PKEY_free(pki->root_key);
	EVP_PKEY_free(pki->issuing_key);
	EVP_PKEY_free(pki->signer_key);
	buf_release(&pki->root);
	buf_release(&pki->issuing);
	buf_release(&pki->signer);
}

#endif
