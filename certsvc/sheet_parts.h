/* sheet_parts.h - private to sheet*.c. */
#ifndef CERTSVC_SHEET_PARTS_H
#define CERTSVC_SHEET_PARTS_H

#include "certsvc/template.h"
#include "crypto/base/err.h"

/* Number of a variant of the template; NULL is its first.  ERR_NOT_FOUND
 * "no_variant". */
int sheet_variant(const struct template *t, const char *variant, size_t *number,
    struct err *e);

/* ERR_INPUT "bad_offset" over SHEET_OFFSET_MAX. */
int sheet_check_offsets(float dx, float dy, struct err *e);

#endif
