/* printer_link.c - see printer_link.h. */
#include "certsvc/print/printer_link.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "crypto/base/clock.h"
#include "keys/keeper_frame.h"

enum {
	CALL_MS = 120000, /* what the process allows itself for two questions */
	PRINT_MS = 720000, /* and for a document */
	SEND_SECONDS = 30
};

/* One printer process.  Freed when nobody uses it any more. */
struct link {
	int fd;
	pthread_mutex_t sending; /* one request at a time */
	pthread_mutex_t lock;	 /* guards all below, and every call */
	unsigned int users;	 /* the struct printer, its reader, calls */
	int dead;		 /* no more answers will come */
	struct call *calls;
};

struct call {
	uint64_t number;
	pthread_cond_t wake;
	int done;
	struct buf *answer;
	struct call *next;
};

struct printer {
	pthread_mutex_t lock;
	struct link *link; /* NULL: no process */
	uint64_t next;
};

static int
unavailable(struct err *e)
{
	return err_set(e, ERR_BUSY, "printer_unavailable",
	    "打印进程暂不可用，请稍后重试",
	    "the printer process is not available, try again in a moment");
}

static void
link_drop(struct link *link)
{
	unsigned int left;

	if (link == NULL)
		return;
	pthread_mutex_lock(&link->lock);
	left = --link->users;
	pthread_mutex_unlock(&link->lock);
	if (left > 0)
		return;
	close(link->fd);
	pthread_mutex_destroy(&link->lock);
	pthread_mutex_destroy(&link->sending);
	free(link);
}

/* Give an answer to its call; one that nobody waits for is dropped. */
static void
deliver(struct link *link, struct bytes in)
{
	struct bytes payload;
	struct err e = ERR_INIT;
	struct call *c;
	uint64_t number;

	keeper_answer_read(in, &number, &payload, &e);
	err_clear(&e);
	pthread_mutex_lock(&link->lock);
	for (c = link->calls; c != NULL; c = c->next)
		if (c->number == number && !c->done) {
			buf_add(c->answer, in.p, in.n);
			c->done = 1;
			pthread_cond_signal(&c->wake);
			break;
		}
	pthread_mutex_unlock(&link->lock);
}

static int
read_answer(struct link *link, struct buf *in)
{
	uint8_t head[PRINTER_ANSWER_HEADER];
	uint8_t *room;
	size_t n;

	if (printer_read_all(link->fd, head, sizeof(head)) != 0)
		return -1;
	n = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
	    (size_t)head[2] << 8 | head[3];
	if (n > PRINTER_ANSWER_MAX)
		return -1;
	buf_reset(in);
	room = buf_extend(in, n);
	return room == NULL ? -1 : printer_read_all(link->fd, room, n);
}

/* Read for all calls until the process ends or babbles. */
static void *
read_answers(void *ctx)
{
	struct link *link = ctx;
	struct buf in = BUF_INIT;
	struct call *c;

	while (read_answer(link, &in) == 0)
		deliver(link, buf_bytes(&in));
	buf_release(&in);
	pthread_mutex_lock(&link->lock);
	link->dead = 1;
	for (c = link->calls; c != NULL; c = c->next)
		pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&link->lock);
	/* a process that babbles ends and is replaced */
	shutdown(link->fd, SHUT_RDWR);
	link_drop(link);
	return NULL;
}

/* NULL when there is no memory or thread; the descriptor is closed then. */
static struct link *
link_new(int fd)
{
	const struct timeval limit = {SEND_SECONDS, 0};
	struct link *link = calloc(1, sizeof(*link));
	pthread_attr_t attr;
	pthread_t reader;
	int rc;

	if (link == NULL) {
		close(fd);
		return NULL;
	}
	link->fd = fd;
	link->users = 2;
	pthread_mutex_init(&link->lock, NULL);
	pthread_mutex_init(&link->sending, NULL);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&reader, &attr, read_answers, link);
	pthread_attr_destroy(&attr);
	if (rc == 0)
		return link;
	link->users = 1;
	link_drop(link);
	return NULL;
}

struct printer *
printer_new(int fd)
{
	struct printer *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	pthread_mutex_init(&p->lock, NULL);
	if (fd >= 0)
		p->link = link_new(fd);
	return p;
}

