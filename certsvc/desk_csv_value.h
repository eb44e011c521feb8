/*
 * desk_csv_value.h - one field of such a table.  Private to desk_csv*.c, and to
 * the command line for the same values as options.
 */
#ifndef CERTSVC_DESK_CSV_VALUE_H
#define CERTSVC_DESK_CSV_VALUE_H

#include <jansson.h>

#include "crypto/base/err.h"

/* What is wrong with it, for the person who wrote it; static. */
struct desk_csv_why {
	const char *zh, *en;
};

/* A new reference, or NULL with *why. */
typedef json_t *(*desk_csv_value_fn)(const char *s, struct desk_csv_why *why);

struct desk_csv_column {
	const char *name, *zh;
	desk_csv_value_fn read;
	int required;
};

json_t *desk_csv_office_id(const char *s, struct desk_csv_why *why);
json_t *desk_csv_office_name(const char *s, struct desk_csv_why *why);
json_t *desk_csv_office_kind(const char *s, struct desk_csv_why *why);
json_t *desk_csv_text(const char *s, struct desk_csv_why *why);
json_t *desk_csv_region(const char *s, struct desk_csv_why *why);
json_t *desk_csv_types(const char *s, struct desk_csv_why *why);
json_t *desk_csv_login(const char *s, struct desk_csv_why *why);
json_t *desk_csv_role(const char *s, struct desk_csv_why *why);

/* The role's one place: an office of a clerk, a department, or a region, and
 * nothing else.  ERR_INPUT "bad_value". */
int desk_csv_check_place(const json_t *order, struct err *e);

#endif
