/* lookup.c - find certificates, lists, files and proofs; see service.h. */
#include "certsvc/service_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"

int
lookup_not_found(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "not_found", "没有这个证照",
	    "there is no such certificate");
}

int
lookup_id_ok(const char *id)
{
	uint8_t raw[16];

	return text_unbase32(raw, sizeof(raw), id, strlen(id)) == 0;
}

int
lookup_certificate(struct service *s, const struct service_caller *caller,
    const char *id, struct store_certificate *c, struct err *e)
{
	int rc;

	memset(c, 0, sizeof(*c));
	if ((rc = service_department_only(caller, e)) != 0)
		return rc;
	if (!lookup_id_ok(id))
		return lookup_not_found(e);
	rc = s->ops->certificate_get(s->store, id, c, e);
	/* Another department's certificate does not exist for this one. */
	if (rc == ERR_NOT_FOUND ||
	    (rc == 0 && strcmp(c->department, caller->who->department) != 0)) {
		store_certificate_release(c);
		memset(c, 0, sizeof(*c));
		return lookup_not_found(e);
	}
	return rc;
}

static json_t *
event_json(const struct store_event *event)
{
	json_t *json = json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:o}", "action",
	    event->action, "status", answer_status(event->status, 0, 0),
	    "reason", event->reason[0] ? event->reason : NULL, "operator",
	    event->op, "note", event->note, "at", answer_time(event->at));

	if (json != NULL && event->successor[0] != '\0')
		json_object_set_new(
		    json, "successor", json_string(event->successor));
	return json;
}

static int
add_events(struct service *s, const char *id, json_t *answer, struct err *e)
{
	struct store_event *events = NULL;
	json_t *list = json_array();
	size_t n = 0, i;
	int rc;

	rc = s->ops->events(s->store, id, &events, &n, e);
	for (i = 0; i < n; i++) {
		json_array_append_new(list, event_json(&events[i]));
		store_event_release(&events[i]);
	}
	free(events);
	json_object_set_new(answer, "events", list);
	return rc;
}

/* The record as it was ordered, all levels: {"matter","serial",...,"fields"} */
static int
add_record(const struct store_certificate *c, json_t *answer, struct err *e)
{
	static const char *const names[] = {"matter", "serial", "operator",
	    "purpose", "fields", "maker", "expires"};
	json_t *record;
	size_t i;

	record = json_loadb((const char *)c->record.p, c->record.n, 0, NULL);
	if (record == NULL)
		return err_internal(e, "record");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_object_get(record, names[i]) != NULL)
			json_object_set(answer, names[i],
			    json_object_get(record, names[i]));
	json_decref(record);
	return 0;
}

/* The newest copies of a certificate. */
static int
add_copies(struct service *s, const char *id, json_t *answer, struct err *e)
{
	struct store_query q = {.copy_of = id, .limit = STORE_PAGE_MAX};
	const struct store_certificate *c;
	struct store_page page;
	json_t *list;
	size_t i;
	int rc = s->ops->certificate_list(s->store, &q, &page, e);

	if (rc != 0)
		return rc;
	list = json_array();
	for (i = 0; i < page.n; i++) {
		c = &page.v[i];
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:o, s:o}", "id", c->id, "status",
			answer_status(c->status, c->valid_to, clock_now()),
			"issued", answer_time(c->issued), "valid_to",
			answer_time(c->valid_to)));
	}
	store_page_release(&page);
	return json_object_set_new(answer, "copies", list) == 0 ? 0
								: err_nomem(e);
}

int
service_get(struct service *s, const struct service_caller *caller,
    const char *id, json_t **answer, struct err *e)
{
	struct store_certificate c;
	int rc;

	*answer = NULL;
	if ((rc = lookup_certificate(s, caller, id, &c, e)) != 0)
		return rc;
	rc = answer_certificate(s, &c, answer, e);
	if (rc == 0)
		rc = add_record(&c, *answer, e);
	if (rc == 0)
		rc = add_events(s, id, *answer, e);
	if (rc == 0 && c.copy_of[0] == '\0')
		rc = add_copies(s, id, *answer, e);
	store_certificate_release(&c);
	if (rc != 0) {
		json_decref(*answer);
		*answer = NULL;
	}
	return rc;
}

static int
bad_query(struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "bad_query", "查询条件有误：%s",
	    "the query is wrong: %s", why);
}

