/*
 * print_job.h - a print job: one document, one sheet of paper, one printer or
 * browser, and what became of it.  Kept as a record of kind `print`; every
 * change is a new version (certsvc/store/store_record.h), so of two who change
 * it at once one is told so.
 *
 *   rendered --> sent --> confirmed | failed | unknown | rendered
 *   rendered --> failed                 canceled before it was sent
 *   unknown --> confirmed | failed      a person looked
 *   unknown --> rendered | sent         a person had it sent again
 *   confirmed --> failed                a person says the sheet is no good
 */
#ifndef CERTSVC_PRINT_JOB_H
#define CERTSVC_PRINT_JOB_H

#include <jansson.h>
#include <stdint.h>

#include "certsvc/store/store.h"
#include "crypto/base/err.h"

enum print_state {
	PRINT_RENDERED, /* the document is there, nothing was sent */
	PRINT_SENT,	/* bytes may have left */
	PRINT_CONFIRMED,
	PRINT_FAILED,
	PRINT_UNKNOWN /* nobody knows whether a sheet came out */
};

enum {
	PRINT_STATES = 5,
	PRINT_ID_SIZE = 27 /* 128 random bits in base32, with NUL */
};

/* Where records are kept. */
struct print_store {
	const struct store_ops *ops;
	struct store *store;
};

/* One job as it was read.  body: docs/desk.md, "Print jobs"; texts of it are
 * read with print_job_text. */
struct print_job {
	char id[PRINT_ID_SIZE];
	unsigned int version;
	char office[32];		 /* "": a department's own */
	char certificate[STORE_ID_SIZE]; /* that was asked for */
	enum print_state state;
	int64_t made, changed; /* UTC seconds */
	json_t *body;	       /* owned */
};

/* Why a job is as it is: a stable code and words for the clerk. */
struct print_detail {
	const char *code, *zh, *en;
};

const char *print_state_word(enum print_state state);
/* -1 for another word. */
int print_state_find(const char *word);

/* ERR_NOT_FOUND "no_such_job".  The caller releases it; after a failure there
 * is nothing to release. */
int print_job_read(const struct print_store *in, const char *id,
    struct print_job *job, struct err *e);
/* From a record of a list; ERR_STORAGE "record_damaged" when it is none. */
int print_job_of_record(
    const struct store_record *record, struct print_job *job, struct err *e);
void print_job_release(struct print_job *job);

/* A text of the body, "" when it is not there; a whole number, 0 likewise. */
const char *print_job_text(const struct print_job *job, const char *name);
json_int_t print_job_number(const struct print_job *job, const char *name);

/* The job as the version of a record to put: version, state and body as they
 * are in job.  The caller releases it. */
int print_job_record(
    const struct print_job *job, struct store_record *record, struct err *e);

/*
 * The next version: state `to`, detail (NULL: none) and the members of `set`
 * (NULL: none; a null takes a member out).  set is taken, also on failure.  A
 * job that fails voids its sheet and takes its blank along, in the same
 * transaction: spoiled, or free again when `to` is failed and the job was only
 * rendered, or when set has "untouched": true (the printer surely took nothing;
 * that member is not kept); always spoiled once the job was sent again, as what
 * was sent before may lie on it.
 * job is as the new version then.  ERR_CONFLICT "wrong_state" when no arrow
 * leads there, "version_conflict" when somebody was faster: job is unchanged.
 */
int print_job_move(const struct print_store *in, struct print_job *job,
    enum print_state to, const struct print_detail *detail, json_t *set,
    struct err *e);

/* The document to print; the caller releases it.  Empty before. */
int print_job_document(const struct print_store *in,
    const struct print_job *job, struct buf *pdf, struct err *e);

/* The name that the printer knows this sending by. */
enum {
	PRINT_NAME_SIZE = 48
};
void print_job_name(const struct print_job *job, char name[PRINT_NAME_SIZE]);

#endif
