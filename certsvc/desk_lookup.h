/*
 * desk_lookup.h - a clerk looks certificates up for whoever stands at the
 * counter: every look-up needs a purpose and is recorded before it is answered,
 * with what was found, never with the number that was typed.
 */
#ifndef CERTSVC_DESK_LOOKUP_H
#define CERTSVC_DESK_LOOKUP_H

#include <jansson.h>

#include "certsvc/service.h"

enum {
	DESK_PURPOSE_MAX = 200,	 /* characters */
	DESK_FOUND_MAX = 100,	 /* certificates of one look-up */
	DESK_LOOKUP_LIFE = 43200 /* seconds that it can be worked with */
};

/*
 * body: {"by": "holder"|"number"|"code", "value", "purpose", "matter"?}.
 * Answer: {"id","items":[certificate of docs/desk.md],"more"}.  ERR_LIMIT
 * "too_many_lookups" over the clerk's number for an hour (config.h), which
 * auditors see.
 */
int service_lookup(struct service *s, const struct service_caller *caller,
    const json_t *body, json_t **answer, struct err *e);

/*
 * Did this operator look this certificate up, with that look-up, lately?  What
 * is done at the desk with a certificate starts from one.  purpose: NULL, or
 * gets the look-up's (owned).  ERR_CONFLICT "lookup_needed".
 */
int desk_lookup_check(struct service *s, const struct service_operator *op,
    const char *lookup, const char *certificate, char **purpose, struct err *e);

/* Who looked up what for; NULL: any. */
struct desk_lookup_query {
	const char *office, *operator, * day, *cursor; /* day: YYYY-MM-DD */
};

/* {"items":[{"id","at","operator","office","purpose","matter","by","found",
 * "refused"}],"next"}: a clerk's own ones, those of a region. */
int service_lookups(struct service *s, const struct service_caller *caller,
    const struct desk_lookup_query *q, json_t **answer, struct err *e);

/* {"day","items":[{"operator","office","count","refused"}]} of one day. */
int service_lookup_counts(struct service *s,
    const struct service_caller *caller, const struct desk_lookup_query *q,
    json_t **answer, struct err *e);

/* body: {"reason": "handed_over","holder_confirmed": true,"lookup"}; answer as
 * service_change, with "print": what may be printed now (print_rule_json). */
int service_hand_over(struct service *s, struct service_call *call,
    json_t **answer, struct err *e);

/* body: {"certificate","carrier","tracking"} -> {"id","certificate","carrier",
 * "tracking","at"} */
int service_posting(struct service *s, const struct service_caller *caller,
    const json_t *body, json_t **answer, struct err *e);

#endif
