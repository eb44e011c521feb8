/*
 * fake_printer.h - a printer made of memory that processes share, so that it
 * lives on when the process that prints on it is killed.  Its mode says what
 * goes wrong, and where the process that prints dies.  Header only.
 */
#ifndef TESTS_SUPPORT_FAKE_PRINTER_H
#define TESTS_SUPPORT_FAKE_PRINTER_H

#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "certsvc/spooler.h"

enum fake_fault {
	FAKE_FINE,
	FAKE_OFFLINE,	   /* nobody answers */
	FAKE_OUT_OF_PAPER, /* stopped before the job comes */
	FAKE_NOT_ACCEPTING,
	FAKE_BUSY,	  /* prints another's job: refuses ours */
	FAKE_REFUSES,	  /* will never take such a document */
	FAKE_LOST_BEFORE, /* the connection ends, the job was not taken */
	FAKE_LOST_AFTER,  /* the connection ends, the job was taken */
	FAKE_JAM,	  /* in the middle of the job */
	FAKE_ABORTS,
	FAKE_CANCELED,	/* by somebody at its panel */
	FAKE_FORGETS,	/* took it, was switched off and on */
	FAKE_OFF_LATER, /* took it, then nobody answers */
	FAKE_FAULTS
};

/* Where the process that prints is killed. */
enum fake_kill {
	FAKE_NO_KILL,
	FAKE_KILL_RENDERED, /* while it asks whether the printer is ready */
	FAKE_KILL_SENT,	    /* `sent` is durable, no byte has left */
	FAKE_KILL_BYTES,    /* the printer has it, its answer is lost */
	FAKE_KILL_ANSWERED, /* at the first look after the answer */
	FAKE_KILLS
};

enum {
	FAKE_JOBS = 512
};

struct fake_job {
	char name[PRINT_NAME_SIZE];
	enum printer_job_state state;
	int looks; /* how often it was asked for */
};

struct fake_printer {
	pthread_mutex_t lock;
	enum fake_fault fault;
	enum fake_kill kill;
	size_t njobs;
	struct fake_job jobs[FAKE_JOBS];
	unsigned int sheets;		    /* that lie on its tray */
	size_t bytes;			    /* of the last document */
	unsigned int prints, probes;	    /* calls */
	unsigned int at_once, most_at_once; /* jobs of ours that it has */
};

static inline struct fake_printer *
fake_new(void)
{
	struct fake_printer *f = mmap(NULL, sizeof(*f), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&f->lock, &attr);
	return f;
}

static inline void
fake_free(struct fake_printer *f)
{
	munmap(f, sizeof(*f));
}

static inline void
fake_lock(struct fake_printer *f)
{
	if (pthread_mutex_lock(&f->lock) != 0)
		pthread_mutex_consistent(&f->lock);
}

static inline void
fake_unlock(struct fake_printer *f)
{
	pthread_mutex_unlock(&f->lock);
}

static inline void
fake_mode(struct fake_printer *f, enum fake_fault fault)
{
	fake_lock(f);
	f->fault = fault;
	fake_unlock(f);
}

static inline void
fake_die(const struct fake_printer *f, enum fake_kill where)
{
	if (f->kill == where)
		kill(getpid(), SIGKILL);
}

static inline int
fake_offline(struct err *e)
{
	int rc = err_set(e, ERR_BUSY, "printer_offline", "打印机没有应答",
	    "the printer does not answer");

	e->retryable = 1;
	return rc;
}

static inline int
fake_probe(
    void *ctx, const struct printer_target *t, json_t **out, struct err *e)
{
	struct fake_printer *f = ctx;
	const char *reason = NULL;
	int stopped, rc = 0;

	(void)t;
	fake_lock(f);
	f->probes++;
	fake_die(f, FAKE_KILL_RENDERED);
	stopped = f->fault == FAKE_OUT_OF_PAPER;
	if (f->fault == FAKE_OUT_OF_PAPER)
		reason = "media-empty-error";
	else if (f->fault == FAKE_JAM && f->at_once > 0)
		reason = "media-jam-error";
	if (f->fault == FAKE_OFFLINE ||
	    (f->fault == FAKE_OFF_LATER && f->njobs > 0))
		rc = fake_offline(e);
	else
		*out = json_pack("{s:s, s:b, s:o, s:{s:s, s:s}}", "state",
		    stopped		    ? "stopped"
		    : f->fault == FAKE_BUSY ? "printing"
					    : "ready",
		    "accepting", f->fault != FAKE_NOT_ACCEPTING, "reasons",
		    reason != NULL ? json_pack("[s]", reason) : json_array(),
		    "words", "zh", "原因", "en", reason != NULL ? reason : "");
	fake_unlock(f);
	return rc;
}

