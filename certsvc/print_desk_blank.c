/*
 * print_desk_blank.c - pre-printed, numbered stock (空白证): every blank is a
 * record, free, used by a job, or spoiled; see print_desk.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/desk_record.h"
#include "certsvc/print_desk_state.h"
#include "certsvc/sheet.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	BLANKS_MAX = 1000, /* of one call */
	DIGITS_MAX = 12,   /* that count, at the end of a number */
	PAGE = 100
};

/* Numbers FROM to TO: the same beginning, then digits that count. */
struct range {
	char stem[SHEET_BLANK_MAX];
	int digits;
	uint64_t first, last;
};

static int
is_number(const char *s)
{
	static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz-";
	size_t n = strlen(s);

	return n > 0 && n < SHEET_BLANK_MAX && strspn(s, allowed) == n;
}

static size_t
digits_at_end(const char *s)
{
	size_t n = strlen(s), i = 0;

	while (i < n && i < DIGITS_MAX && s[n - 1 - i] >= '0' &&
	       s[n - 1 - i] <= '9')
		i++;
	return i;
}

static int
read_range(const char *from, const char *to, struct range *range, struct err *e)
{
	size_t digits = digits_at_end(from), n = strlen(from);

	if (digits > 0 && is_number(from) && is_number(to) && strlen(to) == n &&
	    digits_at_end(to) >= digits && memcmp(from, to, n - digits) == 0) {
		memcpy(range->stem, from, n - digits);
		range->stem[n - digits] = '\0';
		range->digits = (int)digits;
		range->first = strtoull(from + n - digits, NULL, 10);
		range->last = strtoull(to + n - digits, NULL, 10);
		if (range->first <= range->last &&
		    range->last - range->first < BLANKS_MAX)
			return 0;
	}
	return err_set(e, ERR_INPUT, "bad_range",
	    "起止编号须同样长、只有末尾数字不同，一次最多 %d 张",
	    "both numbers are equally long and differ in the digits at the end; at most %d blanks at once",
	    BLANKS_MAX);
}

static int
read_add(struct service *s, const struct print_call *call, const char **type,
    struct range *range, struct err *e)
{
	const char *from = NULL, *to = NULL;
	const struct template *t;
	json_t *body = (json_t *)(uintptr_t)call->body;

	if (json_unpack(body, "{s:s, s:s, s:s !}", "type", type, "from", &from,
		"to", &to) != 0)
		return err_set(e, ERR_INPUT, "bad_body",
		    "请给出 type、from 和 to", "give type, from and to");
	t = template_find(&s->templates, *type);
	if (t == NULL || !t->print_stock)
		return err_set(e, ERR_INPUT, "no_stock",
		    "这个证照类型没有预印空白证",
		    "there is no pre-printed stock of this type");
	*type = t->code;
	return read_range(from, to, range, e);
}

static void
blank_id(char id[STORE_RECORD_ID_SIZE], const char *type,
    const struct range *range, uint64_t number)
{
	snprintf(id, STORE_RECORD_ID_SIZE, "%s-%s%0*llu", type, range->stem,
	    range->digits, (unsigned long long)number);
}

/* One more: 1 added, 0 there already and this office's, or a class. */
static int
add_one(struct service *s, const char *office, const char *type, const char *id,
    struct err *e)
{
	const struct desk_record_name name = {.kind = "blank",
	    .id = id,
	    .office = office,
	    .subject = "",
	    .state = "free",
	    .version = 1};
	struct store_record r;
	int rc = desk_record_fill(&r, &name,
	    json_pack(
		"{s:s, s:s}", "type", type, "number", id + strlen(type) + 1),
	    e);

