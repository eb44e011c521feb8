/* verify_ofd_licence.c - an OFD of ours: every byte is some seal's, and every
 * seal speaks of the record inside; see verify_ofd.h. */
#include <string.h>

#include "certsvc/verify_ofd.h"
#include "certsvc/verify_parts.h"
#include "crypto/digest.h"
#include "crypto/base/text.h"

static const char sm2_with_sm3[] = "1.2.156.10197.1.501";

/* SHA-256 over the package before each SignedValue.dat, in one pass. */
struct package {
	struct digest digest;
	size_t at;
};

/* Does the seal know all that stands before it?  Values lie in the order of the
 * signatures; an archive where they do not is none of ours. */
static int
package_matches(struct package *p, const struct ofd_job *job, size_t i,
    const struct ses_signature *ses)
{
	struct bytes file = job->file->zip->bytes;
	size_t end = job->list[i].value->at;
	uint8_t digest[DIGEST_SIZE];

	if (end < p->at)
		return 0;
	digest_add(&p->digest, (struct bytes){file.p + p->at, end - p->at});
	p->at = end;
	return digest_so_far(&p->digest, digest) == 0 &&
	       bytes_equal(
		   ses->package_digest, (struct bytes){digest, sizeof(digest)});
}

/* The one form that our builder writes, for the place where it stands. */
static int
form_ok(const struct ofd_job *job, size_t i, const struct ses_signature *ses)
{
	const struct ofd_signature *s = &job->list[i];
	struct err e = ERR_INIT;
	int ok;

	ok = ses->version == SES_V4 && ses->alg == SIGN_SM2 &&
	     ses_signature_canonical(ses, &e) == 0 &&
	     bytes_equal(s->method, bytes_str(sm2_with_sm3)) &&
	     ses->property.n == s->entry->name.n + 1 &&
	     ses->property.p[0] == '/' &&
	     memcmp(ses->property.p + 1, s->entry->name.p, s->entry->name.n) ==
		 0;
	err_clear(&e);
	return ok;
}

/* One seal, apart from the record; 1 when it is intact. */
static int
seal_check(
    struct ofd_job *job, size_t i, struct package *p, struct ofd_seal *seal)
{
	struct verdict_signature *out = &job->v->signatures[i];

	memset(out, 0, sizeof(*out));
	out->coverage = COVERAGE_WHOLE_FILE;
	out->changes =
	    i + 1 == job->file->nsignatures ? CHANGES_NONE : CHANGES_PERMITTED;
	if (verify_ofd_seal(job, i, seal, out) != 0)
		return 0;
	if (!package_matches(p, job, i, &seal->ses)) {
		verdict_add(job->v, "modified");
		seal->intact = 0;
		out->integrity = INTEGRITY_BROKEN;
	}
	if (!form_ok(job, i, &seal->ses))
		verdict_add(job->v, "profile");
	if (job->opt->trust == NULL)
		return seal->intact;
	if (seal->seal == NULL) {
		verdict_add(job->v, "unknown_issuer");
	} else {
		text_copy(out->seal, sizeof(out->seal), seal->seal->zh);
		verify_ofd_maker(job, seal->sealed_by, seal->ses.seal.maker);
	}
	return seal->intact;
}

/* May this seal stand on this face?  The first is the issuing department's. */
static void
authority_check(struct ofd_job *job, size_t i, const struct face *face,
    const struct verify_code *code, const struct ofd_seal *seal)
{
	const char *department = face_get(face, "ZZBFJGDM");
	const struct trust_signer *signer = seal->signer;

	if (seal->seal == NULL)
		return;
	if (seal->sealed_by->number != code->claims.issuer ||
	    department == NULL ||
	    !trust_seal_may(seal->seal, department, code->claims.type, i))
		verdict_add(job->v, "not_authorised_for_type");
	if (signer != NULL && signer->revoked_since != 0 &&
	    verify_signed_until(code) >= signer->revoked_since) {
		job->v->signatures[i].trust = TRUST_REVOKED;
		verdict_add(job->v, "issuer_key_revoked");
	} else if (seal->report.step == SES_GOOD &&
		   seal->report.doubt == SES_SIGNER_REVOKED) {
		/* Another key signed the time of issue: no doubt is left. */
		job->v->signatures[i].trust = TRUST_TRUSTED;
	}
}

/*
 * No seal is older than the record that it speaks of, so that who stole a
 * revoked key cannot put the time of a new record's seal back.  The lists of
 * revoked x509s must be as fresh as the type wants.
 */
