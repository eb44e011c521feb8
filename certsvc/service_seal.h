/*
 * service_seal.h - the seals of the register for callers: lists, one seal, its
 * picture, its uses.  Doors and pages call nothing else.
 */
#ifndef CERTSVC_SERVICE_SEAL_H
#define CERTSVC_SERVICE_SEAL_H

#include <jansson.h>
#include <stdint.h>

#include "certsvc/service.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	SERVICE_SEALS_PAGE = 100, /* seals in one answer */
	SERVICE_SEAL_DPI = 300	  /* of a picture when nobody says otherwise */
};

/* Each member NULL or 0: any. */
struct service_seal_query {
	const char *department, *type, *state;
	const char *cursor;  /* "next" of the answer before */
	unsigned long limit; /* at most SERVICE_SEALS_PAGE; 0: that many */
};

/* Public: {"items":[{"id","zh","en","state","generation","kind","department",
 * "department_zh","department_en","types"}],"next": cursor | null}, by id.
 * ERR_INPUT "bad_query" for an unknown state. */
int service_seals(struct service *service,
    const struct service_seal_query *query, json_t **answer, struct err *e);

/* May the caller see that seal and its uses?  Departments may see every one,
 * custodians and administrators of a department its own.  ERR_NOT_FOUND
 * "no_such_seal", ERR_DENIED "not_allowed". */
int service_seal_check(struct service *service,
    const struct service_caller *caller, const char *id, struct err *e);

/*
 * For whom service_seal_check lets: as an item of service_seals plus the
 * drawing's members, "uses" and "last_used" as of now,
 * "x509s":[{"sha256","alg","generation",
 * "not_before","not_after","revoked_since"?}] of all generations, newest
 * first, "authorised":[{"department","type","place"}] beside its own types.
 * ERR_NOT_FOUND "no_such_seal".
 */
int service_seal(
    struct service *service, const char *id, json_t **answer, struct err *e);

/* For the same: the picture as "svg" or "png" (dots an inch, 0: 300).
 * ERR_INPUT "bad_query", "seal_size", or why it cannot be drawn. */
int service_seal_picture(struct service *service, const char *id,
    const char *as, unsigned int dpi, struct buf *out, struct err *e);

/*
 * What the seal was used for, oldest first: {"items":[{"seq","time","op",
 * "type","department","office"?,"number"?}],"next": cursor | null}; a page may
 * be empty and have a next one.  A department sees everything about its own
 * seals, and its own uses of others' seals.  No personal data.
 */
int service_seal_uses(struct service *service,
    const struct service_caller *caller, const char *id, uint64_t cursor,
    json_t **answer, struct err *e);

#endif
