/*
 * desk_login.h - is it the right password?  Counts wrong ones, records them and
 * locks; for desk_login.c, desk_session.c and desk_password.c.
 */
#ifndef CERTSVC_DESK_LOGIN_H
#define CERTSVC_DESK_LOGIN_H

#include "certsvc/desk_operator.h"
#include "certsvc/desk_session.h"

enum {
	DESK_COUNTER_SIZE = OPERATOR_NAME_SIZE + 50
};

/*
 * Tries from where the operator logged in last have a count of their own, so
 * that strangers who guess at a name lock out each other and not its owner at
 * the usual desk.
 */
struct desk_attempt {
	struct service *service;
	const char *name, *address;
	struct desk_operator op;
	int known;		     /* op is one who may log in */
	int at_own;		     /* from the address of the last login */
	char own[DESK_COUNTER_SIZE]; /* what is counted then; "": the name */
	struct password_keys keys;
	struct lockout after; /* what holds when this attempt fails */
	int64_t now, wait;    /* wait: seconds, with "locked" */
};

/* 0 when password is that of a->name; then the attempt is counted still, until
 * desk_attempt_good or a failure. */
int desk_attempt(struct desk_attempt *a, const char *password, struct err *e);
/* The rest was wrong too, or the password: record it, and lock when it is time.
 * ERR_UNKNOWN "bad_login" or "locked". */
int desk_attempt_bad(struct desk_attempt *a, struct err *e);
/* It was no guess. */
void desk_attempt_good(struct desk_attempt *a);
void desk_attempt_wipe(struct desk_attempt *a);
/* Both counts begin anew: logged in, or unlocked. */
void desk_attempt_forget(struct service *s, const struct desk_operator *op);

/* As desk_attempt for somebody who is logged in: ERR_DENIED "bad_password"
 * instead of "bad_login". */
int desk_attempt_again(
    struct desk_attempt *a, const char *password, struct err *e);

/* The step of a one-time code, -1 when it is wrong; wrapped is op.totp or
 * op.totp_new.  0, or an error. */
int desk_attempt_code(const struct desk_attempt *a, const char *wrapped,
    const char *code, int64_t *step, struct err *e);

/* A `login` record: ok, failed, locked or other_address. */
int desk_login_record(const struct desk_operator *op, const char *state,
    const char *address, struct store_record *r, struct err *e);

#endif
