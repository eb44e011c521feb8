/* spooler.c - who is next, and the threads that do it; see spooler.h. */
#include "certsvc/spooler.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certsvc/spooler_state.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	IDLE_MS = 1000 /* the longest sleep of a thread with nothing to do */
};

static struct spool_printer *
printer_find_or_add(struct spooler *sp, const char *uri)
{
	struct spool_printer *p;

	for (p = sp->first; p != NULL; p = p->next)
		if (strcmp(p->uri, uri) == 0)
			return p;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	text_copy(p->uri, sizeof(p->uri), uri);
	p->next = sp->first;
	sp->first = p;
	return p;
}

static void
printer_drop(struct spool_printer *p)
{
	struct spool_job *job, *next;

	for (job = p->first; job != NULL; job = next) {
		next = job->next;
		free(job);
	}
	free(p->turns);
	free(p);
}

/* A printer without jobs is forgotten. */
static void
printers_sweep(struct spooler *sp)
{
	struct spool_printer **at = &sp->first, *p;

	while ((p = *at) != NULL) {
		if (p->first == NULL && !p->taken) {
			*at = p->next;
			printer_drop(p);
		} else {
			at = &p->next;
		}
	}
}

/* Ask it now; when a thread is just at it, again after that. */
static void
wake(struct spool_printer *p)
{
	p->due = 0;
	p->pause = 0;
	p->woken = p->taken;
}

/* At the end of its printer's queue, unless it is there already. */
static int
enqueue(struct spooler *sp, const struct print_job *job)
{
	struct spool_printer *p =
	    printer_find_or_add(sp, print_job_text(job, "uri"));
	struct spool_job **at, *fresh;

	if (p == NULL)
		return -1;
	for (at = &p->first; *at != NULL; at = &(*at)->next)
		if (strcmp((*at)->id, job->id) == 0)
			return 0;
	fresh = calloc(1, sizeof(*fresh));
	if (fresh == NULL)
		return -1;
	memcpy(fresh->id, job->id, sizeof(fresh->id));
	text_copy(fresh->lane, sizeof(fresh->lane),
	    job->office[0] != '\0' ? job->office
				   : print_job_text(job, "department"));
	fresh->sent = job->state == PRINT_SENT;
	*at = fresh;
	wake(p);
	return 0;
}

static uint64_t
turn_of(const struct spool_printer *p, const char *lane)
{
	size_t i;

	for (i = 0; i < p->nturns; i++)
		if (strcmp(p->turns[i].lane, lane) == 0)
			return p->turns[i].turn;
	return 0;
}

/* Without memory for it the lane's next turn only comes sooner. */
static void
turn_taken(struct spool_printer *p, const char *lane)
{
	struct spool_turn *grown;
	size_t i;

	p->turn++;
	for (i = 0; i < p->nturns; i++)
		if (strcmp(p->turns[i].lane, lane) == 0) {
			p->turns[i].turn = p->turn;
			return;
		}
	grown = realloc(p->turns, (p->nturns + 1) * sizeof(*grown));
	if (grown == NULL)
		return;
	p->turns = grown;
	memcpy(grown[p->nturns].lane, lane, sizeof(grown->lane));
	grown[p->nturns++].turn = p->turn;
}

/* What is at the printer already comes first; then the lane that was served
 * longest ago; of one lane, who came first. */
static struct spool_job *
next_job(const struct spool_printer *p)
{
	struct spool_job *job, *best = NULL;
	uint64_t turn, least = UINT64_MAX;

	for (job = p->first; job != NULL; job = job->next) {
		if (job->sent)
			return job;
		turn = turn_of(p, job->lane);
		if (turn < least) {
			least = turn;
			best = job;
		}
	}
	return best;
}

