/* spooler.c - the threads that serve the queue; see spooler.h. */
#include "certsvc/spooler.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certsvc/spooler_state.h"
#include "crypto/base/clock.h"

static void
serve(struct spooler *sp, struct spool_printer *p)
{
	struct spool_job *job = queue_next_job(p);
	enum spool_result result;
	int was_sent;

	if (job == NULL) {
		p->taken = 0;
		return;
	}
	was_sent = job->sent;
	sp->taken++;
	pthread_mutex_unlock(&sp->lock);
	result = spooler_step(sp, p, job);
	pthread_mutex_lock(&sp->lock);
	sp->taken--;
	p->taken = 0;
	if (!was_sent && (job->sent || result == SPOOL_DONE))
		queue_turn_taken(p, job->lane);
	queue_settle(sp, p, job, result);
	queue_sweep(sp);
}

static void *thread_main(void *arg);

/* One more thread, when there is a place and something for it to do. */
static void
thread_add(struct spooler *sp)
{
	size_t i;

	for (i = 0; i < SPOOLER_AT_ONCE; i++) {
		if (sp->states[i] == THREAD_ENDED) {
			pthread_join(sp->threads[i], NULL);
			sp->states[i] = THREAD_FREE;
		}
		if (sp->states[i] == THREAD_FREE)
			break;
	}
	if (i < SPOOLER_AT_ONCE &&
	    pthread_create(&sp->threads[i], NULL, thread_main, sp) == 0)
		sp->states[i] = THREAD_RUNNING;
}

static void
sleep_until(struct spooler *sp, int64_t due)
{
	struct timespec until = {
	    .tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000};

	sp->idle++;
	pthread_cond_timedwait(&sp->wake, &sp->lock, &until);
	sp->idle--;
}

/* One printer, and another thread for the next that is due. */
static void
serve_next(struct spooler *sp, struct spool_printer *p)
{
	int64_t due;

	p->taken = 1; /* so that the look for another passes it by */
	if (sp->idle == 0 &&
	    queue_next_printer(sp, clock_monotonic_ms(), &due) != NULL)
		thread_add(sp);
	serve(sp, p);
	pthread_cond_broadcast(&sp->wake);
}

static void
thread_ended(struct spooler *sp)
{
	size_t i;

	for (i = 0; i < SPOOLER_AT_ONCE; i++)
		if (sp->states[i] == THREAD_RUNNING &&
		    pthread_equal(sp->threads[i], pthread_self()))
			sp->states[i] = THREAD_ENDED;
}

static void *
thread_main(void *arg)
{
	struct spooler *sp = arg;
	struct spool_printer *p;
	struct err e = ERR_INIT;
	int64_t due;

	pthread_mutex_lock(&sp->lock);
	while (!sp->stopping) {
		if (sp->unread && queue_read(sp, &e) != 0)
			err_clear(&e);
		p = queue_next_printer(sp, clock_monotonic_ms(), &due);
		if (p != NULL)
			serve_next(sp, p);
		else if (sp->idle > 0)
			break; /* one that waits is enough */
		else
			sleep_until(sp, due);
	}
	thread_ended(sp);
	pthread_mutex_unlock(&sp->lock);
	return NULL;
}

static int64_t
or_default(int64_t value, int64_t otherwise)
{
	return value != 0 ? value : otherwise;
}

static struct spooler *
spooler_new(const struct print_store *in,
    const struct spooler_printers *printers, const struct spooler_times *times)
{
	struct spooler *sp = calloc(1, sizeof(*sp));
	pthread_condattr_t attr;

	if (sp == NULL)
		return NULL;
	sp->in = *in;
	sp->printers = *printers;
	sp->times.follow = or_default(times->follow, 1000);
	sp->times.again = or_default(times->again, 1000);
	sp->times.again_most = or_default(times->again_most, 30000);
	sp->times.lost = or_default(times->lost, 60000);
	pthread_mutex_init(&sp->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&sp->wake, &attr);
	pthread_condattr_destroy(&attr);
	return sp;
}

int
spooler_start(const struct print_store *in,
    const struct spooler_printers *printers, const struct spooler_times *times,
    struct spooler **out, struct err *e)
{
	struct spooler *sp = spooler_new(in, printers, times);
	int rc;

	*out = NULL;
	if (sp == NULL)
		return err_nomem(e);
	pthread_mutex_lock(&sp->lock);
	thread_add(sp);
	rc = sp->states[0] == THREAD_RUNNING ? 0 : err_nomem(e);
	pthread_mutex_unlock(&sp->lock);
	if (rc != 0) {
		spooler_stop(sp);
		return rc;
	}
	*out = sp;
	return 0;
}

int
spooler_resume(struct spooler *sp, struct err *e)
{
	int rc;

	pthread_mutex_lock(&sp->lock);
	rc = queue_read(sp, e);
	queue_reverse(sp);
	pthread_cond_signal(&sp->wake);
	pthread_mutex_unlock(&sp->lock);
	return rc;
}

int
spooler_quiet(struct spooler *sp, int64_t ms)
{
	int64_t due = clock_monotonic_ms() + ms;
	struct timespec until = {
	    .tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000};
	int quiet, late = 0;

	pthread_mutex_lock(&sp->lock);
	sp->stopping = 1;
	pthread_cond_broadcast(&sp->wake);
	while (sp->taken > 0 && !late)
		late =
		    pthread_cond_timedwait(&sp->wake, &sp->lock, &until) != 0;
	quiet = sp->taken == 0;
	pthread_mutex_unlock(&sp->lock);
	return quiet;
}

void
spooler_stop(struct spooler *sp)
{
	struct spool_printer *p;
	size_t i;
	int joins;

	if (sp == NULL)
		return;
	pthread_mutex_lock(&sp->lock);
	sp->stopping = 1;
	pthread_cond_broadcast(&sp->wake);
	pthread_mutex_unlock(&sp->lock);
	/* No thread is added any more: each looks at `stopping` first. */
	for (i = 0; i < SPOOLER_AT_ONCE; i++) {
		pthread_mutex_lock(&sp->lock);
		joins = sp->states[i] != THREAD_FREE;
		pthread_mutex_unlock(&sp->lock);
		if (joins)
			pthread_join(sp->threads[i], NULL);
	}
	while ((p = sp->first) != NULL) {
		sp->first = p->next;
		queue_drop_printer(p);
	}
	pthread_mutex_destroy(&sp->lock);
	pthread_cond_destroy(&sp->wake);
	free(sp);
}

void
spooler_add(struct spooler *sp, const struct print_job *job)
{
	pthread_mutex_lock(&sp->lock);
	if (queue_add(sp, job) != 0)
		sp->unread = 1;
	pthread_cond_signal(&sp->wake);
	pthread_mutex_unlock(&sp->lock);
}

void
spooler_wake(struct spooler *sp, const char *uri)
{
	struct spool_printer *p;

	pthread_mutex_lock(&sp->lock);
	for (p = sp->first; p != NULL; p = p->next)
		if (strcmp(p->uri, uri) == 0)
			queue_wake(p);
	pthread_cond_signal(&sp->wake);
	pthread_mutex_unlock(&sp->lock);
}
