/*
 * parent.h - the parent process of `certsvc serve`: starts the keeper, the
 * printer process, spare parse processes and the front, hands the front their
 * descriptors, and starts them again when they die.  It parses nothing.  It
 * keeps the passphrase in memory for as long as it lives, because a keeper that
 * dies must be started again without a person.
 */
#ifndef API_PARENT_H
#define API_PARENT_H

#include "certsvc/config.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	PARENT_PARSERS = 4,	  /* spare parse processes */
	PARENT_BACKOFF_MAX = 1000 /* ms between two starts of a dying child */
};

struct parent {
	const struct config *config;
	struct bytes passphrase;
	int listen_fd; /* TCP, bound and listening */
	int admin_fd;  /* DIR/admin.sock, bound and listening */
};

/* What the parent sends over the control socket, one byte and a descriptor. */
enum parent_message {
	PARENT_KEEPER = 'K',
	PARENT_PRINTER = 'I',
	PARENT_PARSER = 'P'
};

/* Run until SIGTERM or SIGINT; returns the exit status. */
int parent_run(const struct parent *parent);

/* Take one message; the descriptor is the caller's, or -1 when this process had
 * no room for it.  0, or -1 at the end. */
int parent_receive(int control, enum parent_message *kind, int *fd);

/* The body of the front process (api/front.c): serves until SIGTERM; takes
 * the control socket and returns an exit status. */
int front_main(const struct parent *parent, int control);

#endif
