/*
 * public_field.h - which values of a type ride in a full code, in order: the
 * printed number, then every public field that is no table.  The issuer signs
 * them in this order; trust.json names them for whoever reads a code.
 */
#ifndef CERTSVC_PUBLIC_FIELD_H
#define CERTSVC_PUBLIC_FIELD_H

#include <stddef.h>

#include "certsvc/template.h"
#include "crypto/qr_claims.h"

struct public_field {
	const char *name; /* of the face, a view into the template */
	const char *zh, *en;
	int mask; /* a citizen number: only its ends are shown */
};

/* Fill out with at most QR_VALUES_MAX fields; returns how many. */
size_t public_field_list(
    const struct template *t, struct public_field out[QR_VALUES_MAX]);

#endif
