/*
 * store_damage.h - how the tests damage a store behind its back: bits of rows,
 * through SQL, and of files.
 */
#ifndef TESTS_UNIT_STORE_DAMAGE_H
#define TESTS_UNIT_STORE_DAMAGE_H

#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <sqlite3.h>

static inline uint32_t
pick(uint32_t n)
{
	uint32_t r;

	RAND_bytes((uint8_t *)&r, sizeof(r));
	return r % n;
}

static inline int
audit_finds(struct fixture *f)
{
	struct err e = ERR_INIT;
	int rc = f->ops->audit(f->s, &e);

	if (rc != 0) {
		assert_int_equal(rc, ERR_STORAGE);
		assert_string_equal(e.code, "record_damaged");
	}
	err_clear(&e);
	return rc != 0;
}

static inline void
script(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		print_error("%s: %s\n", sql, why);
	assert_null(why);
}

static inline int64_t
number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t v;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), 0);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	v = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return v;
}

/* Flip one bit of one column of one row through SQL; 0 when a constraint of
 * the table refuses the flipped value. */
static inline int
flip_value(sqlite3 *db, const char *table, int col, int64_t rowid)
{
	char sql[256];
	sqlite3_stmt *get, *set;
	uint8_t bytes[4096];
	size_t n;
	int rc;

	snprintf(sql, sizeof(sql), "SELECT * FROM %s WHERE rowid=%lld", table,
	    (long long)rowid);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &get, NULL), 0);
	assert_int_equal(sqlite3_step(get), SQLITE_ROW);
	snprintf(sql, sizeof(sql), "UPDATE %s SET %s=?1 WHERE rowid=%lld",
	    table, sqlite3_column_name(get, col), (long long)rowid);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &set, NULL), 0);
	if (sqlite3_column_type(get, col) == SQLITE_INTEGER) {
		sqlite3_bind_int64(
		    set, 1, sqlite3_column_int64(get, col) ^ (1LL << pick(40)));
	} else {
		n = (size_t)sqlite3_column_bytes(get, col);
		if (n > 0)
			memcpy(bytes, sqlite3_column_blob(get, col), n);
		if (n > 0)
			bytes[pick((uint32_t)n)] ^= (uint8_t)(1U << pick(7));
		else
			bytes[n++] = 'x';
		if (sqlite3_column_type(get, col) == SQLITE_BLOB)
			sqlite3_bind_blob(
			    set, 1, bytes, (int)n, SQLITE_TRANSIENT);
		else
			sqlite3_bind_text(
			    set, 1, (char *)bytes, (int)n, SQLITE_TRANSIENT);
	}
	sqlite3_finalize(get);
	rc = sqlite3_step(set);
	sqlite3_finalize(set);
	return rc == SQLITE_DONE;
}

static inline void
flip_file(const char *path, uint64_t at, uint8_t mask)
{
	uint8_t c;
	int fd = open(path, O_RDWR);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &c, 1, (off_t)at), 1);
	c ^= mask;
	assert_int_equal(pwrite(fd, &c, 1, (off_t)at), 1);
	close(fd);
}

#endif
