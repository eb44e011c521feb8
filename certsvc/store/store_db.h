/*
 * store_db.h - one SQLite connection: hardened opening, a cache of prepared
 * statements, and SQLite's failures in our words.  A connection is used by one
 * thread at a time.
 */
#ifndef CERTSVC_STORE_STORE_DB_H
#define CERTSVC_STORE_STORE_DB_H

#include <sqlite3.h>
#include <stdint.h>
#include <openssl/evp.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

enum {
	DB_STATEMENTS = 96, /* different statements of one connection */
	DB_DIGEST_SIZE = 32 /* SHA-256 */
};

struct db_statement {
	const char *sql; /* a string literal: found by its address */
	sqlite3_stmt *stmt;
};

struct db {
	sqlite3 *h;
	EVP_MD *md;
	EVP_MD_CTX *sha;
	struct db_statement statements[DB_STATEMENTS];
	size_t nstatements;
};

/* Open `path` (":memory:" too) for reading, or for writing and creating:
 * WAL, synchronous=FULL, defensive, no trusted schema.  ERR_STORAGE. */
int db_open(struct db *db, const char *path, int write, struct err *e);
void db_close(struct db *db);

/* The prepared statement of the literal `sql`, reset; owned by db. */
int db_prepare(
    struct db *db, const char *sql, sqlite3_stmt **stmt, struct err *e);

/* Next row: 1, or 0 at the end (the statement is then reset), or a class. */
int db_step(struct db *db, sqlite3_stmt *stmt, struct err *e);

/* Reset a statement that was not stepped to its end, forget its arguments. */
void db_reset(sqlite3_stmt *stmt);

/* Run a literal without arguments or rows (cached), or any text (not). */
int db_run(struct db *db, const char *sql, struct err *e);
int db_script(struct db *db, const char *sql, struct err *e);

/* First column of the first row of a literal without arguments; 0 if none. */
int db_number(struct db *db, const char *sql, int64_t *number, struct err *e);

/* Set e for the failed call `rc`: disk_full, read_only, io_error,
 * record_damaged (the file itself), busy, out_of_memory. */
int db_fail(struct db *db, int rc, struct err *e);

/* The same words for a failed system call on a segment. */
int db_fail_errno(int err, struct err *e);

/* ERR_STORAGE "record_damaged", naming table and row and nothing else. */
int db_damaged(const char *table, int64_t row, struct err *e);

/* SHA-256 of the parts one after the other. */
int db_digest(struct db *db, const struct bytes *parts, size_t n,
    uint8_t digest[DB_DIGEST_SIZE], struct err *e);

#endif
