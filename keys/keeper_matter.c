/* keeper_matter.c - the checks that a code and a seal have in common: who
 * asks, does the record itself say that it is theirs, and was it issued. */
#include "keys/keeper_state.h"

#include <stdio.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "keys/private_key.h"

/* What the record says of itself. */
static int
read_face(struct keeper_job *job, struct keeper_matter_check *m)
{
	struct err *e = &job->e;
	int rc;

	rc = face_parse(job->frame.face, &m->face, e);
	if (rc == 0)
		rc = face_digest(job->frame.face, job->face_digest, e);
	if (rc != 0)
		return rc;
	m->type = face_get(m->face, "ZZLXDM");
	m->department = face_get(m->face, "ZZBFJGDM");
	if (m->type == NULL || m->department == NULL ||
	    strlen(m->type) != AUTHORITY_TYPE_LEN)
		return err_set(e, ERR_INPUT, "face_incomplete",
		    "照面缺少证照类型代码或颁发机构代码",
		    "the face lacks the type code or the department's code");
	return 0;
}

static int
check_department(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m)
{
	struct keeper_frame *f = &job->frame;
	int rc;

	rc = authority_identify(&s->authority, &f->cred, f->address,
	    clock_now(), &m->caller, &job->e);
	if (rc == 0)
		rc = read_face(job, m);
	if (rc == 0 && strcmp(m->department, m->caller.department) != 0)
		rc = authority_refuse(&job->e);
	return rc;
}

static int
check_office(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m)
{
	int rc = keeper_office_open(s, job, m);

	if (rc == 0)
		rc = read_face(job, m);
	return rc == 0 ? keeper_office_check(s, job, m) : rc;
}

int
keeper_matter_check(struct keeper_state *s, struct keeper_job *job,
    struct keeper_matter_check *m)
{
	int rc;

	rc = job->frame.ticket.n > 0 ? check_office(s, job, m)
				     : check_department(s, job, m);
	return rc == 0 ? keeper_proof_check(s, job, m) : rc;
}

void
keeper_matter_release(struct keeper_matter_check *m)
{
	face_free(m->face);
	qr_claims_release(&m->proof);
}

static void
hex(char *out, size_t size, const uint8_t *p, size_t n)
{
	struct buf text = BUF_INIT;

	text_hex(&text, (struct bytes){p, n});
	snprintf(out, size, "%s", buf_failed(&text) ? "" : buf_cstr(&text));
	buf_release(&text);
}

int
keeper_matter_line(struct keeper_state *s, struct keeper_job *job,
    const struct keeper_matter_check *m, const char *op, uint64_t quota)
{
	struct journal_line line = {
	    .time = clock_now(), .authority = s->authority.version};
	int rc;

	job->time = line.time;
	snprintf(line.op, sizeof(line.op), "%s", op);
	snprintf(line.type, sizeof(line.type), "%s", m->type);
	snprintf(line.department, sizeof(line.department), "%s", m->department);
	snprintf(line.seal, sizeof(line.seal), "%s", job->frame.seal);
	hex(line.intent, sizeof(line.intent), job->frame.intent,
	    sizeof(job->frame.intent));
	hex(line.face, sizeof(line.face), job->face_digest,
	    sizeof(job->face_digest));
	line.number = m->number;
	if (m->by_office) {
		snprintf(line.office, sizeof(line.office), "%s", m->ticket.id);
		quota = m->quota > 0 ? m->quota : QUOTA_NONE;
	}
	rc = quota_take(&s->quota, &line, quota, &job->e);
	if (rc == 0)
		rc = journal_add(&s->journal, &line, &job->e);
	if (rc == 0)
		job->signs = 1;
	return rc;
}

int
keeper_sign(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	struct keeper_signer *signer = ctx;
	struct key_store *store = &signer->state->store;

	if (signer->key < 0)
		return private_key_sign(
		    signer->alg, signer->own, message, raw, e);
	return store->ops->sign(store->ctx, signer->key, message, raw, e);
}

long
keeper_key_in_force(
    const struct keeper_state *s, const char *list, enum sign_alg alg)
{
	const json_t *keys = json_object_get(s->authority.root, list), *key;
	const struct key_store *store = &s->store;
	size_t i = json_array_size(keys);
	long place;

	while (i-- > 0) {
		key = json_array_get(keys, i);
		place = store->ops->find(
		    store->ctx, json_string_value(json_object_get(key, "id")));
		if (place >= 0 && store->ops->alg(store->ctx, place) == alg &&
		    json_integer_value(json_object_get(key, "not_before")) <=
			clock_now())
			return place;
	}
	return -1;
}

int
keeper_issuer_key(const struct keeper_state *s, struct keeper_job *job,
    const char *list, enum sign_alg alg)
{
	job->key = keeper_key_in_force(s, list, alg);
	return job->key >= 0
		   ? 0
		   : err_set(&job->e, ERR_DENIED, "no_key_in_force",
			 "签发系统的密钥（%s）此刻均未生效：请检查系统时钟（NTP）",
			 "no key of the issuer (%s) is in force now: check the clock (NTP)",
			 list);
}
