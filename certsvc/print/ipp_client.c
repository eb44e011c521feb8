/* ipp_client.c - jobs that a printer has: how they are, which is ours, cancel;
 * see ipp_client.h. */
#include "certsvc/print/ipp_client.h"

#include <stdio.h>
#include <string.h>

#include "certsvc/print/ipp_call.h"
#include "crypto/base/text.h"

static const char *const job_attributes[] = {"job-id", "job-name", "job-state",
    "job-state-reasons", "job-state-message", "job-impressions-completed",
    NULL};

enum {
	JOBS_MAX = 500 /* of a printer's list that are looked at */
};

void
ipp_read_keywords(const struct ipp_message *m, const struct ipp_value *v,
    char *out, size_t size)
{
	size_t used = 0;
	struct bytes s;

	out[0] = '\0';
	for (; v != NULL; v = ipp_next(m, v)) {
		s = ipp_string(v);
		if (s.n == 0 || bytes_equal(s, bytes_str("none")) ||
		    memchr(s.p, ' ', s.n) != NULL || used + s.n + 2 > size)
			continue;
		if (used > 0)
			out[used++] = ' ';
		memcpy(out + used, s.p, s.n);
		used += s.n;
		out[used] = '\0';
	}
}

static void
read_text(const struct ipp_value *v, char *out, size_t size)
{
	struct bytes s = ipp_string(v);
	char whole[IPP_STRING_MAX + 1];

	if (s.n > IPP_STRING_MAX)
		s.n = 0;
	memcpy(whole, s.n == 0 ? (const uint8_t *)"" : s.p, s.n);
	whole[s.n] = '\0';
	text_copy(out, size, whole);
}

int
ipp_read_job(const struct ipp_message *m, size_t index, struct printer_job *job,
    struct err *e)
{
	int32_t state = 0;

	memset(job, 0, sizeof(*job));
	if (ipp_integer(ipp_find_in(m, index, "job-id"), &job->id) != 0 ||
	    ipp_integer(ipp_find_in(m, index, "job-state"), &state) != 0 ||
	    job->id < 1 || state < PRINTER_JOB_PENDING ||
	    state > PRINTER_JOB_COMPLETED)
		return err_set(e, ERR_CONFLICT, "bad_ipp",
		    "打印机没有说明任务的状态",
		    "the printer does not say how the job is");
	job->state = (enum printer_job_state)state;
	if (ipp_integer(ipp_find_in(m, index, "job-impressions-completed"),
		&job->impressions) != 0)
		job->impressions = -1;
	ipp_read_keywords(m, ipp_find_in(m, index, "job-state-reasons"),
	    job->reasons, sizeof(job->reasons));
	read_text(ipp_find_in(m, index, "job-state-message"), job->message,
	    sizeof(job->message));
	return 0;
}

/* The group of attributes of the first job of an answer; the number of groups
 * when there is none. */
static size_t
next_job(const struct ipp_message *m, size_t from)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->values[i].index >= from &&
		    m->values[i].group == IPP_JOB_ATTRIBUTES)
			return m->values[i].index;
	return m->groups;
}

int
ipp_first_job(
    const struct ipp_message *m, struct printer_job *job, struct err *e)
{
	return ipp_read_job(m, next_job(m, 0), job, e);
}

static int
ask_job(
    struct ipp_call *call, int32_t id, struct printer_job *job, struct err *e)
{
	int rc;

	ipp_call_begin(call, IPP_GET_JOB_ATTRIBUTES, id);
	ipp_call_want(call, job_attributes);
	if ((rc = ipp_call_send(call, NULL, e)) != 0)
		return rc;
	return ipp_first_job(&call->message, job, e);
}

int
ipp_client_job_state(const struct printer_target *target, int32_t id,
    struct printer_job *job, struct err *e)
{
	struct ipp_call call = IPP_CALL_INIT;
	int rc = ipp_call_open(&call, target, e);

	if (rc == 0)
		rc = ask_job(&call, id, job, e);
	ipp_call_close(&call);
	return rc;
}

/* Look through one list of the printer's; *job becomes the newest of that
 * name. */
static int
look_through(struct ipp_call *call, const char *which, const char *name,
    struct printer_job *job, struct err *e)
{
	const struct ipp_message *m = &call->message;
	struct printer_job found;
	size_t i;
	int rc;

	ipp_call_begin(call, IPP_GET_JOBS, 0);
	ipp_put_integer(&call->request, IPP_INTEGER, "limit", JOBS_MAX);
	ipp_call_want(call, job_attributes);
	ipp_put_string(&call->request, IPP_KEYWORD, "which-jobs", which);
	if ((rc = ipp_call_send(call, NULL, e)) != 0)
		return rc;
	for (i = next_job(m, 0); i < m->groups; i = next_job(m, i + 1)) {
		if (!bytes_equal(ipp_string(ipp_find_in(m, i, "job-name")),
			bytes_str(name)))
			continue;
		if ((rc = ipp_read_job(m, i, &found, e)) != 0)
			return rc;
		if (found.id > job->id)
			*job = found;
	}
	return 0;
}

int
ipp_client_find(const struct printer_target *target, const char *name,
    struct printer_job *job, struct err *e)
{
	struct ipp_call call = IPP_CALL_INIT;
	int rc = ipp_call_open(&call, target, e);

	memset(job, 0, sizeof(*job));
	/* in this order a job that ends meanwhile is in the second list */
	if (rc == 0)
		rc = look_through(&call, "not-completed", name, job, e);
	if (rc == 0)
		rc = look_through(&call, "completed", name, job, e);
	ipp_call_close(&call);
	if (rc == 0 && job->id == 0)
		rc = err_set(e, ERR_NOT_FOUND, "no_such_job",
		    "打印机上没有这项任务",
		    "the printer does not know this job");
	return rc;
}

/* Cancel-Job of a job that is over is "not possible": which end was it? */
static int
is_over(struct ipp_call *call, int32_t id, struct err *e)
{
	struct printer_job job;
	int rc;

	err_clear(e);
	if ((rc = ask_job(call, id, &job, e)) != 0)
		return rc;
	if (job.state == PRINTER_JOB_CANCELED ||
	    job.state == PRINTER_JOB_ABORTED)
		return 0;
	return err_set(e, ERR_CONFLICT, "job_is_over",
	    job.state == PRINTER_JOB_COMPLETED ? "已经打印完成，不能取消"
					       : "打印机不能取消这项任务",
	    job.state == PRINTER_JOB_COMPLETED
		? "it is printed already and cannot be canceled"
		: "the printer cannot cancel this job");
}

int
ipp_client_cancel(
    const struct printer_target *target, int32_t id, struct err *e)
{
	struct ipp_call call = IPP_CALL_INIT;
	int rc = ipp_call_open(&call, target, e);

	if (rc == 0) {
		ipp_call_begin(&call, IPP_CANCEL_JOB, id);
		rc = ipp_call_send(&call, NULL, e);
		if (rc == ERR_CONFLICT && strcmp(e->code, "job_is_over") == 0)
			rc = is_over(&call, id, e);
	}
	ipp_call_close(&call);
	return rc;
}
