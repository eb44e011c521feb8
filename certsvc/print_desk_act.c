/* print_desk_act.c - what a clerk does with a job that is there: cancel it, say
 * what came out, have it sent again, fetch it; see print_desk.h. */
#include <string.h>

#include "certsvc/print_desk_state.h"
#include "certsvc/print_rule.h"
#include "certsvc/spooler.h"
#include "crypto/base/clock.h"

/* Somebody else changed the job just now: look again, a few times. */
enum {
	TRIES = 5
};

typedef int (*act_fn)(struct service *s, struct print_job *job,
    const struct print_call *call, struct err *e);

static int
is_browser(const struct print_job *job)
{
	return strcmp(print_job_text(job, "channel"), "browser") == 0;
}

/* Who did it, for the record; a null takes the member out. */
static json_t *
by(const struct print_call *call, const char *what, const char *reason)
{
	const struct service_operator *op = call->caller->operator;

	return json_pack("{s:s, s:s, s:o}", "last", what, "last_by",
	    op != NULL ? op->name : call->caller->who->department,
	    "last_reason", reason != NULL ? json_string(reason) : json_null());
}

static int
act(struct service *s, const struct print_call *call, act_fn fn,
    json_t **answer, struct err *e)
{
	struct print_job job;
	int rc = ERR_CONFLICT, i;

	*answer = NULL;
	if ((rc = service_check_writable(s, e)) != 0)
		return rc;
	for (i = 0; i < TRIES; i++) {
		err_clear(e);
		rc = print_desk_find(s, call, PRINT_ACT, &job, e);
		if (rc != 0)
			return rc;
		rc = fn(s, &job, call, e);
		if (rc == 0)
			*answer = print_desk_json(s, &job);
		print_job_release(&job);
		if (rc != ERR_CONFLICT || strcmp(e->code, "version_conflict"))
			break;
	}
	return rc == 0 && *answer == NULL ? err_nomem(e) : rc;
}

static int
wrong_state(const struct print_job *job, struct err *e)
{
	return err_set(e, ERR_CONFLICT, "wrong_state",
	    "打印任务当前状态（%s）不允许此操作",
	    "the print job is %s: this cannot be done to it now",
	    print_state_word(job->state));
}

/* The body's reason; other members than the ones named are refused. */
static int
read_reason(const struct print_call *call, const char *allowed,
    const char **reason, struct err *e)
{
	json_t *body = (json_t *)(uintptr_t)call->body, *value;
	const char *name;

	*reason = NULL;
	json_object_foreach (body, name, value) {
		if (strcmp(name, "reason") == 0 && json_is_string(value))
			*reason = json_string_value(value);
		else if (allowed == NULL || strcmp(name, allowed) != 0)
			err_add(e, "unknown_field", "", "有不认识的内容",
			    "there is a member that is not expected");
	}
	if (*reason != NULL && (*reason)[0] == '\0')
		*reason = NULL;
	service_check_text(*reason, "/reason", e);
	return print_desk_fields(e);
}

static int
being_sent(struct err *e)
{
	int rc = err_set(e, ERR_BUSY, "being_sent",
	    "任务正在发送，打印机还没有登记它，请稍后再取消",
	    "the job is on its way and the printer does not list it yet: cancel it in a moment");

	e->retryable = 1;
	return rc;
}

/* At the printer; what becomes of the job there is seen by the queue. */
static int
cancel_there(struct service *s, const struct print_job *job, struct err *e)
{
	struct printer_target target;
	struct printer_job at;
	char name[PRINT_NAME_SIZE];
	int rc;

	spooler_target(job, &target);
	print_job_name(job, name);
	rc = printer_find(s->printer, &target, name, &at, e);
	if (rc == 0)
		rc = printer_cancel(s->printer, &target, at.id, e);
	spooler_wake(s->spooler, target.uri);
	return rc == ERR_NOT_FOUND ? being_sent(e) : rc;
}

