/*
 * json_body.h - JSON from strangers, strictly: valid UTF-8, no NUL, no
 * duplicate names, at most LIMIT_JSON_DEPTH levels, integers of 64 bits.
 */
#ifndef API_JSON_BODY_H
#define API_JSON_BODY_H

#include <jansson.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

/* The caller owns *json.  ERR_INPUT "bad_json", "json_too_deep"; ERR_LIMIT
 * "body_too_large". */
int json_body_parse(struct bytes body, json_t **json, struct err *e);

#endif