/* The printer that has been due for longest; NULL, and when one will be. */
static struct spool_printer *
next_printer(const struct spooler *sp, int64_t now, int64_t *due)
{
	struct spool_printer *p, *best = NULL;

	*due = now + IDLE_MS;
	for (p = sp->first; p != NULL; p = p->next) {
		if (p->taken || p->first == NULL)
			continue;
		if (p->due <= now && (best == NULL || p->due < best->due))
			best = p;
		if (p->due < *due)
			*due = p->due;
	}
	return best;
}

static void
job_drop(struct spool_printer *p, struct spool_job *job)
{
	struct spool_job **at = &p->first;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	free(job);
}

/* When the printer is looked at again. */
static void
settle(struct spooler *sp, struct spool_printer *p, struct spool_job *job,
    enum spool_result result)
{
	int64_t now = clock_monotonic_ms();

	switch (result) {
	case SPOOL_DONE:
		job_drop(p, job);
		p->due = now;
		p->pause = 0;
		break;
	case SPOOL_FOLLOW:
		p->due = now + sp->times.follow;
		p->pause = 0;
		break;
	case SPOOL_LATER:
		if (p->woken)
			p->pause = 0;
		p->pause = p->pause == 0 ? sp->times.again : 2 * p->pause;
		if (p->pause > sp->times.again_most)
			p->pause = sp->times.again_most;
		p->due = p->woken ? now : now + p->pause;
		break;
	}
	p->woken = 0;
}

static void
serve(struct spooler *sp, struct spool_printer *p)
{
	struct spool_job *job = next_job(p);
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
		turn_taken(p, job->lane);
	settle(sp, p, job, result);
	printers_sweep(sp);
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

/* All jobs of one state that go to printers, newest first. */
static int
read_state(struct spooler *sp, const char *state, struct err *e)
{
	struct store_record_query q = {.kind = "print", .state = state};
	struct store_record_page page;
	struct print_job job;
	size_t i;
	int rc;

	do {
		rc = sp->in.ops->record_list(sp->in.store, &q, &page, e);
		for (i = 0; rc == 0 && i < page.n; i++) {
			rc = print_job_of_record(&page.v[i], &job, e);
			if (rc != 0)
				break;
			if (strcmp(print_job_text(&job, "channel"),
				"printer") == 0 &&
			    enqueue(sp, &job) != 0)
				rc = err_nomem(e);
			print_job_release(&job);
		}
		q.before = page.next;
		store_record_page_release(&page);
	} while (rc == 0 && q.before != 0);
	return rc;
}

/* Lists are newest first; the queue is served from its beginning. */
static void
reverse(struct spooler *sp)
{
	struct spool_printer *p;
	struct spool_job *job, *next, *turned;

	for (p = sp->first; p != NULL; p = p->next) {
		turned = NULL;
		for (job = p->first; job != NULL; job = next) {
			next = job->next;
			job->next = turned;
			turned = job;
		}
		p->first = turned;
	}
}

static int
read_open(struct spooler *sp, struct err *e)
{
	int rc = read_state(sp, print_state_word(PRINT_RENDERED), e);

	if (rc == 0)
		rc = read_state(sp, print_state_word(PRINT_SENT), e);
	sp->unread = rc != 0;
	return rc;
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
	    next_printer(sp, clock_monotonic_ms(), &due) != NULL)
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
		if (sp->unread && read_open(sp, &e) != 0)
			err_clear(&e);
		p = next_printer(sp, clock_monotonic_ms(), &due);
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
	rc = read_open(sp, e);
	reverse(sp);
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
		printer_drop(p);
	}
	pthread_mutex_destroy(&sp->lock);
	pthread_cond_destroy(&sp->wake);
	free(sp);
}

void
spooler_add(struct spooler *sp, const struct print_job *job)
{
	pthread_mutex_lock(&sp->lock);
	if (enqueue(sp, job) != 0)
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
			wake(p);
	pthread_cond_signal(&sp->wake);
	pthread_mutex_unlock(&sp->lock);
}
