/* keeper_seal.c - a seal: the keeper builds the CMS itself, with its own
 * x509s and the face digest it computed. */
#include "keys/keeper_state.h"

#include <stdio.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/cms.h"
#include "crypto/x509.h"

/* The seal's key, which must be in its days. */
static int
find_key(struct keeper_state *s, struct keeper_job *job)
{
	const struct key_store *store = &s->store;
	int64_t now = clock_now();
	const struct x509 *x;
	char id[48];
	int ok;

	snprintf(id, sizeof(id), "seal/%s", job->frame.seal);
	job->key = store->ops->find(store->ctx, id);
	if (job->key < 0)
		return authority_refuse(&job->e);
	if (x509_get(store->ops->x509(store->ctx, job->key), &x, &job->e) != 0)
		return job->e.class;
	ok = x->not_before <= now && now <= x->not_after;
	x509_free(x);
	return ok ? 0
		  : err_set(&job->e, ERR_DENIED, "seal_x509_expired",
			"印章 %s 的数字证书不在有效期内；请管理员更换",
			"the x509 of the seal %s is not valid now; its "
			"administrator must renew it",
			job->frame.seal);
}

int
keeper_seal_prepare(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_matter_check m = {0};
	uint64_t quota = 0;
	int rc;

	rc = keeper_matter_check(s, job, &m);
	if (rc == 0)
		rc = authority_may_seal(&s->authority, &m.caller, m.type,
		    job->frame.seal, &quota, &job->e);
	if (rc == 0)
		rc = find_key(s, job);
	if (rc == 0)
		rc = keeper_matter_line(s, job, &m, "seal", quota);
	face_free(m.face);
	return rc;
}

int
keeper_seal_finish(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_signer signer = {s, job->key};
	struct cms_request req = {.alg = SIGN_ES256,
	    .document_digest = job->frame.document_digest,
	    .face_digest = job->face_digest,
	    .x509s = {s->store.ops->x509(s->store.ctx, job->key),
		buf_bytes(&s->ca_x509)},
	    .nx509s = 2,
	    .sign = keeper_sign,
	    .sign_ctx = &signer};

	return cms_build(&req, &job->payload, &job->e);
}
