/*
 * print_make.c - the making of a print job; see print_desk.h.  The only file
 * that knows the order: who and what -> may it be printed -> a sheet with the
 * next number, or a copy -> job, sheet, key and event in one transaction ->
 * queue.
 */
#include "certsvc/print_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/desk_record.h"
#include "certsvc/spooler.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	TRIES = 3 /* when somebody else took the number just now */
};

/* "print/OFFICE" and the key: what a copy is made under, so that a call that
 * was cut off finds its copy again. */
static json_t *
copy_body(const struct print_make *make)
{
	const struct print_order *order = &make->order;
	const struct service_operator *op = make->call->caller->operator;
	char matter[ORDER_KEY_MAX];

	snprintf(matter, sizeof(matter), "print/%s",
	    op != NULL ? op->office : "department");
	return json_pack("{s:s, s:s?, s:s, s:s, s:s?}", "purpose",
	    order->purpose, "expires", order->expires, "matter", matter,
	    "serial", make->key, "operator", op != NULL ? op->name : NULL);
}

/* A purpose-bound copy is made first, then printed as it is. */
static int
make_copy(struct print_make *make, struct err *e)
{
	struct service *s = make->service;
	json_t *body = copy_body(make), *answer = NULL;
	struct service_call call = {.caller = make->call->caller,
	    .action = "copy",
	    .id = make->certificate.id,
	    .body = body};
	const struct service_operator *op = call.caller->operator;
	int rc;

	if (body == NULL)
		return err_nomem(e);
	rc = op != NULL ? service_copy_at_office(s, &call, &answer, e)
			: service_copy(s, &call, &answer, e);
	if (rc == 0 && json_object_set(make->job.body, "made",
			   json_object_get(answer, "id")) != 0)
		rc = err_nomem(e);
	json_decref(body);
	json_decref(answer);
	return rc;
}

static int
make_sheet(struct print_make *make, uint64_t number, struct err *e)
{
	const struct sheet_request req = {.caller = make->call->caller,
	    .certificate = &make->certificate,
	    .number = number,
	    .variant = make->order.variant,
	    .blank = make->order.blank,
	    .dx = make->order.blank != NULL ? make->dx : 0,
	    .dy = make->order.blank != NULL ? make->dy : 0};

	if (json_object_set_new(
		make->job.body, "copy", json_integer((json_int_t)number)) != 0)
		return err_nomem(e);
	return sheet_make(make->service, &req, &make->pdf, &make->code, e);
}

static int
wrong_kind(const struct print_make *make, struct err *e)
{
	return err_set(e, ERR_CONFLICT, "wrong_kind", "这个证照不能按“%s”打印",
	    "this certificate is not printed as %s",
	    make->order.kind == PRINT_COPY    ? "copy"
	    : make->order.kind == PRINT_PROOF ? "proof"
					      : "original");
}

/* Make what is printed, if it may be; the next number is the one after the
 * last that was used. */
static int
render(struct print_make *make, struct err *e)
{
	struct print_right right;
	int rc = print_rule(
	    make->service, &make->certificate, make->order.kind, &right, e);

	if (rc != 0)
		return rc;
	if (!right.exists)
		return wrong_kind(make, e);
	if (!right.allowed)
		return err_set(e, ERR_CONFLICT, right.why.code, "%s%.0s",
		    "%.0s%s", right.why.zh, right.why.en);
	if (make->order.kind == PRINT_COPY)
		return make_copy(make, e);
	if (right.all > 0 && make->order.reason == NULL)
		return err_set(e, ERR_INPUT, "reason_needed",
		    "已经打印过 %llu 份，再次打印须写明原因",
		    "%llu were printed already: say why another is needed",
		    (unsigned long long)right.all);
	return make_sheet(make, right.all + 1, e);
}

static void
set_text(json_t *body, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_object_set_new(body, name, json_string(text));
}

static void
set_target(const struct print_make *make, json_t *body)
{
	struct buf hex = BUF_INIT;

	set_text(body, "uri", make->target.uri);
	if (make->target.pinned)
		text_hex(&hex, (struct bytes){make->target.fingerprint,
				   sizeof(make->target.fingerprint)});
	set_text(body, "fingerprint", buf_cstr(&hex));
	buf_release(&hex);
}

/* The paper that is in the printer, if the page lies whole on it: printers put
 * it there at its own size. */
static int
choose_paper(const char *paper, char media[SHEET_MEDIA_SIZE], struct err *e)
{
	if (paper == NULL || paper[0] == '\0' || strcmp(paper, media) == 0)
		return 0;
	if (!sheet_media_fits(media, paper))
		return err_set(e, ERR_CONFLICT, "paper_too_small",
		    "这台打印机装的是 %s 纸，这份证照要用 %s 纸；请换一台打印机",
		    "this printer holds %s paper, the certificate needs %s: choose another printer",
		    sheet_media_word(paper), sheet_media_word(media));
	text_copy(media, SHEET_MEDIA_SIZE, paper);
	return 0;
}

