/*
 * issue_copy.c - purpose-bound copies (加注件): the original's face with four
 * fields more, own code, own status, sealed again.
 */
#include "certsvc/issue.h"

#include <string.h>

#include "crypto/copy_field.h"
#include "crypto/qr_claims.h"
#include "certsvc/reason.h"
#include "crypto/base/text.h"

enum {
	DAY = 86400 /* seconds */
};

static int
bad_expires(struct err *e)
{
	err_add(e, "bad_date", "/expires",
	    "加注件的有效期截止日期不能早于今天或晚于原证照",
	    "a copy ends today at the earliest, and not after its original");
	return err_set(e, ERR_INPUT, "bad_expires",
	    "加注件的有效期截止日期有误", "the last day of the copy is wrong");
}

int
issue_check_original(const struct issue *issue, struct err *e)
{
	const struct store_certificate *c = &issue->old;
	int64_t last;

	if (c->copy_of[0] != '\0')
		return err_set(e, ERR_CONFLICT, "is_copy",
		    "加注件不能再制作加注件", "a copy is not copied");
	if (c->status != STATUS_VALID ||
	    (c->valid_to != 0 && clock_now() >= c->valid_to))
		return err_set(e, ERR_CONFLICT, "original_not_valid",
		    "原证照当前状态为 %s，不能制作加注件",
		    "the original is %s: it cannot be copied",
		    answer_status(c->status, c->valid_to, clock_now()));
	if (clock_parse_date(issue->until, &last) != 0)
		return err_internal(e, "expires");
	if (last + DAY <= clock_now() ||
	    (c->valid_to != 0 && last + DAY > c->valid_to))
		return bad_expires(e);
	if (c->template_version != issue->template->version)
		return err_set(e, ERR_CONFLICT, "template_changed",
		    "原证照按旧版模板签发，请先换发再制作加注件",
		    "the original was made by another version of its template: "
		    "renew it first");
	return 0;
}

/* Date and time in China, as GB/T 36903 has them. */
static void
time_cst(char out[CLOCK_RFC3339_SIZE], int64_t t)
{
	clock_rfc3339(out, t + CLOCK_CST_OFFSET);
	out[10] = ' ';
	out[19] = '\0';
}

static int
add_fields(struct issue *issue, struct face *face, struct err *e)
{
	char made[CLOCK_RFC3339_SIZE], until[CLOCK_RFC3339_SIZE];
	int rc;

	time_cst(made, issue->cert.issued);
	time_cst(until, issue->cert.valid_to - 1);
	if ((rc = face_add(face, COPY_MADE, made, e)) != 0 ||
	    (rc = face_add(face, COPY_MAKER, issue->maker, e)) != 0 ||
	    (rc = face_add(face, COPY_PURPOSE, issue->order.purpose, e)) != 0)
		return rc;
	return face_add(face, COPY_UNTIL, until, e);
}

/* The order, and what makes it a copy; NULL when out of memory. */
static json_t *
copy_record(const struct issue *issue)
{
	json_t *json = order_body(&issue->order);

	if (json != NULL &&
	    json_object_set_new(json, "copy_of", json_string(issue->old.id)) ==
		0 &&
	    json_object_set_new(json, "maker", json_string(issue->maker)) ==
		0 &&
	    json_object_set_new(json, "expires", json_string(issue->until)) ==
		0)
		return json;
	json_decref(json);
	return NULL;
}

static int
fill_certificate(struct issue *issue, struct err *e)
{
	struct store_certificate *c = &issue->cert;
	const struct store_certificate *old = &issue->old;

	issue_take_intent(issue);
	memcpy(c->copy_of, old->id, sizeof(c->copy_of));
	c->template_version = old->template_version;
	c->valid_from = old->valid_from;
	if (clock_parse_date(issue->until, &c->valid_to) != 0)
		return err_internal(e, "expires");
	c->valid_to += DAY;
	c->number = text_dup(old->number);
	c->identifier = text_dup(old->identifier);
	c->holder = text_dup(old->holder);
	c->holder_code = text_dup(old->holder_code);
	if (c->number == NULL || c->identifier == NULL)
		return err_nomem(e);
	return issue_record(issue, copy_record(issue), e);
}

int
issue_copy_face(struct issue *issue, struct err *e)
{
	struct face *face = NULL;
	int rc = fill_certificate(issue, e);

	if (rc == 0)
		rc = face_parse(buf_bytes(&issue->old.face), &face, e);
	if (rc == 0)
		rc = add_fields(issue, face, e);
	if (rc == 0)
		rc = face_write(face, &issue->cert.face, e);
	face_free(face);
	return rc;
}

/* A member that an order does not have. */
static const char *
text_member(const json_t *body, const char *name, struct err *e)
{
	const json_t *value = json_object_get(body, name);

	if (value != NULL && !json_is_string(value))
		err_add(e, "bad_type", name[0] == 'm' ? "/maker" : "/expires",
		    "应为文字", "must be text");
	return json_string_value(value);
}

