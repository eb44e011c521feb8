/*
 * ca_renew.h - new issuing CAs, signed by the roots whose keys were brought
 * back, a new seal maker, and new keys for codes and status lists.  The old CAs
 * stay in the vault for their lists of revoked x509s, the old maker's key goes;
 * keys for codes and lists stay in use until the authority table names the new
 * ones (action issuer_keys_use).  No service may run over DIR.
 */
#ifndef KEYS_CA_RENEW_H
#define KEYS_CA_RENEW_H

#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

struct ca_renew_request {
	const char *dir;
	struct bytes passphrase; /* of DIR/keys/vault */
	struct bytes roots;	 /* the file DIR/offline/roots */
	struct bytes roots_passphrase;
	int64_t now; /* UTC seconds */
};

/*
 * Write DIR/keys/vault anew, under the same passphrase, all at once.  Seals get
 * x509s of the new CAs when they are made or renewed.  ERR_STORAGE
 * "vault_unreadable"; ERR_INPUT "no_root_keys"; ERR_LIMIT "too_many_cas".
 */
int ca_renew(const struct ca_renew_request *req, struct err *e);

#endif
