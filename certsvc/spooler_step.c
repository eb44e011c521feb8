/*
 * spooler_step.c - one step of one job at its printer; see spooler.h.  Every
 * step reads the job's record first: a clerk may have settled or canceled it,
 * and whoever writes the next version first is right.
 */
#include <string.h>

#include "certsvc/print_rule.h"
#include "certsvc/spooler_state.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

/* A step's hands: the job as its record is, and whom it concerns. */
struct step {
	struct spooler *sp;
	struct spool_printer *printer;
	struct spool_job *queued;
	struct print_job job;
	struct printer_target target;
};

void
spooler_target(const struct print_job *job, struct printer_target *target)
{
	const char *pin = print_job_text(job, "fingerprint");

	memset(target, 0, sizeof(*target));
	target->uri = print_job_text(job, "uri");
	target->pinned =
	    text_unhex(target->fingerprint, sizeof(target->fingerprint), pin,
		strlen(pin)) == 0;
}

static struct print_detail
detail_of(const struct err *e)
{
	return (struct print_detail){e->code, e->zh, e->en};
}

/* What to do after a move was tried: an error is a full disk, say, or a clerk
 * who was faster; the record tells next time. */
static enum spool_result
moved(struct step *step, enum print_state to, const struct print_detail *detail,
    json_t *set, enum spool_result then)
{
	struct err e = ERR_INIT;
	int rc = print_job_move(&step->sp->in, &step->job, to, detail, set, &e);

	err_clear(&e);
	return rc == 0 ? then : SPOOL_LATER;
}

/* Say why the job waits; the same again is not written again. */
static void
explain(struct step *step, const struct print_detail *detail)
{
	const json_t *now = json_object_get(step->job.body, "detail");
	const char *code = json_string_value(json_object_get(now, "code"));

	if (detail == NULL ? code == NULL
			   : code != NULL && strcmp(code, detail->code) == 0)
		return;
	moved(step, step->job.state, detail, NULL, SPOOL_LATER);
}

/* The first that is an error, else the first; NULL: none. */
static const char *
gravest(const json_t *reasons)
{
	const char *first = json_string_value(json_array_get(reasons, 0));
	const char *one;
	size_t i;

	for (i = 0; i < json_array_size(reasons); i++) {
		one = json_string_value(json_array_get(reasons, i));
		if (one != NULL && text_ends_with(one, "-error"))
			return one;
	}
	return first;
}

/* Reasons of a printer as a detail: views into out, which the caller frees. */
static int
reasons_of(const json_t *out, struct print_detail *detail)
{
	const json_t *words = json_object_get(out, "words");

	detail->code = gravest(json_object_get(out, "reasons"));
	detail->zh = json_string_value(json_object_get(words, "zh"));
	detail->en = json_string_value(json_object_get(words, "en"));
	return detail->code != NULL && detail->zh != NULL && detail->en != NULL;
}

static const char *
text_of(const json_t *out, const char *name)
{
	const char *text = json_string_value(json_object_get(out, name));

	return text != NULL ? text : "";
}

/* Could the printer begin now?  Else says why the job waits. */
static int
is_ready(struct step *step, const json_t *out)
{
	struct print_detail detail = {"printer_stopped",
	    "打印机已停止，请查看打印机",
	    "the printer has stopped: look at it"};
	static const struct print_detail refuses = {"printer_not_accepting",
	    "打印机暂不接受任务", "the printer takes no jobs now"};
	static const struct print_detail busy = {"printer_busy",
	    "打印机正在打印别的任务，稍后自动打印",
	    "the printer is busy with another job; this one follows by itself"};
	struct print_detail reasons;

	if (strcmp(text_of(out, "state"), "stopped") == 0)
		explain(step, reasons_of(out, &reasons) ? &reasons : &detail);
	else if (json_is_false(json_object_get(out, "accepting")))
		explain(step, &refuses);
	else if (step->printer->was_busy &&
		 strcmp(text_of(out, "state"), "printing") == 0)
		explain(step, &busy);
	else
		return 1;
	return 0;
}

/* The printer's answer to the job that it was sent. */
static enum spool_result
sent(struct step *step, int rc, const struct printer_job *answer,
    const struct err *e)
{
	struct print_detail why = detail_of(e);

	step->printer->was_busy = strcmp(e->code, "printer_busy") == 0;
	if (rc == 0)
		return moved(step, PRINT_SENT, NULL,
		    json_pack("{s:i}", "printer_job", (int)answer->id),
		    SPOOL_FOLLOW);
	if (strcmp(e->code, "printer_uncertain") == 0) {
		/* Perhaps it was taken: never again by itself. */
		return SPOOL_FOLLOW;
	}
	if (rc == ERR_BUSY)
		return moved(step, PRINT_RENDERED, &why, NULL, SPOOL_LATER);
	return moved(step, PRINT_FAILED, &why,
	    json_pack("{s:b}", "untouched", 1), SPOOL_DONE);
}

