/* verify_chain.c - what the trust data says of an x509, for every format; see
 * verify_parts.h. */
#include "certsvc/verify_parts.h"

void
verify_revoked(
    int64_t revoked_at, int64_t claimed, const char *code, struct verdict *v)
{
	verdict_add(
	    v, claimed != 0 && claimed < revoked_at ? "time_not_proven" : code);
}

void
verify_revoked_since(const struct trust_signer *signer, int64_t claimed,
    const struct verify_options *opt, struct verdict *v)
{
	if (signer->revoked_since != 0 && opt->at >= signer->revoked_since)
		verify_revoked(
		    signer->revoked_since, claimed, "issuer_key_revoked", v);
}

void
verify_chain_ask(const struct verify_options *opt, struct chain_request *req)
{
	req->anchors = trust_anchors(opt->trust, &req->nanchors);
	req->crls = trust_crls(opt->trust, &req->ncrls);
	req->crl_issuers = trust_crl_issuers(opt->trust, &req->ncrl_issuers);
	req->at = opt->at;
}

void
verify_lists(const struct verify_options *opt, enum chain_revocation found,
    int64_t as_of, const struct trust_type *type, struct verdict *v)
{
	int64_t allowed = type != NULL ? type->status_max_age : 0;

	if (found == CHAIN_LISTS_MISSING)
		verdict_add(v, "revocation_unknown");
	else if (found == CHAIN_LISTS_STALE && opt->at - as_of > allowed)
		verdict_add(v, "status_stale");
}
