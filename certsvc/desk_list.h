/*
 * desk_list.h - pages of records as JSON.
 */
#ifndef CERTSVC_DESK_LIST_H
#define CERTSVC_DESK_LIST_H

#include <jansson.h>

#include "certsvc/service.h"

/* What one record adds to the list: *item a new reference, or NULL for one that
 * the caller may not see. */
typedef int (*desk_list_fn)(struct service *s, void *ctx,
    const struct store_record *r, json_t **item, struct err *e);

/* {"items": [...], "next": cursor | null}.  cursor: text of the page before, or
 * NULL; ERR_INPUT "bad_query".  A page may be short and still have a next. */
int desk_list(struct service *s, struct store_record_query *q,
    const char *cursor, desk_list_fn item, void *ctx, json_t **answer,
    struct err *e);

#endif
