/* chain_crl.c - see chain.h: what the lists of revoked x509s say of a path. */
#include <string.h>

#include "crypto/chain_private.h"
#include "crypto/crl.h"
#include "crypto/digest.h"

/* The newest list of each issuer on the path, for the x509 below it. */
struct lists {
	const struct crl *of[CHAIN_PATH_MAX];
};

/* 1 when the list says more than the other one, or there is no other. */
static int
is_newer(const struct crl_info *info, const struct crl *other)
{
	struct crl_info old;

	if (other == NULL)
		return 1;
	crl_about(other, &old);
	return crl_is_newer(info, &old);
}

/* Keep the list wherever it fits and is the newest. */
static void
take(struct lists *lists, const struct chain_path *path, struct bytes der)
{
	const struct crl *crl, *old;
	struct err e = ERR_INIT;
	struct crl_info info;
	size_t i;

	if (crl_get(der, &crl, &e) != 0) {
		err_clear(&e);
		return;
	}
	crl_about(crl, &info);
	for (i = 0; i + 1 < path->n; i++) {
		old = lists->of[i];
		if (!bytes_equal(info.issuer, path->x509s[i]->issuer) ||
		    !is_newer(&info, old) ||
		    crl_verify(crl, path->x509s[i + 1], &e) != 0)
			continue;
		crl_free(old);
		crl_share(crl);
		lists->of[i] = crl;
	}
	err_clear(&e);
	crl_free(crl);
}

/* What one list says of the x509 below its issuer. */
static void
judge(const struct crl *crl, const struct x509 *x, int64_t fresh_at,
    struct chain_result *result)
{
	enum chain_revocation found = CHAIN_LISTS_FRESH;
	struct crl_info info;
	enum crl_reason reason;
	int64_t revoked;

	crl_about(crl, &info);
	if (info.next_update < fresh_at)
		found = CHAIN_LISTS_STALE;
	if (found > result->revocation ||
	    (found == result->revocation &&
		info.this_update < result->lists_as_of))
		result->lists_as_of = info.this_update;
	if (found > result->revocation)
		result->revocation = found;
	if (!crl_find(crl, x->serial, &revoked, &reason))
		return;
	if (result->trust != CHAIN_REVOKED || revoked < result->revoked_at)
		result->revoked_at = revoked;
	result->trust = CHAIN_REVOKED;
}

/* Should there be a list of the issuer that covers the x509? */
static int
is_expected(const struct x509 *x, const struct x509 *issuer,
    const struct chain_request *req)
{
	return x->promises || digest_among(req->crl_issuers, req->ncrl_issuers,
				  issuer->digest);
}

void
chain_revocation(const struct chain_path *path, const struct chain_request *req,
    struct chain_result *result)
{
	int64_t fresh_at = req->fresh_at != 0 ? req->fresh_at : req->at;
	struct lists lists = {.of = {NULL}};
	size_t i;
	int missing = 0;

	for (i = 0; i < req->ncrls; i++)
		take(&lists, path, req->crls[i]);
	for (i = 0; i + 1 < path->n; i++) {
		if (lists.of[i] != NULL)
			judge(lists.of[i], path->x509s[i], fresh_at, result);
		else if (is_expected(path->x509s[i], path->x509s[i + 1], req))
			missing = 1;
		crl_free(lists.of[i]);
	}
	if (missing)
		result->revocation = CHAIN_LISTS_MISSING;
}