/* The paper for the document. */
static int
set_media(const struct print_make *make, json_t *body, struct err *e)
{
	const struct template *t =
	    template_find(&make->service->templates, make->certificate.type);
	char media[SHEET_MEDIA_SIZE];
	const char *sides;
	int rc;

	if (t == NULL)
		return wrong_kind(make, e);
	rc = sheet_media(t, make->order.variant, media, e);
	if (rc == 0)
		rc = choose_paper(make->paper, media, e);
	if (rc == 0)
		rc = sheet_sides(t, make->order.variant, &sides, e);
	if (rc == 0) {
		set_text(body, "sides", sides);
		set_text(body, "media", media);
		set_text(body, "variant",
		    make->order.variant != NULL ? make->order.variant
						: t->variants[0].id);
	}
	return rc;
}

static int
begin_job(struct print_make *make, struct err *e)
{
	const struct service_caller *caller = make->call->caller;
	const struct service_operator *op = caller->operator;
	const struct print_order *order = &make->order;
	struct print_job *job = &make->job;
	int rc = desk_record_random(job->id, sizeof(job->id), e);

	if (rc != 0)
		return rc;
	job->body = json_object();
	job->version = 1;
	job->state = PRINT_RENDERED;
	text_copy(
	    job->certificate, sizeof(job->certificate), make->certificate.id);
	if (op != NULL)
		text_copy(job->office, sizeof(job->office), op->office);
	set_text(job->body, "type", make->certificate.type);
	set_text(job->body, "number", make->certificate.number);
	set_text(job->body, "kind", print_kind_word(order->kind));
	set_text(job->body, "channel", order->browser ? "browser" : "printer");
	set_text(job->body, "printer", order->browser ? NULL : order->printer);
	set_text(job->body, "printer_office", order->office);
	set_text(job->body, "department",
	    op != NULL ? NULL : caller->who->department);
	set_text(job->body, "operator", op != NULL ? op->name : NULL);
	set_text(job->body, "lookup", order->lookup);
	set_text(job->body, "purpose", order->purpose);
	set_text(job->body, "reason", order->reason);
	set_text(job->body, "matter", order->matter);
	set_text(job->body, "blank", order->blank);
	if (!order->browser)
		set_target(make, job->body);
	return job->body != NULL ? set_media(make, job->body, e) : err_nomem(e);
}

/* One try at a number: another call may have taken it meanwhile. */
static int
try_once(struct print_make *make, struct err *e)
{
	int rc;

	buf_reset(&make->pdf);
	buf_reset(&make->code);
	make->job.made = make->job.changed = clock_now();
	rc = render(make, e);
	return rc == 0 ? print_make_put(make, e) : rc;
}

/* Calls about one certificate come one after the other, so that numbers (and
 * the keeper's quota) are not used up by those that lose. */
static int
make_job(struct print_make *make, struct err *e)
{
	pthread_mutex_t *lock =
	    print_desk_lock(make->service, make->certificate.id);
	int rc, i;

	pthread_mutex_lock(lock);
	rc = print_order_replay(make, e);
	if (rc == 1) {
		make->call->replayed = 1;
		rc = 0;
	} else if (rc == 0 && (rc = begin_job(make, e)) == 0) {
		rc = try_once(make, e);
		for (i = 1; i < TRIES && rc == ERR_CONFLICT &&
			    strcmp(e->code, "version_conflict") == 0;
		     i++) {
			err_clear(e);
			rc = try_once(make, e);
		}
	}
	pthread_mutex_unlock(lock);
	return rc;
}

/* The job's own, else that of the look-up; a copy needs one. */
static int
check_purpose(struct print_make *make, struct err *e)
{
	if (make->order.purpose == NULL)
		make->order.purpose = make->purpose;
	if (make->order.purpose == NULL && make->order.kind == PRINT_COPY)
		err_add(e, "missing", "/purpose", "必须写明用途",
		    "the purpose is mandatory");
	return print_desk_fields(e);
}

static int
create(struct print_make *make, struct err *e)
{
	struct service *s = make->service;
	int rc;

	if ((rc = service_check_writable(s, e)) != 0 ||
	    (rc = print_order_read(make, e)) != 0 ||
	    (rc = print_place_certificate(make, e)) != 0 ||
	    (rc = print_place_printer(make, e)) != 0 ||
	    (rc = check_purpose(make, e)) != 0 ||
	    (rc = print_order_key(make, e)) != 0 ||
	    (rc = make_job(make, e)) != 0)
		return rc;
	if (!make->call->replayed && !make->order.browser)
		spooler_add(s->spooler, &make->job);
	return 0;
}

int
print_desk_create(
    struct service *s, struct print_call *call, json_t **answer, struct err *e)
{
	struct print_make make = {.service = s, .call = call};
	int rc = create(&make, e);

	*answer = rc == 0 ? print_desk_json(s, &make.job) : NULL;
	store_certificate_release(&make.certificate);
	desk_office_release(&make.office);
	print_job_release(&make.job);
	free(make.purpose);
	buf_release(&make.pdf);
	buf_release(&make.code);
	return rc == 0 && *answer == NULL ? err_nomem(e) : rc;
}
