/* store_writer.c - see store_writer.h. */
#include "certsvc/store/store_writer.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "certsvc/store/store_parts.h"

struct group {
	struct writer_item *items[WRITER_GROUP];
	size_t n;
};

/* Copy one failure to an item that had none. */
static void
item_fail(struct writer_item *item, const struct err *e)
{
	if (item->rc != 0)
		return;
	item->rc = e->class;
	*item->e = *e;
	item->e->items = NULL;
	item->e->nitems = 0;
}

static void
group_fail(struct group *g, const struct err *e)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		item_fail(g->items[i], e);
}

/* Append the documents of all, sync once. */
static void
group_append(struct store *s, struct group *g)
{
	struct err e = ERR_INIT;
	struct writer_item *item;
	size_t i, j;

	for (i = 0; i < g->n; i++) {
		item = g->items[i];
		for (j = 0; item->rc == 0 && j < item->nblobs; j++)
			item->rc = segments_append(&s->segments, item->blobs[j],
			    &item->places[j], item->e);
	}
	if (segments_sync(&s->segments, &e) != 0)
		for (i = 0; i < g->n; i++)
			if (g->items[i]->nblobs > 0)
				item_fail(g->items[i], &e);
}

/*
 * Run every item of the group.  A savepoint for each costs a journal of every
 * page it touches, and failures are rare: the first try goes without, and
 * returns 1 when an item failed after it had changed something, so that the
 * caller rolls back and tries again with savepoints.
 */
static int
group_run(struct store *s, struct group *g, int savepoints, struct err *e)
{
	struct writer_item *item;
	int64_t before;
	size_t i;
	int rc;

	for (i = 0; i < g->n; i++) {
		item = g->items[i];
		if (item->rc != 0)
			continue;
		before = sqlite3_total_changes64(s->db.h);
		rc = savepoints ? db_run(&s->db, "SAVEPOINT item", e) : 0;
		if (rc != 0)
			return rc;
		rc = item->run(s, item->arg, item->e);
		if (sqlite3_get_autocommit(s->db.h)) {
			*e = *item->e;
			return rc != 0 ? rc : err_internal(e, "rolled back");
		}
		if (rc != 0 && !savepoints &&
		    sqlite3_total_changes64(s->db.h) != before)
			return 1;
		item->rc = rc;
		if (rc != 0 && savepoints)
			rc = db_run(&s->db, "ROLLBACK TO item", e);
		else
			rc = 0;
		if (rc == 0 && savepoints)
			rc = db_run(&s->db, "RELEASE item", e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static void
rollback(struct store *s)
{
	struct err ignored = ERR_INIT;

	if (!sqlite3_get_autocommit(s->db.h))
		db_run(&s->db, "ROLLBACK", &ignored);
}

static int
group_try(struct store *s, struct group *g, int savepoints, struct err *e)
{
	int rc = db_run(&s->db, "BEGIN IMMEDIATE", e);

	if (rc == 0)
		rc = group_run(s, g, savepoints, e);
	if (rc == 0)
		rc = db_run(&s->db, "COMMIT", e);
	if (rc != 0)
		rollback(s);
	return rc;
}

static void
group_write(struct store *s, struct group *g)
{
	int rcs[WRITER_GROUP];
	struct err e = ERR_INIT;
	size_t i, ok = 0;
	int rc;

	group_append(s, g);
	for (i = 0; i < g->n; i++)
		rcs[i] = g->items[i]->rc;
	rc = group_try(s, g, 0, &e);
	if (rc == 1) {
		for (i = 0; i < g->n; i++)
			g->items[i]->rc = rcs[i];
		rc = group_try(s, g, 1, &e);
	}
	if (rc != 0)
		group_fail(g, &e);
	for (i = 0; i < g->n; i++)
		ok += g->items[i]->rc == 0;
	for (i = 0; i < g->n && rc == 0; i++)
		if (g->items[i]->rc == ERR_STORAGE)
			rc = ERR_STORAGE;
	atomic_store(&s->writer.stuck, rc != 0);
	if (ok > 0) {
		atomic_fetch_add(&s->writer.commits, 1);
		atomic_fetch_add(&s->writer.items, ok);
	}
	for (i = 0; i < g->n; i++)
		sem_post(&g->items[i]->done);
}

/* Under load the callers just woken come back at once: wait for as many as
 * came last time, but never longer than WRITER_WAIT_MS. */
static void
gather(struct writer *w, size_t expected)
{
	int timed_out = 0;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += WRITER_WAIT_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	w->expected = expected;
	while (!w->stop && !timed_out && w->waiting < expected)
		timed_out =
		    pthread_cond_timedwait(&w->wake, &w->lock, &until) != 0;
	w->expected = 1;
}

static void
take(struct writer *w, struct group *g)
{
	while (g->n < WRITER_GROUP && w->first != NULL) {
		g->items[g->n++] = w->first;
		w->first = w->first->next;
		w->waiting--;
	}
	if (w->first == NULL)
		w->last = NULL;
}

static void *
writer_main(void *arg)
{
	struct store *s = arg;
	struct writer *w = &s->writer;
	struct group g = {.n = 0};

	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->first == NULL && !w->stop)
			pthread_cond_wait(&w->wake, &w->lock);
		if (w->first == NULL)
			break;
		if (g.n > 1)
			gather(w, g.n);
		g.n = 0;
		take(w, &g);
		pthread_mutex_unlock(&w->lock);
		group_write(s, &g);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int
writer_start(struct store *s, struct err *e)
{
	struct writer *w = &s->writer;
	pthread_condattr_t attr;

	w->expected = 1;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&w->thread, NULL, writer_main, s) != 0)
		return err_nomem(e);
	w->running = 1;
	return 0;
}

void
writer_stop(struct store *s)
{
	struct writer *w = &s->writer;

	if (!w->running)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = 1;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->running = 0;
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
}

int
writer_do(struct store *s, struct writer_item *item, struct err *e)
{
	struct writer *w = &s->writer;

	item->e = e;
	item->rc = 0;
	item->next = NULL;
	if (sem_init(&item->done, 0, 0) != 0)
		return err_nomem(e);
	pthread_mutex_lock(&w->lock);
	if (w->last != NULL)
		w->last->next = item;
	else
		w->first = item;
	w->last = item;
	w->waiting++;
	if (w->waiting >= w->expected)
		pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	while (sem_wait(&item->done) != 0 && errno == EINTR)
		;
	sem_destroy(&item->done);
	return item->rc;
}