static void
retire(struct link *link)
{
	if (link == NULL)
		return;
	shutdown(link->fd, SHUT_RDWR); /* wakes its reader, which wakes calls */
	link_drop(link);
}

static void
exchange_link(struct printer *p, struct link *new)
{
	struct link *old;

	pthread_mutex_lock(&p->lock);
	old = p->link;
	p->link = new; /* NULL: calls fail until the next replacement */
	pthread_mutex_unlock(&p->lock);
	retire(old);
}

void
printer_replace(struct printer *p, int fd)
{
	exchange_link(p, link_new(fd));
}

void
printer_hang_up(struct printer *p)
{
	exchange_link(p, NULL);
}

void
printer_free(struct printer *p)
{
	if (p == NULL)
		return;
	retire(p->link);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* A live process and a number; NULL when there is none. */
static struct link *
enlist(struct printer *p, struct call *c)
{
	pthread_condattr_t attr;
	struct link *link;

	pthread_mutex_lock(&p->lock);
	link = p->link;
	c->number = ++p->next;
	if (link != NULL) {
		pthread_mutex_lock(&link->lock);
		link->users++;
		pthread_mutex_unlock(&link->lock);
	}
	pthread_mutex_unlock(&p->lock);
	if (link == NULL)
		return NULL;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->wake, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_lock(&link->lock);
	c->next = link->calls;
	link->calls = c;
	pthread_mutex_unlock(&link->lock);
	return link;
}

static void
delist(struct link *link, struct call *c)
{
	struct call **at;

	pthread_mutex_lock(&link->lock);
	for (at = &link->calls; *at != c; at = &(*at)->next)
		continue;
	*at = c->next;
	pthread_mutex_unlock(&link->lock);
	pthread_cond_destroy(&c->wake);
	link_drop(link);
}

/* All of it, or the process is given up: half a frame is none to it, and what
 * came behind would be taken for its rest. */
static int
send_request(
    struct link *link, const struct buf *request, struct bytes document)
{
	int rc;

	pthread_mutex_lock(&link->sending);
	rc = printer_write_all(link->fd, request->p, request->n);
	if (rc == 0)
		rc = printer_write_all(link->fd, document.p, document.n);
	if (rc != 0)
		shutdown(link->fd, SHUT_RDWR);
	pthread_mutex_unlock(&link->sending);
	return rc;
}

static int
wait_answer(struct link *link, struct call *c, int64_t ms)
{
	int64_t until = clock_monotonic_ms() + ms;
	const struct timespec ts = {.tv_sec = (time_t)(until / 1000),
	    .tv_nsec = (long)(until % 1000) * 1000000};
	int done;

	pthread_mutex_lock(&link->lock);
	while (!c->done && !link->dead && clock_monotonic_ms() < until)
		pthread_cond_timedwait(&c->wake, &link->lock, &ts);
	done = c->done;
	pthread_mutex_unlock(&link->lock);
	return done ? 0 : -1;
}

int
printer_lost(const struct printer_frame *f, struct err *e)
{
	if (f->op != PRINTER_PRINT)
		return unavailable(e);
	return err_set(e, ERR_CONFLICT, "printer_uncertain",
	    "打印进程中断，不知道是否打印了；请到打印机前查看，确认没有出纸再重新打印",
	    "the printer process ended, so nobody knows whether it is printed: look at the printer, and print again only if nothing came out");
}

int
printer_call(struct printer *p, struct printer_frame *f, struct bytes document,
    struct buf *answer, struct bytes *payload, struct err *e)
{
	struct call c = {.answer = answer};
	struct buf request = BUF_INIT;
	struct link *link = enlist(p, &c);
	uint64_t number;
	int rc = 0;

	if (link == NULL)
		return unavailable(e);
	f->number = c.number;
	printer_frame_write(f, document.n, &request);
	if (buf_failed(&request))
		rc = err_nomem(e);
	else if (send_request(link, &request, document) != 0)
		rc = unavailable(e);
	else if (wait_answer(link, &c,
		     f->op == PRINTER_PRINT ? PRINT_MS : CALL_MS) != 0)
		rc = printer_lost(f, e);
	delist(link, &c);
	buf_release(&request);
	if (rc == 0 && buf_failed(answer))
		rc = printer_lost(f, e);
	if (rc == 0)
		rc = keeper_answer_read(buf_bytes(answer), &number, payload, e);
	return rc;
}
