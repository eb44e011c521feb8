/* spooler_queue.c - which job of which printer is next; see spooler_state.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/spooler_state.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	IDLE_MS = 1000,	  /* the longest sleep of a thread with nothing to do */
	FOLLOW_SLOWER = 5 /* times: a job that takes long is looked at less */
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

void
queue_drop_printer(struct spool_printer *p)
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
void
queue_sweep(struct spooler *sp)
{
	struct spool_printer **at = &sp->first, *p;

	while ((p = *at) != NULL) {
		if (p->first == NULL && !p->taken) {
			*at = p->next;
			queue_drop_printer(p);
		} else {
			at = &p->next;
		}
	}
}

/* Ask it now; when a thread is just at it, again after that. */
void
queue_wake(struct spool_printer *p)
{
	p->due = 0;
	p->pause = 0;
	p->woken = p->taken;
}

/* At the end of its printer's queue, unless it is there already. */
int
queue_add(struct spooler *sp, const struct print_job *job)
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
	queue_wake(p);
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
void
queue_turn_taken(struct spool_printer *p, const char *lane)
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
struct spool_job *
queue_next_job(const struct spool_printer *p)
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
struct spool_printer *
queue_next_printer(const struct spooler *sp, int64_t now, int64_t *due)
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
void
queue_settle(struct spooler *sp, struct spool_printer *p, struct spool_job *job,
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
		p->pause = p->pause < sp->times.follow ? sp->times.follow
						       : p->pause * 5 / 4;
		if (p->pause > FOLLOW_SLOWER * sp->times.follow)
			p->pause = FOLLOW_SLOWER * sp->times.follow;
		p->due = p->woken ? now : now + p->pause;
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
			    queue_add(sp, &job) != 0)
				rc = err_nomem(e);
			print_job_release(&job);
		}
		q.before = page.next;
		store_record_page_release(&page);
	} while (rc == 0 && q.before != 0);
	return rc;
}

/* Lists are newest first; the queue is served from its beginning. */
void
queue_reverse(struct spooler *sp)
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

int
queue_read(struct spooler *sp, struct err *e)
{
	int rc = read_state(sp, print_state_word(PRINT_RENDERED), e);

	if (rc == 0)
		rc = read_state(sp, print_state_word(PRINT_SENT), e);
	sp->unread = rc != 0;
	return rc;
}
