/*
 * http_bench.c - keep-alive GETs of two kinds in short turns, so that a noisy
 * machine disturbs them alike.  Prints "constant", "looked_up" (requests a
 * second) and "ratio": the median of the rounds, of the ratio too.
 *
 *   http_bench PORT ROUNDS MILLISECONDS CONSTANT-PATH PATH...
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
	/* A server takes 50 of one address, some of them closing ones of the
	 * round before. */
	CONNECTIONS = 24,
	ROUNDS_MAX = 64,
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
	int port;
	char **paths; /* asked for one after the other */
	size_t npaths, next;
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
	char request[512];
	int n = snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n",
	    l->paths[l->next++ % l->npaths], l->port);

	c->have = c->expect = 0;
	return send(c->fd, request, (size_t)n, MSG_NOSIGNAL) == n ? 0 : -1;
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
open_load(struct load *l)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int i;

	l->conns = calloc(CONNECTIONS, sizeof(*l->conns));
	l->epoll = epoll_create1(0);
	if (l->conns == NULL || l->epoll < 0)
		return -1;
	for (i = 0; i < CONNECTIONS; i++) {
		l->conns[i].fd = connect_to(l->port);
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

/* Requests a second of some paths; negative on any error or bad answer. */
static double
round_of(int port, char **paths, size_t npaths, long ms)
{
	struct load l = {.port = port, .paths = paths, .npaths = npaths};
	int64_t start = clock_monotonic_ms(), now = start;
	int rc = open_load(&l);

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

static double
median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return v[n / 2];
}

int
main(int argc, char **argv)
{
	double constant[ROUNDS_MAX], looked_up[ROUNDS_MAX], ratio[ROUNDS_MAX];
	int rounds = argc < 6 ? 0 : (int)strtol(argv[2], NULL, 10), r, port;
	long ms;

	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 64;
	port = (int)strtol(argv[1], NULL, 10);
	ms = strtol(argv[3], NULL, 10);
	for (r = 0; r < rounds; r++) {
		constant[r] = round_of(port, argv + 4, 1, ms);
		looked_up[r] = round_of(port, argv + 5, (size_t)argc - 5, ms);
		if (constant[r] <= 0 || looked_up[r] < 0) {
			fprintf(stderr, "http_bench: bad answer\n");
			return 1;
		}
		ratio[r] = looked_up[r] / constant[r];
	}
	printf("constant %.0f\nlooked_up %.0f\nratio %.4f\n",
	    median(constant, rounds), median(looked_up, rounds),
	    median(ratio, rounds));
	return 0;
}
