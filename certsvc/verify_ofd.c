/* verify_ofd.c - an OFD: ours (profile licence) or any (profile document); see
 * verify_parts.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/verify_ofd.h"
#include "certsvc/verify_parts.h"
#include "crypto/digest.h"
#include "crypto/x509.h"
#include "crypto/base/text.h"

static const char attachment[] = "certificate.xml";

/* Seal.esl, when there is one, is the seal inside the signature. */
static int
object_matches(struct ofd_job *job, const struct ofd_signature *s,
    const struct ses_signature *ses)
{
	struct err e = ERR_INIT;
	struct bytes object;
	int same = 1;

	if (s->seal != NULL)
		same = zip_file_content(job->file->zip, s->seal, &object, &e) ==
			   0 &&
		       bytes_equal(object, ses->seal.der);
	err_clear(&e);
	return same;
}

/* Mathematics that fails behind a step that was named first. */
static void
broken_name(struct ofd_job *job, const struct ses_signature *ses)
{
	struct err e = ERR_INIT;

	if (ses_seal_verify(&ses->seal, &e) != 0)
		verdict_add(job->v, "seal_bad_signature");
	else if (ses_signature_verify(ses, &e) != 0)
		verdict_add(job->v, "ses_bad_signature");
	else
		verdict_add(job->v, "modified");
	err_clear(&e);
}

static enum trust_state
state_of(enum ses_step step)
{
	if (step == SES_MAKER_UNTRUSTED || step == SES_SIGNER_UNTRUSTED)
		return TRUST_UNTRUSTED;
	if (step == SES_MAKER_EXPIRED || step == SES_SIGNER_EXPIRED)
		return TRUST_EXPIRED;
	if (step == SES_MAKER_REVOKED || step == SES_SIGNER_REVOKED)
		return TRUST_REVOKED;
	return step == SES_GOOD ? TRUST_TRUSTED : TRUST_UNKNOWN;
}

void
verify_ofd_report(struct ofd_job *job, const struct ses_report *report,
    struct verdict_signature *out)
{
	out->claimed_time = report->time_proven ? 0 : report->time;
	out->proven_time = report->time_proven ? report->time : 0;
	out->trust =
	    state_of(report->step != SES_GOOD ? report->step : report->doubt);
	if (job->opt->trust == NULL) {
		/* Nobody was asked. */
		out->trust = TRUST_UNKNOWN;
		verdict_add(job->v, "unknown_issuer");
		if (report->step == SES_MAKER_UNTRUSTED ||
		    report->step == SES_SIGNER_UNTRUSTED)
			return;
	}
	if (report->step != SES_GOOD)
		verdict_add(job->v, ses_step_code(report->step));
	else if (report->doubt == SES_SIGNER_EXPIRED)
		verdict_add(job->v, "signer_expired");
}

/* The steps after which no view of the signature can be used. */
static int
is_unread(enum ses_step step)
{
	return step == SES_MALFORMED || step == SES_SEAL_MALFORMED ||
	       step == SES_UNSUPPORTED_VERSION;
}

void
verify_ofd_signer(struct ofd_job *job, struct bytes x509, struct ofd_seal *seal,
    struct verdict_signature *out)
{
	static const char demo[] = "OU=演示";
	const struct trust *trust = job->opt->trust;
	const struct x509 *x = NULL;
	struct err e = ERR_INIT;

	if (x509_get(x509, &x, &e) != 0) {
		err_clear(&e);
		return;
	}
	text_copy(out->signer, sizeof(out->signer), x->text);
	if (trust != NULL) {
		seal->seal =
		    trust_seal_find(trust, x->digest, &seal->sealed_by);
		if (seal->seal != NULL)
			seal->signer = trust_signer_find(seal->seal, x->digest);
		if (strstr(x->text, demo) != NULL && !trust_is_demo(trust))
			verdict_add(job->v, "demo_not_accepted");
	}
	x509_free(x);
}

int
verify_ofd_seal(struct ofd_job *job, size_t i, struct ofd_seal *seal,
    struct verdict_signature *out)
{
	struct ofd_signature *s = &job->list[i];
	struct zip_file *zip = job->file->zip;
	struct err e = ERR_INIT;
	struct bytes value;
	int whole, same;

