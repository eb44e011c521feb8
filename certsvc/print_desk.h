/*
 * print_desk.h - what the doors ask of the print desk: jobs, blanks, the day's
 * account.  docs/desk.md has the shapes of bodies and answers.
 *
 * A clerk acts for the own office; auditors and regional administrators read;
 * a department prints its own certificates, and its jobs are of no office.
 * What belongs to others does not exist: ERR_NOT_FOUND.
 */
#ifndef CERTSVC_PRINT_DESK_H
#define CERTSVC_PRINT_DESK_H

#include <jansson.h>

#include "certsvc/service.h"

struct print_call {
	const struct service_caller *caller;
	const char *id;	 /* of the job or the blank; NULL for a new one */
	const char *key; /* Idempotency-Key, or NULL */
	const json_t *body;
	int replayed; /* out: the same key was answered before */
};

/*
 * Make a job: the sheet (or copy), its number, the job and the certificate's
 * event are one transaction, then the job is queued.  ERR_INPUT
 * "idempotency_key_needed", "bad_fields", "reason_needed", "wrong_kind";
 * ERR_CONFLICT "key_reused", "blank_not_free" or what print_rule says;
 * ERR_DENIED "not_allowed", "lookup_needed"; ERR_NOT_FOUND for a certificate
 * or printer that the caller does not have; and those of sheet_make.
 */
int print_desk_create(
    struct service *s, struct print_call *call, json_t **answer, struct err *e);

/*
 * The page to look at before it is printed (sheet_preview).  A clerk's; body:
 * {"certificate", "lookup", "variant"?}.  Errors as for making a job.
 */
int print_desk_preview(struct service *s, const struct print_call *call,
    struct buf *pdf, struct err *e);

int print_desk_get(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e);
/* query: {"state"?, "day"?, "office"?, "cursor"?}, all text. */
int print_desk_list(struct service *s, const struct service_caller *caller,
    const json_t *query, json_t **answer, struct err *e);

/* Cancel: before it is sent at once, else at the printer, which may be too
 * late ("wrong_state", "job_is_over"). */
int print_desk_cancel(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e);
/* {"came_out", "reason"?}: what a person saw.  A confirmed sheet that is no
 * good needs a reason. */
int print_desk_settle(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e);
/* Of an unknown job: the same sheet again, once it is sure that the printer
 * does not have it; of one that waits: try now. */
int print_desk_resend(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e);
/* The document, once, for a browser; the job is `sent` before pdf is given. */
int print_desk_file(struct service *s, const struct print_call *call,
    struct buf *pdf, struct err *e);

/* What became of everything that an office printed on a day in China; the sums
 * add up.  office: NULL for one's own. */
int print_desk_day(struct service *s, const struct service_caller *caller,
    const char *day, const char *office, json_t **answer, struct err *e);

/* Pre-printed, numbered stock.  add: {"type", "from", "to"}; spoil: call->id,
 * {"reason"}; list: {"type"?, "state"?, "cursor"?}. */
int print_desk_add_blanks(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e);
int print_desk_spoil_blank(struct service *s, const struct print_call *call,
    json_t **answer, struct err *e);
int print_desk_list_blanks(struct service *s,
    const struct service_caller *caller, const json_t *query, json_t **answer,
    struct err *e);

#endif
