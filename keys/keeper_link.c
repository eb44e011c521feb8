/* keeper_link.c - see keeper_link.h. */
#include "keys/keeper_link.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "crypto/base/clock.h"

/* One keeper process.  Freed when replaced and nobody uses it any more. */
struct link {
	int fd;
	unsigned int users;
	int dead;	  /* no more answers will come */
	int retired;	  /* keeper_replace took it off */
	int reading;	  /* a thread is in poll or recv */
	struct err start; /* why the keeper did not start, if it said so */
	uint8_t *frame;	  /* KEEPER_FRAME_MAX bytes, the reader's */
};

struct call {
	uint64_t number;
	struct link *link;
	pthread_cond_t wake;
	int done;
	struct buf *answer;
	struct call *next;
};

struct keeper {
	pthread_mutex_t lock; /* guards all below, and every link and call */
	struct link *link;
	struct call *calls;
	uint64_t next;
};

static int
unavailable(struct err *e)
{
	return err_set(e, ERR_BUSY, "keeper_unavailable",
	    "密钥进程暂不可用，请稍后重试",
	    "the keeper is not available, try again in a moment");
}

static struct link *
link_new(int fd)
{
	struct timeval limit = {KEEPER_DEADLINE_MS / 1000, 0};
	int room = KEEPER_FRAME_MAX;
	struct link *link = calloc(1, sizeof(*link));

	if (link == NULL)
		return NULL;
	link->frame = malloc(KEEPER_FRAME_MAX);
	if (link->frame == NULL) {
		free(link);
		return NULL;
	}
	link->fd = fd;
	/* the kernel doubles what is asked and caps it; a stopped keeper must
	 * not hold a sender for ever */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return link;
}

/* Close and free a retired link once nobody uses it. */
static void
link_drop(struct link *link)
{
	if (link == NULL || !link->retired || link->users > 0)
		return;
	close(link->fd);
	free(link->frame);
	free(link);
}

struct keeper *
keeper_new(int fd)
{
	struct keeper *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->link = link_new(fd);
	if (k->link == NULL) {
		free(k);
		return NULL;
	}
	pthread_mutex_init(&k->lock, NULL);
	return k;
}

static void
wake_all(struct keeper *k, const struct link *link)
{
	struct call *c;

	for (c = k->calls; c != NULL; c = c->next)
		if (c->link == link)
			pthread_cond_signal(&c->wake);
}

void
keeper_replace(struct keeper *k, int fd)
{
	struct link *new = link_new(fd), *old;

	if (new == NULL)
		close(fd); /* calls fail until the next replacement */
	pthread_mutex_lock(&k->lock);
	old = k->link;
	k->link = new;
	if (old != NULL) {
		old->dead = 1;
		old->retired = 1;
		shutdown(old->fd, SHUT_RDWR); /* wakes its reader */
		wake_all(k, old);
		link_drop(old);
	}
	pthread_mutex_unlock(&k->lock);
}

void
keeper_free(struct keeper *k)
{
	if (k == NULL)
		return;
	if (k->link != NULL) {
		k->link->retired = 1;
		link_drop(k->link);
	}
	pthread_mutex_destroy(&k->lock);
	free(k);
}

/* Bytes of one message; 0 when none came in time; -1 when the link is dead. */
static ssize_t
read_message(struct link *link, int64_t deadline)
{
	struct pollfd p = {.fd = link->fd, .events = POLLIN};
	int64_t left = deadline - clock_monotonic_ms();
	ssize_t n;

	if (left <= 0)
		return 0;
	if (poll(&p, 1, (int)left) <= 0)
		return 0;
	n = recv(
	    link->fd, link->frame, KEEPER_FRAME_MAX, MSG_DONTWAIT | MSG_TRUNC);
	/* the reset of a keeper that ended with requests unread comes before
	 * its last words, which are still there to be read */
	if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNRESET))
		return 0;
	return n <= 0 || n > KEEPER_FRAME_MAX ? -1 : n;
}

/* Give a message to its call; one that nobody waits for any more is dropped.
 * With number 0 the keeper says why it cannot start. */
static void
deliver(struct keeper *k, struct link *link, size_t n)
{
	struct bytes in = {link->frame, n}, payload;
	struct err e = ERR_INIT;
	uint64_t number;
	struct call *c;
	int rc;

	rc = keeper_answer_read(in, &number, &payload, &e);
	if (number == 0) {
		link->dead = 1;
		if (rc != 0)
			link->start = e;
		wake_all(k, link);
		return;
	}
	for (c = k->calls; c != NULL; c = c->next)
		if (c->link == link && c->number == number && !c->done) {
			buf_add(c->answer, in.p, in.n);
			c->done = 1;
			pthread_cond_signal(&c->wake);
			return;
		}
}

