/* store_row.c - see store_row.h. */
#include "certsvc/store/store_row.h"

#include <stdlib.h>
#include <string.h>

enum {
	COLUMNS_MAX = 32,
	HEAD_SIZE = 9 /* kind and length before each value */
};

/* One value as SQLite and the hash see it. */
struct value {
	int type; /* SQLITE_INTEGER, SQLITE_TEXT, SQLITE_BLOB, SQLITE_NULL */
	int64_t number;
	struct bytes bytes;
};

static void
value_get(const struct row_column *col, const void *row, struct value *v)
{
	const char *at = (const char *)row + col->offset;
	const struct row_var *var;
	unsigned int u;
	char *text;

	memset(v, 0, sizeof(*v));
	switch (col->kind) {
	case ROW_INT:
	case ROW_TIME:
		v->type = SQLITE_INTEGER;
		memcpy(&v->number, at, sizeof(v->number));
		break;
	case ROW_UINT:
		v->type = SQLITE_INTEGER;
		memcpy(&u, at, sizeof(u));
		v->number = u;
		break;
	case ROW_CHARS:
		v->type = SQLITE_TEXT;
		v->bytes = bytes_str(at);
		break;
	case ROW_TEXT:
		memcpy(&text, at, sizeof(text));
		v->type = text != NULL ? SQLITE_TEXT : SQLITE_NULL;
		if (text != NULL)
			v->bytes = bytes_str(text);
		break;
	case ROW_BYTES:
		v->type = SQLITE_BLOB;
		v->bytes.p = (const uint8_t *)at;
		v->bytes.n = col->size;
		break;
	case ROW_VAR:
		var = (const struct row_var *)(const void *)at;
		v->type = SQLITE_BLOB;
		v->bytes.p = var->p;
		v->bytes.n = var->n;
		break;
	}
}

static void
put_be64(uint8_t *p, uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
}

static int
row_digest(struct db *db, const struct row_table *table, const void *row,
    uint8_t digest[DB_DIGEST_SIZE], struct err *e)
{
	struct bytes parts[2 * COLUMNS_MAX + 2];
	uint8_t heads[COLUMNS_MAX][HEAD_SIZE + 8];
	struct value v;
	size_t i, n = 0;

	if (table->ncolumns > COLUMNS_MAX)
		return err_internal(e, "too many columns");
	parts[n++] = bytes_str("certsvc-row-1");
	parts[n].p = (const uint8_t *)table->name;
	parts[n++].n = strlen(table->name) + 1;
	for (i = 0; i < table->ncolumns; i++) {
		value_get(&table->columns[i], row, &v);
		heads[i][0] = (uint8_t)v.type;
		put_be64(heads[i] + 1, v.bytes.n);
		parts[n].p = heads[i];
		parts[n++].n = HEAD_SIZE;
		if (v.type == SQLITE_INTEGER) {
			put_be64(heads[i] + HEAD_SIZE, (uint64_t)v.number);
			parts[n - 1].n += 8;
		}
		parts[n++] = v.bytes;
	}
	return db_digest(db, parts, n, digest, e);
}

static int
value_bind(sqlite3_stmt *stmt, int at, const struct value *v)
{
	static const uint8_t none[1];
	const void *p = v->bytes.p != NULL ? v->bytes.p : none;

	switch (v->type) {
	case SQLITE_INTEGER:
		return sqlite3_bind_int64(stmt, at, v->number);
	case SQLITE_TEXT:
		return sqlite3_bind_text(
		    stmt, at, p, (int)v->bytes.n, SQLITE_STATIC);
	case SQLITE_BLOB:
		return sqlite3_bind_blob(
		    stmt, at, p, (int)v->bytes.n, SQLITE_STATIC);
	default:
		return sqlite3_bind_null(stmt, at);
	}
}

/* Only compute the hash into the struct. */
static int
row_seal(struct db *db, const struct row_table *table, void *row, struct err *e)
{
	return row_digest(db, table, row, (uint8_t *)row + table->hash, e);
}

int
row_insert(struct db *db, const struct row_table *table, const char *sql,
    void *row, struct err *e)
{
	sqlite3_stmt *stmt;
	struct value v;
	size_t i;
	int rc = row_seal(db, table, row, e);

	if (rc == 0)
		rc = db_prepare(db, sql, &stmt, e);
	if (rc != 0)
		return rc;
	for (i = 0; i < table->ncolumns; i++) {
		value_get(&table->columns[i], row, &v);
		rc = value_bind(stmt, (int)i + 1, &v);
		if (rc != SQLITE_OK)
			return db_fail(db, rc, e);
	}
	rc = sqlite3_bind_blob(stmt, (int)i + 1, (char *)row + table->hash,
	    DB_DIGEST_SIZE, SQLITE_STATIC);
	if (rc != SQLITE_OK)
		return db_fail(db, rc, e);
	return db_step(db, stmt, e);
}

/* Text without a NUL inside that fits; 0, or -1. */
static int
chars_read(sqlite3_stmt *stmt, int at, char *out, size_t size)
{
	const void *p = sqlite3_column_text(stmt, at);
	size_t n = (size_t)sqlite3_column_bytes(stmt, at);

	if (p == NULL || n >= size || memchr(p, 0, n) != NULL)
		return -1;
	memcpy(out, p, n);
	out[n] = '\0';
	return 0;
}

