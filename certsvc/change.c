/* change.c - revoke, suspend, resume, hand over; see service.h. */
#include "certsvc/service_state.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/reason.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

/* From which statuses an action leads to which. */
static const struct transition {
	const char *action;
	enum reason_action reason;
	unsigned int from; /* mask of 1 << enum store_status */
	enum store_status to;
} transitions[] = {
    {"revoke", REASON_REVOKE,
	1u << STATUS_PENDING | 1u << STATUS_VALID | 1u << STATUS_SUSPENDED,
	STATUS_REVOKED},
    {"suspend", REASON_SUSPEND, 1u << STATUS_VALID, STATUS_SUSPENDED},
    {"resume", REASON_RESUME, 1u << STATUS_SUSPENDED, STATUS_VALID},
    {"hand_over", REASON_HAND_OVER, 1u << STATUS_PENDING, STATUS_VALID},
};

static const struct transition *
transition_find(const char *action)
{
	size_t i;

	for (i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++)
		if (strcmp(transitions[i].action, action) == 0)
			return &transitions[i];
	return NULL;
}

void
service_check_text(const char *text, const char *pointer, struct err *e)
{
	size_t len, pos = 0, n = 0;
	int32_t cp = 0;

	if (text == NULL)
		return;
	for (len = strlen(text); pos < len; n++) {
		cp = text_utf8_next(text, len, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp)) {
			err_add(e, "forbidden_character", pointer,
			    "含有不允许的字符",
			    "has characters that are not allowed");
			return;
		}
	}
	if (n > ORDER_TEXT_MAX)
		err_add(e, "too_long", pointer, "超过 %d 个字符",
		    "over %d characters", ORDER_TEXT_MAX);
}

int
service_event_texts(
    struct store_event *event, const char *op, const char *note, struct err *e)
{
	event->op = text_dup(op);
	event->note = text_dup(note);
	return (op != NULL && event->op == NULL) ||
		       (note != NULL && event->note == NULL)
		   ? err_nomem(e)
		   : 0;
}

static int
read_body(const json_t *body, const struct transition *t,
    struct store_event *event, struct err *e)
{
	const char *reason = NULL, *op = NULL, *note = NULL;
	json_error_t why;
	json_t *json = json_incref((json_t *)(uintptr_t)body);
	int bad;

	bad = json_unpack_ex(json, &why, JSON_STRICT, "{s?s, s?s, s?s}",
	    "reason", &reason, "operator", &op, "note", &note);
	json_decref(json);
	if (bad)
		return err_set(e, ERR_INPUT, "bad_body", "请求内容有误：%s",
		    "the request body is wrong: %s", why.text);
	if (reason == NULL)
		err_add(e, "missing", "/reason", "必须给出原因代码",
		    "a reason code is mandatory");
	else if (reason_find(reason, t->reason) == NULL)
		err_add(e, "bad_reason", "/reason",
		    "原因代码不存在或不适用于该操作（见 GET /v1/types 的 reasons）",
		    "no such reason code for this action (see reasons in GET /v1/types)");
	service_check_text(op, "/operator", e);
	service_check_text(note, "/note", e);
	if (e->nitems > 0)
		return err_set(e, ERR_INPUT, "bad_fields", "请求内容有误",
		    "the request has wrong fields");
	memcpy(event->reason, reason, strlen(reason) + 1);
	return service_event_texts(event, op, note, e);
}

static int
change_answer(const struct store_event *event, int64_t valid_to,
    json_t **answer, struct err *e)
{
	*answer = json_pack("{s:s, s:s, s:o, s:s}", "id", event->certificate,
	    "status", answer_status(event->status, valid_to, clock_now()),
	    "since", answer_time(event->at), "reason", event->reason);
	return *answer == NULL ? err_nomem(e) : 0;
}

/* Repeating what is in force already is the same answer, not a conflict. */
static int
already(const struct store_certificate *c, const struct transition *t,
    const struct store_event *event)
{
	return c->status == t->to &&
	       strcmp(c->status_reason, event->reason) == 0 &&
	       !(t->from & 1u << t->to);
}

void
service_status_changed(struct service *s, const char *id)
{
	struct store_query q = {.copy_of = id, .limit = STORE_PAGE_MAX};
	struct store_page page;
	struct err e = ERR_INIT;
	size_t i;

	status_cache_forget(&s->statuses, id);
	do {
		/* Not to know the copies is to forget all: see there. */
		if (s->ops->certificate_list(s->store, &q, &page, &e) != 0) {
			status_cache_clear(&s->statuses);
			break;
		}
		for (i = 0; i < page.n; i++)
			status_cache_forget(&s->statuses, page.v[i].id);
		q.before = page.next;
		store_page_release(&page);
	} while (q.before != 0);
	err_clear(&e);
}

int
change_certificate(struct service *s, struct service_call *call,
    const struct store_certificate *c, json_t **answer, struct err *e)
{
	const struct transition *t = transition_find(call->action);
	struct store_event event = {.at = clock_now()};
	int rc;

	if (t == NULL)
		return err_internal(e, call->action);
	if ((rc = service_check_writable(s, e)) != 0 ||
	    (rc = read_body(call->body, t, &event, e)) != 0)
		goto out;
	event.status = t->to;
	memcpy(event.certificate, c->id, sizeof(event.certificate));
	memcpy(event.action, t->action, strlen(t->action) + 1);
	memcpy(event.department, c->department, sizeof(event.department));
	if (already(c, t, &event)) {
		call->replayed = 1;
		event.at = c->status_since;
		rc = change_answer(&event, c->valid_to, answer, e);
		goto out;
	}
	rc = s->ops->event_put(s->store, &event, t->from, e);
	/* Also after an error: it does not say that nothing was written. */
	service_status_changed(s, c->id);
	if (rc != 0)
		goto out;
	publish_soon(s);
	rc = change_answer(&event, c->valid_to, answer, e);
out:
	store_event_release(&event);
	return rc;
}

int
service_change(struct service *s, struct service_call *call, json_t **answer,
    struct err *e)
{
	struct store_certificate c;
	int rc;

	*answer = NULL;
	if ((rc = lookup_certificate(s, call->caller, call->id, &c, e)) != 0)
		return rc;
	rc = change_certificate(s, call, &c, answer, e);
	store_certificate_release(&c);
	return rc;
}
