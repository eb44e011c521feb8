/*
 * verify_pdf.c - a PDF: ours (profile licence) or any (profile document); see
 * verify_parts.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/verify_parts.h"
#include "crypto/chain.h"
#include "crypto/cms.h"
#include "crypto/pdf_signature.h"
#include "crypto/x509.h"

enum {
	ATTACHMENT_MAX = 1048576, /* bytes of certificate.xml */
	DER_LONG_MAX = 4
};

static const char attachment[] = "certificate.xml";

/* One PDF on its way through the checks. */
struct job {
	const struct verify_options *opt;
	struct verdict *v;
	struct pdf_file *file;
	struct pdf_signature list[PDF_SIGNATURES_MAX];
	size_t n, fields;
	struct buf xml; /* the attachment, empty when there is none */
	int has_xml;
	const struct trust_seal *seal;	      /* of the signer, or NULL */
	const struct trust_signer *signer;    /* its x509 there */
	const struct trust_issuer *sealed_by; /* whose seal that is */
	int64_t revoked_at; /* of an x509 on its chain, by a CRL; 0: none */
};

/* Length of the DER value that v starts with, 0 when it is none. */
static size_t
der_length(struct bytes v)
{
	size_t n, count, i;

	if (v.n < 2 || v.p[0] != 0x30)
		return 0;
	if (v.p[1] < 0x80)
		return 2u + v.p[1] <= v.n ? 2u + v.p[1] : 0;
	count = v.p[1] & 0x7f;
	if (count == 0 || count > DER_LONG_MAX || v.n < 2 + count)
		return 0;
	for (i = 0, n = 0; i < count; i++)
		n = n << 8 | v.p[2 + i];
	return n <= v.n - 2 - count ? 2 + count + n : 0;
}

/*
 * The CMS in /Contents, when written in our one form: upper-case digits and
 * nothing but zeros after it.
 */
static int
cms_bytes(const struct pdf_signature *sig, struct bytes *der)
{
	size_t n = der_length(sig->contents), i;

	if (n == 0)
		return -1;
	for (i = 0; i < sig->hex.n; i++)
		if (sig->hex.p[i] >= 'a' && sig->hex.p[i] <= 'f')
			return -1;
	for (i = n; i < sig->contents.n; i++)
		if (sig->contents.p[i] != 0)
			return -1;
	*der = (struct bytes){sig->contents.p, n};
	return 0;
}

/* Parse the CMS and check it over the covered bytes; 0 or -1. */
static int
integrity_check(struct job *job, struct cms *cms, struct verdict_signature *out)
{
	const struct pdf_signature *sig = &job->list[0];
	struct err e = ERR_INIT;
	struct bytes der;
	uint8_t digest[32];
	int rc;

	if (sig->coverage != PDF_COVERS_FILE || cms_bytes(sig, &der) != 0 ||
	    cms_parse(der, cms, &e) != 0 || cms->face_digest.n == 0) {
		verdict_add(job->v, "modified");
		err_clear(&e);
		return -1;
	}
	rc = pdf_ranges_digest(job->file->bytes, &sig->ranges, digest, &e);
	if (rc == 0)
		rc = cms_verify(cms, digest, &e);
	if (rc != 0)
		verify_add_error(job->v, &e);
	else
		out->integrity = INTEGRITY_INTACT;
	err_clear(&e);
	return rc == 0 ? 0 : -1;
}

/* Does the signer's x509 lead to an anchor at that time?  What a CRL says is
 * kept in job->revoked_at, for the day of issue to be held against. */
static enum chain_trust
chain_trust_of(struct job *job, const struct cms *cms)
{
	struct chain_request req = {
	    .x509s = cms->x509s, .nx509s = cms->nx509s, .at = job->opt->at};
	struct chain_result chain;
	struct err e = ERR_INIT;
	int rc;

	req.anchors = trust_anchors(job->opt->trust, &req.nanchors);
	req.crls = trust_crls(job->opt->trust, &req.ncrls);
	rc = chain_check(&req, &chain, &e);
	if (rc == 0 && chain.trust == CHAIN_REVOKED) {
		job->revoked_at = chain.revoked_at;
		req.ncrls = 0;
		rc = chain_check(&req, &chain, &e);
	}
	err_clear(&e);
	return rc == 0 ? chain.trust : CHAIN_UNTRUSTED;
}

static void
trust_check(
    struct job *job, const struct cms *cms, struct verdict_signature *out)
{
	enum chain_trust trust;

	if (job->opt->trust == NULL) {
		verdict_add(job->v, "unknown_issuer");
		return;
	}
	trust = chain_trust_of(job, cms);
	if (trust == CHAIN_TRUSTED) {
		out->trust = TRUST_TRUSTED;
	} else if (trust == CHAIN_UNTRUSTED) {
		out->trust = TRUST_UNTRUSTED;
		verdict_add(job->v, "unknown_issuer");
	} else {
		out->trust = TRUST_EXPIRED;
		verdict_add(job->v, "signer_expired");
	}
}

/* Who the signer is, by name and by seal. */
static void
signer_describe(
    struct job *job, const struct cms *cms, struct verdict_signature *out)
{
	static const char demo[] = "OU=演示";
	const struct x509 *x = NULL;
	struct err e = ERR_INIT;

