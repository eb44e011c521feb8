/* ses_check.c - see ses_check.h. */
#include "crypto/ses_check.h"

#include <string.h>

#include "crypto/algorithm.h"
#include "crypto/digest.h"
#include "crypto/timestamp.h"
#include "crypto/x509.h"

enum {
	CLOCK_SKEW = 300 /* seconds that a signer's clock may be ahead */
};

static const char *const codes[SES_STEPS] = {
    [SES_GOOD] = "",
    [SES_SEAL_MALFORMED] = "seal_malformed",
    [SES_SEAL_BAD_SIGNATURE] = "seal_bad_signature",
    [SES_MAKER_UNTRUSTED] = "seal_maker_untrusted",
    [SES_MAKER_EXPIRED] = "seal_maker_expired",
    [SES_MAKER_REVOKED] = "seal_maker_revoked",
    [SES_SEAL_EXPIRED] = "seal_expired",
    [SES_SEAL_NOT_YET_VALID] = "seal_not_yet_valid",
    [SES_MALFORMED] = "ses_malformed",
    [SES_BAD_SIGNATURE] = "ses_bad_signature",
    [SES_SIGNER_UNTRUSTED] = "signer_untrusted",
    [SES_SIGNER_EXPIRED] = "signer_expired",
    [SES_SIGNER_REVOKED] = "signer_revoked",
    [SES_SIGNING_TIME_OUTSIDE] = "signing_time_outside",
    [SES_MODIFIED] = "modified",
    [SES_SIGNER_NOT_IN_SEAL] = "signer_not_in_seal",
    [SES_TIMESTAMP_INVALID] = "timestamp_invalid",
    [SES_UNSUPPORTED_VERSION] = "unsupported_version",
    [SES_UNSUPPORTED_ALGORITHM] = "unsupported_algorithm",
};

const char *
ses_step_code(enum ses_step step)
{
	return step < SES_STEPS ? codes[step] : "";
}

/* How the failures of an x509 are named. */
struct names {
	enum ses_step untrusted, expired, revoked;
};

static const struct names maker_names = {
    SES_MAKER_UNTRUSTED, SES_MAKER_EXPIRED, SES_MAKER_REVOKED};
static const struct names signer_names = {
    SES_SIGNER_UNTRUSTED, SES_SIGNER_EXPIRED, SES_SIGNER_REVOKED};

/* The step that a parser's or verifier's code stands for; the class when the
 * check itself could not be made. */
static int
step_of(int r, const struct err *e, enum ses_step *step)
{
	size_t i;

	if (r == 0 || r != ERR_INPUT)
		return r;
	*step = SES_MALFORMED;
	for (i = 1; i < SES_STEPS; i++)
		if (strcmp(codes[i], e->code) == 0)
			*step = (enum ses_step)i;
	return 0;
}

static int
holds(const struct bytes *list, size_t n, struct bytes x509)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (bytes_equal(list[i], x509))
			return 1;
	return 0;
}

/*
 * The x509 and those helpers that may have issued it or its issuers, found by
 * name: a trust may have more helpers than a chain may have x509s.
 */
static size_t
gather(struct bytes x509, const struct ses_trust *trust,
    struct bytes list[CHAIN_X509S_MAX])
{
	const struct x509 *child, *helper;
	struct err e = ERR_INIT;
	size_t i, j, n = 1;

	list[0] = x509;
	for (i = 0; i < n; i++) {
		if (x509_get(list[i], &child, &e) != 0)
			continue;
		for (j = 0; j < trust->nhelpers && n < CHAIN_X509S_MAX; j++) {
			if (x509_get(trust->helpers[j], &helper, &e) != 0)
				continue;
			if (bytes_equal(helper->subject, child->issuer) &&
			    !holds(list, n, helper->der))
				list[n++] = trust->helpers[j];
			x509_free(helper);
		}
		x509_free(child);
	}
	err_clear(&e);
	return n;
}

static int
ask_chain(struct bytes x509, const struct ses_trust *trust, int64_t at,
    struct chain_result *result, struct err *e)
{
	struct bytes x509s[CHAIN_X509S_MAX];
	struct chain_request req = {.x509s = x509s,
	    .anchors = trust->anchors,
	    .nanchors = trust->nanchors,
	    .at = at,
	    .crls = trust->crls,
	    .ncrls = trust->ncrls,
	    .crl_issuers = trust->crl_issuers,
	    .ncrl_issuers = trust->ncrl_issuers,
	    .fresh_at = trust->at};
	int r;

