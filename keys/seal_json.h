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

#endif