static int
read_query(const json_t *json, struct store_query *q, struct err *e)
{
	json_error_t why;
	json_int_t limit = 20;
	const char *cursor = NULL;
	char *end;

	/* json_unpack takes a non-const object but only reads it. */
	json_t *query = json_incref((json_t *)(uintptr_t)json);
	int bad = json_unpack_ex(query, &why, JSON_STRICT,
	    "{s?s, s?s, s?s, s?s, s?I, s?s}", "type", &q->type, "number",
	    &q->number, "holder_code", &q->holder_code, "status", &q->status,
	    "limit", &limit, "cursor", &cursor);

	json_decref(query);
	if (bad)
		return bad_query(e, why.text);
	if (limit < 1 || limit > STORE_PAGE_MAX)
		return bad_query(e, "limit: 1..100");
	q->limit = (size_t)limit;
	if (cursor != NULL) {
		q->before = strtoull(cursor, &end, 10);
		if (*cursor < '1' || *cursor > '9' || *end != '\0')
			return bad_query(e, "cursor");
	}
	return 0;
}

static json_t *
page_json(struct service *s, const struct store_page *page)
{
	int64_t now = clock_now();
	json_t *items = json_array(), *item;
	const struct store_certificate *c;
	const struct template *t;
	char cursor[24];
	size_t i;

	for (i = 0; i < page->n; i++) {
		c = &page->v[i];
		t = template_find(&s->templates, c->type);
		item = json_pack(
		    "{s:s, s:s, s:{s:s, s:s}, s:s, s:s, s:s?, s:s?, s:s, s:o,"
		    " s:o, s:o}",
		    "id", c->id, "type", c->type, "type_name", "zh",
		    t ? t->zh : "", "en", t ? t->en : "", "number", c->number,
		    "identifier", c->identifier, "holder", c->holder,
		    "holder_code", c->holder_code, "status",
		    answer_status(c->status, c->valid_to, now), "issued",
		    answer_time(c->issued), "valid_from",
		    answer_time(c->valid_from), "valid_to",
		    answer_time(c->valid_to));
		json_array_append_new(items, item);
	}
	snprintf(
	    cursor, sizeof(cursor), "%llu", (unsigned long long)page->next);
	return json_pack(
	    "{s:o, s:s?}", "items", items, "next", page->next ? cursor : NULL);
}

int
service_list(struct service *s, const struct service_caller *caller,
    const json_t *query, json_t **answer, struct err *e)
{
	struct store_query q = {0};
	struct store_page page = {NULL, 0, 0};
	const struct template *t;
	int rc;

	*answer = NULL;
	if ((rc = service_department_only(caller, e)) != 0 ||
	    (rc = read_query(query, &q, e)) != 0)
		return rc;
	q.department = caller->who->department;
	if (q.type != NULL &&
	    (t = template_find(&s->templates, q.type)) != NULL)
		q.type = t->code;
	if ((rc = s->ops->certificate_list(s->store, &q, &page, e)) != 0)
		return rc;
	*answer = page_json(s, &page);
	store_page_release(&page);
	return *answer == NULL ? err_nomem(e) : 0;
}

static json_t *
hashes_json(const struct buf *hashes)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i + 32 <= hashes->n; i += 32)
		json_array_append_new(list, answer_hex(hashes->p + i, 32));
	return list;
}

int
service_proof(struct service *s, const char *id, json_t **answer, struct err *e)
{
	struct store_certificate c = {.id = ""};
	struct buf leaf = BUF_INIT, hashes = BUF_INIT;
	uint64_t size = 0;
	uint8_t root[32];
	int rc;

	*answer = NULL;
	if (!lookup_id_ok(id))
		return lookup_not_found(e);
	rc = s->ops->certificate_get(s->store, id, &c, e);
	if (rc == 0)
		rc = s->ops->ledger_root(s->store, &size, root, e);
	if (rc == 0)
		rc = s->ops->ledger_leaf(s->store, c.leaf, &leaf, e);
	if (rc == 0)
		rc = s->ops->ledger_proof(s->store, c.leaf, size, &hashes, e);
	if (rc == 0) {
		*answer = json_pack("{s:I, s:I, s:o, s:o, s:o}", "index",
		    (json_int_t)c.leaf, "size", (json_int_t)size, "root",
		    answer_hex(root, 32), "leaf", answer_hex(leaf.p, leaf.n),
		    "proof", hashes_json(&hashes));
		rc = *answer == NULL ? err_nomem(e) : 0;
	}
	store_certificate_release(&c);
	buf_release(&leaf);
	buf_release(&hashes);
	return rc == ERR_NOT_FOUND ? lookup_not_found(e) : rc;
}
