/*
 * issue.c - the issuing recipe; see service.h.  The only file that knows the
 * order: order checked -> intent durable -> face -> code -> documents sealed ->
 * one transaction -> answer.
 */
#include "certsvc/issue.h"

#include <string.h>

#include "certsvc/reason.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

static int
may_use_type(const struct keeper_caller *who, const char *type)
{
	size_t i;

	for (i = 0; i < who->ntypes; i++)
		if (strcmp(who->types[i], type) == 0)
			return 1;
	return 0;
}

static int
no_such_type(struct err *e)
{
	return err_set(e, ERR_INPUT, "unknown_type",
	    "没有这个证照类型，或其模板目前未生效",
	    "there is no such type, or its template is not in force");
}

static int
not_authorised(struct err *e)
{
	return err_set(e, ERR_DENIED, "not_authorised",
	    "本部门或该接口密钥无权签发这个证照类型",
	    "this department or key may not issue this type");
}

const char *
issue_department(const struct issue *issue)
{
	const struct keeper_caller *who = issue->call->caller->who;

	return who != NULL ? who->department : issue->old.department;
}

/* Type, department and seals of the order. */
static int
find_type(struct issue *issue, struct err *e)
{
	struct service *s = issue->service;
	const struct keeper_caller *who = issue->call->caller->who;
	const struct template *t;
	char today[CLOCK_DATE_SIZE];

	t = template_find(&s->templates, issue->order.type);
	clock_date_cst(today, clock_now());
	if (t == NULL || strcmp(today, t->effective_from) < 0 ||
	    (t->effective_to[0] && strcmp(today, t->effective_to) > 0)) {
		err_add(e, "unknown_type", "/type", "没有这个证照类型",
		    "there is no such type in force");
		return no_such_type(e);
	}
	issue->template = t;
	issue->department =
	    directory_department_find(s->directory, issue_department(issue));
	/* What an office may copy is in its ticket, which the keeper reads. */
	if ((who != NULL && !may_use_type(who, t->code)) ||
	    issue->department == NULL)
		return not_authorised(e);
	return rendition_seals(
	    s->directory, issue->department, t, &issue->seals, e);
}

/* The template's checks over all fields; wrong ones are all named. */
static int
check_fields(struct issue *issue, struct err *e)
{
	if ((issue->fields = face_new()) == NULL)
		return err_nomem(e);
	if (issue->maker != NULL)
		return 0;
	return order_check(&issue->order, issue->template, issue->fields, e);
}

/* Documents, certificate, event and leaf in one durable transaction. */
static int
put(struct issue *issue, struct err *e)
{
	struct store_certificate *cert = &issue->cert;
	const struct service_call *call = issue->call;
	struct store_event event = {.at = issue->intent.created};
	const char *reason, *note = NULL;
	int rc;

	issue->status = issue->template->starts_pending && issue->maker == NULL
			    ? STATUS_PENDING
			    : STATUS_VALID;
	event.status = issue->status;
	memcpy(event.certificate, cert->id, sizeof(event.certificate));
	memcpy(event.department, cert->department, sizeof(event.department));
	memcpy(event.action, call->action, strlen(call->action) + 1);
	if (issue->reissue) {
		reason =
		    json_string_value(json_object_get(call->body, "reason"));
		memcpy(event.reason, reason, strlen(reason) + 1);
		note = json_string_value(json_object_get(call->body, "note"));
	}
	rc = service_event_texts(&event, issue->order.op, note, e);
	if (rc == 0)
		rc = issue->service->ops->certificate_put(issue->service->store,
		    cert, &event, issue->docs, issue->ndocs, e);
	if (cert->supersedes[0] != '\0')
		service_status_changed(issue->service, cert->supersedes);
	store_event_release(&event);
	return rc;
}

/* What a call with this key has led to already, if it came to its end. */
static int
replay(struct issue *issue, json_t **out, struct err *e)
{
	struct service *s = issue->service;
	struct store_certificate c = {.id = ""};
	int rc =
	    s->ops->certificate_get(s->store, issue->intent.certificate, &c, e);

	if (rc == 0)
		rc = answer_certificate(s, &c, out, e);
	store_certificate_release(&c);
	if (rc == 0)
		issue->call->replayed = 1;
	else if (rc == ERR_NOT_FOUND)
		err_clear(e);
	return rc;
}

/* The new certificate; the intent is durable and only we are at it. */
static int
make(struct issue *issue, struct err *e)
{
	int rc = issue->maker == NULL ? issue_face(issue, e)
				      : issue_copy_face(issue, e);

	if (rc != 0 || (rc = issue_code(issue, e)) != 0 ||
	    (rc = issue_documents(issue, e)) != 0 ||
	    (rc = issue_more_codes(issue, e)) != 0)
		return rc;
	return put(issue, e);
}