static void
times_check(struct ofd_job *job, const struct verify_code *code,
    const struct ofd_seal *seal)
{
	if (seal->ses.time < verify_signed_from(code) - VERIFY_CLOCK_SKEW)
		verdict_add(job->v, "signing_time_outside");
	verify_lists(job->opt, seal->report.revocation,
	    seal->report.lists_as_of, verify_type(code, job->opt), job->v);
}

/* As XML readers see it: blanks around a text do not count. */
static int
same_text(const char *value, struct bytes text)
{
	static const char blanks[] = " \t\r\n";
	size_t n;

	value += strspn(value, blanks);
	n = strlen(value);
	while (n > 0 && strchr(blanks, value[n - 1]) != NULL)
		n--;
	return bytes_equal((struct bytes){(const uint8_t *)value, n}, text);
}

/* The values that OFD.xml repeats for other readers (GB/T 36905). */
static int
custom_data_matches(const struct ofd_job *job, const struct face *face)
{
	const struct ofd_xml *x = &job->file->root_xml;
	const struct ofd_node *info =
	    ofd_xml_child(x, job->file->body, "DocInfo");
	const struct ofd_node *datas = ofd_xml_child(x, info, "CustomDatas");
	const struct ofd_node *data = ofd_xml_child(x, datas, "CustomData");
	char name[FACE_NAME_SIZE];
	struct bytes attribute;
	const char *value;

	for (; data != NULL; data = ofd_xml_next(x, data, "CustomData")) {
		attribute = ofd_xml_attribute(x, data, "Name");
		if (attribute.n == 0 || attribute.n >= sizeof(name))
			return 0;
		memcpy(name, attribute.p, attribute.n);
		name[attribute.n] = '\0';
		value = face_get(face, name);
		if (value == NULL || !same_text(value, data->text))
			return 0;
	}
	return 1;
}

/* Both digests of the face inside the seal are those of the record. */
static int
speaks_of(const struct ses_signature *ses, const struct verify_code *code)
{
	uint8_t sm3[DIGEST_SIZE];

	return ses->face_digest.n == sizeof(code->claims.face_digest) &&
	       memcmp(ses->face_digest.p, code->claims.face_digest,
		   ses->face_digest.n) == 0 &&
	       digest_sm3(code->face, sm3) == 0 &&
	       bytes_equal(ses->face_sm3, (struct bytes){sm3, sizeof(sm3)});
}

/* The attached record: good in itself, and the one that the seals speak of. */
static void
record_check(struct ofd_job *job, const struct ofd_seal *seals)
{
	struct verify_code code;
	struct face *face;
	size_t i, k;
	int same;

	if (!job->has_record) {
		verdict_add(job->v, "contents_differ");
		return;
	}
	if (verify_document(job->record, job->opt, &face, &code, job->v) != 0)
		return;
	same = custom_data_matches(job, face);
	for (i = 0; i < job->file->nsignatures; i++)
		same = same && speaks_of(&seals[i].ses, &code);
	if (!same) {
		verdict_add(job->v, "contents_differ");
		job->v->certificate.known = 0;
	}
	for (i = 0; same && i < job->file->nsignatures; i++) {
		authority_check(job, i, face, &code, &seals[i]);
		times_check(job, &code, &seals[i]);
		for (k = 0; k < i; k++)
			if (seals[i].seal != NULL &&
			    seals[i].seal == seals[k].seal)
				verdict_add(job->v, "not_authorised_for_type");
	}
	if (same)
		verify_seal_count(
		    &code, job->opt, job->file->nsignatures, job->v);
	verify_code_release(&code);
	face_free(face);
}

void
verify_ofd_licence(struct ofd_job *job)
{
	struct ofd_seal seals[VERDICT_SIGNATURES_MAX];
	struct package package = {.at = 0};
	struct err e = ERR_INIT;
	int intact = 1;
	size_t i;

	if (ofd_licence_check(job->file, job->list, &e) != 0)
		verify_add_error(job->v, &e);
	err_clear(&e);
	digest_begin(&package.digest, DIGEST_SHA256);
	for (i = 0; i < job->file->nsignatures; i++) {
		job->v->nsignatures = i + 1;
		intact = seal_check(job, i, &package, &seals[i]) && intact;
	}
	digest_release(&package.digest);
	/* What a broken seal covers is not shown. */
	if (intact)
		record_check(job, seals);
}
