/*
 * desk_session_token.h - a session's token, the id of its record, and the key
 * that wraps what is in it.  Private to desk_login.c and desk_session.c.
 */
#ifndef CERTSVC_DESK_SESSION_TOKEN_H
#define CERTSVC_DESK_SESSION_TOKEN_H

#include "certsvc/operator.h"
#include "certsvc/wrapped.h"

#define SESSION_OFFICE_KEY "certsvc session office key"

struct session_token {
	char text[OPERATOR_TOKEN_SIZE]; /* what the cookie holds */
	char id[65];			/* SHA-256 of its bytes, hex */
	uint8_t key[WRAPPED_KEY_SIZE];
};

int session_token_new(struct session_token *t, struct err *e);
/* ERR_UNKNOWN "login_needed" when it is no token. */
int session_token_read(
    struct session_token *t, const char *text, struct err *e);

/* The record of an open session with another epoch, for records_put. */
struct service;
struct store_record;
int desk_session_renew(struct service *s, const char *id, uint64_t epoch,
    struct store_record *r, struct err *e);

#endif