static int
cancel(struct service *s, struct print_job *job, const struct print_call *call,
    struct err *e)
{
	static const struct print_detail why = {
	    "canceled", "打印之前已取消", "canceled before it was printed"};
	static const struct print_detail later = {"canceled",
	    "重新发送之后已取消；之前送出的一份如已出纸，已作废",
	    "canceled after it was sent again; a sheet of the time before is void"};
	const struct print_store in = print_desk_store(s);
	const char *reason;
	int rc = read_reason(call, NULL, &reason, e);

	if (rc != 0)
		return rc;
	if (job->state == PRINT_SENT && !is_browser(job))
		return cancel_there(s, job, e);
	if (job->state != PRINT_RENDERED)
		return wrong_state(job, e);
	return print_job_move(&in, job, PRINT_FAILED,
	    print_job_number(job, "resent") > 0 ? &later : &why,
	    by(call, "cancel", reason), e);
}

static int
settle(struct service *s, struct print_job *job, const struct print_call *call,
    struct err *e)
{
	static const struct print_detail bad = {"spoiled",
	    "工作人员确认没有打印好，该份已作废",
	    "the clerk says that the sheet is no good; it is void"};
	const struct print_store in = print_desk_store(s);
	const json_t *came_out = json_object_get(call->body, "came_out");
	const char *reason;
	int rc;

	if (!json_is_boolean(came_out))
		err_add(e, "missing", "/came_out",
		    "请确认纸张是否完好（true 或 false）",
		    "say whether the sheet is good (true or false)");
	if ((rc = read_reason(call, "came_out", &reason, e)) != 0)
		return rc;
	if (job->state == PRINT_CONFIRMED && json_is_true(came_out))
		return 0; /* that is known */
	if (job->state == PRINT_CONFIRMED && reason == NULL)
		return err_set(e, ERR_INPUT, "reason_needed",
		    "这一份已确认打印成功，作废须写明原因",
		    "this sheet was confirmed: say why it is void now");
	if (job->state == PRINT_RENDERED)
		return wrong_state(job, e);
	return print_job_move(&in, job,
	    json_is_true(came_out) ? PRINT_CONFIRMED : PRINT_FAILED,
	    json_is_true(came_out) ? NULL : &bad, by(call, "settle", reason),
	    e);
}

/* One sending more, which may be the one that left its marks on the paper. */
static void
count_sending(const struct print_job *job, json_t *set)
{
	json_object_set_new(
	    set, "resent", json_integer(print_job_number(job, "resent") + 1));
}

/* Not before it is sure that the printer does not have it still. */
static int
send_again(struct service *s, struct print_job *job,
    const struct print_call *call, const char *reason, struct err *e)
{
	const struct print_store in = print_desk_store(s);
	struct printer_target target;
	struct printer_job at;
	enum print_state to = PRINT_SENT;
	char name[PRINT_NAME_SIZE];
	json_t *set = by(call, "resend", reason);
	int rc;

	spooler_target(job, &target);
	print_job_name(job, name);
	rc = printer_find(s->printer, &target, name, &at, e);
	if (rc != 0 && rc != ERR_NOT_FOUND) {
		json_decref(set);
		return rc;
	}
	err_clear(e);
	if (rc == 0 && at.state == PRINTER_JOB_COMPLETED) {
		to = PRINT_CONFIRMED;
	} else if (rc != 0 || at.state == PRINTER_JOB_ABORTED ||
		   at.state == PRINTER_JOB_CANCELED) {
		to = PRINT_RENDERED;
		count_sending(job, set);
		json_object_set_new(
		    set, "queued", json_integer((json_int_t)clock_now()));
	}
	rc = print_job_move(&in, job, to, NULL, set, e);
	if (rc == 0 && to != PRINT_CONFIRMED)
		spooler_add(s->spooler, job);
	return rc;
}

/* The browser may come for it once more; takes set. */
static int
give_again(struct service *s, struct print_job *job, json_t *set, struct err *e)
{
	const struct print_store in = print_desk_store(s);

	if (job->state != PRINT_SENT) {
		json_decref(set);
		return wrong_state(job, e);
	}
	count_sending(job, set);
	return print_job_move(&in, job, PRINT_RENDERED, NULL, set, e);
}

