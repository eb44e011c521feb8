/* keeper_code.c - printed codes and status lists: the keeper takes the values
 * from the face and builds the claims itself. */
#include "keys/keeper_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/cbor.h"
#include "crypto/copy_field.h"
#include "crypto/cose.h"
#include "crypto/x509.h"
#include "keys/mask.h"

enum {
	DAY = 86400 /* seconds */
};

/* What a reduced code shows: name of the type, number, holder. */
static const char *const reduced[] = {"ZZMC", "ZZBH", "CZZT"};

static char *
shown(const struct face *face, const char *name, int mask)
{
	const char *value = face_get(face, name);
	struct buf text = BUF_INIT;
	char *copy;

	if (value == NULL)
		return text_dup("");
	if (!mask && !mask_needed(value))
		return text_dup(value);
	mask_write(&text, value);
	copy = text_dup(buf_cstr(&text));
	buf_release(&text);
	return copy;
}

/* A sheet shows what its original's code does, unless that takes too much room
 * with the number. */
static int
claims_values(struct qr_claims *claims, const struct keeper_job *job,
    const struct keeper_matter_check *m, struct err *e)
{
	const struct keeper_frame *f = &job->frame;
	int full = claims->form == QR_FULL;
	int as_proof = f->sheet != 0 && claims->form == m->proof.form;
	size_t i, n = as_proof			   ? m->proof.nvalues
		      : full			   ? f->nnames
		      : claims->form == QR_REDUCED ? 3
						   : 0;

	claims->values = calloc(n + 1, sizeof(*claims->values));
	if (claims->values == NULL)
		return err_nomem(e);
	for (i = 0; i < n; i++) {
		claims->values[i] =
		    as_proof ? text_dup(m->proof.values[i])
			     : shown(m->face, full ? f->names[i] : reduced[i],
				   full && f->mask[i]);
		if (claims->values[i] == NULL)
			return err_nomem(e);
		claims->nvalues++;
	}
	return 0;
}

/*
 * The code of a purpose-bound copy says that it is one, so that on an imitation
 * of the original it gives itself away without a network.  Only the copy's
 * number is the front's word.
 */
static int
claims_copy(struct qr_claims *claims, const struct keeper_frame *f,
    const struct face *face, struct err *e)
{
	const char *maker = face_get(face, COPY_MAKER);
	int copy = maker != NULL || face_get(face, COPY_MADE) != NULL ||
		   face_get(face, COPY_PURPOSE) != NULL ||
		   face_get(face, COPY_UNTIL) != NULL;

	if (copy != (f->copy != 0))
		return err_set(e, ERR_INPUT, "bad_copy",
		    "加注件的照面与编号不符",
		    "a copy's face goes with a copy's number");
	if (!copy)
		return 0;
	claims->copy.number = f->copy;
	text_copy(claims->copy.office, sizeof(claims->copy.office), maker);
	claims->copy.day = (uint64_t)((f->issued + CLOCK_CST_OFFSET) / DAY);
	return 0;
}

/* The number is the front's word; who and when are the keeper's. */
static void
sheet_copy(struct keeper_state *s, const struct keeper_job *job,
    const struct keeper_matter_check *m, struct qr_copy *copy)
{
	copy->kind = QR_COPY_SHEET;
	copy->number = job->frame.sheet;
	text_copy(copy->office, sizeof(copy->office),
	    m->by_office
		? m->ticket.zh
		: authority_department_name(&s->authority, m->department));
	copy->day = (uint64_t)((clock_now() + CLOCK_CST_OFFSET) / DAY);
}

static void
set_claims(struct keeper_state *s, struct keeper_job *job,
    const struct keeper_matter_check *m, struct qr_claims *claims)
{
	const struct keeper_frame *f = &job->frame;

	claims->issued = f->issued;
	claims->expires = f->expires;
	claims->template_version = f->template_version;
	claims->list = f->list;
	claims->index = f->index;
	claims->issuer = (uint64_t)json_integer_value(json_object_get(
	    json_object_get(s->authority.root, "issuer"), "number"));
	memcpy(claims->cti, f->cti, sizeof(claims->cti));
	memcpy(
	    claims->face_digest, job->face_digest, sizeof(claims->face_digest));
	snprintf(claims->type, sizeof(claims->type), "%s", m->type);
}

