/*
 * desk_operator.h - an operator as the record has it.
 */
#ifndef CERTSVC_DESK_OPERATOR_H
#define CERTSVC_DESK_OPERATOR_H

#include <jansson.h>
#include <stdint.h>

#include "certsvc/lockout.h"
#include "certsvc/operator.h"
#include "certsvc/password.h"
#include "certsvc/service.h"

/* What is wrapped, and for whom (wrapped.h). */
#define DESK_OFFICE_KEY "certsvc operator office key"
#define DESK_TOTP "certsvc operator totp"

struct desk_operator {
	unsigned int version; /* of the record; 0: not written yet */
	char name[OPERATOR_NAME_SIZE];
	char zh[OPERATOR_NAME_SIZE]; /* who it is; "": not said */
	enum operator_role role;
	char office[OPERATOR_OFFICE_SIZE], region[OPERATOR_REGION_SIZE];
	char department[32];
	int active;
	int demo;		     /* its password is known to everybody */
	char by[OPERATOR_NAME_SIZE]; /* who wrote this; "": command line */
	uint8_t salt[PASSWORD_SALT_SIZE], verifier[PASSWORD_KEY_SIZE];
	char key[192];		       /* wrapped office key; "": none */
	uint64_t generation;	       /* of that key */
	char totp[128], totp_new[128]; /* wrapped secrets; "": none */
	int64_t totp_used;	       /* last step accepted */
	int must_change;	       /* somebody else made the password */
	uint64_t epoch;		       /* sessions of an earlier one are over */
	int64_t locked_until;	       /* UTC seconds; 0: not */
	unsigned int lock_level;       /* as in lockout.h */
	int locked_at_own;	       /* by tries from last_address */
	int64_t last_at;	       /* login; 0: never */
	char last_address[48];
	uint64_t failed_seen; /* failed logins that the owner was told of */
};

/* ERR_NOT_FOUND "no_such_operator". */
int desk_operator_get(struct service *s, const char *name,
    struct desk_operator *op, struct err *e);
int desk_operator_read(
    const struct store_record *r, struct desk_operator *op, struct err *e);
/* The record of its next version, for records_put. */
int desk_operator_fill(
    const struct desk_operator *op, struct store_record *r, struct err *e);
/* Write its next version. */
int desk_operator_put(
    struct service *s, const struct desk_operator *op, struct err *e);
void desk_operator_wipe(struct desk_operator *op);

/* 2 to 63 of a-z, 0-9, '.', '_' and '-', a letter first. */
int desk_operator_name_ok(const char *name);

/* Take a new password: salt and verifier, and what was wrapped under the old
 * keys under the new ones.  old: NULL when nothing was. */
int desk_operator_rekey(struct desk_operator *op,
    const struct password_keys *old, const char *password, struct err *e);

#endif