static int
resend(struct service *s, struct print_job *job, const struct print_call *call,
    struct err *e)
{
	const char *reason;
	int rc = read_reason(call, NULL, &reason, e);

	if (rc != 0)
		return rc;
	if (is_browser(job))
		return give_again(s, job, by(call, "resend", reason), e);
	if (job->state == PRINT_UNKNOWN)
		return send_again(s, job, call, reason, e);
	if (job->state != PRINT_RENDERED)
		return wrong_state(job, e);
	spooler_wake(s->spooler, print_job_text(job, "uri"));
	return 0;
}

int
print_desk_cancel(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e)
{
	return act(s, call, cancel, answer, e);
}

int
print_desk_settle(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e)
{
	return act(s, call, settle, answer, e);
}

int
print_desk_resend(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e)
{
	return act(s, call, resend, answer, e);
}

/* A document that says what has ended, or that nobody came for in time, is not
 * given: the job ends with it. */
static int
give_up_ended(struct service *s, struct print_job *job, struct err *e)
{
	static const struct print_detail late = {"waited_too_long",
	    "任务放置时间过长，已取消；需要时请重新打印",
	    "the job was left for too long and was given up; print it again when it is needed"};
	const struct print_store in = print_desk_store(s);
	struct print_detail why;
	int rc = print_rule_still(&in, job, &why, e);

	if (rc == 0 && why.code == NULL &&
	    clock_now() - job->made >= SPOOLER_HOURS * 3600)
		why = late;
	if (rc != 0 || why.code == NULL)
		return rc;
	rc = print_job_move(&in, job, PRINT_FAILED, &why, NULL, e);
	return rc != 0 ? rc
		       : err_set(e, ERR_CONFLICT, why.code, "%s%.0s", "%.0s%s",
			     why.zh, why.en);
}

/* `sent` first: a document that was given is never given again by itself. */
static int
fetch(struct service *s, struct print_job *job, struct buf *pdf, struct err *e)
{
	const struct print_store in = print_desk_store(s);
	int rc;

	if (!is_browser(job))
		return err_set(e, ERR_CONFLICT, "wrong_channel",
		    "这个任务由打印机打印，不提供下载",
		    "this job goes to a printer and cannot be fetched");
	if (job->state == PRINT_SENT)
		return err_set(e, ERR_CONFLICT, "already_fetched",
		    "文件已取走；没有打印成功请先选择“重新发送”",
		    "the document was fetched already: have it sent again first");
	if (job->state != PRINT_RENDERED)
		return wrong_state(job, e);
	rc = give_up_ended(s, job, e);
	if (rc == 0)
		rc = print_job_document(&in, job, pdf, e);
	if (rc == 0)
		rc = print_job_move(&in, job, PRINT_SENT, NULL,
		    json_pack("{s:I}", "sent", (json_int_t)clock_now()), e);
	if (rc != 0)
		buf_release(pdf);
	return rc;
}

/* The look-up behind it is that clerk's: a colleague who wants to see the
 * document says what for, too. */
static int
check_own(
    const struct print_job *job, const struct print_call *call, struct err *e)
{
	const struct service_operator *op = call->caller->operator;

	if (op != NULL &&
	    strcmp(print_job_text(job, "operator"), op->name) == 0)
		return 0;
	return err_set(e, ERR_DENIED, "not_your_job",
	    "文件只能由发起打印的人员取走；请取消这个任务，查询之后重新打印",
	    "only who made the job fetches its document: cancel it, look the certificate up and print it again");
}

int
print_desk_file(struct service *s, const struct print_call *call,
    struct buf *pdf, struct err *e)
{
	struct print_job job;
	int rc = service_check_writable(s, e);

	if (rc == 0)
		rc = print_desk_find(s, call, PRINT_ACT, &job, e);
	if (rc != 0)
		return rc;
	rc = check_own(&job, call, e);
	if (rc == 0)
		rc = fetch(s, &job, pdf, e);
	print_job_release(&job);
	return rc;
}
