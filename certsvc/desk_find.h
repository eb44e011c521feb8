/*
 * desk_find.h - the certificates that an office finds by a holder's number, a
 * certificate's number or a printed code.
 */
#ifndef CERTSVC_DESK_FIND_H
#define CERTSVC_DESK_FIND_H

#include "certsvc/desk_lookup.h"
#include "certsvc/desk_office.h"

enum {
	DESK_VALUE_MAX = 2048 /* bytes of what is typed or scanned */
};

struct desk_found {
	struct store_certificate v[DESK_FOUND_MAX];
	size_t n;
	int more; /* there are others */
};

/* holder, number or code */
int desk_find_by_ok(const char *by);

/* No match is no error.  A code must be a genuine one of ours; of a copy's the
 * original is found.  ERR_INPUT "not_our_code" otherwise.  Release found also
 * after a failure. */
int desk_find(struct service *s, const struct desk_office *o, const char *by,
    const char *value, struct desk_found *found, struct err *e);
void desk_found_release(struct desk_found *found);

#endif