/* `sent` first, and only when that is on disk the bytes. */
static enum spool_result
send_document(struct step *step, struct bytes document)
{
	struct spooler *sp = step->sp;
	struct printer_job_request req = {
	    .copies = 1, .sides = "one-sided", .document = document};
	struct printer_job answer = {.id = 0};
	struct err e = ERR_INIT;
	char name[PRINT_NAME_SIZE];
	enum spool_result result;
	int rc;

	print_job_name(&step->job, name);
	req.name = name;
	if (print_job_text(&step->job, "media")[0] != '\0')
		req.media = print_job_text(&step->job, "media");
	if (print_job_text(&step->job, "sides")[0] != '\0')
		req.sides = print_job_text(&step->job, "sides");
	rc = print_job_move(&sp->in, &step->job, PRINT_SENT, NULL,
	    json_pack("{s:I}", "sent", (json_int_t)clock_now()), &e);
	err_clear(&e);
	if (rc != 0)
		return SPOOL_LATER;
	step->queued->sent = 1;
	rc = sp->printers.print(
	    sp->printers.ctx, &step->target, &req, &answer, &e);
	result = sent(step, rc, &answer, &e);
	err_clear(&e);
	return result;
}

/* Since when it waits: since a person last wanted it. */
static int
waits_too_long(const struct print_job *job)
{
	int64_t since = print_job_number(job, "queued");

	return clock_now() - (since != 0 ? since : job->made) >=
	       SPOOLER_HOURS * 3600;
}

/* A sheet about somebody must not lie on a tray in an empty room. */
static enum spool_result
too_old(struct step *step)
{
	static const struct print_detail why = {"waited_too_long",
	    "打印机长时间不可用，任务已取消；需要时请重新打印",
	    "the printer was not available for too long and the job was given up; print it again when it is needed"};

	return moved(step, PRINT_FAILED, &why, NULL, SPOOL_DONE);
}

/* The document, unless what it says has ended while it waited: then the job is
 * given up, and the document stays empty. */
static int
take_document(struct step *step, struct buf *document,
    enum spool_result *result, struct err *e)
{
	const struct print_store *in = &step->sp->in;
	struct print_detail why;
	int rc = print_job_document(in, &step->job, document, e);

	if (rc == 0)
		rc = print_rule_still(in, &step->job, &why, e);
	if (rc == 0 && why.code == NULL)
		return 0;
	buf_wipe(document);
	if (rc == 0)
		*result = moved(step, PRINT_FAILED, &why, NULL, SPOOL_DONE);
	return rc;
}

static enum spool_result
try_to_send(struct step *step)
{
	struct spooler *sp = step->sp;
	struct buf document = BUF_INIT;
	struct print_detail why;
	struct err e = ERR_INIT;
	json_t *out = NULL;
	enum spool_result result = SPOOL_LATER;
	int rc = sp->printers.probe(sp->printers.ctx, &step->target, &out, &e);

	if (rc == 0 && is_ready(step, out))
		rc = take_document(step, &document, &result, &e);
	if (rc != 0) {
		why = detail_of(&e);
		explain(step, &why);
	} else if (document.n > 0) {
		result = send_document(step, buf_bytes(&document));
	}
	json_decref(out);
	err_clear(&e);
	buf_wipe(&document);
	return result;
}

/* The printer does not answer about a job that was sent. */
static enum spool_result
lost(struct step *step, const struct err *e)
{
	struct print_detail why = detail_of(e);
	int64_t now = clock_monotonic_ms();

	if (step->queued->lost_since == 0)
		step->queued->lost_since = now;
	if (now - step->queued->lost_since >= step->sp->times.lost)
		return moved(step, PRINT_UNKNOWN, &why, NULL, SPOOL_DONE);
	explain(step, &why);
	return SPOOL_FOLLOW;
}

static enum spool_result
not_there(struct step *step)
{
	static const struct print_detail why = {"not_at_printer",
	    "打印机上没有这个任务的记录，请查看是否已出纸",
	    "the printer knows nothing of this job: look whether a sheet came out"};

	return moved(step, PRINT_UNKNOWN, &why, NULL, SPOOL_DONE);
}

