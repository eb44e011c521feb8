/*
 * root_crl.h - the lists of revoked issuing CAs that the roots sign: made at
 * init and by `certsvc ca crl`, because the roots' keys are elsewhere; kept as
 * DIR/keys/root.crl and root-sm2.crl (DER, public).
 */
#ifndef KEYS_ROOT_CRL_H
#define KEYS_ROOT_CRL_H

#include <stdint.h>

#include <openssl/types.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/crl.h"

enum {
	ROOT_CRL_DAYS = 366,
	ROOT_CRL_MAX = 65536 /* bytes of a file that we read */
};

/* Name of the file under DIR/keys. */
const char *root_crl_file(enum sign_alg alg);

/* What a root vouches for; entries as in crl_make. */
struct root_crl_request {
	struct bytes root; /* DER of its x509 */
	EVP_PKEY *key;
	int64_t now; /* UTC seconds */
	const struct crl_entry *entries;
	size_t nentries;
};

/* Make a list and append its DER.  Errors as crl_make. */
int root_crl_make(
    const struct root_crl_request *req, struct buf *out, struct err *e);

/* Write it to DIR/keys. */
int root_crl_write(
    const char *dir, enum sign_alg alg, struct bytes der, struct err *e);

/*
 * Read it from DIR/keys and check it with the root's x509; out stays empty when
 * there is none.  ERR_STORAGE "root_crl_damaged".
 */
int root_crl_read(const char *dir, enum sign_alg alg, struct bytes root,
    struct buf *out, struct err *e);

/* 0 when der is a list that the root signed; ERR_INPUT as crl_get, crl_verify.
 * info, when not NULL, gets its numbers (its views are not set). */
int root_crl_check(
    struct bytes der, struct bytes root, struct crl_info *info, struct err *e);

#endif