/* The payload in one form. */
static int
write_claims(struct keeper_state *s, struct keeper_job *job,
    const struct keeper_matter_check *m, unsigned int form)
{
	struct qr_claims claims = {.issuer = 0};
	int rc = 0;

	if (job->frame.sheet != 0) {
		claims = m->proof;
		claims.values = NULL;
		claims.nvalues = 0;
		sheet_copy(s, job, m, &claims.copy);
	} else {
		set_claims(s, job, m, &claims);
		rc = claims_copy(&claims, &job->frame, m->face, &job->e);
	}
	claims.form = form;
	buf_reset(&job->claims);
	if (rc == 0)
		rc = claims_values(&claims, job, m, &job->e);
	if (rc == 0)
		rc = qr_claims_write(&claims, &job->claims, &job->e);
	qr_claims_release(&claims);
	return rc;
}

static int
no_signature(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	(void)ctx;
	(void)message;
	(void)e;
	memset(raw, 1, SIGN_RAW_SIZE);
	return 0;
}

static int
set_request(const struct keeper_state *s, const struct keeper_job *job,
    struct cose_request *req, struct err *e)
{
	const struct x509 *x;
	int rc;

	req->alg = job->frame.alg;
	req->payload = buf_bytes(&job->claims);
	rc = x509_get(s->store.ops->x509(s->store.ctx, job->key), &x, e);
	if (rc == 0) {
		memcpy(req->kid, x->kid, sizeof(req->kid));
		x509_free(x);
	}
	return rc;
}

/* Bytes the code will have once signed. */
static int
code_size(struct keeper_state *s, struct keeper_job *job, size_t *size)
{
	struct cose_request req = {.sign = no_signature};
	struct buf cose = BUF_INIT;
	int rc;

	rc = set_request(s, job, &req, &job->e);
	if (rc == 0)
		rc = cose_sign(&req, &cose, &job->e);
	*size = cose.n;
	buf_release(&cose);
	return rc;
}

/* The fullest form from the asked one down that a printed code can carry. */
static int
choose_form(struct keeper_state *s, struct keeper_job *job,
    const struct keeper_matter_check *m)
{
	unsigned int form =
	    job->frame.sheet != 0 ? m->proof.form : job->frame.form;
	size_t size = 0;
	int rc;

	for (; form <= QR_MINIMAL; form++) {
		rc = write_claims(s, job, m, form);
		if (rc == 0)
			rc = code_size(s, job, &size);
		if (rc != 0 || size <= QR_BYTES_MAX)
			return rc;
	}
	return err_set(&job->e, ERR_LIMIT, "code_too_large",
	    "二维码内容超过 %d 字节", "the code is over %d bytes",
	    QR_BYTES_MAX);
}

/* Signed times come from this clock, give or take a retried intent. */
static int
check_issued(int64_t issued, int64_t late, struct err *e)
{
	int64_t now = clock_now();

	if (issued >= now - late && issued <= now + KEEPER_EARLY_SECONDS)
		return 0;
	return err_set(e, ERR_INPUT, "issued_out_of_range",
	    "签发时间与密钥进程的时钟不符",
	    "the time of issue does not fit the keeper's clock");
}

int
keeper_code_prepare(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_matter_check m = {0};
	uint64_t quota = 0;
	int rc;

	rc = keeper_matter_check(s, job, &m);
	if (rc == 0)
		rc = keeper_may_code(s, &m.caller, m.type, &quota, &job->e);
	if (rc == 0 && job->frame.sheet == 0)
		rc = check_issued(job->frame.issued,
		    (int64_t)KEEPER_LATE_DAYS * 86400, &job->e);
	if (rc == 0)
		rc = keeper_issuer_key(s, job, "code_keys", job->frame.alg);
	if (rc == 0)
		rc = choose_form(s, job, &m);
	if (rc == 0)
		rc = keeper_matter_line(s, job, &m,
		    job->frame.sheet != 0 ? "sheet" : "code", quota);
	keeper_matter_release(&m);
	return rc;
}

int
keeper_code_finish(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_signer signer = {.state = s, .key = job->key};
	struct cose_request req = {.sign = keeper_sign, .sign_ctx = &signer};
	struct buf cose = BUF_INIT;
	int rc;

	rc = set_request(s, job, &req, &job->e);
	if (rc == 0)
		rc = cose_sign(&req, &cose, &job->e);
	if (rc == 0) {
		cbor_put_array(&job->payload, 2);
		cbor_put_bstr(&job->payload, buf_bytes(&cose));
		cbor_put_bstr(&job->payload,
		    (struct bytes){job->face_digest, sizeof(job->face_digest)});
	}
	buf_release(&cose);
	return rc;
}
