/*
 * spooler.h - the queue of print jobs that go to printers.
 *
 * It holds names only: what a job is, and how far it came, is in its record
 * (certsvc/print_job.h), and the queue is read from there at the start of a
 * server.  One printer has one of our jobs at a time; offices that share a
 * printer take turns.  A printer that is busy, away or stopped is asked again
 * later, and the job says why it waits.
 *
 * `sent` is durable before the first byte leaves, and a job that is `sent` is
 * never sent again by itself: when the connection or the service was lost, the
 * job is looked for at the printer by its name, and followed there, or unknown.
 */
#ifndef CERTSVC_SPOOLER_H
#define CERTSVC_SPOOLER_H

#include "certsvc/print/printer.h"
#include "certsvc/print_job.h"

enum {
	SPOOLER_AT_ONCE = 64, /* calls to printers under way */
	SPOOLER_HOURS = 12    /* that a job waits: nobody stands at a printer
				 that comes back on Monday */
};

/* The printers' end (certsvc/print/printer.h); a double in tests. */
struct spooler_printers {
	void *ctx;
	int (*probe)(void *ctx, const struct printer_target *t, json_t **out,
	    struct err *e);
	int (*print)(void *ctx, const struct printer_target *t,
	    const struct printer_job_request *req, struct printer_job *job,
	    struct err *e);
	int (*find)(void *ctx, const struct printer_target *t, const char *name,
	    struct printer_job *job, struct err *e);
	void (*words)(const char *reasons, struct buf *zh, struct buf *en);
};

/* How long things take, in milliseconds; zeros are the defaults. */
struct spooler_times {
	int64_t follow; /* until the next look at a job that is printing: 1 s,
			 * and by and by five times as long */
	int64_t again;	/* until a printer that could not is asked again, the
			   first time: 1 s; each time twice as long ... */
	int64_t again_most; /* ... up to 30 s */
	int64_t lost;	    /* a job that was sent and whose printer is away: so
			       long until it is unknown: 60 s */
};

struct spooler;

/* Begin with an empty queue; what the structs name outlives the spooler. */
int spooler_start(const struct print_store *in,
    const struct spooler_printers *printers, const struct spooler_times *times,
    struct spooler **out, struct err *e);

/* Queue what the records say is open, from a run before this one. */
int spooler_resume(struct spooler *sp, struct err *e);

/* Begin nothing more; 1 once no call to a printer is under way, 0 when that
 * takes longer.  For the end of a service: cut the printers off then. */
int spooler_quiet(struct spooler *sp, int64_t ms);

/* Begin nothing more, and wait until calls under way have ended (what was sent
 * stays `sent`).  NULL is nothing. */
void spooler_stop(struct spooler *sp);

/* A job that is rendered, or sent, for a printer (not a browser). */
void spooler_add(struct spooler *sp, const struct print_job *job);

/* Ask this printer now, without waiting for the next time. */
void spooler_wake(struct spooler *sp, const char *uri);

/* The target of a job, as its record names it; views into the job. */
void spooler_target(const struct print_job *job, struct printer_target *target);

#endif