	req.nx509s = gather(x509, trust, x509s);
	r = chain_check(&req, result, e);
	if (r != ERR_INPUT)
		return r;
	/* An x509 that cannot be read leads nowhere. */
	result->trust = CHAIN_UNTRUSTED;
	result->revocation = CHAIN_LISTS_NONE;
	result->lists_as_of = 0;
	return 0;
}

static void
note_lists(struct ses_report *report, const struct chain_result *result)
{
	if (result->revocation > report->revocation ||
	    (result->revocation == report->revocation &&
		result->lists_as_of < report->lists_as_of))
		report->lists_as_of = result->lists_as_of;
	if (result->revocation > report->revocation)
		report->revocation = result->revocation;
}

/* Something that only a proven time would settle. */
static void
doubt(struct ses_report *report, enum ses_step what)
{
	if (!report->time_proven && report->doubt == SES_GOOD)
		report->doubt = what;
}

/*
 * The x509 used at report->time, seen from trust->at (7.3 c and d): no path or
 * a wrong key usage is final; expired since, or revoked after, is not.
 */
static int
judge(struct bytes x509, const struct ses_trust *trust,
    const struct names *names, struct ses_report *report, struct err *e)
{
	struct chain_result result;
	int r, over = 0;

	r = ask_chain(x509, trust, trust->at, &result, e);
	if (r == 0 && result.trust == CHAIN_EXPIRED &&
	    report->time < trust->at) {
		over = 1;
		r = ask_chain(x509, trust, report->time, &result, e);
	}
	if (r != 0)
		return r;
	note_lists(report, &result);
	switch (result.trust) {
	case CHAIN_TRUSTED:
		if (over)
			doubt(report, names->expired);
		break;
	case CHAIN_EXPIRED:
	case CHAIN_NOT_YET_VALID:
		report->step = names->expired;
		break;
	case CHAIN_REVOKED:
		if (result.revoked_at <= report->time)
			report->step = names->revoked;
		else
			doubt(report, names->revoked);
		break;
	case CHAIN_UNTRUSTED:
	default:
		report->step = names->untrusted;
	}
	return 0;
}

/*
 * The signing time inside the x509's validity, and not ahead of us (d2).  A
 * chain that was not good at that time is named by this when it is the reason.
 */
static int
judge_time(struct bytes x509, const struct ses_trust *trust,
    struct ses_report *report, struct err *e)
{
	const struct x509 *x;
	int r;

	if (report->step != SES_GOOD && report->step != SES_SIGNER_EXPIRED)
		return 0;
	r = x509_get(x509, &x, e);
	if (r != 0)
		return r;
	if (report->time < x->not_before || report->time > x->not_after ||
	    report->time > trust->at + CLOCK_SKEW)
		report->step = SES_SIGNING_TIME_OUTSIDE;
	x509_free(x);
	return 0;
}

static void
judge_period(const struct ses_seal *seal, struct ses_report *report)
{
	if (report->time < seal->from)
		report->step = SES_SEAL_NOT_YET_VALID;
	else if (report->time > seal->until)
		report->step = SES_SEAL_EXPIRED;
}

/* Look at a timestamp; a good one proves the time. */
static int
read_timestamp(struct bytes token, struct bytes value,
    const struct ses_trust *trust, int64_t *time, struct err *e)
{
	struct timestamp_request req = {.token = token,
	    .message = value,
	    .anchors = trust->anchors,
	    .nanchors = trust->nanchors,
	    .helpers = trust->helpers,
	    .nhelpers = trust->nhelpers,
	    .crls = trust->crls,
	    .ncrls = trust->ncrls,
	    .at = trust->at};

	return timestamp_check(&req, time, e);
}

/* What stands in a seal besides its period: signature and maker. */
static int
judge_seal(const struct ses_seal *seal, const struct ses_trust *trust,
    struct ses_report *report, struct err *e)
{
	int64_t stamped;
	int r;

	r = step_of(ses_seal_verify(seal, e), e, &report->step);
	if (r != 0 || report->step != SES_GOOD)
		return r;
	r = judge(seal->maker, trust, &maker_names, report, e);
	if (r != 0 || report->step != SES_GOOD || seal->timestamp.n == 0)
		return r;
	r = read_timestamp(seal->timestamp, seal->value, trust, &stamped, e);
	return step_of(r, e, &report->step);
}

static void
report_init(struct ses_report *report, const struct ses_trust *trust)
{
	memset(report, 0, sizeof(*report));
	report->time = trust->at;
}

int
ses_check_seal(struct bytes der, const struct ses_trust *trust,
    struct ses_seal *seal, struct ses_report *report, struct err *e)
{
	int r;

