/* keeper_seal.c - a seal on a PDF (CMS) or an OFD (GB/T 38540): the keeper
 * builds all that is signed itself, with the seal's own x509s and the face
 * digests it computed. */
#include "keys/keeper_state.h"

#include <string.h>

#include <openssl/evp.h>

#include "crypto/base/clock.h"
#include "crypto/cms.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/ses_seal.h"
#include "crypto/ses_signature.h"

static enum sign_alg
alg_of(const struct keeper_job *job)
{
	return job->frame.op == KEEPER_SEAL_SES ? SIGN_SM2 : SIGN_ES256;
}

static int
expired(const struct keeper_job *job, struct err *e)
{
	return err_set(e, ERR_DENIED, "seal_x509_expired",
	    "印章 %s 的数字证书或印章本身不在有效期内；请管理员换发",
	    "the seal %s or its x509 is not valid now; its administrator must "
	    "renew it",
	    job->frame.seal);
}

static int
no_object(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_seal_object",
	    "这枚印章没有 GB/T 38540 印章数据",
	    "this seal has no seal object (GB/T 38540)");
}

/* An OFD seal has days of its own. */
static int
check_object(struct keeper_state *s, struct keeper_job *job,
    const struct seal_row *row, int64_t now)
{
	struct buf object = BUF_INIT;
	struct ses_seal seal;
	int rc;

	if (row->object.n == 0)
		return no_object(&job->e);
	rc = seal_register_read(&s->seals, row->object, &object, &job->e);
	if (rc == 0)
		rc = ses_seal_parse(buf_bytes(&object), &seal, &job->e);
	if (rc == 0 && (now < seal.from || now > seal.until))
		rc = expired(job, &job->e);
	buf_release(&object);
	return rc;
}

/* The seal's x509 (and the seal itself) must be in its days. */
static int
check_days(struct keeper_state *s, struct keeper_job *job)
{
	const struct seal_row *row =
	    seal_register_find(&s->seals, job->frame.seal);
	const struct seal_x509 *x = seal_row_x509(row, alg_of(job));
	int64_t now = clock_now();

	if (x == NULL || now < x->not_before || now > x->not_after)
		return expired(job, &job->e);
	return job->frame.op == KEEPER_SEAL_SES ? check_object(s, job, row, now)
						: 0;
}

int
keeper_seal_prepare(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_use use = {
	    .seal = job->frame.seal, .place = job->frame.place};
	struct keeper_matter_check m = {0};
	uint64_t quota = 0;
	int rc;

	rc = keeper_matter_check(s, job, &m);
	use.type = m.type;
	if (rc == 0)
		rc = keeper_may_seal(s, &m.caller, &use, &quota, &job->e);
	if (rc == 0)
		rc = check_days(s, job);
	if (rc == 0)
		rc = keeper_matter_line(s, job, &m,
		    job->frame.op == KEEPER_SEAL_SES ? "ses" : "seal", quota);
	keeper_matter_release(&m);
	return rc;
}

/* The key and x509 of a job's seal after its line was written: once more in
 * force, for an administrator may have come in between. */
static int
take_key(struct keeper_state *s, struct keeper_job *job,
    struct keeper_signer *signer, struct seal_row **row)
{
	int rc;

	*row = seal_register_find(&s->seals, job->frame.seal);
	rc = keeper_seal_in_force(*row, &job->e);
	signer->state = s;
	signer->key = -1;
	signer->alg = alg_of(job);
	if (rc == 0)
		rc = seal_register_key(
		    &s->seals, *row, signer->alg, &signer->own, &job->e);
	if (rc == 0) {
		(*row)->uses++;
		(*row)->last_used = job->time;
	}
	return rc;
}

/* The signer's x509 and those of its issuers below the root. */
static int
read_x509s(struct keeper_state *s, const struct seal_x509 *x, struct buf *der,
    struct err *e)
{
	const struct keeper_issuer *issuer;
	int rc = seal_register_read(&s->seals, x->der, der, e);

	if (rc == 0 && x->issuers.n > 0)
		rc = seal_register_read(&s->seals, x->issuers, der, e);
	else if (rc == 0 &&
		 (issuer = keeper_issuer_of(s, buf_bytes(der))) == NULL)
		rc = err_internal(e, "issuer of a seal's x509");
	else if (rc == 0)
		buf_add_buf(der, &issuer->x509);
	return rc == 0 && buf_failed(der) ? err_nomem(e) : rc;
}

/* Split DER x509s that follow each other. */
static int
split_x509s(struct bytes all, struct cms_request *req, struct err *e)
{
	struct der r;

	der_init(&r, all);
	while (!der_at_end(&r))
		if (req->nx509s == CMS_X509S_MAX ||
		    der_get_whole(
			&r, DER_SEQUENCE, &req->x509s[req->nx509s++]) != 0)
			return err_internal(e, "x509s of a seal");
	return 0;
}

int
keeper_seal_finish(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_signer signer = {0};
	struct cms_request req = {.alg = SIGN_ES256,
	    .document_digest = job->frame.document_digest,
	    .face_digest = job->face_digest,
	    .sign = keeper_sign,
	    .sign_ctx = &signer};
	struct buf x509s = BUF_INIT;
	struct seal_row *row;
	int rc;

	rc = take_key(s, job, &signer, &row);
	if (rc == 0)
		rc = read_x509s(
		    s, seal_row_x509(row, SIGN_ES256), &x509s, &job->e);
	if (rc == 0)
		rc = split_x509s(buf_bytes(&x509s), &req, &job->e);
	if (rc == 0)
		rc = cms_build(&req, &job->payload, &job->e);
	buf_release(&x509s);
	return rc;
}

int
keeper_ses_finish(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_signer signer = {0};
	struct buf x509 = BUF_INIT, object = BUF_INIT;
	uint8_t sm3[DIGEST_SIZE];
	struct ses_signature_request req = {.time = job->time,
	    .document_digest = job->frame.document_digest,
	    .property = job->frame.property,
	    .face_digest = job->face_digest,
	    .face_sm3 = sm3,
	    .package_digest = job->frame.package_digest,
	    .alg = SIGN_SM2,
	    .sign = keeper_sign,
	    .sign_ctx = &signer};
	struct seal_row *row;
	int rc;

	rc = take_key(s, job, &signer, &row);
	if (rc == 0)
		rc = seal_register_read(&s->seals,
		    seal_row_x509(row, SIGN_SM2)->der, &x509, &job->e);
	if (rc == 0)
		rc = seal_register_read(
		    &s->seals, row->object, &object, &job->e);
	if (rc == 0 && digest_sm3(job->frame.face, sm3) != 0)
		rc = err_internal(&job->e, "SM3");
	req.seal = buf_bytes(&object);
	req.x509 = buf_bytes(&x509);
	if (rc == 0)
		rc = ses_signature_build(&req, &job->payload, &job->e);
	buf_release(&x509);
	buf_release(&object);
	return rc;
}

int
keeper_seal_object_job(struct keeper_state *s, struct keeper_job *job)
{
	const struct seal_row *row =
	    seal_register_find(&s->seals, job->frame.seal);

	if (row == NULL)
		return err_set(&job->e, ERR_NOT_FOUND, "no_such_seal",
		    "没有这枚印章", "there is no such seal");
	if (row->object.n == 0)
		return no_object(&job->e);
	return seal_register_read(
	    &s->seals, row->object, &job->payload, &job->e);
}
