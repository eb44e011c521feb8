/* server.c - the daemons, their callbacks, start and stop; see server.h. */
#include "api/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/exchange.h"
#include "api/problem.h"

enum {
	/* Headers at their limit fit beside MHD's own structures. */
	CONNECTION_MEMORY = 49152,
	WORKERS = 32,
	EVENT_THREADS = 2
};

void
server_config_defaults(struct server_config *config)
{
	memset(config, 0, sizeof(*config));
	config->tcp_fd = config->unix_fd = -1;
	config->workers = WORKERS;
	config->event_threads = EVENT_THREADS;
	config->per_address = LIMIT_CONNECTIONS_PER_ADDRESS;
	connection_times_defaults(&config->times);
	config->rates = (struct server_rates){.verify = LIMIT_VERIFY_RATE,
	    .verify_burst = LIMIT_VERIFY_BURST,
	    .key = LIMIT_KEY_RATE,
	    .key_burst = LIMIT_KEY_BURST,
	    .denied = LIMIT_DENIED_RATE,
	    .denied_burst = LIMIT_DENIED_BURST};
}

/* Textual address of a peer; "local" after its uid was found good. */
static int
peer_address(int fd, struct peer *peer)
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof(sa);
	struct ucred who;
	const void *raw = NULL;

	memset(&sa, 0, sizeof(sa));
	if (getsockname(fd, (struct sockaddr *)&sa, &n) != 0)
		return -1;
	if (sa.ss_family == AF_UNIX) {
		n = sizeof(who);
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0 ||
		    (who.uid != 0 && who.uid != geteuid()))
			return -1;
		peer->local = 1;
		memcpy(peer->address, "local", 6);
		return 0;
	}
	n = sizeof(sa);
	if (getpeername(fd, (struct sockaddr *)&sa, &n) != 0)
		return -1;
	if (sa.ss_family == AF_INET)
		raw = &((struct sockaddr_in *)&sa)->sin_addr;
	else if (sa.ss_family == AF_INET6)
		raw = &((struct sockaddr_in6 *)&sa)->sin6_addr;
	return raw == NULL || inet_ntop(sa.ss_family, raw, peer->address,
				  sizeof(peer->address)) == NULL
		   ? -1
		   : 0;
}

static void
on_connection(void *cls, struct MHD_Connection *mhd, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	struct server *s = cls;
	struct peer *peer = *context;
	int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)
		     ->connect_fd;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (peer != NULL)
			connection_close(s->connections, peer->connection);
		free(peer);
		return;
	}
	peer = calloc(1, sizeof(*peer));
	if (peer != NULL && peer_address(fd, peer) == 0)
		peer->connection = connection_open(s->connections, fd);
	if (peer == NULL || peer->connection == NULL) {
		free(peer);
		peer = NULL;
		(void)shutdown(fd, SHUT_RDWR);
	}
	*context = peer;
}

static struct peer *
peer_of(struct MHD_Connection *mhd)
{
	return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
	    ->socket_context;
}

/* The request line is here. */
static void *
on_target(void *cls, const char *uri, struct MHD_Connection *mhd)
{
	struct server *s = cls;
	struct peer *peer = peer_of(mhd);
	struct exchange *x = peer == NULL ? NULL : exchange_new(s, mhd, uri);

	if (x == NULL)
		return NULL;
	x->peer = peer;
	memcpy(x->req.address, peer->address, sizeof(peer->address));
	connection_enter(s->connections, peer->connection, CONNECTION_HEADERS);
	return x;
}

static void
on_completed(void *cls, struct MHD_Connection *mhd, void **context,
    enum MHD_RequestTerminationCode why)
{
	struct server *s = cls;
	struct peer *peer = peer_of(mhd);

	(void)why;
	exchange_free(*context);
	*context = NULL;
	if (peer != NULL)
		connection_enter(
		    s->connections, peer->connection, CONNECTION_IDLE);
}

static void
run_in_worker(void *job)
{
	struct exchange *x = job;
	struct MHD_Connection *mhd = x->mhd;

	exchange_run(x);
	MHD_resume_connection(mhd);
}

static enum MHD_Result
answer_problem(struct exchange *x, struct err *e)
{
	problem_write(e, x->req.id, &x->res);
	err_clear(e);
	return exchange_send(x);
}

static enum MHD_Result
dispatch(struct exchange *x)
{
	struct server *s = x->server;
	struct err e = ERR_INIT;

	connection_enter(s->connections, x->peer->connection, CONNECTION_WORK);
	if (exchange_is_quick(x)) {
		exchange_run(x);
		return exchange_send(x);
	}
	MHD_suspend_connection(x->mhd);
	if (workers_add(s->workers, x) == 0)
		return MHD_YES;
	err_set(&e, ERR_BUSY, "too_busy", "服务繁忙，请稍后重试",
	    "the service is busy, try again later");
	problem_write(&e, x->req.id, &x->res);
	err_clear(&e);
	x->state = EXCHANGE_READY;
	MHD_resume_connection(x->mhd);
	return MHD_YES;
}

