/*
 * exchange.h - one request on its way through the server: headers, body,
 * handler, answer.  Private to server.c and exchange*.c.
 */
#ifndef API_EXCHANGE_H
#define API_EXCHANGE_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "api/caller.h"
#include "api/rate.h"
#include "api/request.h"
#include "api/server.h"
#include "api/workers.h"

struct server {
	struct server_config config;
	struct MHD_Daemon *tcp, *local;
	struct connections *connections;
	struct workers *workers;
	struct rate *verify, *key, *denied;
	_Atomic uint64_t requests, by_class[6], limited, busy_us;
	_Atomic uint64_t bodies; /* bytes of uploads in memory */
};

/* Of one socket, as long as it is open. */
struct peer {
	struct connection *connection;
	int local; /* came over the unix socket, uid checked */
	char address[REQUEST_ADDRESS_SIZE];
};

struct exchange {
	struct server *server;
	struct MHD_Connection *mhd;
	struct peer *peer;
	const struct route *route;
	enum {
		EXCHANGE_NEW,  /* headers are here */
		EXCHANGE_BODY, /* body is coming */
		EXCHANGE_READY /* the answer is in res */
	} state;
	char *target;	 /* owned: raw path */
	char *query;	 /* inside target, or NULL */
	size_t received; /* bytes of the body, kept or not */
	int over;	 /* body over its limit, the rest is thrown away */
	int crowded;	 /* no room for it beside the others: likewise */
	size_t counted;	 /* bytes of it in server->bodies */
	struct buf body;
	struct request req;
	struct response res;
};

/* uri is the raw request target; NULL when out of memory. */
struct exchange *exchange_new(
    struct server *server, struct MHD_Connection *mhd, const char *uri);
void exchange_free(struct exchange *x);

/* Framing, limits, route, content type: 0 when the body may come. */
int exchange_check(struct exchange *x, const char *method, struct err *e);

/* Authenticate, parse, call the handler; fills x->res, never fails. */
void exchange_run(struct exchange *x);

/* exchange_caller.c: was anything shown that the route's scope asks for?  Known
 * before the body is read. */
int exchange_check_shown(struct exchange *x, struct err *e);

/* exchange_caller.c: who calls, as the route's scope allows; x->req.caller is
 * filled. */
int exchange_authenticate(struct exchange *x, struct err *e);

/* An answer 429 that says when to come again; returns ERR_LIMIT. */
int exchange_limited(struct exchange *x, unsigned int seconds, struct err *e);

/* May the handler run on the event loop? */
int exchange_is_quick(struct exchange *x);

/* n more bytes of the body are kept: 1, or 0 when all uploads together have
 * no room for them. */
int exchange_count_body(struct exchange *x, size_t n);

/* Most bytes of a body that the route reads. */
size_t exchange_body_limit(const struct exchange *x);

/* Hand the answer to the library. */
enum MHD_Result exchange_send(struct exchange *x);

#endif