	if (x509_get(cms->x509s[0], &x, &e) != 0) {
		err_clear(&e);
		verdict_add(job->v, "bad_signature");
		return;
	}
	verify_text_copy(out->signer, sizeof(out->signer), x->text);
	if (job->opt->trust != NULL) {
		job->seal = trust_seal_find(
		    job->opt->trust, x->digest, &job->sealed_by);
		if (strstr(x->text, demo) != NULL &&
		    !trust_is_demo(job->opt->trust))
			verdict_add(job->v, "demo_not_accepted");
		if (job->seal == NULL)
			verdict_add(job->v, "unknown_issuer");
	}
	if (job->seal != NULL) {
		job->signer = trust_signer_find(job->seal, x->digest);
		verify_text_copy(out->seal, sizeof(out->seal), job->seal->zh);
	}
	x509_free(x);
}

static int
is_since(int64_t revoked, int64_t issued)
{
	return revoked != 0 && issued >= revoked;
}

/* May this seal stand on this face, by this issuer, at that time? */
static void
seal_check(struct job *job, const struct face *face,
    const struct verify_code *code, struct verdict_signature *out)
{
	const char *department = face_get(face, "ZZBFJGDM");

	if (job->seal == NULL)
		return;
	if (job->sealed_by->number != code->claims.issuer ||
	    department == NULL ||
	    !trust_seal_may(job->seal, department, code->claims.type))
		verdict_add(job->v, "not_authorised_for_type");
	if (is_since(job->signer->revoked_since, code->claims.issued) ||
	    is_since(job->revoked_at, code->claims.issued)) {
		out->trust = TRUST_REVOKED;
		verdict_add(job->v, "issuer_key_revoked");
	}
}

/* The attached record: good in itself, and the one that the seal speaks of. */
static void
record_check(
    struct job *job, const struct cms *cms, struct verdict_signature *out)
{
	struct verify_code code;
	struct face *face;

	if (!job->has_xml) {
		verdict_add(job->v, "contents_differ");
		return;
	}
	if (verify_document(
		buf_bytes(&job->xml), job->opt, &face, &code, job->v) != 0)
		return;
	if (memcmp(cms->face_digest.p, code.claims.face_digest,
		sizeof(code.claims.face_digest)) != 0) {
		verdict_add(job->v, "contents_differ");
		job->v->certificate.known = 0;
	} else {
		seal_check(job, face, &code, out);
	}
	verify_code_release(&code);
	face_free(face);
}

static void
licence_verify(struct job *job)
{
	struct verdict_signature *out = &job->v->signatures[0];
	struct err e = ERR_INIT;
	struct cms cms;

	if (job->n != 1) {
		verdict_add(job->v, "profile");
		return;
	}
	job->v->nsignatures = 1;
	memset(out, 0, sizeof(*out));
	out->coverage = (enum coverage)job->list[0].coverage;
	out->changes = job->list[0].coverage == PDF_COVERS_FILE
			   ? CHANGES_NONE
			   : CHANGES_FORBIDDEN;
	out->claimed_time = job->list[0].claimed_time;
	if (integrity_check(job, &cms, out) != 0)
		return;
	snprintf(out->level, sizeof(out->level), "B-B");
	snprintf(out->algorithm, sizeof(out->algorithm), "ES256");
	if (pdf_licence_check(job->file, job->list, 1, &e) != 0)
		verify_add_error(job->v, &e);
	err_clear(&e);
	signer_describe(job, &cms, out);
	trust_check(job, &cms, out);
	record_check(job, &cms, out);
}

/* One of ours?  It carries our record, or our kind of seal. */
static int
is_licence(const struct job *job)
{
	struct err e = ERR_INIT;
	struct bytes der;
	struct cms cms;
	int ours = job->has_xml;
	size_t i;

	for (i = 0; !ours && i < job->n; i++)
		ours = cms_bytes(&job->list[i], &der) == 0 &&
		       cms_parse(der, &cms, &e) == 0 && cms.face_digest.n > 0;
	err_clear(&e);
	return ours;
}

static int
job_open(struct job *job, struct bytes file, struct err *e)
{
	int rc;

	if ((rc = pdf_file_open(file, &job->file, e)) != 0 ||
	    (rc = pdf_signatures_find(
		 job->file, job->list, &job->n, &job->fields, e)) != 0)
		return rc;
	rc = pdf_file_attachment(
	    job->file, attachment, ATTACHMENT_MAX, &job->xml, e);
	job->has_xml = rc == 0;
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

void
verify_pdf(
    struct bytes file, const struct verify_options *opt, struct verdict *v)
{
	struct job *job = calloc(1, sizeof(*job));
	struct err e = ERR_INIT;
	enum verify_profile profile = opt->profile;

	snprintf(v->format, sizeof(v->format), "pdf");
	if (job == NULL) {
		verdict_add(v, "parser_died");
		return;
	}
	job->opt = opt;
	job->v = v;
	if (job_open(job, file, &e) != 0) {
		verify_add_error(v, &e);
	} else {
		/* Ours is judged by our rules whatever was asked: the other
		 * profile knows no status and no one form of a CMS. */
		if (profile != PROFILE_LICENCE && is_licence(job))
			profile = PROFILE_LICENCE;
		if (job->n == 0)
			verdict_add(
			    v, job->fields == 0 ? "no_signature" : "modified");
		else if (profile == PROFILE_LICENCE)
			licence_verify(job);
		else
			verify_pdf_document(
			    job->file, job->list, job->n, opt, v);
	}
	err_clear(&e);
	buf_release(&job->xml);
	pdf_file_free(job->file);
	free(job);
}
