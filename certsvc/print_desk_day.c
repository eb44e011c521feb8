/*
 * print_desk_day.c - the day's account of an office: every job of that day in
 * China once, by what became of it; see print_desk.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/print_desk_state.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	DAY = 86400, /* seconds */
	JOBS_MAX = 10000
};

/* Sums by state: `open` is rendered and sent. */
struct sums {
	json_int_t made, confirmed, failed, unknown, open;
};

struct type_sums {
	char type[STORE_CODE_SIZE];
	struct sums sums;
};

struct account {
	struct service *service;
	const struct service_caller *caller;
	struct store_record_query q;
	struct sums all;
	struct type_sums types[DESK_OFFICE_TYPES_MAX];
	size_t ntypes;
	json_int_t blanks_used, blanks_spoiled, blanks_back;
	json_t *jobs; /* owned */
};

static void
count(struct sums *sums, enum print_state state)
{
	sums->made++;
	switch (state) {
	case PRINT_CONFIRMED:
		sums->confirmed++;
		break;
	case PRINT_FAILED:
		sums->failed++;
		break;
	case PRINT_UNKNOWN:
		sums->unknown++;
		break;
	case PRINT_RENDERED:
	case PRINT_SENT:
		sums->open++;
		break;
	}
}

static struct sums *
sums_of(struct account *a, const char *type)
{
	size_t i;

	for (i = 0; i < a->ntypes; i++)
		if (strcmp(a->types[i].type, type) == 0)
			return &a->types[i].sums;
	if (a->ntypes == DESK_OFFICE_TYPES_MAX)
		return NULL;
	text_copy(a->types[i].type, sizeof(a->types[i].type), type);
	a->ntypes++;
	return &a->types[i].sums;
}

/* What became of the blank of a job: as the blank's own record says. */
static int
count_blank(struct account *a, const struct print_job *job, struct err *e)
{
	struct service *s = a->service;
	char id[STORE_RECORD_ID_SIZE];
	struct store_record r;
	int rc, ours;

	if (print_job_text(job, "blank")[0] == '\0')
		return 0;
	snprintf(id, sizeof(id), "%s-%s", print_job_text(job, "type"),
	    print_job_text(job, "blank"));
	rc = s->ops->record_get(s->store, "blank", id, 0, &r, e);
	if (rc != 0)
		return rc;
	/* Another job may have taken it after this one gave it back. */
	ours = strcmp(r.subject, job->id) == 0;
	if (ours && strcmp(r.state, "used") == 0)
		a->blanks_used++;
	else if (ours && strcmp(r.state, "spoiled") == 0)
		a->blanks_spoiled++;
	else
		a->blanks_back++;
	store_record_release(&r);
	return 0;
}

static int
add_job(struct account *a, const struct print_job *job, struct err *e)
{
	struct sums *sums = sums_of(a, print_job_text(job, "type"));

	if (a->caller->who != NULL && strcmp(print_job_text(job, "department"),
					  a->caller->who->department) != 0)
		return 0;
	if (sums == NULL || a->all.made == JOBS_MAX)
		return err_set(e, ERR_LIMIT, "too_many_jobs",
		    "当日打印任务超过 %d 个，请用任务列表查看",
		    "more than %d print jobs that day: see their list",
		    JOBS_MAX);
	count(&a->all, job->state);
	count(sums, job->state);
	if (json_array_append_new(a->jobs, print_desk_json(a->service, job)) !=
	    0)
		return err_nomem(e);
	return count_blank(a, job, e);
}

static int
add_page(struct account *a, const struct store_record_page *page, struct err *e)
{
	struct print_job job;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < page->n; i++) {
		rc = print_job_of_record(&page->v[i], &job, e);
		if (rc == 0)
			rc = add_job(a, &job, e);
		print_job_release(&job);
	}
	return rc;
}

static int
add_jobs(struct account *a, struct err *e)
{
	struct service *s = a->service;
	struct store_record_page page;
	int rc;

	do {
		rc = s->ops->record_list(s->store, &a->q, &page, e);
		if (rc == 0)
			rc = add_page(a, &page, e);
		a->q.before = page.next;
		store_record_page_release(&page);
	} while (rc == 0 && a->q.before != 0);
	return rc;
}

