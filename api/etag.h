/*
 * etag.h - entity tags: quoted hex of a SHA-256.
 */
#ifndef API_ETAG_H
#define API_ETAG_H

#include <jansson.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	ETAG_SIZE = 67 /* 64 hex digits, two quotes, NUL */
};

/* Tag of bytes. */
int etag_of_bytes(struct bytes v, char tag[ETAG_SIZE], struct err *e);

/* Tag of a certificate as service_get answers it: changes with its status,
 * its events and its successor, and with nothing that only time changes. */
int etag_of_state(
    const json_t *certificate, char tag[ETAG_SIZE], struct err *e);

#endif
