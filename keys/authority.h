/*
 * authority.h - the keeper's own table of who may sign what: departments with
 * their grants (type x seal x place x quota a day), API keys.  With the seals'
 * own rows (keys/seal_register.h) it is the last word; what the front believes
 * does not matter.
 *
 * Kept as JSON (docs/keeper.md), with a version that only grows.  Keys of
 * departments are stored as SHA-256 of their secret, which is 256 random bits:
 * nobody can search for it, so no slow hash is needed.
 */
#ifndef KEYS_AUTHORITY_H
#define KEYS_AUTHORITY_H

#include <jansson.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "keys/keeper.h"

enum {
	AUTHORITY_JSON_MAX = 4194304, /* bytes of the table */
	AUTHORITY_TYPE_LEN = 21,
	AUTHORITY_KEY_DAYS = 366 /* life of a key when nobody says otherwise */
};

struct authority {
	json_t *root; /* owned; its shape was checked */
	uint64_t version;
};

/* Parse and check; ERR_STORAGE "authority_damaged" says what is wrong. */
int authority_parse(
    struct bytes json, struct authority *authority, struct err *e);

/* The same check of a table built in memory; takes a reference of root. */
int authority_take(json_t *root, struct authority *authority, struct err *e);

/* The list of the table ("code_keys" | "status_keys") that names this key of
 * the vault ("code/3", "status/2") when it is in use; NULL for other keys. */
const char *authority_key_list(const char *id);

/* Append the table's JSON, one line. */
int authority_write(
    const struct authority *authority, struct buf *out, struct err *e);

void authority_release(struct authority *authority);

/* A credential that was accepted; views into the table. */
struct authority_caller {
	const char *key;
	const char *department;
	const json_t *entry;  /* the key's own row */
	const json_t *grants; /* the department's */
};

/*
 * Accept a credential from an address ("local" for the machine itself, which
 * no range shuts out) at time now.  ERR_UNKNOWN "bad_credential", the same for
 * every cause and, but for the look-up of the key, in the same time.
 */
int authority_identify(const struct authority *authority,
    const struct keeper_credential *cred, const char *address, int64_t now,
    struct authority_caller *caller, struct err *e);

/* A department by its code, as an accepted caller with no key: all that the
 * department itself may.  0, or -1 when there is none. */
int authority_department(const struct authority *authority, const char *code,
    struct authority_caller *caller);

/* Its name (zh), a view into the table; NULL when there is none. */
const char *authority_department_name(
    const struct authority *authority, const char *code);

/* Tickets of this office issued until then are refused; -1: it was never
 * stopped. */
int64_t authority_office_stopped(
    const struct authority *authority, const char *office);

/* 1 when the key itself is not held to other types. */
int authority_key_allows(
    const struct authority_caller *caller, const char *type);

/* 1 when a grant of the caller's department names type, seal and place; *quota
 * then is its certificates a day, 0 = no limit. */
int authority_grant_find(const struct authority_caller *caller,
    const char *type, const char *seal, unsigned int place, uint64_t *quota);

/* ERR_DENIED "not_authorised": the one answer for a triple not listed. */
int authority_refuse(struct err *e);

#endif
