/* print_job_move.c - the arrows between a print job's states, and what a job
 * that failed takes along; see print_job.h. */
#include "certsvc/print_job.h"

#include <stdio.h>
#include <string.h>

#include "crypto/base/clock.h"

/* From the row to the column.  Staying is no arrow: it changes words only. */
static const unsigned char arrows[PRINT_STATES][PRINT_STATES] = {
    /*                 rendered sent confirmed failed unknown */
    [PRINT_RENDERED] = {1, 1, 0, 1, 0},
    [PRINT_SENT] = {1, 1, 1, 1, 1},
    [PRINT_CONFIRMED] = {0, 0, 0, 1, 0},
    [PRINT_FAILED] = {0, 0, 0, 0, 0},
    [PRINT_UNKNOWN] = {1, 1, 1, 1, 1},
};

/* The records of one move. */
struct move {
	struct store_record v[3]; /* job, sheet, blank */
	size_t n;
};

static int
wrong_state(const struct print_job *job, struct err *e)
{
	return err_set(e, ERR_CONFLICT, "wrong_state",
	    "打印任务当前状态（%s）不允许此操作",
	    "the print job is %s: this cannot be done to it now",
	    print_state_word(job->state));
}

/* Take the newest version of a record along, in another state. */
static int
take_along(const struct print_store *in, struct move *move, const char *kind,
    const char *id, const char *state, struct err *e)
{
	struct store_record *r = &move->v[move->n];
	int rc = in->ops->record_get(in->store, kind, id, 0, r, e);

	if (rc != 0)
		return rc;
	move->n++;
	r->version++;
	r->at = move->v[0].at;
	if (strcmp(state, "free") == 0)
		memset(r->subject, 0, sizeof(r->subject));
	memset(r->state, 0, sizeof(r->state));
	memcpy(r->state, state, strlen(state));
	return 0;
}

/* A job that fails leaves no sheet and no blank in use. */
static int
take_failed(const struct print_store *in, struct move *move,
    const struct print_job *job, int touched, struct err *e)
{
	const char *blank = print_job_text(job, "blank");
	char id[STORE_RECORD_ID_SIZE];
	int rc = 0;

	if (print_job_number(job, "copy") > 0) {
		snprintf(id, sizeof(id), "%s/%lld", job->certificate,
		    (long long)print_job_number(job, "copy"));
		rc = take_along(in, move, "sheet", id, "void", e);
	}
	if (rc != 0 || blank[0] == '\0')
		return rc;
	snprintf(id, sizeof(id), "%s-%s", print_job_text(job, "type"), blank);
	return take_along(
	    in, move, "blank", id, touched ? "spoiled" : "free", e);
}

/* The body of the next version: detail and members set. */
static json_t *
next_body(
    const struct print_job *job, const struct print_detail *detail, json_t *set)
{
	json_t *body = json_copy(job->body), *value;
	const char *key;

	if (body == NULL)
		return NULL;
	if (detail != NULL)
		json_object_set_new(body, "detail",
		    json_pack("{s:s, s:s, s:s}", "code", detail->code, "zh",
			detail->zh, "en", detail->en));
	else
		json_object_del(body, "detail");
	json_object_foreach (set, key, value)
		if (json_is_null(value))
			json_object_del(body, key);
		else
			json_object_set(body, key, value);
	return body;
}

static int
move_put(const struct print_store *in, const struct print_job *job,
    struct print_job *next, int touched, struct err *e)
{
	struct move move = {.n = 1};
	size_t i;
	int rc = print_job_record(next, &move.v[0], e);

	if (rc == 0 && next->state == PRINT_FAILED)
		rc = take_failed(in, &move, job, touched, e);
	if (rc == 0)
		rc = in->ops->records_put(in->store, move.v, move.n, NULL, e);
	for (i = 0; i < move.n; i++)
		store_record_release(&move.v[i]);
	return rc;
}

int
print_job_move(const struct print_store *in, struct print_job *job,
    enum print_state to, const struct print_detail *detail, json_t *set,
    struct err *e)
{
	struct print_job next = *job;
	/* What was sent before may lie on the paper, whatever came after. */
	int before = print_job_number(job, "resent") > 0;
	int touched = before || job->state != PRINT_RENDERED, rc;

	if (!arrows[job->state][to]) {
		json_decref(set);
		return wrong_state(job, e);
	}
	if (json_is_true(json_object_get(set, "untouched")))
		touched = before;
	json_object_del(set, "untouched");
	next.body = next_body(job, detail, set);
	json_decref(set);
	if (next.body == NULL)
		return err_nomem(e);
	next.state = to;
	next.version++;
	next.changed = clock_now();
	rc = move_put(in, job, &next, touched, e);
	if (rc == 0) {
		json_decref(job->body);
		*job = next;
	} else {
		json_decref(next.body);
	}
	return rc;
}