	if (rc == 0)
		rc = s->ops->records_put(s->store, &r, 1, NULL, e);
	store_record_release(&r);
	if (rc == 0)
		return 1;
	if (rc != ERR_CONFLICT)
		return rc;
	err_clear(e);
	rc = s->ops->record_get(s->store, "blank", id, 0, &r, e);
	if (rc == 0 && strcmp(r.office, office) != 0)
		rc = err_set(e, ERR_CONFLICT, "blank_elsewhere",
		    "编号 %s 已由另一网点登记",
		    "number %s is registered by another office",
		    id + strlen(type) + 1);
	store_record_release(&r);
	return rc;
}

int
print_desk_add_blanks(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e)
{
	const char *office, *type = NULL;
	struct range range;
	char id[STORE_RECORD_ID_SIZE];
	json_int_t added = 0, there = 0;
	uint64_t i;
	int rc;

	*answer = NULL;
	if ((rc = service_check_writable(s, e)) != 0 ||
	    (rc = print_desk_clerk(call->caller, e)) != 0 ||
	    (rc = read_add(s, call, &type, &range, e)) != 0)
		return rc;
	office = call->caller->operator->office;
	for (i = range.first; rc >= 0 && i <= range.last; i++) {
		blank_id(id, type, &range, i);
		rc = add_one(s, office, type, id, e);
		added += rc == 1;
		there += rc == 0;
	}
	if (rc < 0)
		return rc;
	*answer = json_pack("{s:I, s:I}", "added", added, "existing", there);
	return *answer == NULL ? err_nomem(e) : 0;
}

static json_t *
blank_json(const struct store_record *r, struct err *e)
{
	const char *type = "", *number = "", *reason = NULL;
	json_t *body, *json = NULL;

	if (desk_record_json(r, &body, e) != 0)
		return NULL;
	if (json_unpack(body, "{s:s, s:s, s?s}", "type", &type, "number",
		&number, "reason", &reason) == 0)
		json = json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:o}", "id",
		    r->id, "type", type, "number", number, "state", r->state,
		    "job", r->subject[0] != '\0' ? r->subject : NULL, "reason",
		    reason, "at", answer_time(r->at));
	json_decref(body);
	if (json == NULL)
		err_internal(e, "a record of kind blank");
	return json;
}

/* The blank with another body and state, one version on; and a record of its
 * own that says when it was spoiled, for that day's account. */
static int
spoil(struct service *s, struct store_record *r, const char *reason,
    json_t **answer, struct err *e)
{
	struct store_record v[2];
	json_t *body;
	char id[STORE_ID_SIZE];
	int rc = desk_record_json(r, &body, e);
	const struct desk_record_name blank = {.kind = "blank",
	    .id = r->id,
	    .office = r->office,
	    .subject = r->subject,
	    .state = "spoiled",
	    .version = r->version + 1};
	const struct desk_record_name day = {.kind = "spoil",
	    .id = id,
	    .office = r->office,
	    .subject = r->id,
	    .state = "",
	    .version = 1};

	memset(v, 0, sizeof(v));
	if (rc == 0)
		rc = desk_record_random(id, sizeof(id), e);
	if (rc != 0)
		return rc;
	json_object_set_new(body, "reason", json_string(reason));
	rc = desk_record_fill(&v[0], &blank, json_incref(body), e);
	if (rc == 0)
		rc = desk_record_fill(&v[1], &day, json_incref(body), e);
	json_decref(body);
	if (rc == 0)
		rc = s->ops->records_put(s->store, v, 2, NULL, e);
	if (rc == 0)
		*answer = blank_json(&v[0], e);
	store_record_release(&v[0]);
	store_record_release(&v[1]);
	return rc != 0 ? rc : *answer != NULL ? 0 : e->class;
}

static int
find_free(struct service *s, const struct print_call *call,
    struct store_record *r, struct err *e)
{
	int rc = strlen(call->id) < STORE_RECORD_ID_SIZE
		     ? s->ops->record_get(s->store, "blank", call->id, 0, r, e)
		     : ERR_NOT_FOUND;

