/*
 * route_table.h - the whole API as one table.
 */
#ifndef API_ROUTE_TABLE_H
#define API_ROUTE_TABLE_H

#include "api/route.h"

const struct route *route_table(size_t *n);

#endif
