/*
 * verify_pdf_licence.c - a PDF as one of our licences: one seal, or one of each
 * department that issued it jointly.
 */
#include <stdio.h>
#include <string.h>

#include "certsvc/verify_pdf.h"
#include "crypto/chain.h"
#include "crypto/pdf_sign.h"
#include "crypto/x509.h"
#include "crypto/base/text.h"

enum {
	DER_LONG_MAX = 4
};

/* One seal of the file. */
struct seal {
	struct cms cms;
	const struct trust_seal *seal;	   /* of the signer, or NULL */
	const struct trust_signer *signer; /* its x509 there */
	const struct trust_issuer *issuer; /* whose seal that is */
	int64_t revoked_at; /* of an x509 on its chain, by a CRL; 0: none */
	enum chain_revocation revocation; /* what the CRLs could say */
	int64_t lists_as_of;		  /* of the oldest behind that */
	struct verdict_signature *out;
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

int
verify_pdf_cms(const struct pdf_signature *sig, struct cms *cms)
{
	struct err e = ERR_INIT;
	struct bytes der;
	int ok = cms_bytes(sig, &der) == 0 && cms_parse(der, cms, &e) == 0 &&
		 cms->face_digest.n > 0;

	err_clear(&e);
	return ok ? 0 : -1;
}

/* Check the seal over the bytes it covers: all up to where the next update
 * begins; 0 or -1. */
static int
integrity_check(struct pdf_job *job, size_t i, struct seal *seal)
{
	const struct pdf_signature *sig = &job->list[i];
	enum pdf_coverage want =
	    i + 1 == job->n ? PDF_COVERS_FILE : PDF_COVERS_REVISION;
	struct err e = ERR_INIT;
	uint8_t digest[32];
	int rc;

	if (sig->coverage != want || verify_pdf_cms(sig, &seal->cms) != 0) {
		verdict_add(job->v, "modified");
		return -1;
	}
	rc = pdf_ranges_digest(job->file->bytes, &sig->ranges, digest, &e);
	if (rc == 0)
		rc = cms_verify(&seal->cms, digest, &e);
	if (rc != 0)
		verify_add_error(job->v, &e);
	else
		seal->out->integrity = INTEGRITY_INTACT;
	err_clear(&e);
	return rc == 0 ? 0 : -1;
}

/* Does the signer's x509 lead to an anchor at that time?  What a CRL says is
 * kept in seal->revoked_at, for the day of issue to be held against. */
static enum chain_trust
chain_trust_of(const struct pdf_job *job, struct seal *seal)
{
	struct chain_request req = {
	    .x509s = seal->cms.x509s, .nx509s = seal->cms.nx509s};
	struct chain_result chain;
	struct err e = ERR_INIT;
	int rc;

	verify_chain_ask(job->opt, &req);
	rc = chain_check(&req, &chain, &e);
	seal->revocation = chain.revocation;
	seal->lists_as_of = chain.lists_as_of;
	if (rc == 0 && chain.trust == CHAIN_REVOKED) {
		seal->revoked_at = chain.revoked_at;
		req.ncrls = 0;
		rc = chain_check(&req, &chain, &e);
	}
	err_clear(&e);
	return rc == 0 ? chain.trust : CHAIN_UNTRUSTED;
}

static void
trust_check(struct pdf_job *job, struct seal *seal)
{
	enum chain_trust trust;

	if (job->opt->trust == NULL) {
		verdict_add(job->v, "unknown_issuer");
		return;
	}
	trust = chain_trust_of(job, seal);
	if (trust == CHAIN_TRUSTED) {
		seal->out->trust = TRUST_TRUSTED;
	} else if (trust == CHAIN_UNTRUSTED) {
		seal->out->trust = TRUST_UNTRUSTED;
		verdict_add(job->v, "unknown_issuer");
	} else {
		seal->out->trust = TRUST_EXPIRED;
		verdict_add(job->v, "signer_expired");
	}
}

/* Who the signer is, by name and by seal. */
static void
signer_describe(struct pdf_job *job, struct seal *seal)
{
	static const char demo[] = "OU=演示";
	struct verdict_signature *out = seal->out;
	const struct x509 *x = NULL;
	struct err e = ERR_INIT;

	if (x509_get(seal->cms.x509s[0], &x, &e) != 0) {
		err_clear(&e);
		verdict_add(job->v, "bad_signature");
		return;
	}
	text_copy(out->signer, sizeof(out->signer), x->text);
	if (job->opt->trust != NULL) {
		seal->seal =
		    trust_seal_find(job->opt->trust, x->digest, &seal->issuer);
		if (strstr(x->text, demo) != NULL &&
		    !trust_is_demo(job->opt->trust))
			verdict_add(job->v, "demo_not_accepted");
		if (seal->seal == NULL)
			verdict_add(job->v, "unknown_issuer");
	}
	if (seal->seal != NULL) {
		seal->signer = trust_signer_find(seal->seal, x->digest);
		text_copy(out->seal, sizeof(out->seal), seal->seal->zh);
	}
	x509_free(x);
}

static int
is_since(int64_t revoked, int64_t sealed)
{
	return revoked != 0 && sealed >= revoked;
}

/* May seal i stand on this face, by this issuer, at that time?  The first is
 * the issuing department's own. */
static void
authority_check(struct pdf_job *job, size_t i, const struct seal *seal,
    const struct face *face, const struct verify_code *code)
{
	const char *department = face_get(face, "ZZBFJGDM");

	if (seal->seal == NULL)
		return;
	if (seal->issuer->number != code->claims.issuer || department == NULL ||
	    !trust_seal_may(seal->seal, department, code->claims.type, i))
		verdict_add(job->v, "not_authorised_for_type");
	if (is_since(seal->signer->revoked_since, verify_signed_until(code)) ||
	    is_since(seal->revoked_at, verify_signed_until(code))) {
		seal->out->trust = TRUST_REVOKED;
		verdict_add(job->v, "issuer_key_revoked");
	}
}

/* The attached record: good in itself, and the one that the seals speak of;
 * and no seal is there twice. */
static void
record_check(struct pdf_job *job, const struct seal *seals)
{
	struct verify_code code;
	struct face *face;
	size_t i, j;
	int same = 1;

	if (!job->has_xml) {
		verdict_add(job->v, "contents_differ");
		return;
	}
	if (verify_document(
		buf_bytes(&job->xml), job->opt, &face, &code, job->v) != 0)
		return;
	for (i = 0; i < job->n; i++)
		if (memcmp(seals[i].cms.face_digest.p, code.claims.face_digest,
			sizeof(code.claims.face_digest)) != 0)
			same = 0;
	if (!same) {
		verdict_add(job->v, "contents_differ");
		job->v->certificate.known = 0;
	}
	for (i = 0; same && i < job->n; i++) {
		authority_check(job, i, &seals[i], face, &code);
		verify_lists(job->opt, seals[i].revocation,
		    seals[i].lists_as_of, verify_type(&code, job->opt), job->v);
		for (j = 0; j < i; j++)
			if (seals[i].seal != NULL &&
			    seals[i].seal == seals[j].seal)
				verdict_add(job->v, "not_authorised_for_type");
	}
	if (same)
		verify_seal_count(&code, job->opt, job->n, job->v);
	verify_code_release(&code);
	face_free(face);
}

/* What each seal covers, before anything of it is checked. */
static void
signatures_list(struct pdf_job *job, struct seal *seals)
{
	struct verdict_signature *out;
	size_t i;

	job->v->nsignatures = job->n;
	for (i = 0; i < job->n; i++) {
		seals[i].out = out = &job->v->signatures[i];
		memset(out, 0, sizeof(*out));
		out->coverage = (enum coverage)job->list[i].coverage;
		out->claimed_time = job->list[i].claimed_time;
		out->changes = job->list[i].coverage == PDF_COVERS_FILE
				   ? CHANGES_NONE
				   : CHANGES_FORBIDDEN;
	}
}

void
verify_pdf_licence(struct pdf_job *job)
{
	struct seal seals[PDF_SEALS_MAX];
	struct err e = ERR_INIT;
	size_t i;
	int broken = 0, shape;

	if (job->n > PDF_SEALS_MAX) {
		verdict_add(job->v, "profile");
		return;
	}
	memset(seals, 0, sizeof(seals));
	signatures_list(job, seals);
	for (i = 0; i < job->n; i++)
		if (integrity_check(job, i, &seals[i]) != 0)
			broken = 1;
	/* What a broken seal covers is not shown. */
	if (broken)
		return;
	shape = pdf_licence_check(job->file, job->list, job->n, &e);
	if (shape != 0)
		verify_add_error(job->v, &e);
	for (i = 0; i < job->n; i++) {
		/* Further seals are all that came after an earlier one. */
		if (i + 1 < job->n && shape == 0)
			seals[i].out->changes = CHANGES_PERMITTED;
		snprintf(
		    seals[i].out->level, sizeof(seals[i].out->level), "B-B");
		snprintf(seals[i].out->algorithm,
		    sizeof(seals[i].out->algorithm), "ES256");
		signer_describe(job, &seals[i]);
		trust_check(job, &seals[i]);
	}
	err_clear(&e);
	record_check(job, seals);
}
