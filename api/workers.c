/* workers.c - a ring of jobs and the threads that take them; see workers.h. */
#include "api/workers.h"

#include <pthread.h>
#include <stdlib.h>

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t more;
	void (*run)(void *job);
	void **ring;
	size_t size, first, used;
	int stopping;
	size_t nthreads;
	pthread_t *threads;
};

static void *
work(void *arg)
{
	struct workers *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		void *job;

		while (w->used == 0 && !w->stopping)
			pthread_cond_wait(&w->more, &w->lock);
		if (w->used == 0)
			break;
		job = w->ring[w->first];
		w->first = (w->first + 1) % w->size;
		w->used--;
		pthread_mutex_unlock(&w->lock);
		w->run(job);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int
workers_start(size_t n, size_t max_waiting, void (*run)(void *job),
    struct workers **workers, struct err *e)
{
	struct workers *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return err_nomem(e);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	w->run = run;
	w->size = max_waiting;
	w->ring = calloc(max_waiting, sizeof(*w->ring));
	w->threads = calloc(n, sizeof(*w->threads));
	while (w->ring != NULL && w->threads != NULL && w->nthreads < n)
		if (pthread_create(&w->threads[w->nthreads++], NULL, work, w) !=
		    0) {
			w->nthreads--;
			break;
		}
	if (w->nthreads < n) {
		workers_stop(w);
		workers_free(w);
		return err_internal(e, "pthread_create");
	}
	*workers = w;
	return 0;
}

int
workers_add(struct workers *w, void *job)
{
	int rc = -1;

	pthread_mutex_lock(&w->lock);
	if (w->used < w->size && !w->stopping) {
		w->ring[(w->first + w->used++) % w->size] = job;
		pthread_cond_signal(&w->more);
		rc = 0;
	}
	pthread_mutex_unlock(&w->lock);
	return rc;
}

void
workers_stop(struct workers *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = 1;
	pthread_cond_broadcast(&w->more);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->nthreads; i++)
		pthread_join(w->threads[i], NULL);
}

void
workers_free(struct workers *w)
{
	if (w == NULL)
		return;
	pthread_cond_destroy(&w->more);
	pthread_mutex_destroy(&w->lock);
	free(w->threads);
	free(w->ring);
	free(w);
}
