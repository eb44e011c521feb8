/*
 * connections.h - every open connection with the moment at which it must have
 * got on.  The server library only knows inactivity, so one byte a second
 * would hold a connection for ever; a sweeper shuts down what is late.
 */
#ifndef API_CONNECTIONS_H
#define API_CONNECTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/err.h"

enum connection_phase {
	CONNECTION_HEADERS,
	CONNECTION_BODY,
	CONNECTION_WORK, /* ours to be slow: no deadline */
	CONNECTION_ANSWER,
	CONNECTION_IDLE
};

/* Deadlines; connections_defaults gives those of limits.h. */
struct connection_times {
	int64_t header_ms, idle_ms, answer_ms, grace_ms;
	int64_t body_rate; /* bytes/second */
};

struct connection;
struct connections;

void connection_times_defaults(struct connection_times *times);

int connections_start(const struct connection_times *times,
    struct connections **connections, struct err *e);
/* All connections must be closed already. */
void connections_stop(struct connections *connections);

/* A new connection in phase HEADERS; fd stays the library's.  NULL: no
 * memory, the connection must be refused. */
struct connection *connection_open(struct connections *connections, int fd);
/* Before the library closes the descriptor. */
void connection_close(struct connections *connections, struct connection *c);

void connection_enter(struct connections *connections, struct connection *c,
    enum connection_phase phase);
/* n more bytes of the body came. */
void connection_count(
    struct connections *connections, struct connection *c, size_t n);

/* Open connections now, and how many the sweeper has shut down. */
void connections_figures(
    struct connections *connections, uint64_t *open, uint64_t *late);

#endif
