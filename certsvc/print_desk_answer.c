/* print_desk_answer.c - jobs as answers, one and by page; see print_desk.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/print_desk_state.h"
#include "crypto/base/clock.h"

enum {
	DAY = 86400, /* seconds */
	PAGE = 50
};

int
print_desk_fields(struct err *e)
{
	return e->nitems == 0
		   ? 0
		   : err_set(e, ERR_INPUT, "bad_fields", "请求内容有误",
			 "the request has wrong fields");
}

int
print_desk_cursor(const char *text, uint64_t *before, struct err *e)
{
	char *end;

	*before = 0;
	if (text == NULL)
		return 0;
	*before = strtoull(text, &end, 10);
	if (*text >= '1' && *text <= '9' && *end == '\0')
		return 0;
	return err_set(e, ERR_INPUT, "bad_cursor", "cursor 不是上一页给出的值",
	    "cursor is not what the page before gave");
}

/* A text of the body, null when there is none. */
static json_t *
text_json(const struct print_job *job, const char *name)
{
	const char *text = print_job_text(job, name);

	return text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *
words(const char *code, const char *zh, const char *en)
{
	return json_pack("{s:s, s:s, s:s}", "code", code, "zh", zh, "en", en);
}

/* Why it is as it is; a job that nobody looked at yet waits for its turn. */
static json_t *
detail_json(const struct print_job *job)
{
	const json_t *detail = json_object_get(job->body, "detail");
	int browser = strcmp(print_job_text(job, "channel"), "browser") == 0;

	if (detail != NULL)
		return json_incref((json_t *)(uintptr_t)detail);
	if (job->state == PRINT_SENT)
		return browser
			   ? words("look_at_paper",
				 "请查看浏览器打印出的纸张，并确认是否完好",
				 "look at what the browser printed and say whether it is good")
			   : words("printing", "正在打印", "printing");
	if (job->state == PRINT_RENDERED)
		return browser
			   ? words("ready", "可以在浏览器中打印",
				 "ready to be printed by the browser")
			   : words("queued", "正在排队，轮到时自动打印",
				 "waiting for its turn; it is printed by itself");
	return json_null();
}

json_t *
print_desk_json(struct service *s, const struct print_job *job)
{
	const struct template *t =
	    template_find(&s->templates, print_job_text(job, "type"));
	json_int_t copy = print_job_number(job, "copy");

	return json_pack(
	    "{s:s, s:s, s:s, s:{s:s, s:s}, s:o, s:s, s:o, s:s, s:o, s:o, s:o,"
	    " s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "id", job->id, "certificate", job->certificate, "type",
	    print_job_text(job, "type"), "type_name", "zh", t ? t->zh : "",
	    "en", t ? t->en : "", "number", text_json(job, "number"), "kind",
	    print_job_text(job, "kind"), "copy",
	    copy > 0 ? json_integer(copy) : json_null(), "state",
	    print_state_word(job->state), "detail", detail_json(job), "office",
	    job->office[0] != '\0' ? json_string(job->office) : json_null(),
	    "printer", text_json(job, "printer"), "channel",
	    print_job_text(job, "channel"), "operator",
	    text_json(job, "operator"), "purpose", text_json(job, "purpose"),
	    "reason", text_json(job, "reason"), "matter",
	    text_json(job, "matter"), "blank", text_json(job, "blank"), "made",
	    text_json(job, "made"), "created", answer_time(job->made),
	    "changed", answer_time(job->changed));
}

int
print_desk_get(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e)
{
	struct print_job job;
	int rc;

	*answer = NULL;
	if ((rc = print_desk_find(s, call, PRINT_SEE, &job, e)) != 0)
		return rc;
	*answer = print_desk_json(s, &job);
	print_job_release(&job);
	return *answer == NULL ? err_nomem(e) : 0;
}

static int
read_query(const json_t *json, struct store_record_query *q,
    const char **office, struct err *e)
{
	const char *day = NULL, *cursor = NULL;
	json_t *query = (json_t *)(uintptr_t)json;

	if (json_unpack(query, "{s?s, s?s, s?s, s?s !}", "state", &q->state,
		"day", &day, "office", office, "cursor", &cursor) != 0)
		return err_internal(e, "query of print jobs");
	if (q->state != NULL && print_state_find(q->state) < 0)
		return err_set(e, ERR_INPUT, "bad_query",
		    "state 须为 rendered、sent、confirmed、failed 或 unknown",
		    "state is rendered, sent, confirmed, failed or unknown");
	if (day != NULL) {
		if (strlen(day) != CLOCK_DATE_SIZE - 1 ||
		    clock_parse_date(day, &q->from) != 0)
			return err_set(e, ERR_INPUT, "bad_query",
			    "day 须为 YYYY-MM-DD", "day is YYYY-MM-DD");
		q->to = q->from + DAY;
	}
	q->limit = PAGE;
	return print_desk_cursor(cursor, &q->before, e);
}

/* A page of records as jobs; a department's among those of no office. */
static int
page_json(struct service *s, const struct service_caller *caller,
    const struct store_record_page *page, json_t **answer, struct err *e)
{
	json_t *items = json_array();
	struct print_job job;
	char next[24];
	size_t i;
	int rc = items == NULL ? err_nomem(e) : 0;

	for (i = 0; rc == 0 && i < page->n; i++) {
		rc = print_job_of_record(&page->v[i], &job, e);
		if (rc != 0)
			break;
		if ((caller->who == NULL ||
			strcmp(print_job_text(&job, "department"),
			    caller->who->department) == 0) &&
		    json_array_append_new(items, print_desk_json(s, &job)) != 0)
			rc = err_nomem(e);
		print_job_release(&job);
	}
	snprintf(next, sizeof(next), "%llu", (unsigned long long)page->next);
	if (rc == 0)
		*answer = json_pack("{s:O, s:s?}", "items", items, "next",
		    page->next != 0 ? next : NULL);
	json_decref(items);
	return rc != 0 ? rc : *answer == NULL ? err_nomem(e) : 0;
}

int
print_desk_list(struct service *s, const struct service_caller *caller,
    const json_t *query, json_t **answer, struct err *e)
{
	struct store_record_query q = {.kind = "print"};
	struct store_record_page page;
	char office[OPERATOR_OFFICE_SIZE];
	const char *named = NULL;
	int rc;

	*answer = NULL;
	if ((rc = read_query(query, &q, &named, e)) != 0 ||
	    (rc = print_desk_office(s, caller, named, office, e)) != 0)
		return rc;
	q.office = office;
	if ((rc = s->ops->record_list(s->store, &q, &page, e)) != 0)
		return rc;
	rc = page_json(s, caller, &page, answer, e);
	store_record_page_release(&page);
	return rc;
}
