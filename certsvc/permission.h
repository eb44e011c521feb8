/*
 * permission.h - who may do what: the table of docs/desk.md, and the one
 * function that reads it.
 */
#ifndef CERTSVC_PERMISSION_H
#define CERTSVC_PERMISSION_H

#include "certsvc/operator.h"
#include "crypto/base/err.h"

enum permission_action {
	PERMISSION_DESK,	     /* look up, preview, print, settle, hand
					over, post, blanks */
	PERMISSION_SEE_JOBS,	     /* print jobs, reconciliation */
	PERMISSION_SEE_LOOKUPS,	     /* and their counts */
	PERMISSION_SEE_OFFICES,	     /* and the states of their printers */
	PERMISSION_CHANGE_PRINTERS,  /* what printers an office has */
	PERMISSION_SEE_OPERATORS,    /* list them */
	PERMISSION_CHANGE_OPERATORS, /* disable, enable, unlock */
	PERMISSION_SEE_SEALS,	     /* of a department, and their uses */
	PERMISSION_ACTIONS
};

/* How far it goes. */
enum permission_scope {
	PERMISSION_NONE,
	PERMISSION_OWN,	       /* what the operator did */
	PERMISSION_OFFICE,     /* the operator's office */
	PERMISSION_DEPARTMENT, /* the operator's department */
	PERMISSION_REGION      /* the operator's region and what is in it */
};

enum permission_scope permission_scope(
    enum operator_role role, enum permission_action action);

/* What an action is about; NULL or "": it has none. */
struct permission_target {
	const char *office, *region, *department;
	const char *operator; /* who did it */
};

/*
 * May the operator do it to that?  ERR_DENIED "not_allowed" when the role may
 * do it to nothing; ERR_NOT_FOUND "not_found" when the role may, but this is of
 * another office, department or region: it does not exist for this operator.
 */
int permission_check(const struct service_operator *op,
    enum permission_action action, const struct permission_target *target,
    struct err *e);

/* May the role do it to anything? */
int permission_check_role(const struct service_operator *op,
    enum permission_action action, struct err *e);

#endif
