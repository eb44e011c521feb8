/*
 * problem.h - struct err -> RFC 9457 problem+json:
 * {"type","title","status","detail","code","retryable","instance","zh","en",
 *  "errors":[{"pointer","code","zh","en"}]}.
 */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H

#include "api/request.h"
#include "crypto/base/err.h"

/* HTTP status of an error. */
unsigned int problem_status(const struct err *e);

/* Replace res by the problem; headers already set (Allow, Retry-After) stay.
 * Retryable and busy answers get Retry-After: 1 unless it is set. */
void problem_write(
    const struct err *e, const char *request_id, struct response *res);

#endif
