/*
 * authority_check.h - is this JSON an authority table?  Private to
 * authority*.c; everything else may rely on the shape.
 */
#ifndef KEYS_AUTHORITY_CHECK_H
#define KEYS_AUTHORITY_CHECK_H

#include <jansson.h>

enum {
	AUTHORITY_QUOTA_MAX = 1000000 /* uses a day of a grant */
};

/* NULL when it is, else which part is wrong. */
const char *authority_check(const json_t *root);

/* 1 for an id of keys, seals, departments, types: [A-Za-z0-9-]{1,max}. */
int authority_id_ok(const char *id, size_t max);

/* 1 for the code of a type: 21 characters. */
int authority_type_ok(const char *type);

#endif