	report_init(report, trust);
	r = step_of(ses_seal_parse(der, seal, e), e, &report->step);
	if (r == 0 && report->step == SES_GOOD)
		r = judge_seal(seal, trust, report, e);
	report->intact = r == 0 && report->step != SES_SEAL_MALFORMED &&
			 report->step != SES_SEAL_BAD_SIGNATURE &&
			 report->step < SES_UNSUPPORTED_VERSION;
	if (r == 0 && report->step == SES_GOOD)
		judge_period(seal, report);
	return r;
}

/* dataHash is of the document (7.3 e). */
static int
check_document(
    const struct ses_signature *s, struct bytes document, struct err *e)
{
	const struct algorithm *a = algorithm_find(s->alg);
	uint8_t digest[DIGEST_SIZE];

	if (a == NULL)
		return ERR_INPUT;
	if (digest_bytes(a->digest, document, digest) != 0)
		return err_internal(e, "digest");
	return memcmp(digest, s->document_digest.p, DIGEST_SIZE) == 0
		   ? 0
		   : ERR_INPUT;
}

/* The three pieces of mathematics, each 0 or a class. */
struct mathematics {
	int seal, signature, document;
	enum ses_step signature_step;
};

static int
calculate(const struct ses_signature *s, struct bytes document,
    struct mathematics *m, struct err *e)
{
	m->seal = ses_seal_verify(&s->seal, e);
	m->document = check_document(s, document, e);
	m->signature = ses_signature_verify(s, e);
	step_of(m->signature, e, &m->signature_step);
	return m->seal != 0 && m->seal != ERR_INPUT		? m->seal
	       : m->signature != 0 && m->signature != ERR_INPUT ? m->signature
	       : m->document != 0 && m->document != ERR_INPUT	? m->document
								: 0;
}

/* Steps a to g, in order; each sets report->step or leaves it. */
static int
walk(const struct ses_signature *s, const struct ses_trust *trust,
    const struct mathematics *m, struct ses_report *report, struct err *e)
{
	int r = judge_seal(&s->seal, trust, report, e);

	if (r == 0 && report->step == SES_GOOD && m->signature != 0)
		report->step = m->signature_step;
	if (r == 0 && report->step == SES_GOOD)
		r = judge(s->x509, trust, &signer_names, report, e);
	if (r == 0)
		r = judge_time(s->x509, trust, report, e);
	if (r == 0 && report->step == SES_GOOD && m->document != 0)
		report->step = SES_MODIFIED;
	if (r == 0 && report->step == SES_GOOD)
		judge_period(&s->seal, report);
	if (r == 0 && report->step == SES_GOOD)
		r = step_of(
		    ses_seal_names(&s->seal, s->x509, e), e, &report->step);
	return r;
}

int
ses_check_signature(struct bytes der, struct bytes document,
    const struct ses_trust *trust, struct ses_signature *s,
    struct ses_report *report, struct err *e)
{
	struct mathematics m = {.signature_step = SES_BAD_SIGNATURE};
	int64_t time;
	int r, stamped = 0;

	report_init(report, trust);
	r = step_of(ses_signature_parse(der, s, e), e, &report->step);
	if (r != 0 || report->step != SES_GOOD)
		return r;
	r = calculate(s, document, &m, e);
	if (r != 0)
		return r;
	report->intact = m.seal == 0 && m.signature == 0 && m.document == 0;
	if (s->time >= 0)
		report->time = s->time;
	if (s->timestamp.n != 0) {
		stamped =
		    read_timestamp(s->timestamp, s->value, trust, &time, e);
		report->time_proven = stamped == 0;
		report->time = stamped == 0 ? time : report->time;
	}
	r = walk(s, trust, &m, report, e);
	if (r == 0 && report->step == SES_GOOD && stamped != 0)
		report->step = SES_TIMESTAMP_INVALID;
	return r;
}

int
ses_check_signed_data(struct bytes der, struct bytes document,
    const struct ses_trust *trust, struct gm_signed_data *data,
    struct ses_report *report, struct err *e)
{
	enum ses_step found = SES_GOOD;
	int r;

	report_init(report, trust);
	r = step_of(gm_signed_data_parse(der, data, e), e, &report->step);
	if (r != 0 || report->step != SES_GOOD)
		return r;
	if (data->signing_time >= 0)
		report->time = data->signing_time;
	r = step_of(gm_signed_data_verify(data, document, e), e, &found);
	report->intact = r == 0 && found == SES_GOOD;
	if (found == SES_BAD_SIGNATURE)
		report->step = found;
	if (r == 0 && report->step == SES_GOOD)
		r = judge(data->x509s[0], trust, &signer_names, report, e);
	if (r == 0)
		r = judge_time(data->x509s[0], trust, report, e);
	if (r == 0 && report->step == SES_GOOD)
		report->step = found;
	return r;
}
