/*
 * store_row.h - a table row as a C struct: one description of its columns
 * binds it, reads it back and computes its content hash.
 *
 * The hash is SHA-256 over "certsvc-row-1", the table's name and every column
 * (with its row number), each as kind (1 byte), length (8 bytes, big-endian)
 * and bytes.  SQLite checks structure, not content, so every read compares.
 */
#ifndef CERTSVC_STORE_STORE_ROW_H
#define CERTSVC_STORE_STORE_ROW_H

#include "certsvc/store/store_db.h"

enum row_kind {
	ROW_INT,   /* int64_t or uint64_t, never negative */
	ROW_TIME,  /* int64_t, any */
	ROW_UINT,  /* unsigned int or an enum */
	ROW_CHARS, /* char[size], NUL-terminated */
	ROW_TEXT,  /* char *, owned, may be NULL */
	ROW_BYTES, /* uint8_t[size] */
	ROW_VAR	   /* struct row_var */
};

enum {
	ROW_VAR_MAX = 1536
};

struct row_var {
	size_t n;
	uint8_t p[ROW_VAR_MAX];
};

struct row_column {
	enum row_kind kind;
	size_t offset, size;
};

/* Columns in the order of every statement that writes or reads the row; the
 * first is the row number, the hash follows the last. */
struct row_table {
	const char *name;
	const struct row_column *columns;
	size_t ncolumns;
	size_t hash; /* offset of uint8_t[32] in the struct */
	size_t size; /* of the struct */
};

#define ROW_COLUMN(type, kind, member)                                         \
	{                                                                      \
		kind, offsetof(type, member), sizeof(((type *)0)->member)      \
	}

/* Compute the hash into the struct and insert it with the literal `sql`. */
int row_insert(struct db *db, const struct row_table *table, const char *sql,
    void *row, struct err *e);

/* Read the statement's current row into the zeroed struct and check it;
 * "record_damaged" otherwise.  row_release frees what it owns, always. */
int row_read(struct db *db, const struct row_table *table, sqlite3_stmt *stmt,
    void *row, struct err *e);
void row_release(const struct row_table *table, void *row);

/* Find one row: prepare the literal, bind the number or text, step, read.
 * 1 when found (reset already), 0 when not, or a class. */
int row_by_number(struct db *db, const struct row_table *table, const char *sql,
    int64_t number, void *row, struct err *e);
int row_by_text(struct db *db, const struct row_table *table, const char *sql,
    const char *text, void *row, struct err *e);
/* Step the bound statement once, read and reset. */
int row_one(struct db *db, const struct row_table *table, sqlite3_stmt *stmt,
    void *row, struct err *e);

#endif
