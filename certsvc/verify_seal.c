/* verify_seal.c - a seal object by itself (GB/T 38540, 6.3), as an office hands
 * it over: who made it, whether it is intact, and whether it is in force. */
#include <stdio.h>
#include <string.h>

#include "certsvc/verify_ofd.h"
#include "certsvc/verify_parts.h"
#include "crypto/digest.h"
#include "crypto/base/text.h"

/* The register's word on the x509s that the seal names: the issuer that one of
 * them belongs to, or NULL. */
static const struct trust_issuer *
issuer_find(struct ofd_job *job, const struct ses_seal *seal)
{
	const struct trust_issuer *issuer = NULL, *found = NULL;
	const struct trust_seal *entry;
	const struct trust_signer *signer;
	uint8_t digest[DIGEST_SIZE];
	struct bytes x509;
	size_t i;

	for (i = 0; ses_seal_signer(seal, i, &x509) == 0; i++) {
		if (digest_sha256(x509, digest) != 0)
			continue;
		entry = trust_seal_find(job->opt->trust, digest, &issuer);
		if (entry == NULL)
			continue;
		found = issuer;
		signer = trust_signer_find(entry, digest);
		if (signer != NULL)
			verify_revoked_since(signer, 0, job->opt, job->v);
	}
	return found;
}

/*
 * A seal of a registered issuer is made by one of that issuer's makers.  Of one
 * that names digests (SM3) nobody can tell whether it is: the register knows
 * its signers by another digest.
 */
static void
register_check(struct ofd_job *job, const struct ses_seal *seal)
{
	const struct trust_issuer *issuer = NULL;
	uint8_t maker[DIGEST_SIZE];

	if (seal->list == SES_LIST_X509S)
		issuer = issuer_find(job, seal);
	else if (digest_sha256(seal->maker, maker) != 0 ||
		 trust_maker_find(job->opt->trust, maker) == NULL)
		verdict_add(job->v, "unknown_issuer");
	if (issuer != NULL)
		verify_ofd_maker(job, issuer, seal->maker);
	else if (job->opt->profile == PROFILE_LICENCE)
		verdict_add(job->v, "unknown_issuer");
}

static void
describe(struct ofd_job *job, const struct ses_seal *seal,
    const struct ses_report *report, struct verdict_signature *out)
{
	struct ofd_seal maker = {.intact = report->intact};
	char name[SES_TEXT_MAX + 1];

	out->integrity = report->intact ? INTEGRITY_INTACT : INTEGRITY_BROKEN;
	out->coverage = COVERAGE_WHOLE_FILE;
	out->changes = CHANGES_NONE;
	snprintf(out->algorithm, sizeof(out->algorithm), "%s",
	    seal->alg == SIGN_SM2     ? "SM2/SM3"
	    : seal->alg == SIGN_ES256 ? "ES256"
				      : "");
	memcpy(name, seal->name.p, seal->name.n);
	name[seal->name.n] = '\0';
	text_copy(out->seal, sizeof(out->seal), name);
	verify_ofd_signer(job, seal->maker, &maker, out);
	out->claimed_time = seal->created;
	out->proven_time = 0;
}

void
verify_seal(
    struct bytes file, const struct verify_options *opt, struct verdict *v)
{
	struct ofd_job job = {.opt = opt, .v = v};
	struct ses_report report;
	struct err e = ERR_INIT;
	struct ses_seal seal;

	snprintf(v->format, sizeof(v->format), "seal");
	verify_ofd_trust(&job);
	if (ses_check_seal(file, &job.trust, &seal, &report, &e) != 0) {
		verify_add_error(v, &e);
	} else if (report.step == SES_SEAL_MALFORMED) {
		/* Any bytes that are nothing else come here. */
		v->format[0] = '\0';
		verdict_add(v, "malformed");
	} else if (report.step == SES_UNSUPPORTED_VERSION) {
		verdict_add(v, ses_step_code(report.step));
	} else {
		v->nsignatures = 1;
		memset(&v->signatures[0], 0, sizeof(v->signatures[0]));
		verify_ofd_report(&job, &report, &v->signatures[0]);
		describe(&job, &seal, &report, &v->signatures[0]);
		if (opt->trust != NULL && report.intact)
			register_check(&job, &seal);
		verify_lists(
		    opt, report.revocation, report.lists_as_of, NULL, v);
	}
	err_clear(&e);
}
