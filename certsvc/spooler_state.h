/* spooler_state.h - the inside of the spooler, for its own files. */
#ifndef CERTSVC_SPOOLER_STATE_H
#define CERTSVC_SPOOLER_STATE_H

#include <pthread.h>

#include "certsvc/spooler.h"

/* A job in the queue. */
struct spool_job {
	struct spool_job *next; /* in the order they came */
	char id[PRINT_ID_SIZE];
	char lane[32]; /* office, or department: who takes turns */
	int sent;
	int64_t lost_since; /* monotonic ms; 0: the printer answers */
};

/* When a lane was served on a printer last. */
struct spool_turn {
	char lane[32];
	uint64_t turn;
};

struct spool_printer {
	struct spool_printer *next;
	char uri[PRINTER_URI_MAX + 1];
	struct spool_job *first;
	int taken;     /* a thread is at it */
	int64_t due;   /* monotonic ms: not before */
	int64_t pause; /* the last one that it was given */
	int woken;     /* asked for while it was taken */
	int was_busy;  /* it refused a job because it printed another */
	struct spool_turn *turns;
	size_t nturns;
	uint64_t turn;
};

enum spool_thread {
	THREAD_FREE,
	THREAD_RUNNING,
	THREAD_ENDED /* to be joined */
};

struct spooler {
	struct print_store in;
	struct spooler_printers printers;
	struct spooler_times times;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct spool_printer *first;
	pthread_t threads[SPOOLER_AT_ONCE];
	enum spool_thread states[SPOOLER_AT_ONCE];
	size_t taken; /* printers that a thread is at */
	size_t idle;  /* threads that wait for something to do */
	int stopping;
	int unread; /* there may be open jobs that the queue does not have */
};

/* What one step with a job led to. */
enum spool_result {
	SPOOL_DONE,   /* the job needs the printer no more */
	SPOOL_FOLLOW, /* sent: look again soon */
	SPOOL_LATER   /* the printer could not: ask again later */
};

/* spooler_queue.c; all with the lock held.  Add a job at the end of its
 * printer's queue, unless it is there: 0, or -1 without memory. */
int queue_add(struct spooler *sp, const struct print_job *job);
/* Add what is open by the records; `unread` stays set when that fails. */
int queue_read(struct spooler *sp, struct err *e);
/* Lists come newest first; the queue is served from its beginning. */
void queue_reverse(struct spooler *sp);
/* The printer that has been due for longest; NULL, and when one will be. */
struct spool_printer *queue_next_printer(
    const struct spooler *sp, int64_t now, int64_t *due);
/* What is at the printer already comes first; then the lane that was served
 * longest ago; of one lane, who came first.  NULL: none. */
struct spool_job *queue_next_job(const struct spool_printer *p);
void queue_turn_taken(struct spool_printer *p, const char *lane);
/* Ask it now; when a thread is just at it, again after that. */
void queue_wake(struct spool_printer *p);
/* After a step: when the printer is looked at again; a job that is done goes.
 */
void queue_settle(struct spooler *sp, struct spool_printer *p,
    struct spool_job *job, enum spool_result result);
/* Printers without jobs are forgotten. */
void queue_sweep(struct spooler *sp);
void queue_drop_printer(struct spool_printer *p);

/* One step with one job, without the lock (spooler_step.c). */
enum spool_result spooler_step(
    struct spooler *sp, struct spool_printer *printer, struct spool_job *job);

#endif