	memset(seal, 0, sizeof(*seal));
	whole = ofd_signature_digests(job->file, s, &e) == 0;
	if (!whole)
		verify_add_error(job->v, &e);
	if (zip_file_content(zip, s->value, &value, &e) != 0 ||
	    ses_check_signature(value, s->bytes, &job->trust, &seal->ses,
		&seal->report, &e) != 0) {
		verify_add_error(job->v, &e);
		err_clear(&e);
		return -1;
	}
	err_clear(&e);
	verify_ofd_report(job, &seal->report, out);
	if (is_unread(seal->report.step))
		return -1;
	same = object_matches(job, s, &seal->ses);
	if (!same)
		verdict_add(job->v, "seal_mismatch");
	if (!seal->report.intact)
		broken_name(job, &seal->ses);
	seal->intact = whole && same && seal->report.intact;
	out->integrity = seal->intact ? INTEGRITY_INTACT : INTEGRITY_BROKEN;
	snprintf(out->algorithm, sizeof(out->algorithm), "%s",
	    seal->ses.alg == SIGN_SM2 ? "SM2/SM3" : "ES256");
	verify_ofd_signer(job, seal->ses.x509, seal, out);
	return 0;
}

/* One of ours?  It carries our record, or our kind of seal. */
static int
is_licence(struct ofd_job *job)
{
	struct ses_signature ses;
	struct err e = ERR_INIT;
	int ours = job->has_record;
	struct bytes value;
	size_t i;

	for (i = 0; !ours && i < job->file->nsignatures; i++)
		ours = zip_file_content(job->file->zip, job->list[i].value,
			   &value, &e) == 0 &&
		       ses_signature_parse(value, &ses, &e) == 0 &&
		       (ses.face_digest.n > 0 || ses.face_sm3.n > 0 ||
			   ses.package_digest.n > 0);
	err_clear(&e);
	return ours;
}

void
verify_ofd_maker(
    struct ofd_job *job, const struct trust_issuer *issuer, struct bytes maker)
{
	uint8_t digest[DIGEST_SIZE];

	if (digest_sha256(maker, digest) != 0 ||
	    !trust_maker_known(issuer, digest))
		verdict_add(job->v, "seal_maker_untrusted");
}

void
verify_ofd_trust(struct ofd_job *job)
{
	const struct trust *trust = job->opt->trust;
	struct ses_trust *to = &job->trust;

	to->at = job->opt->at;
	if (trust == NULL)
		return;
	to->anchors = trust_anchors(trust, &to->nanchors);
	to->helpers = trust_x509s(trust, &to->nhelpers);
	to->crls = trust_crls(trust, &to->ncrls);
	to->crl_issuers = trust_crl_issuers(trust, &to->ncrl_issuers);
}

static int
job_open(struct ofd_job *job, struct bytes file, struct err *e)
{
	size_t i, n;
	int rc;

	if ((rc = ofd_file_open(file, &job->file, e)) != 0)
		return rc;
	n = job->file->nsignatures;
	if (n > VERDICT_SIGNATURES_MAX)
		return err_set(e, ERR_LIMIT, "too_large", "签名数超限",
		    "too many signatures");
	job->list = calloc(n + 1, sizeof(*job->list));
	if (job->list == NULL)
		return err_nomem(e);
	for (i = 0; i < n; i++)
		if ((rc = ofd_signature_read(job->file, i, &job->list[i], e)) !=
		    0)
			return rc;
	rc = ofd_file_attachment(job->file, attachment, &job->record, e);
	job->has_record = rc == 0;
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

static void
job_release(struct ofd_job *job)
{
	size_t i;

	for (i = 0; job->list != NULL && i < job->file->nsignatures; i++)
		ofd_signature_release(&job->list[i]);
	free(job->list);
	ofd_file_free(job->file);
}

void
verify_ofd(
    struct bytes file, const struct verify_options *opt, struct verdict *v)
{
	struct ofd_job job = {.opt = opt, .v = v};
	struct err e = ERR_INIT;

	snprintf(v->format, sizeof(v->format), "ofd");
	if (job_open(&job, file, &e) != 0) {
		verify_add_error(v, &e);
	} else if (job.file->nsignatures == 0) {
		verdict_add(v, "no_signature");
	} else {
		verify_ofd_trust(&job);
		/* Ours is judged by our rules whatever was asked. */
		if (opt->profile == PROFILE_LICENCE || is_licence(&job))
			verify_ofd_licence(&job);
		else
			verify_ofd_document(&job);
	}
	err_clear(&e);
	job_release(&job);
}