static int
check_body(struct issue *issue, const json_t *body, struct err *e)
{
	const char *maker = text_member(body, "maker", e);
	const char *until = text_member(body, "expires", e);
	const char *purpose =
	    json_string_value(json_object_get(body, "purpose"));
	int64_t last;

	service_check_text(maker, "/maker", e);
	if (maker != NULL && maker[0] != '\0')
		issue->maker = maker;
	if (purpose == NULL || purpose[0] == '\0')
		err_add(e, "missing", "/purpose", "必须写明用途",
		    "the purpose is mandatory");
	if (json_object_get(body, "fields") != NULL)
		err_add(e, "unknown_field", "/fields", "没有这一项",
		    "there is no such member");
	if (until == NULL || strlen(until) != 10 ||
	    clock_parse_date(until, &last) != 0)
		err_add(e, "bad_date", "/expires",
		    "必须给出有效期截止日期（YYYY-MM-DD）",
		    "the last day is mandatory (YYYY-MM-DD)");
	else
		memcpy(issue->until, until, sizeof(issue->until));
	return e->nitems == 0
		   ? 0
		   : err_set(e, ERR_INPUT, "bad_fields", "请求内容有误",
			 "the request has wrong fields");
}

/* The order that a copy's body stands for: the original's type and fields. */
static int
copy_order(const struct issue *issue, json_t **order, struct err *e)
{
	const char *key;
	json_t *body = (json_t *)(uintptr_t)issue->call->body, *value;
	json_t *record = json_loadb(
	    (const char *)issue->old.record.p, issue->old.record.n, 0, NULL);

	*order = json_object();
	if (record == NULL || *order == NULL) {
		json_decref(record);
		return err_internal(e, "record");
	}
	json_object_foreach (body, key, value)
		if (strcmp(key, "maker") != 0 && strcmp(key, "expires") != 0)
			json_object_set(*order, key, value);
	json_object_set_new(*order, "type", json_string(issue->old.type));
	json_object_set(*order, "fields", json_object_get(record, "fields"));
	json_decref(record);
	return 0;
}

static int
check_allowed(struct service *s, const struct issue *issue, struct err *e)
{
	const struct template *t =
	    template_find(&s->templates, issue->old.type);

	if (t != NULL && t->print_copies)
		return 0;
	return err_set(e, ERR_DENIED, "copies_not_allowed",
	    "这个证照类型不允许制作加注件", "this type allows no copies");
}

/* Everything before the recipe; the department's name is the maker where none
 * is given. */
static int
prepare(struct issue *issue, json_t **order, struct err *e)
{
	struct service *s = issue->service;
	const struct directory_department *department;
	int rc = check_allowed(s, issue, e);

	if (rc != 0)
		return rc;
	department =
	    directory_department_find(s->directory, issue->old.department);
	issue->maker = department == NULL ? "" : department->zh;
	rc = check_body(issue, issue->call->body, e);
	return rc == 0 ? copy_order(issue, order, e) : rc;
}

/* The original, where the caller may see it. */
static int
find_original(struct issue *issue, struct err *e)
{
	struct service *s = issue->service;
	const struct service_call *call = issue->call;
	int rc;

	if (issue->office.key == NULL)
		return lookup_certificate(
		    s, call->caller, call->id, &issue->old, e);
	rc = s->ops->certificate_get(s->store, call->id, &issue->old, e);
	return rc == ERR_NOT_FOUND ? lookup_not_found(e) : rc;
}

/* What an office shows: itself, and the original's code. */
static int
show_office(struct issue *issue, struct err *e)
{
	struct bytes url;

	issue->maker = issue->call->caller->operator->office_zh;
	return qr_text_read(buf_bytes(&issue->old.qr), &url, &issue->proof, e);
}

static int
copy(struct issue *issue, json_t **out, struct err *e)
{
	struct service *s = issue->service;
	json_t *order = NULL;
	int rc;

	*out = NULL;
	issue->call->replayed = 0;
	pthread_rwlock_rdlock(&s->directory_lock);
	rc = find_original(issue, e);
	if (rc == 0)
		rc = prepare(issue, &order, e);
	if (rc == 0 && issue->office.key != NULL)
		rc = show_office(issue, e);
	if (rc == 0)
		rc = issue_run(issue, order, out, e);
	pthread_rwlock_unlock(&s->directory_lock);
	json_decref(order);
	issue_release(issue);
	return rc;
}

int
service_copy_at_office(
    struct service *s, struct service_call *call, json_t **out, struct err *e)
{
	const struct service_operator *op = call->caller->operator;
	struct issue issue = {.service = s,
	    .call = call,
	    .office = {op->office_key, buf_bytes(&op->ticket)}};

	return copy(&issue, out, e);
}

int
service_copy(
    struct service *s, struct service_call *call, json_t **out, struct err *e)
{
	struct issue issue = {.service = s, .call = call};

	return copy(&issue, out, e);
}