static int
text_read(sqlite3_stmt *stmt, int at, char *out)
{
	size_t n;
	char *text;

	if (sqlite3_column_type(stmt, at) == SQLITE_NULL)
		return 0;
	if (sqlite3_column_type(stmt, at) != SQLITE_TEXT)
		return -1;
	n = (size_t)sqlite3_column_bytes(stmt, at);
	text = malloc(n + 1);
	if (text == NULL || chars_read(stmt, at, text, n + 1) != 0) {
		free(text);
		return -1;
	}
	memcpy(out, &text, sizeof(text));
	return 0;
}

static int
blob_read(sqlite3_stmt *stmt, int at, void *out, size_t size)
{
	const void *p = sqlite3_column_blob(stmt, at);
	size_t n = (size_t)sqlite3_column_bytes(stmt, at);

	if (sqlite3_column_type(stmt, at) != SQLITE_BLOB || n != size ||
	    (p == NULL && n > 0))
		return -1;
	if (n > 0)
		memcpy(out, p, n);
	return 0;
}

static int
number_read(sqlite3_stmt *stmt, int at, const struct row_column *col, char *out)
{
	int64_t v = sqlite3_column_int64(stmt, at);
	unsigned int u = (unsigned int)v;

	if (sqlite3_column_type(stmt, at) != SQLITE_INTEGER)
		return -1;
	if (col->kind == ROW_UINT) {
		if (v < 0 || v > UINT32_MAX)
			return -1;
		memcpy(out, &u, sizeof(u));
		return 0;
	}
	if (col->kind == ROW_INT && v < 0)
		return -1;
	memcpy(out, &v, sizeof(v));
	return 0;
}

static int
value_read(sqlite3_stmt *stmt, int at, const struct row_column *col, char *out)
{
	struct row_var *var;

	switch (col->kind) {
	case ROW_INT:
	case ROW_TIME:
	case ROW_UINT:
		return number_read(stmt, at, col, out);
	case ROW_CHARS:
		if (sqlite3_column_type(stmt, at) != SQLITE_TEXT)
			return -1;
		return chars_read(stmt, at, out, col->size);
	case ROW_TEXT:
		return text_read(stmt, at, out);
	case ROW_BYTES:
		return blob_read(stmt, at, out, col->size);
	case ROW_VAR:
		var = (struct row_var *)(void *)out;
		var->n = (size_t)sqlite3_column_bytes(stmt, at);
		if (var->n > ROW_VAR_MAX)
			return -1;
		return blob_read(stmt, at, var->p, var->n);
	}
	return -1;
}

int
row_read(struct db *db, const struct row_table *table, sqlite3_stmt *stmt,
    void *row, struct err *e)
{
	uint8_t digest[DB_DIGEST_SIZE];
	char *base = row;
	size_t i;
	int rc;

	for (i = 0; i < table->ncolumns; i++)
		if (value_read(stmt, (int)i, &table->columns[i],
			base + table->columns[i].offset) != 0)
			goto fail;
	if (blob_read(stmt, (int)i, base + table->hash, DB_DIGEST_SIZE) != 0)
		goto fail;
	rc = row_digest(db, table, row, digest, e);
	if (rc != 0)
		return rc;
	if (memcmp(digest, base + table->hash, DB_DIGEST_SIZE) == 0)
		return 0;
fail:
	return db_damaged(table->name, sqlite3_column_int64(stmt, 0), e);
}

void
row_release(const struct row_table *table, void *row)
{
	char *at, *text;
	size_t i;

	for (i = 0; i < table->ncolumns; i++) {
		if (table->columns[i].kind != ROW_TEXT)
			continue;
		at = (char *)row + table->columns[i].offset;
		memcpy(&text, at, sizeof(text));
		free(text);
		text = NULL;
		memcpy(at, &text, sizeof(text));
	}
}

int
row_one(struct db *db, const struct row_table *table, sqlite3_stmt *stmt,
    void *row, struct err *e)
{
	int rc = db_step(db, stmt, e);

	if (rc != 1)
		return rc;
	memset(row, 0, table->size);
	rc = row_read(db, table, stmt, row, e);
	db_reset(stmt);
	if (rc != 0)
		row_release(table, row);
	return rc == 0 ? 1 : rc;
}

int
row_by_number(struct db *db, const struct row_table *table, const char *sql,
    int64_t number, void *row, struct err *e)
{
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	rc = sqlite3_bind_int64(stmt, 1, number);
	if (rc != SQLITE_OK)
		return db_fail(db, rc, e);
	return row_one(db, table, stmt, row, e);
}

int
row_by_text(struct db *db, const struct row_table *table, const char *sql,
    const char *text, void *row, struct err *e)
{
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	rc = sqlite3_bind_text(stmt, 1, text, -1, SQLITE_STATIC);
	if (rc != SQLITE_OK)
		return db_fail(db, rc, e);
	return row_one(db, table, stmt, row, e);
}
