/* store_db.c - see store_db.h. */
#include "certsvc/store/store_db.h"

#include <errno.h>
#include <string.h>

int
db_damaged(const char *table, int64_t row, struct err *e)
{
	err_set(e, ERR_STORAGE, "record_damaged",
	    "存储记录已损坏（表 %s，第 %lld 行）；请停止使用该记录，运行 certsvc doctor 并从备份恢复",
	    "a stored record is damaged (table %s, row %lld); do not use it, "
	    "run certsvc doctor and restore it from a backup",
	    table, (long long)row);
	e->retryable = 0;
	return ERR_STORAGE;
}

static int
fail_full(struct err *e)
{
	return err_set(e, ERR_STORAGE, "disk_full",
	    "数据目录所在磁盘已满，未写入任何内容；请腾出空间后重试，无需重启",
	    "the disk of the data directory is full, nothing was written; "
	    "free some space and try again, no restart is needed");
}

static int
fail_read_only(struct err *e)
{
	return err_set(e, ERR_STORAGE, "read_only",
	    "数据目录不可写；请检查目录权限和挂载方式后重试",
	    "the data directory cannot be written; check its permissions and "
	    "how its file system is mounted, then try again");
}

int
db_fail_errno(int err, struct err *e)
{
	switch (err) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return fail_full(e);
	case EROFS:
	case EACCES:
	case EPERM:
		return fail_read_only(e);
	case ENOMEM:
		return err_nomem(e);
	default:
		return err_set(e, ERR_STORAGE, "io_error",
		    "读写数据目录失败（%s）；请检查磁盘",
		    "reading or writing the data directory failed (%s); check "
		    "the disk",
		    strerror(err));
	}
}

static int
fail_file(struct err *e)
{
	err_set(e, ERR_STORAGE, "record_damaged",
	    "数据库文件已损坏；请停止服务，运行 certsvc doctor 并从备份恢复",
	    "the database file is damaged; stop the service, run certsvc "
	    "doctor and restore it from a backup");
	e->retryable = 0;
	return ERR_STORAGE;
}

int
db_fail(struct db *db, int rc, struct err *e)
{
	int err = db->h != NULL ? sqlite3_system_errno(db->h) : 0;

	switch (rc & 0xff) {
	case SQLITE_FULL:
		return fail_full(e);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return fail_read_only(e);
	case SQLITE_IOERR:
		return rc == SQLITE_IOERR_NOMEM
			   ? err_nomem(e)
			   : db_fail_errno(err != 0 ? err : EIO, e);
	case SQLITE_CANTOPEN:
		return db_fail_errno(err != 0 ? err : ENOENT, e);
	case SQLITE_NOMEM:
		return err_nomem(e);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return fail_file(e);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_BUSY, "store_busy",
		    "数据库正被其他程序占用，请稍后重试",
		    "another program holds the database, try again later");
	default:
		return err_internal(e, sqlite3_errstr(rc));
	}
}

/* Whoever can write the file must not be able to make us run code or read a
 * view for a table: no triggers, views, extensions or writable schema. */
static int
harden(struct db *db, int write, struct err *e)
{
	static const struct {
		int option, value;
	} options[] = {
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
	    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
	    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	};
	size_t i;
	int rc;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		rc = sqlite3_db_config(
		    db->h, options[i].option, options[i].value, (int *)NULL);
		if (rc != SQLITE_OK)
			return db_fail(db, rc, e);
	}
	sqlite3_extended_result_codes(db->h, 1);
	sqlite3_busy_timeout(db->h, 5000);
	rc = db_script(
	    db, "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;", e);
	if (rc != 0)
		return rc;
	return db_script(db,
	    write ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
		    "PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=8000;"
		    "PRAGMA journal_size_limit=67108864;"
		  : "PRAGMA query_only=ON; PRAGMA cache_size=-4000;",
	    e);
}

int
db_open(struct db *db, const char *path, int write, struct err *e)
{
	int rc, flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE;

	memset(db, 0, sizeof(*db));
	db->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	db->sha = EVP_MD_CTX_new();
	if (db->md == NULL || db->sha == NULL) {
		db_close(db);
		return err_nomem(e);
	}
	if (write)
		flags |= SQLITE_OPEN_CREATE;
	rc = sqlite3_open_v2(path, &db->h, flags, NULL);
	if (rc != SQLITE_OK)
		rc = db_fail(db, sqlite3_extended_errcode(db->h), e);
	else
		rc = harden(db, write, e);
	if (rc == 0 && write && sqlite3_db_readonly(db->h, "main") == 1)
		rc = fail_read_only(e);
	if (rc != 0)
		db_close(db);
	return rc;
}

void
db_close(struct db *db)
{
	size_t i;

	for (i = 0; i < db->nstatements; i++)
		sqlite3_finalize(db->statements[i].stmt);
	sqlite3_close(db->h);
	EVP_MD_CTX_free(db->sha);
	EVP_MD_free(db->md);
	memset(db, 0, sizeof(*db));
}

int
db_prepare(struct db *db, const char *sql, sqlite3_stmt **stmt, struct err *e)
{
	size_t i;
	int rc;

	for (i = 0; i < db->nstatements; i++)
		if (db->statements[i].sql == sql) {
			*stmt = db->statements[i].stmt;
			return 0;
		}
	if (db->nstatements == DB_STATEMENTS)
		return err_internal(e, "too many statements");
	rc = sqlite3_prepare_v3(
	    db->h, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
	if (rc != SQLITE_OK)
		return db_fail(db, rc, e);
	db->statements[db->nstatements].sql = sql;
	db->statements[db->nstatements++].stmt = *stmt;
	return 0;
}

void
db_reset(sqlite3_stmt *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

int
db_step(struct db *db, sqlite3_stmt *stmt, struct err *e)
{
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		rc = db_fail(db, rc, e);
	else
		rc = 0;
	db_reset(stmt);
	return rc;
}

int
db_run(struct db *db, const char *sql, struct err *e)
{
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc == 0)
		rc = db_step(db, stmt, e);
	if (rc == 1) {
		db_reset(stmt);
		rc = 0;
	}
	return rc;
}

int
db_script(struct db *db, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : db_fail(db, rc, e);
}

int
db_number(struct db *db, const char *sql, int64_t *number, struct err *e)
{
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	*number = 0;
	if (rc == 0)
		rc = db_step(db, stmt, e);
	if (rc == 1) {
		*number = sqlite3_column_int64(stmt, 0);
		db_reset(stmt);
		rc = 0;
	}
	return rc;
}

int
db_digest(struct db *db, const struct bytes *parts, size_t n,
    uint8_t digest[DB_DIGEST_SIZE], struct err *e)
{
	size_t i;
	int ok = EVP_DigestInit_ex(db->sha, db->md, NULL);

	for (i = 0; ok == 1 && i < n; i++)
		if (parts[i].n > 0)
			ok = EVP_DigestUpdate(db->sha, parts[i].p, parts[i].n);
	if (ok == 1)
		ok = EVP_DigestFinal_ex(db->sha, digest, NULL);
	return ok == 1 ? 0 : err_internal(e, "SHA-256");
}
