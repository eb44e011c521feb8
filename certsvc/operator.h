/*
 * operator.h - who works here: a person of an office, a department or a region,
 * with one role.  docs/desk.md says what each role may do.
 */
#ifndef CERTSVC_OPERATOR_H
#define CERTSVC_OPERATOR_H

#include "crypto/base/buf.h"

enum operator_role {
	ROLE_CLERK,	       /* of an office */
	ROLE_CUSTODIAN,	       /* of a department: its seals */
	ROLE_DEPARTMENT_ADMIN, /* of a department: its people */
	ROLE_AUDITOR,	       /* of a region */
	ROLE_REGIONAL_ADMIN    /* of a region: its offices and people */
};

enum {
	OPERATOR_ROLES = 5,
	OPERATOR_NAME_SIZE = 64,   /* login name, with NUL */
	OPERATOR_OFFICE_SIZE = 32, /* as in a ticket, with NUL */
	OPERATOR_REGION_SIZE = 16, /* 6 to 12 digits, with NUL */
	OPERATOR_TOKEN_SIZE = 53   /* 256 bits in base32, with NUL */
};

/* An operator with a live session, for as long as one call lasts. */
struct service_operator {
	char name[OPERATOR_NAME_SIZE]; /* login name */
	enum operator_role role;
	char office[OPERATOR_OFFICE_SIZE]; /* "": of none */
	char office_zh[64];
	char region[OPERATOR_REGION_SIZE];
	char department[32]; /* unified social credit code; "": of none */
	char office_key[64]; /* base32; "": of no office */
	struct buf ticket;   /* of the office (keys/ticket.h); owned */
	char session[65];    /* id of its record */
	int must_change;     /* may only change the password */
	int must_enrol;	     /* may only set up the one-time code */
};

/* Free what it owns and wipe its secrets. */
void service_operator_release(struct service_operator *op);

/* "clerk" ...; the reverse is -1 for another word. */
const char *operator_role_word(enum operator_role role);
int operator_role_find(const char *word);

#endif
