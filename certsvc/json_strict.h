/*
 * json_strict.h - JSON from outside: one reader for requests and files.
 */
#ifndef CERTSVC_JSON_STRICT_H
#define CERTSVC_JSON_STRICT_H

#include <jansson.h>
#include <stddef.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	JSON_STRICT_DEPTH = 32 /* arrays and objects inside each other */
};

/*
 * Read one JSON object or array of at most max bytes (RFC 8259): valid UTF-8,
 * no byte order mark, no member twice, nothing after it but blanks.  Errors
 * name line and column and never quote the text: ERR_LIMIT "body_too_large" |
 * "json_too_deep"; ERR_INPUT "bad_json" | "duplicate_member" | "invalid_utf8".
 * The caller owns the reference.
 */
int json_strict_read(
    struct bytes text, size_t max, json_t **out, struct err *e);

#endif
