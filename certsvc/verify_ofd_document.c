/* verify_ofd_document.c - signatures of other people's OFDs; see verify_ofd.h.
 * What this does not understand is never called valid. */
#include <stdio.h>
#include <string.h>

#include "certsvc/verify_ofd.h"
#include "certsvc/verify_parts.h"
#include "crypto/base/text.h"

/* A signature without a seal (Type="Sign"), GB/T 35275. */
static int
bare_check(struct ofd_job *job, size_t i, struct ofd_seal *seal,
    struct verdict_signature *out)
{
	struct ofd_signature *s = &job->list[i];
	struct gm_signed_data data;
	struct err e = ERR_INIT;
	struct bytes value;
	int whole;

	memset(seal, 0, sizeof(*seal));
	whole = ofd_signature_digests(job->file, s, &e) == 0;
	if (!whole)
		verify_add_error(job->v, &e);
	if (zip_file_content(job->file->zip, s->value, &value, &e) != 0 ||
	    ses_check_signed_data(
		value, s->bytes, &job->trust, &data, &seal->report, &e) != 0) {
		verify_add_error(job->v, &e);
		err_clear(&e);
		return -1;
	}
	err_clear(&e);
	verify_ofd_report(job, &seal->report, out);
	if (seal->report.step == SES_MALFORMED ||
	    seal->report.step >= SES_UNSUPPORTED_VERSION)
		return -1;
	if (!seal->report.intact)
		verdict_add(job->v, "modified");
	seal->intact = whole && seal->report.intact;
	out->integrity = seal->intact ? INTEGRITY_INTACT : INTEGRITY_BROKEN;
	snprintf(out->algorithm, sizeof(out->algorithm), "SM2/SM3");
	verify_ofd_signer(job, data.x509s[0], seal, out);
	return 0;
}

/* The seal's own name, as its maker wrote it. */
static void
seal_name(const struct ofd_seal *seal, struct verdict_signature *out)
{
	char name[SES_TEXT_MAX + 1];
	size_t n = seal->ses.seal.name.n;

	if (n > SES_TEXT_MAX)
		n = SES_TEXT_MAX;
	memcpy(name, seal->ses.seal.name.p, n);
	name[n] = '\0';
	text_copy(out->seal, sizeof(out->seal), name);
}

/* Passed only because the time it claims lies before an x509's end. */
static void
doubt_check(struct ofd_job *job, const struct ses_report *report)
{
	if (report->step == SES_GOOD && report->doubt != SES_GOOD &&
	    report->doubt != SES_SIGNER_EXPIRED)
		verdict_add(job->v, "time_not_proven");
	verify_lists(
	    job->opt, report->revocation, report->lists_as_of, NULL, job->v);
}

/* What the trust data says of a signer that it has as a seal's. */
static void
register_check(struct ofd_job *job, const struct ofd_seal *seal)
{
	if (seal->seal == NULL)
		return;
	if (seal->ses.seal.maker.n > 0)
		verify_ofd_maker(job, seal->sealed_by, seal->ses.seal.maker);
	verify_revoked_since(seal->signer, seal->report.time, job->opt, job->v);
}

static void
signature_check(struct ofd_job *job, size_t i)
{
	struct verdict_signature *out = &job->v->signatures[i];
	struct ofd_seal seal;
	int all = ofd_signature_covers(job->file, job->list, i);

	memset(out, 0, sizeof(*out));
	out->coverage = all ? COVERAGE_WHOLE_FILE : COVERAGE_PARTIAL;
	out->changes =
	    i + 1 == job->file->nsignatures ? CHANGES_NONE : CHANGES_PERMITTED;
	if (!all)
		verdict_add(job->v, "not_covered");
	switch (job->file->signatures[i].kind) {
	case OFD_SEAL:
		if (verify_ofd_seal(job, i, &seal, out) != 0)
			return;
		seal_name(&seal, out);
		break;
	case OFD_SIGN:
		if (bare_check(job, i, &seal, out) != 0)
			return;
		break;
	case OFD_OTHER:
	default:
		verdict_add(job->v, "unsupported_version");
		return;
	}
	doubt_check(job, &seal.report);
	register_check(job, &seal);
}

void
verify_ofd_document(struct ofd_job *job)
{
	size_t i;

	for (i = 0; i < job->file->nsignatures; i++) {
		job->v->nsignatures = i + 1;
		signature_check(job, i);
	}
}
