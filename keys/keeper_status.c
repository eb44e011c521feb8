/* keeper_status.c - status lists: signed with a key of their own, for a
 * bounded time. */
#include "keys/keeper_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/status_list.h"
#include "crypto/x509.h"

enum {
	STATUS_TTL = 900 /* seconds a client may keep a list unasked */
};

/* Only now and for a bounded time: whoever holds the front must not be able to
 * store up lists for later. */
static int
check_times(const struct keeper_frame *f, struct err *e)
{
	int64_t now = clock_now();

	if (f->issued >= now - KEEPER_EARLY_SECONDS &&
	    f->issued <= now + KEEPER_EARLY_SECONDS && f->expires > f->issued &&
	    f->expires - f->issued <= (int64_t)KEEPER_STATUS_DAYS * 86400)
		return 0;
	return err_set(e, ERR_INPUT, "issued_out_of_range",
	    "状态列表的时间与密钥进程的时钟不符，或有效期超过 %d 天",
	    "the status list's times do not fit the keeper's clock, or it "
	    "lives longer than %d days",
	    KEEPER_STATUS_DAYS);
}

int
keeper_status_prepare(struct keeper_state *s, struct keeper_job *job)
{
	struct journal_line line = {.op = "status",
	    .time = clock_now(),
	    .authority = s->authority.version};
	const struct keeper_frame *f = &job->frame;
	int rc;

	rc = check_times(f, &job->e);
	if (rc == 0 && (f->body.n == 0 || f->body.n > STATUS_LIST_BYTES_MAX))
		rc = err_set(&job->e, ERR_INPUT, "bad_status_list",
		    "状态列表长度不合规定",
		    "the status list's length is wrong");
	if (rc == 0)
		rc = keeper_issuer_key(s, job, "status_keys", SIGN_ES256);
	snprintf(line.seal, sizeof(line.seal), "list-%" PRIu64, f->list);
	if (rc == 0)
		rc = journal_add(&s->journal, &line, &job->e);
	job->signs = rc == 0;
	return rc;
}

/* The list is named by issuer and number: the same bits under another number
 * are another list. */
static int
fill_list(const struct keeper_state *s, const struct keeper_frame *f,
    struct status_list *list, struct err *e)
{
	uint64_t issuer = (uint64_t)json_integer_value(json_object_get(
	    json_object_get(s->authority.root, "issuer"), "number"));
	int rc = status_list_init(list, f->body.n * 4, e);

	if (rc != 0)
		return rc;
	snprintf(list->uri, sizeof(list->uri),
	    "urn:certsvc:status-list:%" PRIu64 ":%" PRIu64, issuer, f->list);
	list->issued = f->issued;
	list->expires = f->expires;
	list->ttl = STATUS_TTL;
	memcpy(list->bits, f->body.p, f->body.n);
	return 0;
}

int
keeper_status_finish(struct keeper_state *s, struct keeper_job *job)
{
	struct keeper_signer signer = {.state = s, .key = job->key};
	struct cose_request req = {
	    .alg = SIGN_ES256, .sign = keeper_sign, .sign_ctx = &signer};
	struct status_list list;
	const struct x509 *x;
	int rc;

	rc = x509_get(s->store.ops->x509(s->store.ctx, job->key), &x, &job->e);
	if (rc != 0)
		return rc;
	memcpy(req.kid, x->kid, sizeof(req.kid));
	x509_free(x);
	rc = fill_list(s, &job->frame, &list, &job->e);
	if (rc == 0) {
		rc = status_list_sign(&list, &req, &job->payload, &job->e);
		status_list_release(&list);
	}
	return rc;
}
