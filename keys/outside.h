/*
 * outside.h - certification authorities and seal makers elsewhere that an
 * administrator believes: the member "outside" of the authority table,
 * {"roots":[PEM],"x509s":[PEM],"makers":[PEM]}.  x509s of other CAs for our
 * seals must lead to one of these roots (or ours), imported seal objects to one
 * of these makers; whoever verifies gets them with the directory.
 */
#ifndef KEYS_OUTSIDE_H
#define KEYS_OUTSIDE_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	OUTSIDE_MAX = 16 /* of each kind */
};

enum outside_kind {
	OUTSIDE_ROOTS,
	OUTSIDE_X509S,
	OUTSIDE_MAKERS,
	OUTSIDE_KINDS
};

/* 1 when the member has its shape: roots and x509s are CAs, makers may sign.
 * NULL is fine: there is none. */
int outside_ok(const json_t *outside);

/* Add the PEM texts of the action's lists to a table; what is there already is
 * passed over.  ERR_INPUT "bad_x509" names the kind; ERR_LIMIT. */
int outside_add(json_t *table, const json_t *action, struct err *e);

/* Take the x509 with the action's "sha256" (hex) out.  ERR_NOT_FOUND
 * "not_in_authority". */
int outside_remove(json_t *table, const json_t *action, struct err *e);

/* {"roots":[{"sha256","subject","not_after"}], ...}: a new reference. */
json_t *outside_list(const json_t *table);

/* All DER of a table. */
struct outside {
	struct bytes list[OUTSIDE_KINDS][OUTSIDE_MAX];
	size_t n[OUTSIDE_KINDS];
	struct buf bytes; /* owned: what the views are into */
};

int outside_load(const json_t *table, struct outside *out, struct err *e);
void outside_release(struct outside *out);

#endif
