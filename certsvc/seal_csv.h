/*
 * seal_csv.h - many seals in one table: the columns are the members of an order
 * (seal_order.h), by their English or Chinese names, in any order.
 */
#ifndef CERTSVC_SEAL_CSV_H
#define CERTSVC_SEAL_CSV_H

#include <jansson.h>
#include <stddef.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	SEAL_CSV_ROWS_MAX = 20000 /* each kept with its picture: 10 KB */
};

struct seal_csv_row {
	unsigned int line; /* of the file, from 1 */
	json_t *order;	   /* owned; checked but not drawn */
};

struct seal_csv {
	struct seal_csv_row *rows;
	size_t n;
	size_t wrong; /* lines that are not in rows */
};

/* Told of each wrong line, in order; why is the caller's to clear. */
typedef void (*seal_csv_wrong_fn)(
    void *ctx, unsigned int line, const struct err *why);

/*
 * Read the whole table.  A wrong line (csv.h; a value of the wrong form; what
 * seal_order_check refuses; an id that is there already) is told, counted and
 * left out.  0 also with wrong lines; ERR_INPUT "csv_malformed" when the first
 * line is wrong: an unknown column, one twice, a missing one (id, department,
 * zh, kind).  ERR_LIMIT "too_large".  Release out in any case.
 */
int seal_csv_read(struct bytes text, seal_csv_wrong_fn wrong, void *ctx,
    struct seal_csv *out, struct err *e);
void seal_csv_release(struct seal_csv *csv);

#endif
