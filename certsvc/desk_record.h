/*
 * desk_record.h - what all records of the desk need: JSON in, JSON out, random
 * names.
 */
#ifndef CERTSVC_DESK_RECORD_H
#define CERTSVC_DESK_RECORD_H

#include <jansson.h>

#include "certsvc/store/store.h"
#include "crypto/base/err.h"

/* A random id: 26 characters of base32 (128 bits). */
int desk_record_random(char *id, size_t size, struct err *e);

/* The body of a record as JSON, a new reference. */
int desk_record_json(
    const struct store_record *r, json_t **json, struct err *e);

/*
 * Fill a record for records_put: version is the one read + 1; takes json also
 * on failure.  office, subject and state may be "".
 */
struct desk_record_name {
	const char *kind, *id, *office, *subject, *state;
	unsigned int version;
};
int desk_record_fill(struct store_record *r,
    const struct desk_record_name *name, json_t *json, struct err *e);

#endif
