/*
 * authority_change.h - what an administrator may change in the authority
 * table.  An action is a JSON object (docs/keeper.md):
 *   {"action":"key_add","id","hash","department","types","addresses",
 *    "not_after"}                    hash: SHA-256 of the secret, lower hex
 *   {"action":"key_rotate","id","hash","old","overlap"}      overlap: seconds
 *   {"action":"key_revoke","id"}
 *   {"action":"key_list"}
 *   {"action":"grant_add","department","type","seal","place","quota_day"}
 *   {"action":"grant_remove","department","type","seal","place"}
 *                                         place, quota_day: 0 when left out
 *   {"action":"office_stop","id"}      its tickets issued until now are refused
 * Whether a grant's seal exists and may be granted, the keeper checks before.
 */
#ifndef KEYS_AUTHORITY_CHANGE_H
#define KEYS_AUTHORITY_CHANGE_H

#include <jansson.h>
#include <stdint.h>

#include "crypto/base/err.h"
#include "keys/authority.h"

/*
 * Apply an action to a copy of the table.  *changed gets the new table, its
 * version one higher, or stays empty (root NULL) when the action only asks.
 * *answer: {"authority_version", ...}, a reference for the caller.
 * ERR_INPUT "bad_action", ERR_NOT_FOUND, ERR_CONFLICT.
 */
int authority_change(const struct authority *authority, const json_t *action,
    int64_t now, struct authority *changed, json_t **answer, struct err *e);

#endif
