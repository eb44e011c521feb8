/* desk_lookup.c - a look-up: find, record, answer; see desk_lookup.h. */
#include "certsvc/desk_lookup.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/desk_find.h"
#include "certsvc/desk_office.h"
#include "certsvc/desk_record.h"
#include "certsvc/permission.h"
#include "certsvc/print_desk_state.h"
#include "certsvc/print_rule.h"
#include "certsvc/service_state.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	HOUR = 3600,
	REFUSED_EVERY = 60, /* seconds between two records of refusals */
	MATTER_MAX = 64	    /* characters */
};

struct lookup {
	struct service *s;
	const struct service_operator *op;
	const char *by, *value, *purpose, *matter;
	int64_t now;
	struct desk_office office;
	struct desk_found found;
	char id[STORE_RECORD_ID_SIZE];
};

static void
check_text(const char *text, size_t max, const char *pointer, struct err *e)
{
	size_t pos = 0, len = strlen(text), n = 0;
	int32_t cp;

	for (; pos < len; n++) {
		cp = text_utf8_next(text, len, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp)) {
			err_add(e, "forbidden_character", pointer,
			    "含有不允许的字符",
			    "has characters that are not allowed");
			return;
		}
	}
	if (n > max)
		err_add(e, "too_long", pointer, "超过 %zu 个字符",
		    "over %zu characters", max);
}

static int
read_body(const json_t *json, struct lookup *l, struct err *e)
{
	json_t *body = json_incref((json_t *)(uintptr_t)json);
	json_error_t why;
	int bad = json_unpack_ex(body, &why, JSON_STRICT,
	    "{s:s, s:s, s?s, s?s}", "by", &l->by, "value", &l->value, "purpose",
	    &l->purpose, "matter", &l->matter);

	json_decref(body);
	if (bad)
		return err_set(e, ERR_INPUT, "bad_body", "请求内容有误：%s",
		    "the request body is wrong: %s", why.text);
	if (!desk_find_by_ok(l->by))
		err_add(e, "bad_value", "/by", "须为 holder、number 或 code",
		    "must be holder, number or code");
	if (l->value[0] == '\0' || strlen(l->value) > DESK_VALUE_MAX)
		err_add(e, "bad_value", "/value", "为空或过长",
		    "is empty or too long");
	if (l->purpose == NULL || l->purpose[strspn(l->purpose, " ")] == '\0')
		err_add(e, "missing", "/purpose",
		    "请填写查询目的，例如“本人到场打印”",
		    "say what it is for, for example: the holder wants a print");
	else
		check_text(l->purpose, DESK_PURPOSE_MAX, "/purpose", e);
	if (l->matter != NULL)
		check_text(l->matter, MATTER_MAX, "/matter", e);
	return e->nitems == 0
		   ? 0
		   : err_set(e, ERR_INPUT, "bad_fields", "请求内容有误",
			 "the request has wrong fields");
}

static json_t *
ids_json(const struct desk_found *found)
{
	json_t *list = json_array();

	for (size_t i = 0; i < found->n; i++)
		json_array_append_new(list, json_string(found->v[i].id));
	return list;
}

/* Before the answer, and whole: who reads it later sees what was found. */
static int
record(struct lookup *l, const char *state, struct err *e)
{
	struct desk_record_name name = {.kind = "lookup",
	    .id = l->id,
	    .office = l->op->office,
	    .subject = l->op->name,
	    .state = state,
	    .version = 1};
	struct store_record r;
	int rc = desk_record_random(l->id, sizeof(l->id), e);

	if (rc != 0)
		return rc;
	rc = desk_record_fill(&r, &name,
	    json_pack("{s:s, s:s, s:s?, s:s, s:o}", "by", l->by, "purpose",
		l->purpose, "matter", l->matter, "region", l->op->region,
		"certificates", ids_json(&l->found)),
	    e);
	if (rc == 0)
		rc = l->s->ops->records_put(l->s->store, &r, 1, NULL, e);
	store_record_release(&r);
	return rc;
}

static int
count(struct lookup *l, const char *state, int64_t since, uint64_t *n,
    struct err *e)
{
	struct store_record_query q = {.kind = "lookup",
	    .subject = l->op->name,
	    .state = state,
	    .from = l->now - since,
	    .to = l->now + 1};

	return l->s->ops->record_count(l->s->store, &q, n, e);
}

static int
too_many(struct lookup *l, struct err *e)
{
	uint64_t told = 0;
	int rc = count(l, "refused", REFUSED_EVERY, &told, e);

	if (rc == 0 && told == 0)
		rc = record(l, "refused", e);
	if (rc != 0)
		return rc;
	err_set(e, ERR_LIMIT, "too_many_lookups",
	    "一小时内的查询已达 %d 次上限，请稍后再查；确有需要请联系管理员。该情况已记录",
	    "you reached the limit of %d look-ups in an hour: try again later, or ask your administrator. This was recorded",
	    (int)l->s->config.lookups_hour);
	e->retryable = 1;
	return ERR_LIMIT;
}