static json_t *
sums_json(const struct sums *sums)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "made", sums->made,
	    "confirmed", sums->confirmed, "failed", sums->failed, "unknown",
	    sums->unknown, "open", sums->open);
}

static json_t *
types_json(const struct account *a)
{
	json_t *list = json_array(), *item;
	const struct template *t;
	size_t i;

	for (i = 0; i < a->ntypes; i++) {
		t = template_find(&a->service->templates, a->types[i].type);
		if (a->types[i].sums.made == 0)
			continue;
		item = json_pack("{s:s, s:{s:s, s:s}}", "type",
		    a->types[i].type, "type_name", "zh", t ? t->zh : "", "en",
		    t ? t->en : "");
		json_object_update_new(item, sums_json(&a->types[i].sums));
		json_array_append_new(list, item);
	}
	return list;
}

/* Blanks: of the day's jobs used, spoiled by them, given back unprinted;
 * spoiled besides; and how many the office has left now. */
static int
blanks_json(const struct account *a, json_t **out, struct err *e)
{
	struct service *s = a->service;
	struct store_record_query free = {
	    .kind = "blank", .office = a->q.office, .state = "free"};
	struct store_record_query spoiled = {.kind = "spoil",
	    .office = a->q.office,
	    .from = a->q.from,
	    .to = a->q.to};
	uint64_t left, besides;
	int rc = s->ops->record_count(s->store, &free, &left, e);

	if (rc == 0)
		rc = s->ops->record_count(s->store, &spoiled, &besides, e);
	if (rc != 0)
		return rc;
	*out = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "free",
	    (json_int_t)left, "used", a->blanks_used, "spoiled",
	    a->blanks_spoiled + (json_int_t)besides, "spoiled_by_jobs",
	    a->blanks_spoiled, "spoiled_besides", (json_int_t)besides,
	    "given_back", a->blanks_back);
	return *out == NULL ? err_nomem(e) : 0;
}

static int
account_json(struct account *a, const char *day, json_t **answer, struct err *e)
{
	struct desk_office office;
	json_t *blanks = NULL;
	int rc = blanks_json(a, &blanks, e);

	memset(&office, 0, sizeof(office));
	if (rc == 0 && a->q.office[0] != '\0')
		rc = desk_office_get(a->service, a->q.office, &office, e);
	if (rc == 0) {
		*answer =
		    json_pack("{s:s?, s:s?, s:s, s:O, s:o, s:O}", "office",
			office.id, "office_zh", office.zh, "day", day, "blanks",
			blanks, "by_type", types_json(a), "jobs", a->jobs);
		if (json_object_update_new(*answer, sums_json(&a->all)) != 0)
			rc = err_nomem(e);
	}
	json_decref(blanks);
	desk_office_release(&office);
	return rc;
}

int
print_desk_day(struct service *s, const struct service_caller *caller,
    const char *day, const char *office, json_t **answer, struct err *e)
{
	char name[OPERATOR_OFFICE_SIZE];
	struct account *a;
	int rc;

	*answer = NULL;
	if ((rc = print_desk_office(s, caller, office, name, e)) != 0)
		return rc;
	if ((a = calloc(1, sizeof(*a))) == NULL)
		return err_nomem(e);
	a->service = s;
	a->caller = caller;
	a->q = (struct store_record_query){.kind = "print", .office = name};
	a->jobs = json_array();
	if (strlen(day) != CLOCK_DATE_SIZE - 1 ||
	    clock_parse_date(day, &a->q.from) != 0)
		rc = err_set(e, ERR_NOT_FOUND, "no_such_day",
		    "日期须为 YYYY-MM-DD", "a day is YYYY-MM-DD");
	a->q.to = a->q.from + DAY;
	if (rc == 0)
		rc = add_jobs(a, e);
	if (rc == 0)
		rc = account_json(a, day, answer, e);
	if (rc != 0) {
		json_decref(*answer);
		*answer = NULL;
	}
	json_decref(a->jobs);
	free(a);
	return rc;
}
