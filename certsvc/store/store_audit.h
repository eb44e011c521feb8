/*
 * store_audit.h - what the files that re-read everything share.  Private to
 * certsvc/store.
 */
#ifndef CERTSVC_STORE_STORE_AUDIT_H
#define CERTSVC_STORE_STORE_AUDIT_H

#include "certsvc/store/store_parts.h"

struct audit {
	struct store *s;
	struct db *db;
	struct err *e; /* items: one for each damage */
	uint64_t found;
	int64_t expected; /* number of the next row of this table */
};

/* Run `check` on every row of a table; row numbers, from `first` on, must have
 * no gaps.  row is a place for one row.  Damage is noted and 0 given; another
 * class ends the audit. */
int audit_each_row(struct audit *a, const struct row_table *table,
    const char *sql, int64_t first, void *row,
    int (*check)(struct audit *a, void *row, struct err *e));

/* The tables of records (store_audit_record.c). */
int audit_records(struct audit *a);

#endif
