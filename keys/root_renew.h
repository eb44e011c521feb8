/*
 * root_renew.h - work for which the roots' keys are brought back: new lists of
 * revoked issuing CAs.  The roots' vault is read, never written.
 */
#ifndef KEYS_ROOT_RENEW_H
#define KEYS_ROOT_RENEW_H

#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/crl.h"

struct root_renew_request {
	const char *dir;	 /* DIR: what was revoked before is kept */
	struct bytes roots;	 /* the file DIR/offline/roots */
	struct bytes passphrase; /* of that file */
	struct bytes revoke;	 /* DER of an issuing CA's x509; or empty */
	enum crl_reason reason;
	int64_t now; /* UTC seconds */
};

/*
 * Sign the lists of both roots anew and write them to DIR/keys; lists gets
 * their DER (P-256, SM2).  ERR_STORAGE "vault_unreadable", "root_crl_damaged";
 * ERR_INPUT "no_root_keys"; "not_by_root" when no root of the file gave the
 * x509 to revoke.
 */
int root_renew(
    const struct root_renew_request *req, struct buf lists[2], struct err *e);

#endif
