/* desk_lookups.c - who looked up what for, and how often; see desk_lookup.h. */
#include "certsvc/desk_lookup.h"

#include <stdio.h>
#include <string.h>

#include "certsvc/desk_list.h"
#include "certsvc/desk_record.h"
#include "certsvc/permission.h"
#include "certsvc/service_state.h"
#include "crypto/base/clock.h"

enum {
	DAY = 86400
};

/* One line as the caller may see it, or nothing. */
static int
item(struct service *s, void *ctx, const struct store_record *r, json_t **out,
    struct err *e)
{
	const struct service_operator *op = ctx;
	struct permission_target target = {
	    .office = r->office, .operator= r->subject };
	json_t *json = NULL;
	int rc = desk_record_json(r, &json, e);

	(void)s;
	if (rc != 0)
		return rc;
	target.region = json_string_value(json_object_get(json, "region"));
	rc = permission_check(op, PERMISSION_SEE_LOOKUPS, &target, e);
	if (rc == 0) {
		*out =
		    json_pack("{s:s, s:o, s:s, s:s, s:O, s:O?, s:O, s:I, s:b}",
			"id", r->id, "at", answer_time(r->made), "operator",
			r->subject, "office", r->office, "purpose",
			json_object_get(json, "purpose"), "matter",
			json_object_get(json, "matter"), "by",
			json_object_get(json, "by"), "found",
			(json_int_t)json_array_size(
			    json_object_get(json, "certificates")),
			"refused", strcmp(r->state, "refused") == 0);
		rc = *out == NULL ? err_nomem(e) : 0;
	} else if (rc == ERR_NOT_FOUND) {
		err_clear(e);
		rc = 0;
	}
	json_decref(json);
	return rc;
}

static int
read_query(const struct service_operator *op, const struct desk_lookup_query *q,
    struct store_record_query *query, struct err *e)
{
	int rc = permission_check_role(op, PERMISSION_SEE_LOOKUPS, e);

	if (rc != 0)
		return rc;
	query->kind = "lookup";
	query->office = q->office;
	query->subject = q->operator;
	/* A clerk's own ones are found at once. */
	if (permission_scope(op->role, PERMISSION_SEE_LOOKUPS) ==
	    PERMISSION_OWN)
		query->subject = op->name;
	if (q->day == NULL)
		return 0;
	if (clock_parse_date(q->day, &query->from) != 0)
		return err_set(e, ERR_INPUT, "bad_query", "日期须为 YYYY-MM-DD",
		    "the day must be YYYY-MM-DD");
	query->to = query->from + DAY;
	return 0;
}

int
service_lookups(struct service *s, const struct service_caller *caller,
    const struct desk_lookup_query *q, json_t **answer, struct err *e)
{
	struct store_record_query query = {0};
	int rc;

	*answer = NULL;
	if ((rc = read_query(caller->operator, q, &query, e)) != 0)
		return rc;
	return desk_list(s, &query, q->cursor, item,
	    (void *)(uintptr_t)caller->operator, answer, e);
}

/* One line more of an operator at an office. */
static int
add_count(json_t *counts, const json_t *line, struct err *e)
{
	const char *name = json_string_value(json_object_get(line, "operator"));
	json_t *all = json_object_get(counts, name);
	const char *which = json_is_true(json_object_get(line, "refused"))
				? "refused"
				: "count";

	if (all == NULL) {
		all = json_pack("{s:s, s:O, s:i, s:i}", "operator", name,
		    "office", json_object_get(line, "office"), "count", 0,
		    "refused", 0);
		if (json_object_set_new(counts, name, all) != 0)
			return err_nomem(e);
	}
	return json_object_set_new(all, which,
		   json_integer(1 + json_integer_value(
					json_object_get(all, which)))) == 0
		   ? 0
		   : err_nomem(e);
}

/* Every look-up of the day, a page at a time. */
static int
count_all(struct service *s, const struct service_operator *op,
    struct store_record_query *query, json_t *counts, struct err *e)
{
	json_t *page, *line;
	char cursor[24] = "";
	size_t i;
	int rc = 0;

	do {
		rc = desk_list(s, query, cursor[0] ? cursor : NULL, item,
		    (void *)(uintptr_t)op, &page, e);
		if (rc != 0)
			return rc;
		json_array_foreach (json_object_get(page, "items"), i, line)
			if (rc == 0)
				rc = add_count(counts, line, e);
		snprintf(cursor, sizeof(cursor), "%s",
		    json_is_string(json_object_get(page, "next"))
			? json_string_value(json_object_get(page, "next"))
			: "");
		json_decref(page);
	} while (rc == 0 && cursor[0] != '\0');
	return rc;
}

int
service_lookup_counts(struct service *s, const struct service_caller *caller,
    const struct desk_lookup_query *q, json_t **answer, struct err *e)
{
	char today[CLOCK_DATE_SIZE];
	struct desk_lookup_query of_day = *q;
	struct store_record_query query = {0};
	json_t *counts = json_object(), *items = json_array(), *line;
	const char *name;
	int rc;

	*answer = NULL;
	clock_date_cst(today, clock_now());
	if (of_day.day == NULL)
		of_day.day = today;
	rc = read_query(caller->operator, & of_day, &query, e);
	if (rc == 0)
		rc = count_all(s, caller->operator, & query, counts, e);
	json_object_foreach (counts, name, line)
		json_array_append(items, line);
	(void)name;
	if (rc == 0) {
		*answer =
		    json_pack("{s:s, s:O}", "day", of_day.day, "items", items);
		rc = *answer == NULL ? err_nomem(e) : 0;
	}
	json_decref(counts);
	json_decref(items);
	return rc;
}