void
issue_release(struct issue *issue)
{
	size_t i;

	for (i = 0; i < issue->ndocs; i++)
		buf_release(&issue->docs[i].bytes);
	order_release(&issue->order);
	face_free(issue->fields);
	store_certificate_release(&issue->old);
	store_certificate_release(&issue->cert);
	buf_release(&issue->proof);
}

int
issue_run(struct issue *issue, const json_t *body, json_t **out, struct err *e)
{
	struct service *s = issue->service;
	int rc;

	if ((rc = service_check_writable(s, e)) != 0 ||
	    (rc = order_parse(body, &issue->order, e)) != 0 ||
	    (rc = find_type(issue, e)) != 0 ||
	    (rc = check_fields(issue, e)) != 0 ||
	    (rc = issue_intent(issue, e)) != 0)
		return rc;
	rc = replay(issue, out, e);
	/* The intent may be old: what it follows may have changed since. */
	if (rc == ERR_NOT_FOUND && issue->old.id[0] != '\0')
		rc = issue_check_old(issue, e) != 0 ? e->class : ERR_NOT_FOUND;
	if (rc == ERR_NOT_FOUND && (rc = make(issue, e)) == 0) {
		publish_issued(s, issue->status, issue->cert.list);
		rc = answer_documents(
		    s, &issue->cert, issue->docs, issue->ndocs, out, e);
	}
	issue_intent_done(issue);
	return rc;
}

int
service_issue(
    struct service *s, struct service_call *call, json_t **out, struct err *e)
{
	struct issue issue = {.service = s, .call = call};
	int rc;

	*out = NULL;
	call->replayed = 0;
	if ((rc = service_department_only(call->caller, e)) != 0)
		return rc;
	pthread_rwlock_rdlock(&s->directory_lock);
	rc = issue_run(&issue, call->body, out, e);
	pthread_rwlock_unlock(&s->directory_lock);
	issue_release(&issue);
	return rc;
}

static int
check_reason(const json_t *body, const char *action, struct err *e)
{
	const char *code = json_string_value(json_object_get(body, "reason"));
	const json_t *note = json_object_get(body, "note");

	if (note != NULL && !json_is_string(note))
		err_add(e, "bad_type", "/note", "应为文字", "must be text");
	service_check_text(json_string_value(note), "/note", e);
	if (code == NULL)
		err_add(e, "missing", "/reason", "必须给出原因代码",
		    "a reason code is mandatory");
	else if (reason_find(code, (enum reason_action)reason_action(action)) ==
		 NULL)
		err_add(e, "bad_reason", "/reason",
		    "原因代码不存在或不适用于该操作（见 GET /v1/types 的 reasons）",
		    "no such reason code for this action (see reasons in GET /v1/types)");
	if (e->nitems == 0)
		return 0;
	return err_set(e, ERR_INPUT, "bad_fields", "请求内容有误",
	    "the request has wrong fields");
}

/* The order that a renew or correct body stands for: the old one's type, and
 * its fields where none are given. */
static int
reissue_order(const struct issue *issue, json_t **order, struct err *e)
{
	const char *key;
	json_t *body, *value, *record, *made;

	body = (json_t *)(uintptr_t)issue->call->body;
	record = json_loadb(
	    (const char *)issue->old.record.p, issue->old.record.n, 0, NULL);
	made = json_object();
	if (record == NULL || made == NULL) {
		json_decref(record);
		json_decref(made);
		return err_internal(e, "record");
	}
	json_object_set_new(made, "type", json_string(issue->old.type));
	json_object_foreach (body, key, value)
		if (strcmp(key, "reason") != 0 && strcmp(key, "note") != 0 &&
		    strcmp(key, "type") != 0)
			json_object_set(made, key, value);
	if (json_object_get(body, "fields") == NULL &&
	    strcmp(issue->call->action, "renew") == 0)
		json_object_set(
		    made, "fields", json_object_get(record, "fields"));
	json_decref(record);
	*order = made;
	return 0;
}

int
service_reissue(
    struct service *s, struct service_call *call, json_t **out, struct err *e)
{
	struct issue issue = {.service = s, .call = call, .reissue = 1};
	json_t *order = NULL;
	int rc;

	*out = NULL;
	call->replayed = 0;
	pthread_rwlock_rdlock(&s->directory_lock);
	rc = lookup_certificate(s, call->caller, call->id, &issue.old, e);
	if (rc == 0 && issue.old.copy_of[0] != '\0')
		rc = err_set(e, ERR_CONFLICT, "is_copy",
		    "加注件不能换发或更正，请重新制作",
		    "a copy is not renewed or corrected: make another");
	if (rc == 0)
		rc = check_reason(call->body, call->action, e);
	if (rc == 0)
		rc = reissue_order(&issue, &order, e);
	if (rc == 0)
		rc = issue_run(&issue, order, out, e);
	pthread_rwlock_unlock(&s->directory_lock);
	json_decref(order);
	issue_release(&issue);
	if (rc == 0 && !call->replayed)
		publish_soon(s);
	return rc;
}
