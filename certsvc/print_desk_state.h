/* print_desk_state.h - what the files of the print desk share. */
#ifndef CERTSVC_PRINT_DESK_STATE_H
#define CERTSVC_PRINT_DESK_STATE_H

#include "certsvc/desk_office.h"
#include "certsvc/print_desk.h"
#include "certsvc/print_job.h"
#include "certsvc/service_state.h"

/* One certificate's jobs are made one after the other. */
pthread_mutex_t *print_desk_lock(struct service *s, const char *certificate);

/* One clerk's look-ups come one after the other, so that many at a time are not
 * more than an hour's. */
pthread_mutex_t *print_desk_lookup_lock(
    struct service *s, const char *operator);

/* Where the service keeps its records. */
struct print_store print_desk_store(const struct service *s);

/* print_desk_access.c: may the caller act for a job of that office (department:
 * of its own), or only see it?  ERR_DENIED "not_allowed", ERR_NOT_FOUND. */
enum print_access {
	PRINT_ACT,
	PRINT_SEE
};
int print_desk_may(struct service *s, const struct service_caller *caller,
    const struct print_job *job, enum print_access access, struct err *e);

/* The office that a caller lists or accounts for; named: what the caller
 * asked for, or NULL.  "" for a department. */
int print_desk_office(struct service *s, const struct service_caller *caller,
    const char *named, char office[OPERATOR_OFFICE_SIZE], struct err *e);

/* The office of a clerk, for what only clerks do. */
int print_desk_clerk(const struct service_caller *caller, struct err *e);

/* Read a job that the caller may act for or see. */
int print_desk_find(struct service *s, const struct print_call *call,
    enum print_access access, struct print_job *job, struct err *e);

/* print_desk_answer.c: a job as docs/desk.md shapes it; NULL: no memory. */
json_t *print_desk_json(struct service *s, const struct print_job *job);

/* ERR_INPUT "bad_fields" when items were added to e, else 0. */
int print_desk_fields(struct err *e);
/* A cursor's text; 0 when it is NULL.  ERR_INPUT "bad_cursor". */
int print_desk_cursor(const char *text, uint64_t *before, struct err *e);

#endif
