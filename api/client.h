/*
 * client.h - the /v1 API of the server that owns a data directory, through
 * DIR/admin.sock; when no server runs, one is started for this command.
 */
#ifndef API_CLIENT_H
#define API_CLIENT_H

#include <jansson.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

struct client;

/* key_source: where the passphrase is, should a server have to be started
 * (keys/passphrase.h); NULL for the usual places. */
int client_open(const char *dir, const char *key_source, struct client **out,
    struct err *e);
/* Ends the server that client_open started. */
void client_close(struct client *client);

struct client_call {
	const char *method, *path;
	const char *credential; /* "id:secret", or NULL */
	const json_t *body;	/* or NULL */
	const char *accept;	/* or NULL */
	const char *key;	/* Idempotency-Key, or NULL */
};

/*
 * One call; content gets the answer's bytes.  An answer other than 2xx is an
 * error: the problem's code, texts and items are taken over into *e.
 */
int client_send(struct client *client, const struct client_call *call,
    struct buf *content, struct err *e);

/* As client_send, with a JSON answer. */
int client_json(struct client *client, const struct client_call *call,
    json_t **answer, struct err *e);

#endif
