/* x509_private.h - shared by x509_make.c, x509_request.c and crl_make.c. */
#ifndef CRYPTO_X509_PRIVATE_H
#define CRYPTO_X509_PRIVATE_H

#include <openssl/types.h>

#include "crypto/base/err.h"
#include "crypto/x509_request.h"

/* The name, with C, O, OU, CN in this order; NULL when a part does not fit or
 * nothing is in it.  The caller frees it. */
X509_NAME *x509_name_new(const struct x509_name *name);

int x509_bad_subject(struct err *e);
int x509_bad_key(struct err *e);

/* A context ready for X509_sign_ctx and its kin, with the key's own digest
 * and, for SM2, its identifier; NULL when the key is of another kind.  The
 * caller frees it with EVP_MD_CTX_free. */
EVP_MD_CTX *x509_sign_context(EVP_PKEY *key);

#endif