static enum MHD_Result
start_request(struct exchange *x, const char *method)
{
	struct err e = ERR_INIT;

	if (strcmp(method, "OPTIONS") == 0) {
		char allow[ROUTE_ALLOW_SIZE];

		(void)route_find(x->server->config.routes,
		    x->server->config.nroutes, method, x->target, &x->req,
		    allow);
		if (allow[0] != '\0' || strcmp(x->target, "*") == 0) {
			response_header(&x->res, "Allow", "%s",
			    allow[0] == '\0' ? "OPTIONS, GET, HEAD, POST"
					     : allow);
			x->res.status = 204;
			return exchange_send(x);
		}
	}
	if (exchange_check(x, method, &e) != 0)
		return answer_problem(x, &e);
	x->state = EXCHANGE_BODY;
	connection_enter(
	    x->server->connections, x->peer->connection, CONNECTION_BODY);
	return MHD_YES;
}

/* Keep what fits; a chunked body that goes on and on is cut off. */
static enum MHD_Result
take_body(struct exchange *x, const char *data, size_t *n)
{
	size_t limit = exchange_body_limit(x);

	connection_count(x->server->connections, x->peer->connection, *n);
	x->received += *n;
	if (x->received / 4 > limit)
		return MHD_NO;
	if (x->body.n + *n > limit && !x->over) {
		x->over = 1;
		buf_wipe(&x->body);
	}
	if (!x->over && !exchange_count_body(x, *n)) {
		x->crowded = 1;
		buf_wipe(&x->body);
	}
	if (!x->over && !x->crowded)
		buf_add(&x->body, data, *n);
	*n = 0;
	return MHD_YES;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *n,
    void **context)
{
	struct exchange *x = *context;

	(void)cls;
	(void)mhd;
	(void)url;
	(void)version;
	if (x == NULL || x->peer == NULL)
		return MHD_NO;
	if (x->state == EXCHANGE_NEW)
		return start_request(x, method);
	if (*n > 0)
		return take_body(x, data, n);
	if (x->state == EXCHANGE_BODY)
		return dispatch(x);
	return exchange_send(x);
}

static struct MHD_Daemon *
start_daemon(struct server *s, int fd, unsigned int threads)
{
	unsigned int per_address =
	    s->config.behind_proxy ? 0 : s->config.per_address;

	return MHD_start_daemon(
	    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
	    NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned int)LIMIT_CONNECTIONS,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_address,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_THREAD_POOL_SIZE,
	    threads, MHD_OPTION_END);
}

/* Every connection is a descriptor; the default of 1024 is too few. */
static void
raise_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return;
	if (r.rlim_cur < LIMIT_CONNECTIONS + 1024) {
		r.rlim_cur = LIMIT_CONNECTIONS + 1024;
		if (r.rlim_cur > r.rlim_max)
			r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

static int
start_parts(struct server *s, struct err *e)
{
	const struct server_rates *r = &s->config.rates;
	int rc;

	s->verify = rate_new(r->verify, r->verify_burst);
	s->key = rate_new(r->key, r->key_burst);
	s->denied = rate_new(r->denied, r->denied_burst);
	if (s->verify == NULL || s->key == NULL || s->denied == NULL)
		return err_nomem(e);
	if ((rc = connections_start(&s->config.times, &s->connections, e)) !=
		0 ||
	    (rc = workers_start(s->config.workers, LIMIT_WAITING_CALLS,
		 run_in_worker, &s->workers, e)) != 0)
		return rc;
	if (s->config.tcp_fd >= 0) {
		s->tcp =
		    start_daemon(s, s->config.tcp_fd, s->config.event_threads);
		if (s->tcp == NULL)
			return err_internal(e, "MHD_start_daemon");
	}
	if (s->config.unix_fd >= 0) {
		s->local = start_daemon(s, s->config.unix_fd, 1);
		if (s->local == NULL)
			return err_internal(e, "MHD_start_daemon");
	}
	return 0;
}

int
server_start(
    const struct server_config *config, struct server **server, struct err *e)
{
	struct server *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return err_nomem(e);
	s->config = *config;
	raise_descriptors();
	rc = start_parts(s, e);
	if (rc != 0) {
		server_stop(s);
		return rc;
	}
	*server = s;
	return 0;
}

/* Calls under way are resumed by their workers, so the workers end first; new
 * calls meanwhile are answered 503. */
void
server_stop(struct server *s)
{
	if (s == NULL)
		return;
	if (s->tcp != NULL)
		(void)MHD_quiesce_daemon(s->tcp);
	if (s->local != NULL)
		(void)MHD_quiesce_daemon(s->local);
	workers_stop(s->workers);
	if (s->tcp != NULL)
		MHD_stop_daemon(s->tcp);
	if (s->local != NULL)
		MHD_stop_daemon(s->local);
	if (s->config.tcp_fd >= 0)
		(void)close(s->config.tcp_fd);
	if (s->config.unix_fd >= 0)
		(void)close(s->config.unix_fd);
	workers_free(s->workers);
	connections_stop(s->connections);
	rate_free(s->verify);
	rate_free(s->key);
	rate_free(s->denied);
	free(s);
}

void
server_figures(struct server *s, struct server_figures *f)
{
	memset(f, 0, sizeof(*f));
	f->requests = atomic_load(&s->requests);
	for (size_t i = 0; i < 6; i++)
		f->by_class[i] = atomic_load(&s->by_class[i]);
	f->limited = atomic_load(&s->limited);
	f->busy_us = atomic_load(&s->busy_us);
	connections_figures(s->connections, &f->open, &f->late);
}
