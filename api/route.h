/*
 * route.h - a row of the API: method, path, who may call, how long it takes.
 */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include <stddef.h>

#include "api/request.h"
#include "crypto/base/err.h"

/* Who may call; a row may name several.  PUBLIC stands alone, or with
 * DEPARTMENT: then anybody may, and who shows an API key is known.  Who shows
 * an API key is a department, else who shows a session's cookie an operator,
 * else who comes over DIR/admin.sock is local. */
enum route_scope {
	SCOPE_PUBLIC = 1,     /* anybody */
	SCOPE_DEPARTMENT = 2, /* an API key */
	SCOPE_LOCAL = 4,      /* over DIR/admin.sock */
	SCOPE_OPERATOR = 8,   /* the cookie of a live session */
	SCOPE_NEWCOMER = 16   /* with OPERATOR: also who must first change the
				 password */
};

enum route_pace {
	PACE_QUICK, /* answered by the event loop; must not wait for others */
	PACE_SLOW   /* answered by a worker */
};

enum route_body {
	BODY_NONE,
	BODY_JSON,  /* application/json, at most LIMIT_JSON_BYTES */
	BODY_UPLOAD /* a file or JSON, at most LIMIT_UPLOAD_BYTES */
};

/* The action of a GET that gives something away once: no HEAD may use it up. */
#define ROUTE_ONCE "once"

struct api; /* what handlers work on: api/api.h */

/* Fill res and return 0, or set e and return its class. */
typedef int (*route_fn)(struct api *api, const struct request *req,
    struct response *res, struct err *e);

struct route {
	const char *method; /* GET answers HEAD too, but for ROUTE_ONCE */
	const char *path;   /* "/v1/certificates/{id}" */
	unsigned int scope; /* enum route_scope, or several */
	enum route_pace pace;
	enum route_body body;
	const char *query; /* space-separated parameters, or NULL */
	route_fn handle;
	const char *action; /* for handlers that serve several rows */
};

enum {
	ROUTE_ALLOW_SIZE = 64
};

/*
 * The row for a method and a raw path (no query), with req->params filled.
 * NULL when there is none; then allow holds the methods of the path ("" when
 * no row has the path).  A path with escapes or an empty segment never matches.
 */
const struct route *route_find(const struct route *routes, size_t n,
    const char *method, const char *path, struct request *req,
    char allow[ROUTE_ALLOW_SIZE]);

#endif
