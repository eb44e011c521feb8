/* crl_list.h - a list of revoked x509s with one of them, or none.  Header only.
 */
#ifndef TESTS_SUPPORT_CRL_LIST_H
#define TESTS_SUPPORT_CRL_LIST_H

#include <stdlib.h>

#include "crypto/crl.h"
#include "crypto/x509_private.h"

/* By the CA (DER) with its key, good from..until; names the x509 (DER, or
 * empty) as compromised since when. */
struct crl_list {
	struct bytes ca;
	EVP_PKEY *key;
	int64_t from, until;
	struct bytes revoked;
	int64_t when;
};

static inline void
crl_list_make(const struct crl_list *list, struct buf *out)
{
	struct crl_entry entry = {
	    .revoked = list->when, .reason = CRL_KEY_COMPROMISE};
	struct crl_request req = {.issuer = list->ca,
	    .sign = x509_sign_key,
	    .sign_ctx = list->key,
	    .number = 1,
	    .this_update = list->from,
	    .next_update = list->until,
	    .entries = &entry,
	    .nentries = list->revoked.n > 0};
	struct err e = ERR_INIT;
	struct bytes issuer;

	if (list->revoked.n > 0 &&
	    x509_identity(list->revoked, &issuer, &entry.serial) != 0)
		abort();
	if (crl_make(&req, out, &e) != 0)
		abort();
}

#endif