/* Canceled or aborted, in the printer's words. */
static enum spool_result
given_up(struct step *step, const struct printer_job *at)
{
	struct buf zh = BUF_INIT, en = BUF_INIT;
	struct buf zh_more = BUF_INIT, en_more = BUF_INIT;
	struct print_detail why = {
	    at->state == PRINTER_JOB_CANCELED ? "job_canceled" : "job_aborted",
	    "", ""};
	enum spool_result result;

	buf_add_str(&zh, at->state == PRINTER_JOB_CANCELED
			     ? "任务在打印机上被取消"
			     : "打印机中止了任务");
	buf_add_str(&en, at->state == PRINTER_JOB_CANCELED
			     ? "the job was canceled at the printer"
			     : "the printer gave up on the job");
	if (at->reasons[0] != '\0')
		step->sp->printers.words(at->reasons, &zh_more, &en_more);
	if (zh_more.n > 0 && en_more.n > 0) {
		buf_printf(&zh, "：%s", buf_cstr(&zh_more));
		buf_printf(&en, ": %s", buf_cstr(&en_more));
	}
	buf_release(&zh_more);
	buf_release(&en_more);
	why.zh = buf_cstr(&zh) != NULL ? buf_cstr(&zh) : "";
	why.en = buf_cstr(&en) != NULL ? buf_cstr(&en) : "";
	result = moved(step, PRINT_FAILED, &why, NULL, SPOOL_DONE);
	buf_release(&zh);
	buf_release(&en);
	return result;
}

/* It is at it, or waits for paper: what the printer says of itself. */
static enum spool_result
still_at_it(struct step *step)
{
	struct spooler *sp = step->sp;
	struct print_detail detail;
	struct err e = ERR_INIT;
	json_t *out = NULL;
	int rc = sp->printers.probe(sp->printers.ctx, &step->target, &out, &e);

	if (rc == 0)
		explain(step, reasons_of(out, &detail) ? &detail : NULL);
	json_decref(out);
	err_clear(&e);
	return SPOOL_FOLLOW;
}

static enum spool_result
completed(struct step *step, const struct printer_job *at)
{
	static const struct print_detail why = {"completed_with_errors",
	    "打印机报告打印时出过错，请查看出纸是否完好",
	    "the printer says that something went wrong while it printed: look whether the sheet is good"};

	if (strstr(at->reasons, "completed-with-errors") != NULL)
		return moved(step, PRINT_UNKNOWN, &why, NULL, SPOOL_DONE);
	return moved(step, PRINT_CONFIRMED, NULL, NULL, SPOOL_DONE);
}

/* By its name each time: a printer that was switched off and on counts its
 * jobs from 1 again, and another's job would pass for ours. */
static enum spool_result
follow(struct step *step)
{
	struct spooler *sp = step->sp;
	struct printer_job at = {.id = 0};
	struct err e = ERR_INIT;
	char name[PRINT_NAME_SIZE];
	enum spool_result result;
	int rc;

	print_job_name(&step->job, name);
	rc = sp->printers.find(sp->printers.ctx, &step->target, name, &at, &e);
	if (rc == 0)
		step->queued->lost_since = 0;
	if (rc == ERR_NOT_FOUND)
		result = not_there(step);
	else if (rc != 0)
		result = lost(step, &e);
	else if (at.state == PRINTER_JOB_COMPLETED)
		result = completed(step, &at);
	else if (at.state == PRINTER_JOB_CANCELED ||
		 at.state == PRINTER_JOB_ABORTED)
		result = given_up(step, &at);
	else
		result = still_at_it(step);
	err_clear(&e);
	return result;
}

enum spool_result
spooler_step(
    struct spooler *sp, struct spool_printer *printer, struct spool_job *job)
{
	struct step step = {.sp = sp, .printer = printer, .queued = job};
	struct err e = ERR_INIT;
	enum spool_result result = SPOOL_DONE;
	int rc = print_job_read(&sp->in, job->id, &step.job, &e);

	err_clear(&e);
	if (rc != 0)
		return rc == ERR_NOT_FOUND ? SPOOL_DONE : SPOOL_LATER;
	spooler_target(&step.job, &step.target);
	job->sent = step.job.state == PRINT_SENT;
	if (step.job.state == PRINT_RENDERED && waits_too_long(&step.job))
		result = too_old(&step);
	else if (step.job.state == PRINT_RENDERED)
		result = try_to_send(&step);
	else if (step.job.state == PRINT_SENT)
		result = follow(&step);
	job->sent = step.job.state == PRINT_SENT;
	print_job_release(&step.job);
	return result;
}