/* Read one message for all; called with the lock, which is let go meanwhile. */
static void
read_for_all(struct keeper *k, struct link *link, int64_t deadline)
{
	ssize_t n;

	link->reading = 1;
	pthread_mutex_unlock(&k->lock);
	n = read_message(link, deadline);
	pthread_mutex_lock(&k->lock);
	link->reading = 0;
	if (n > 0) {
		deliver(k, link, (size_t)n);
	} else if (n < 0) {
		link->dead = 1;
		wake_all(k, link);
	}
}

static void
sleep_until(struct keeper *k, struct call *c, int64_t deadline)
{
	struct timespec ts = {.tv_sec = (time_t)(deadline / 1000),
	    .tv_nsec = (long)(deadline % 1000) * 1000000};

	pthread_cond_timedwait(&c->wake, &k->lock, &ts);
}

/* Somebody who still waits must take over reading. */
static void
pass_reading_on(struct keeper *k, const struct link *link)
{
	struct call *c;

	for (c = k->calls; c != NULL; c = c->next)
		if (c->link == link && !c->done) {
			pthread_cond_signal(&c->wake);
			return;
		}
}

static void
wait_answer(struct keeper *k, struct call *c, int64_t deadline)
{
	while (!c->done && !c->link->dead && clock_monotonic_ms() < deadline) {
		if (c->link->reading)
			sleep_until(k, c, deadline);
		else
			read_for_all(k, c->link, deadline);
	}
}

/* The calls list, under the lock; NULL when there is no live keeper. */
static struct link *
enlist(struct keeper *k, struct call *c)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->wake, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_lock(&k->lock);
	c->number = ++k->next;
	c->link = k->link;
	if (c->link != NULL) {
		c->link->users++;
		c->next = k->calls;
		k->calls = c;
	}
	pthread_mutex_unlock(&k->lock);
	return c->link;
}

static void
delist(struct keeper *k, struct call *c)
{
	struct call **at;

	for (at = &k->calls; *at != NULL; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			break;
		}
	pass_reading_on(k, c->link);
	c->link->users--;
	link_drop(c->link);
}

static int
send_request(struct link *link, const struct buf *request)
{
	ssize_t n;

	do {
		n = send(link->fd, request->p, request->n, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n >= 0 && (size_t)n == request->n ? 0 : -1;
}

static int
too_large(struct err *e)
{
	return err_set(e, ERR_LIMIT, "keeper_request_too_large",
	    "发给密钥进程的请求超过 %d 字节",
	    "the request to the keeper is over %d bytes", KEEPER_FRAME_MAX);
}

/* Send and wait with the call enlisted; 0 when an answer came. */
static int
exchange(
    struct keeper *k, struct call *c, const struct buf *request, struct err *e)
{
	int64_t deadline = clock_monotonic_ms() + KEEPER_DEADLINE_MS;
	int sent = send_request(c->link, request) == 0, rc = 0;

	/* even when nothing could be sent, the keeper may have left its
	 * reason for not starting */
	pthread_mutex_lock(&k->lock);
	wait_answer(k, c, sent ? deadline : clock_monotonic_ms() + 100);
	if (!c->done)
		rc = c->link->start.class != ERR_OK
			 ? (*e = c->link->start, e->class)
			 : unavailable(e);
	delist(k, c);
	pthread_mutex_unlock(&k->lock);
	return rc;
}

int
keeper_call(struct keeper *k, struct keeper_frame *f, struct buf *answer,
    struct bytes *payload, struct err *e)
{
	struct call c = {.answer = answer};
	struct buf request = BUF_INIT;
	uint64_t number;
	int rc;

	if (enlist(k, &c) == NULL) {
		pthread_cond_destroy(&c.wake);
		return unavailable(e);
	}
	f->number = c.number;
	keeper_frame_write(f, &request);
	if (buf_failed(&request) || request.n > KEEPER_FRAME_MAX) {
		rc = buf_failed(&request) ? err_nomem(e) : too_large(e);
		pthread_mutex_lock(&k->lock);
		delist(k, &c);
		pthread_mutex_unlock(&k->lock);
	} else {
		rc = exchange(k, &c, &request, e);
	}
	pthread_cond_destroy(&c.wake);
	buf_wipe(&request); /* it holds a credential */
	if (rc == 0)
		rc = buf_failed(answer) ? err_nomem(e)
					: keeper_answer_read(buf_bytes(answer),
					      &number, payload, e);
	return rc;
}
