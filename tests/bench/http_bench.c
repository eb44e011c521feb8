/*
 * http_bench.c - keep-alive GETs of several paths in turn, so that a noisy
 * machine disturbs them alike.  Prints "PATH requests-a-second" for each path:
 * the median of the rounds.
 *
 *   http_bench PORT ROUNDS MILLISECONDS PATH...
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto/base/clock.h"

enum {
	CONNECTIONS = 16, /* half of what one address may have, twice */
	ROUNDS_MAX = 32,
	PATHS_MAX = 4,
	ANSWER_MAX = 16384
};

struct connection {
	int fd;
	size_t have;   /* bytes of the answer so far */
	size_t expect; /* bytes of the whole answer; 0: head incomplete */
	char answer[ANSWER_MAX];
};

struct load {
	struct connection *conns;
	int epoll;
	char request[512];
	size_t nrequest;
	long done, bad;
};

static int
connect_to(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static int
ask(struct load *l, struct connection *c)
{
	c->have = c->expect = 0;
	return send(c->fd, l->request, l->nrequest, MSG_NOSIGNAL) ==
		       (ssize_t)l->nrequest
		   ? 0
		   : -1;
}

/* Read what is there; 1 when the answer is complete, -1 on an error. */
static int
hear(struct connection *c)
{
	ssize_t n = recv(c->fd, c->answer + c->have,
	    sizeof(c->answer) - c->have - 1, MSG_DONTWAIT);
	const char *end, *length;

	if (n <= 0)
		return -1;
	c->have += (size_t)n;
	c->answer[c->have] = '\0';
	if (c->expect == 0) {
		end = strstr(c->answer, "\r\n\r\n");
		length = strcasestr(c->answer, "content-length:");
		if (end == NULL || length == NULL)
			return 0;
		c->expect = (size_t)(end - c->answer) + 4 +
			    strtoul(length + 15, NULL, 10);
	}
	return c->have >= c->expect;
}

static int
serve_events(struct load *l)
{
	struct epoll_event events[CONNECTIONS];
	struct connection *c;
	int n = epoll_wait(l->epoll, events, CONNECTIONS, 1000), i, rc;

	for (i = 0; i < n; i++) {
		c = events[i].data.ptr;
		rc = hear(c);
		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		l->done++;
		l->bad += strncmp(c->answer, "HTTP/1.1 200", 12) != 0;
		if (ask(l, c) != 0)
			return -1;
	}
	return n <= 0 ? -1 : 0;
}

static int
open_load(struct load *l, int port, const char *path)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int i;

	memset(l, 0, sizeof(*l));
	l->nrequest = (size_t)snprintf(l->request, sizeof(l->request),
	    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", path, port);
	l->conns = calloc(CONNECTIONS, sizeof(*l->conns));
	l->epoll = epoll_create1(0);
	if (l->conns == NULL || l->epoll < 0)
		return -1;
	for (i = 0; i < CONNECTIONS; i++) {
		l->conns[i].fd = connect_to(port);
		ev.data.ptr = &l->conns[i];
		if (l->conns[i].fd < 0 ||
		    epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->conns[i].fd, &ev) !=
			0 ||
		    ask(l, &l->conns[i]) != 0)
			return -1;
	}
	return 0;
}

static void
close_load(struct load *l)
{
	int i;

	for (i = 0; l->conns != NULL && i < CONNECTIONS; i++)
		close(l->conns[i].fd);
	free(l->conns);
	close(l->epoll);
}

/* Requests a second of one path; negative on any error or bad answer. */
static double
round_of(int port, const char *path, long ms)
{
	struct load l;
	int64_t start = clock_monotonic_ms(), now = start;
	int rc = open_load(&l, port, path);

	while (rc == 0 && (now = clock_monotonic_ms()) - start < ms)
		rc = serve_events(&l);
	if (l.bad > 0)
		rc = -1;
	close_load(&l);
	return rc == 0 ? (double)l.done * 1000 / (double)(now - start) : -1;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	double rate[PATHS_MAX][ROUNDS_MAX];
	int rounds = argc < 5 ? 0 : (int)strtol(argv[2], NULL, 10), r, p;

	if (rounds < 1 || rounds > ROUNDS_MAX || argc - 4 > PATHS_MAX)
		return 64;
	for (r = 0; r < rounds; r++)
		for (p = 4; p < argc; p++) {
			rate[p - 4][r] =
			    round_of((int)strtol(argv[1], NULL, 10), argv[p],
				strtol(argv[3], NULL, 10));
			if (rate[p - 4][r] < 0) {
				fprintf(stderr, "%s: bad answer\n", argv[p]);
				return 1;
			}
		}
	for (p = 4; p < argc; p++) {
		qsort(rate[p - 4], (size_t)rounds, sizeof(double), by_value);
		printf("%s %.0f\n", argv[p], rate[p - 4][rounds / 2]);
	}
	return 0;
}
