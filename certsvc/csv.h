/*
 * csv.h - comma-separated values (RFC 4180), read strictly, as people export
 * them from spreadsheets: UTF-8 with or without a byte order mark, lines ended
 * by LF or CRLF, the first of them naming the columns.  Nothing is guessed:
 * what is not well formed is an error that says where.
 */
#ifndef CERTSVC_CSV_H
#define CERTSVC_CSV_H

#include <stddef.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	CSV_SIZE_MAX = 67108864, /* bytes of a file */
	CSV_COLUMNS_MAX = 64,
	CSV_FIELD_MAX = 4096 /* bytes of a field */
};

struct csv {
	struct bytes in;
	size_t pos;
	unsigned int line; /* of pos, from 1 */
	size_t ncolumns;   /* of the first row; 0 before it was read */
	struct buf text;   /* the fields of the row, each with its NUL */
};

struct csv_row {
	unsigned int line;		     /* it begins on, from 1 */
	const char *fields[CSV_COLUMNS_MAX]; /* until the next call */
	size_t n;
};

/* ERR_LIMIT "too_large"; ERR_INPUT "csv_malformed" when it is not UTF-8, has a
 * NUL or another control character, or is empty.  in stays the caller's. */
int csv_open(struct csv *csv, struct bytes in, struct err *e);
void csv_release(struct csv *csv);

/*
 * The next row: 1, or 0 at the end.  -1 with ERR_INPUT "csv_malformed" (an
 * empty line, another number of fields than the first row, a stray or open
 * quotation mark, a field too long), row->line saying where; the next call goes
 * on with the line after, so that every wrong line can be named.
 */
int csv_next(struct csv *csv, struct csv_row *row, struct err *e);

#endif
