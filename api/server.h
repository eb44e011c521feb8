/*
 * server.h - HTTP/1.1 over a TCP socket and a unix socket: framing, limits,
 * deadlines, authentication, then the route's handler.
 */
#ifndef API_SERVER_H
#define API_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "api/connections.h"
#include "api/route.h"
#include "crypto/base/err.h"

struct server;
struct callers; /* api/caller.h */

/*
 * Whose session a token is, shown from this textual address; *op is released by
 * the server.  ERR_UNKNOWN "login_needed" for every cause.  May write.
 */
typedef int (*server_session_fn)(struct api *api, const char *token,
    const char *address, struct service_operator *op, struct err *e);

/* Rates are per second; 0 = no limit. */
struct server_rates {
	double verify, verify_burst;
	double key, key_burst;
	double denied, denied_burst;
};

struct server_config {
	const struct route *routes;
	size_t nroutes;
	struct api *api;	   /* given to handlers */
	struct callers *callers;   /* NULL: department routes answer 401 */
	server_session_fn session; /* NULL: nobody can log in */
	int tcp_fd;		   /* listening, or -1 */
	int unix_fd; /* listening, or -1; peers: root or our uid */
	unsigned int workers, event_threads;
	unsigned int per_address; /* connections of one address; 0 = no limit */
	/* A proxy on this host forwards: the address is the last entry of
	 * X-Forwarded-For when the peer is a loopback address. */
	int behind_proxy;
	struct connection_times times;
	struct server_rates rates;
};

/* Everything as published in limits.h; no sockets, no routes. */
void server_config_defaults(struct server_config *config);

/* Start serving; takes both descriptors.  config is copied, what it points to
 * must outlive the server. */
int server_start(
    const struct server_config *config, struct server **server, struct err *e);

/* Take no new connections, finish calls under way, close, free. */
void server_stop(struct server *server);

/* Counters since the start. */
struct server_figures {
	uint64_t requests, by_class[6]; /* by_class[4]: answers 4xx */
	uint64_t limited;		/* answers 429 */
	uint64_t open, late;
	uint64_t busy_us; /* time spent in handlers, microseconds */
};
void server_figures(struct server *server, struct server_figures *f);

#endif
