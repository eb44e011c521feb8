/*
 * seal_json.h - a seal of the register as JSON, for the directory and for
 * administrators (docs/keeper.md).
 */
#ifndef KEYS_SEAL_JSON_H
#define KEYS_SEAL_JSON_H

#include <jansson.h>

#include "keys/seal_register.h"

/* All that is public about a seal: its own members, those that drawing needs,
 * its x509s of all generations, newest first.  A new reference; NULL when out
 * of memory. */
json_t *seal_json(const struct seal_row *row);

/* Append the same as text; what does not change with a use is kept in the row,
 * for the directory shows thousands of seals again and again.  0, or -1 when
 * out of memory. */
int seal_json_write(struct seal_row *row, struct buf *out);

#endif