static inline struct fake_job *
fake_take(struct fake_printer *f, const struct printer_job_request *req)
{
	struct fake_job *job = &f->jobs[f->njobs++];

	snprintf(job->name, sizeof(job->name), "%s", req->name);
	job->state = PRINTER_JOB_PROCESSING;
	job->looks = 0;
	f->bytes = req->document.n;
	if (++f->at_once > f->most_at_once)
		f->most_at_once = f->at_once;
	return job;
}

static inline int
fake_uncertain(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "printer_uncertain",
	    "连接中断，不知道打印机是否收到",
	    "the connection was lost: nobody knows whether the printer has it");
}

static inline int
fake_take_or_not(struct fake_printer *f, const struct printer_job_request *req,
    struct printer_job *job, struct err *e)
{
	int rc;

	if (f->fault == FAKE_OFFLINE)
		return fake_offline(e);
	if (f->fault == FAKE_BUSY) {
		rc = err_set(e, ERR_BUSY, "printer_busy", "打印机正忙",
		    "the printer is busy");
		e->retryable = 1;
		return rc;
	}
	if (f->fault == FAKE_REFUSES)
		return err_set(e, ERR_CONFLICT, "printer_needs_pdf",
		    "打印机不接受 PDF", "the printer takes no PDF");
	if (f->fault == FAKE_LOST_BEFORE)
		return fake_uncertain(e);
	fake_take(f, req);
	fake_die(f, FAKE_KILL_BYTES);
	if (f->fault == FAKE_LOST_AFTER)
		return fake_uncertain(e);
	if (f->fault == FAKE_FORGETS) {
		f->njobs = 0;
		f->at_once = 0;
		f->sheets++;
	}
	job->id = (int32_t)f->njobs;
	job->state = PRINTER_JOB_PENDING;
	return 0;
}

static inline int
fake_print(void *ctx, const struct printer_target *t,
    const struct printer_job_request *req, struct printer_job *job,
    struct err *e)
{
	struct fake_printer *f = ctx;
	int rc;

	(void)t;
	fake_lock(f);
	f->prints++;
	fake_die(f, FAKE_KILL_SENT);
	rc = fake_take_or_not(f, req, job, e);
	fake_unlock(f);
	return rc;
}

/* A job goes on a little each time that it is looked at. */
static inline void
fake_go_on(struct fake_printer *f, struct fake_job *job)
{
	if (job->state != PRINTER_JOB_PROCESSING || ++job->looks < 2 ||
	    f->fault == FAKE_JAM)
		return;
	f->at_once--;
	if (f->fault == FAKE_ABORTS) {
		job->state = PRINTER_JOB_ABORTED;
	} else if (f->fault == FAKE_CANCELED) {
		job->state = PRINTER_JOB_CANCELED;
	} else {
		job->state = PRINTER_JOB_COMPLETED;
		f->sheets++;
	}
}

static inline int
fake_find(void *ctx, const struct printer_target *t, const char *name,
    struct printer_job *job, struct err *e)
{
	struct fake_printer *f = ctx;
	size_t i;
	int rc;

	(void)t;
	fake_lock(f);
	fake_die(f, FAKE_KILL_ANSWERED);
	rc = err_set(e, ERR_NOT_FOUND, "no_such_job", "没有", "none");
	for (i = 0; i < f->njobs; i++)
		if (strcmp(f->jobs[i].name, name) == 0) {
			fake_go_on(f, &f->jobs[i]);
			job->id = (int32_t)i + 1;
			job->state = f->jobs[i].state;
			rc = 0;
		}
	if (f->fault == FAKE_OFFLINE ||
	    (f->fault == FAKE_OFF_LATER && f->njobs > 0))
		rc = fake_offline(e);
	fake_unlock(f);
	return rc;
}

static inline void
fake_words(const char *reasons, struct buf *zh, struct buf *en)
{
	buf_add_str(zh, reasons);
	buf_add_str(en, reasons);
}

static inline struct spooler_printers
fake_printers(struct fake_printer *f)
{
	return (struct spooler_printers){
	    .ctx = f,
	    .probe = fake_probe,
	    .print = fake_print,
	    .find = fake_find,
	    .words = fake_words,
	};
}

#endif
