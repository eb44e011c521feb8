/*
 * desk_admin.h - offices, printers and operators: who sees and changes them.
 *
 * A caller without operator and department is the command line on this machine
 * (the admin socket); it may do everything here.
 */
#ifndef CERTSVC_DESK_ADMIN_H
#define CERTSVC_DESK_ADMIN_H

#include <jansson.h>

#include "certsvc/service.h"

/* What a list is asked for; NULL: everything in the caller's reach. */
struct desk_query {
	const char *office, *cursor;
};

/* {"items": [office], "next"}; of a clerk the own one.  Over the admin socket
 * each with "ticket" and "generation". */
int service_offices(struct service *s, const struct service_caller *caller,
    const struct desk_query *q, json_t **answer, struct err *e);
/* One of them. */
int service_office(struct service *s, const struct service_caller *caller,
    const char *id, json_t **answer, struct err *e);

/*
 * New, or changed: {"id","zh","en"?,"region","kind","types":[{"type",
 * "quota_day"?}],"ticket","generation","state"?: active | closed}.  Printers
 * stay.  Sessions of a closed one are over.  *made: 1 when it is new.
 */
int service_office_put(struct service *s, const json_t *body, json_t **answer,
    int *made, struct err *e);

/* {"zh","uri","media","fingerprint"?,"stock"?,"dx"?,"dy"?} -> the office. */
int service_printer_put(struct service *s, const struct service_caller *caller,
    const char *office, const char *printer, const json_t *body,
    json_t **answer, struct err *e);

/* {"items": [operator], "next"} */
int service_operators(struct service *s, const struct service_caller *caller,
    const struct desk_query *q, json_t **answer, struct err *e);

/*
 * {"name","zh"?,"role","office"?,"region"?,"department"?,"salt","verifier",
 * "key"?,"generation"?,"demo"?} as the command line made it; with "replace":
 * true the password of one who is there: only salt, verifier and key count.
 * ERR_CONFLICT "operator_exists".
 */
int service_operator_put(
    struct service *s, const json_t *body, json_t **answer, struct err *e);

/* disable | enable | unlock -> the operator. */
int service_operator_change(struct service *s,
    const struct service_caller *caller, const char *name, const char *action,
    json_t **answer, struct err *e);

#endif