static int
brake(struct lookup *l, struct err *e)
{
	uint64_t n = 0;
	int rc = count(l, "done", HOUR, &n, e);

	if (rc != 0 || n < (uint64_t)l->s->config.lookups_hour)
		return rc;
	return too_many(l, e);
}

static json_t *
department_name(struct service *s, const char *code)
{
	const struct directory_department *d;
	json_t *name;

	pthread_rwlock_rdlock(&s->directory_lock);
	d = directory_department_find(s->directory, code);
	name = json_string(d == NULL ? "" : d->zh);
	pthread_rwlock_unlock(&s->directory_lock);
	return name;
}

static int
item_json(struct service *s, const struct store_certificate *c, json_t **item,
    struct err *e)
{
	const struct template *t = template_find(&s->templates, c->type);
	json_t *print = NULL;
	int rc = print_rule_json(s, c, &print, e);

	if (rc != 0)
		return rc;
	*item = json_pack(
	    "{s:s, s:s, s:{s:s, s:s}, s:s, s:s?, s:s, s:o, s:s, s:o, s:o, s:o,"
	    " s:o, s:o}",
	    "id", c->id, "type", c->type, "type_name", "zh", t ? t->zh : "",
	    "en", t ? t->en : "", "number", c->number, "holder", c->holder,
	    "department", c->department, "department_name",
	    department_name(s, c->department), "status",
	    answer_status(c->status, c->valid_to, clock_now()), "issued",
	    answer_time(c->issued), "valid_from", answer_time(c->valid_from),
	    "valid_to", answer_time(c->valid_to), "variants",
	    t ? answer_variants(t) : json_array(), "print", print);
	return *item == NULL ? err_nomem(e) : 0;
}

static int
answer(struct lookup *l, json_t **out, struct err *e)
{
	json_t *items = json_array(), *item;
	int rc = 0;

	for (size_t i = 0; i < l->found.n && rc == 0; i++)
		if ((rc = item_json(l->s, &l->found.v[i], &item, e)) == 0)
			json_array_append_new(items, item);
	if (rc == 0) {
		*out = json_pack("{s:s, s:O, s:b}", "id", l->id, "items", items,
		    "more", l->found.more);
		rc = *out == NULL ? err_nomem(e) : 0;
	}
	json_decref(items);
	return rc;
}

static int
run(struct lookup *l, json_t **out, struct err *e)
{
	pthread_mutex_t *lock = print_desk_lookup_lock(l->s, l->op->name);
	int rc;

	pthread_mutex_lock(lock);
	if ((rc = desk_office_get(l->s, l->op->office, &l->office, e)) == 0 &&
	    (rc = brake(l, e)) == 0 &&
	    (rc = desk_find(l->s, &l->office, l->by, l->value, &l->found, e)) ==
		0)
		rc = record(l, "done", e);
	pthread_mutex_unlock(lock);
	return rc == 0 ? answer(l, out, e) : rc;
}

int
service_lookup(struct service *s, const struct service_caller *caller,
    const json_t *body, json_t **out, struct err *e)
{
	struct lookup l = {.s = s, .op = caller->operator, .now = clock_now()};
	int rc;

	*out = NULL;
	if ((rc = permission_check_role(l.op, PERMISSION_DESK, e)) != 0 ||
	    (rc = service_check_writable(s, e)) != 0 ||
	    (rc = read_body(body, &l, e)) != 0)
		return rc;
	rc = run(&l, out, e);
	desk_office_release(&l.office);
	desk_found_release(&l.found);
	return rc;
}

static int
lookup_needed(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "lookup_needed", "请先查询该证照再办理",
	    "look the certificate up first");
}

/* Of this operator, at this office, not of yesterday. */
static int
is_own(const struct store_record *r, const struct service_operator *op)
{
	return strcmp(r->subject, op->name) == 0 &&
	       strcmp(r->office, op->office) == 0 &&
	       strcmp(r->state, "done") == 0 &&
	       clock_now() - r->made <= DESK_LOOKUP_LIFE;
}

static int
has(const json_t *json, const char *certificate)
{
	json_t *id;
	size_t i;

	json_array_foreach (json_object_get(json, "certificates"), i, id)
		if (strcmp(json_string_value(id), certificate) == 0)
			return 1;
	return 0;
}

int
desk_lookup_check(struct service *s, const struct service_operator *op,
    const char *lookup, const char *certificate, char **purpose, struct err *e)
{
	struct store_record r;
	json_t *json = NULL;
	int rc = ERR_NOT_FOUND;

	if (lookup != NULL && lookup_id_ok(lookup))
		rc = s->ops->record_get(s->store, "lookup", lookup, 0, &r, e);
	if (rc == ERR_NOT_FOUND)
		return lookup_needed(e);
	if (rc != 0)
		return rc;
	rc = desk_record_json(&r, &json, e);
	if (rc == 0 && (!is_own(&r, op) || !has(json, certificate)))
		rc = lookup_needed(e);
	if (rc == 0 && purpose != NULL) {
		*purpose = text_dup(
		    json_string_value(json_object_get(json, "purpose")));
		rc = *purpose == NULL ? err_nomem(e) : 0;
	}
	json_decref(json);
	store_record_release(&r);
	return rc;
}
