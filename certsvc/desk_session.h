/*
 * desk_session.h - logins and sessions of operators.
 *
 * A token is 256 random bits; the record's id is their SHA-256, and the
 * office's key lies in it wrapped under a key derived from the token: who reads
 * the database has neither.  A session is good for the address it was given to,
 * 30 minutes after its last call (of this process: a restart counts as a call)
 * and 12 hours in all; it is over at once when its operator is disabled, gets
 * another password, or the office is closed.
 */
#ifndef CERTSVC_DESK_SESSION_H
#define CERTSVC_DESK_SESSION_H

#include <jansson.h>

#include "certsvc/service.h"

enum {
	SESSION_IDLE = 1800, /* seconds */
	SESSION_LIFE = 43200 /* seconds */
};

struct service_login {
	const char *name, *password;
	const char *code; /* one-time code, or NULL */
	const char *address;
	int64_t wait; /* out: seconds to wait, with "locked" */
};

/*
 * Answer: what GET /v1/session answers.  ERR_UNKNOWN "bad_login" (one answer,
 * and one time, for every cause), "code_needed", "locked"; ERR_DENIED
 * "office_closed", "password_reset_needed"; ERR_BUSY.
 */
int service_login(struct service *s, struct service_login *login,
    char token[OPERATOR_TOKEN_SIZE], json_t **answer, struct err *e);

/* Whose session it is: *op is the caller's to release.  ERR_UNKNOWN
 * "login_needed" for every cause.  From another address the session ends. */
int service_session(struct service *s, const char *token, const char *address,
    struct service_operator *op, struct err *e);

/* {operator, role, office, office_zh, region, expires, must_change, totp,
 * last: {at, address, failures} | null} */
int service_session_get(struct service *s, const struct service_operator *op,
    json_t **answer, struct err *e);
int service_logout(
    struct service *s, const struct service_operator *op, struct err *e);

/* A new password; other sessions of the operator are over.  ERR_DENIED
 * "bad_password" for the old one (counted as a failed login), ERR_INPUT
 * "weak_password". */
int service_password(struct service *s, const struct service_caller *caller,
    const char *old, const char *fresh, struct err *e);

/* A one-time code's secret: {secret, uri, qr}; with the first code of it:
 * {totp: "enrolled"}.  code may be NULL. */
int service_totp(struct service *s, const struct service_caller *caller,
    const char *password, const char *code, json_t **answer, struct err *e);

#endif
