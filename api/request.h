/*
 * request.h - one HTTP request as a handler sees it, and its answer.  Knows no
 * server library, so handlers can be called by tests.
 */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "api/limits.h"
#include "certsvc/service.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	REQUEST_ID_SIZE = 27,	  /* 128 random bits in base32, with NUL */
	REQUEST_PARAMS_MAX = 3,	  /* {name} places of a path pattern */
	REQUEST_PARAM_SIZE = 129, /* one of them, with NUL */
	REQUEST_ADDRESS_SIZE = 46,
	RESPONSE_HEADERS_MAX = 8,
	RESPONSE_VALUE_SIZE = 320
};

struct request_pair {
	char *name, *value; /* owned, decoded UTF-8 without NUL */
};

struct request_param {
	char name[24];
	char value[REQUEST_PARAM_SIZE];
};

struct request {
	char id[REQUEST_ID_SIZE];
	char address[REQUEST_ADDRESS_SIZE]; /* textual IP, or "local" */
	struct request_param params[REQUEST_PARAMS_MAX];
	size_t nparams;
	struct request_pair query[LIMIT_QUERY_PARAMETERS];
	size_t nquery;
	const char *action; /* of the route; NULL: none */
	struct bytes body;
	json_t *json; /* borrowed: body of a JSON route, parsed strictly */

	/* Value of a header (case-insensitive), or NULL. */
	const char *(*header)(const void *ctx, const char *name);
	const void *header_ctx;

	/* Who calls: a department (caller.who), an operator (caller.operator),
	 * or neither: public and local calls. */
	struct keeper_credential cred;
	struct keeper_caller who;
	struct service_operator op;
	struct service_caller caller;
};

/* Value of a {name} place of the path; never NULL for a name of the route. */
const char *request_param(const struct request *req, const char *name);

/* Value of a query parameter, or NULL. */
const char *request_query(const struct request *req, const char *name);

/* Value of a header, or NULL. */
const char *request_header(const struct request *req, const char *name);

/* 0 when the browser says that a page of another site made this call
 * (Sec-Fetch-Site); typed: a person who typed the address may, too. */
int request_same_origin(const struct request *req, int typed);

/*
 * Decode "a=b&c=d" into req->query.  Percent escapes must be whole and give
 * valid UTF-8 without control characters.  A name that is not one of the
 * space-separated `allowed`, or comes twice, is refused: ERR_INPUT "bad_query",
 * "unknown_parameter"; "personal_data_in_url" for holder_code.
 */
int request_query_parse(
    struct request *req, const char *text, const char *allowed, struct err *e);

/* An unsigned query parameter; *value is untouched when it is absent. */
int request_query_number(const struct request *req, const char *name,
    unsigned long max, unsigned long *value, struct err *e);

/* Free the query and the caller; wipes what is secret of it. */
void request_release(struct request *req);

struct response_header {
	const char *name; /* static */
	char value[RESPONSE_VALUE_SIZE];
};

struct response {
	unsigned int status;
	const char *type;   /* static content type; NULL: no body */
	struct buf body;    /* owned */
	struct bytes fixed; /* static bytes, sent when body is empty */
	struct response_header headers[RESPONSE_HEADERS_MAX];
	size_t nheaders;
	const char *cache; /* Cache-Control; NULL: no-store */
	enum {
		PAGE_NONE,    /* nothing may run or load */
		PAGE_PLAIN,   /* an HTML page: files and calls of its origin */
		PAGE_DOCUMENT /* the same, and frames with its own blobs */
	} page;
};

/* Answer with JSON; takes the reference (also on failure). */
int response_json(
    struct response *res, unsigned int status, json_t *json, struct err *e);

/* Add a header; control characters in the value become '_'. */
void response_header(struct response *res, const char *name, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Answer 304 and return 1 when If-None-Match holds this tag ("..."). */
int response_not_modified(
    const struct request *req, struct response *res, const char *etag);

void response_release(struct response *res);

#endif