	if (rc == 0 && strcmp(r->office, call->caller->operator->office) != 0) {
		store_record_release(r);
		rc = ERR_NOT_FOUND;
	}
	if (rc == ERR_NOT_FOUND)
		return err_set(e, ERR_NOT_FOUND, "no_such_blank",
		    "本网点没有这张空白证", "the office has no such blank");
	if (rc == 0 && strcmp(r->state, "free") != 0) {
		store_record_release(r);
		rc = err_set(e, ERR_CONFLICT, "blank_not_free",
		    "这张空白证已使用或已作废；打印坏的请在打印任务中作废",
		    "this blank was used or spoiled; of one that was printed on, say so at its print job");
	}
	return rc;
}

int
print_desk_spoil_blank(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e)
{
	json_t *body = (json_t *)(uintptr_t)call->body;
	const char *reason = NULL;
	struct store_record r;
	int rc;

	*answer = NULL;
	if ((rc = service_check_writable(s, e)) != 0 ||
	    (rc = print_desk_clerk(call->caller, e)) != 0)
		return rc;
	if (json_unpack(body, "{s:s !}", "reason", &reason) != 0 ||
	    reason[0] == '\0')
		return err_set(e, ERR_INPUT, "reason_needed", "请写明作废原因",
		    "say why it is spoiled");
	service_check_text(reason, "/reason", e);
	if ((rc = print_desk_fields(e)) != 0 ||
	    (rc = find_free(s, call, &r, e)) != 0)
		return rc;
	rc = spoil(s, &r, reason, answer, e);
	store_record_release(&r);
	return rc;
}

static int
read_query(struct service *s, const json_t *json, struct store_record_query *q,
    const char **type, struct err *e)
{
	json_t *query = (json_t *)(uintptr_t)json;
	const struct template *t;
	const char *cursor = NULL;

	*type = NULL;
	if (json_unpack(query, "{s?s, s?s, s?s !}", "type", type, "state",
		&q->state, "cursor", &cursor) != 0)
		return err_internal(e, "query of blanks");
	if (q->state != NULL && strcmp(q->state, "free") != 0 &&
	    strcmp(q->state, "used") != 0 && strcmp(q->state, "spoiled") != 0)
		return err_set(e, ERR_INPUT, "bad_query",
		    "state 须为 free、used 或 spoiled",
		    "state is free, used or spoiled");
	if (*type != NULL && (t = template_find(&s->templates, *type)) != NULL)
		*type = t->code;
	q->limit = PAGE;
	return print_desk_cursor(cursor, &q->before, e);
}

/* The ids begin with the type. */
static int
of_type(const struct store_record *r, const char *type)
{
	size_t n = type != NULL ? strlen(type) : 0;

	return type == NULL ||
	       (strncmp(r->id, type, n) == 0 && r->id[n] == '-');
}

int
print_desk_list_blanks(struct service *s, const struct service_caller *caller,
    const json_t *query, json_t **answer, struct err *e)
{
	struct store_record_query q = {.kind = "blank"};
	struct store_record_page page;
	const char *type;
	json_t *items;
	char next[24];
	size_t i;
	int rc;

	*answer = NULL;
	if ((rc = print_desk_clerk(caller, e)) != 0 ||
	    (rc = read_query(s, query, &q, &type, e)) != 0)
		return rc;
	q.office = caller->operator->office;
	if ((rc = s->ops->record_list(s->store, &q, &page, e)) != 0)
		return rc;
	items = json_array();
	for (i = 0; rc == 0 && i < page.n; i++)
		if (of_type(&page.v[i], type) &&
		    json_array_append_new(items, blank_json(&page.v[i], e)) !=
			0)
			rc = e->class != 0 ? e->class : err_nomem(e);
	snprintf(next, sizeof(next), "%llu", (unsigned long long)page.next);
	if (rc == 0)
		*answer = json_pack("{s:O, s:s?}", "items", items, "next",
		    page.next != 0 ? next : NULL);
	json_decref(items);
	store_record_page_release(&page);
	return rc != 0 ? rc : *answer == NULL ? err_nomem(e) : 0;
}
