/* connections.c - the sweeper; see connections.h. */
#include "api/connections.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "api/limits.h"
#include "crypto/base/clock.h"

enum {
	SWEEP_MS = 200
};

struct connection {
	struct connection *next, *prev;
	int fd;
	int late; /* shut down already */
	enum connection_phase phase;
	int64_t since; /* ms, start of the phase */
	uint64_t body; /* bytes of the body so far */
};

struct connections {
	pthread_mutex_t lock;
	pthread_cond_t stop_now;
	pthread_t sweeper;
	int stopping;
	struct connection_times times;
	struct connection *first;
	uint64_t open, late;
};

void
connection_times_defaults(struct connection_times *times)
{
	times->header_ms = LIMIT_HEADER_SECONDS * 1000;
	times->idle_ms = LIMIT_IDLE_SECONDS * 1000;
	times->answer_ms = LIMIT_RESPONSE_SECONDS * 1000;
	times->grace_ms = LIMIT_BODY_GRACE_SECONDS * 1000;
	times->body_rate = LIMIT_BODY_RATE;
}

static int
is_late(
    const struct connection_times *t, const struct connection *c, int64_t now)
{
	int64_t spent = now - c->since;

	switch (c->phase) {
	case CONNECTION_HEADERS:
		return spent > t->header_ms;
	case CONNECTION_BODY:
		return spent > t->grace_ms &&
		       (int64_t)c->body * 1000 < spent * t->body_rate;
	case CONNECTION_ANSWER:
		return spent > t->answer_ms;
	case CONNECTION_IDLE:
		return spent > t->idle_ms;
	case CONNECTION_WORK:
		break;
	}
	return 0;
}

/* A body that came fast at first may not rest on that for hours. */
static void
forget_credit(
    const struct connection_times *t, struct connection *c, int64_t now)
{
	if (c->phase == CONNECTION_BODY && now - c->since > 2 * t->grace_ms) {
		c->since = now;
		c->body = 0;
	}
}

static void
sweep(struct connections *all)
{
	int64_t now = clock_monotonic_ms();

	for (struct connection *c = all->first; c != NULL; c = c->next) {
		if (c->late)
			continue;
		if (!is_late(&all->times, c, now)) {
			forget_credit(&all->times, c, now);
			continue;
		}
		c->late = 1;
		all->late++;
		(void)shutdown(c->fd, SHUT_RDWR);
	}
}

static void *
sweeper(void *arg)
{
	struct connections *all = arg;
	struct timespec until;

	pthread_mutex_lock(&all->lock);
	while (!all->stopping) {
		sweep(all);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += SWEEP_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&all->stop_now, &all->lock, &until);
	}
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

int
connections_start(const struct connection_times *times,
    struct connections **connections, struct err *e)
{
	struct connections *all = calloc(1, sizeof(*all));

	if (all == NULL)
		return err_nomem(e);
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->stop_now, NULL);
	all->times = *times;
	if (pthread_create(&all->sweeper, NULL, sweeper, all) != 0) {
		free(all);
		return err_internal(e, "pthread_create");
	}
	*connections = all;
	return 0;
}

void
connections_stop(struct connections *all)
{
	if (all == NULL)
		return;
	pthread_mutex_lock(&all->lock);
	all->stopping = 1;
	pthread_cond_signal(&all->stop_now);
	pthread_mutex_unlock(&all->lock);
	pthread_join(all->sweeper, NULL);
	pthread_cond_destroy(&all->stop_now);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

struct connection *
connection_open(struct connections *all, int fd)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->fd = fd;
	c->phase = CONNECTION_HEADERS;
	c->since = clock_monotonic_ms();
	pthread_mutex_lock(&all->lock);
	c->next = all->first;
	if (c->next != NULL)
		c->next->prev = c;
	all->first = c;
	all->open++;
	pthread_mutex_unlock(&all->lock);
	return c;
}

void
connection_close(struct connections *all, struct connection *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&all->lock);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		all->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	all->open--;
	pthread_mutex_unlock(&all->lock);
	free(c);
}

void
connection_enter(
    struct connections *all, struct connection *c, enum connection_phase phase)
{
	pthread_mutex_lock(&all->lock);
	c->phase = phase;
	c->since = clock_monotonic_ms();
	c->body = 0;
	pthread_mutex_unlock(&all->lock);
}

void
connection_count(struct connections *all, struct connection *c, size_t n)
{
	pthread_mutex_lock(&all->lock);
	c->body += n;
	pthread_mutex_unlock(&all->lock);
}

void
connections_figures(struct connections *all, uint64_t *open, uint64_t *late)
{
	pthread_mutex_lock(&all->lock);
	*open = all->open;
	*late = all->late;
	pthread_mutex_unlock(&all->lock);
}
