/* store_schema.c - see store_schema.h. */
#include "certsvc/store/store_schema.h"

#include <stdio.h>
#include <string.h>

/* Rows are narrow and keyed by a growing integer; bytes are in segments.
 * Nothing is ever updated but `current` and `record_head`, nothing is ever
 * deleted. */
static const char schema_001[] =
    "CREATE TABLE intent(row INTEGER PRIMARY KEY, id BLOB NOT NULL,"
    " department TEXT NOT NULL, matter TEXT NOT NULL, serial TEXT NOT NULL,"
    " order_digest BLOB NOT NULL, type TEXT NOT NULL,"
    " certificate TEXT NOT NULL, identifier_serial TEXT NOT NULL,"
    " identifier_version INTEGER NOT NULL, number_scope TEXT NOT NULL,"
    " number_sequence INTEGER NOT NULL, list INTEGER NOT NULL,"
    " place INTEGER NOT NULL, created INTEGER NOT NULL,"
    " supersedes TEXT NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX intent_id ON intent(id);"
    "CREATE UNIQUE INDEX intent_key ON intent(department, matter, serial);"
    "CREATE UNIQUE INDEX intent_place ON intent(list, place);"
    "CREATE UNIQUE INDEX intent_number ON intent(number_scope,"
    " number_sequence) WHERE number_scope <> '';"

    "CREATE TABLE certificate(row INTEGER PRIMARY KEY, id TEXT NOT NULL,"
    " intent BLOB NOT NULL, type TEXT NOT NULL,"
    " template_version INTEGER NOT NULL, department TEXT NOT NULL,"
    " number TEXT, identifier TEXT, holder TEXT, holder_code TEXT,"
    " face_digest BLOB NOT NULL, list INTEGER NOT NULL,"
    " place INTEGER NOT NULL, issued INTEGER NOT NULL,"
    " valid_from INTEGER NOT NULL, valid_to INTEGER NOT NULL,"
    " supersedes TEXT NOT NULL, leaf INTEGER NOT NULL,"
    " face_length INTEGER NOT NULL, record_length INTEGER NOT NULL,"
    " qr_length INTEGER NOT NULL, segment INTEGER NOT NULL,"
    " offset INTEGER NOT NULL, length INTEGER NOT NULL,"
    " body_digest BLOB NOT NULL, documents_digest BLOB NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX certificate_id ON certificate(id);"
    "CREATE INDEX certificate_number ON certificate(number);"

    "CREATE TABLE document(row INTEGER PRIMARY KEY,"
    " certificate INTEGER NOT NULL, format TEXT NOT NULL,"
    " variant TEXT NOT NULL, version INTEGER NOT NULL,"
    " digest BLOB NOT NULL, segment INTEGER NOT NULL,"
    " offset INTEGER NOT NULL, length INTEGER NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX document_key ON document(certificate, format,"
    " variant, version);"
    "CREATE INDEX document_digest ON document(digest);"

    "CREATE TABLE event(seq INTEGER PRIMARY KEY,"
    " certificate INTEGER NOT NULL, status INTEGER NOT NULL,"
    " action TEXT NOT NULL, reason TEXT NOT NULL,"
    " department TEXT NOT NULL, op TEXT, note TEXT,"
    " successor TEXT NOT NULL, at INTEGER NOT NULL, list INTEGER NOT NULL,"
    " place INTEGER NOT NULL, previous INTEGER NOT NULL,"
    " previous_hash BLOB NOT NULL, leaf INTEGER NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE current(certificate INTEGER PRIMARY KEY,"
    " event INTEGER NOT NULL, event_hash BLOB NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"

    "CREATE TABLE leaf(place INTEGER PRIMARY KEY, body BLOB NOT NULL,"
    " nodes BLOB NOT NULL, hash BLOB NOT NULL) STRICT;";

/* Search by holder and by department. */
static const char schema_002[] =
    "CREATE INDEX certificate_holder ON certificate(holder_code)"
    " WHERE holder_code IS NOT NULL;"
    "CREATE INDEX certificate_department ON certificate(department);";

/* Purpose-bound copies and what they are copies of, by certificate rows. */
static const char schema_003[] =
    "CREATE TABLE copy(row INTEGER PRIMARY KEY,"
    " certificate INTEGER NOT NULL, original INTEGER NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX copy_certificate ON copy(certificate);"
    "CREATE INDEX copy_original ON copy(original);";

/* Records: every version a row, and one row for each record that is replaced
 * and carries what lists look for.  Bytes after the end of the last blob are
 * garbage: record_blob finds that end. */
static const char schema_004[] =
    "CREATE TABLE record(row INTEGER PRIMARY KEY, record INTEGER NOT NULL,"
    " version INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,"
    " office TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL,"
    " at INTEGER NOT NULL, body TEXT NOT NULL, blob_digest BLOB NOT NULL,"
    " segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
    " length INTEGER NOT NULL, previous INTEGER NOT NULL,"
    " previous_hash BLOB NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE INDEX record_blob ON record(segment, offset) WHERE length > 0;"
    "CREATE TABLE record_head(record INTEGER PRIMARY KEY,"
    " kind TEXT NOT NULL, id TEXT NOT NULL, office TEXT NOT NULL,"
    " subject TEXT NOT NULL, state TEXT NOT NULL, made INTEGER NOT NULL,"
    " newest INTEGER NOT NULL, newest_hash BLOB NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX record_head_id ON record_head(kind, id);"
    "CREATE INDEX record_head_made ON record_head(kind, made);"
    "CREATE INDEX record_head_office ON record_head(kind, office, made);"
    "CREATE INDEX record_head_subject ON record_head(kind, subject, made);"
    "CREATE INDEX record_head_state ON record_head(kind, state, office,"
    " made);";

static const char *const migrations[] = {
    schema_001, schema_002, schema_003, schema_004};

unsigned int
schema_newest(void)
{
	return sizeof(migrations) / sizeof(migrations[0]);
}

static int
migrate(struct db *db, unsigned int version, struct err *e)
{
	char mark[64];
	int rc = db_script(db, "BEGIN IMMEDIATE", e);

	if (rc != 0)
		return rc;
	snprintf(mark, sizeof(mark), "PRAGMA user_version=%u", version);
	rc = db_script(db, migrations[version - 1], e);
	if (rc == 0)
		rc = db_script(db, mark, e);
	if (rc == 0)
		rc = db_script(db, "COMMIT", e);
	if (rc != 0)
		sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

int
schema_make(struct db *db, unsigned int version, struct err *e)
{
	unsigned int i;
	int rc = 0;

	for (i = 1; rc == 0 && i <= version; i++)
		rc = migrate(db, i, e);
	return rc;
}

static int
schema_unknown(const char *what, struct err *e)
{
	err_set(e, ERR_STORAGE, "schema_unknown",
	    "数据库结构被改动（%s）；请从备份恢复，不要继续使用",
	    "the structure of the database was changed (%s); restore it from a "
	    "backup, do not go on with it",
	    what);
	e->retryable = 0;
	return ERR_STORAGE;
}

/* Text of a column; NULL is written as "" (automatic indexes have no SQL). */
static const char *
column(sqlite3_stmt *stmt, int at)
{
	const void *p = sqlite3_column_text(stmt, at);

	return p != NULL ? p : "";
}

static int
compare(struct db *db, sqlite3_stmt *ours, struct db *made,
    sqlite3_stmt *theirs, struct err *e)
{
	int a, b, i;

	for (;;) {
		a = db_step(db, ours, e);
		b = a < 0 ? a : db_step(made, theirs, e);
		if (a < 0 || b < 0)
			return a < 0 ? a : b;
		if (a == 0 && b == 0)
			return 0;
		if (a == 0 || b == 0)
			return schema_unknown(
			    column(a == 0 ? theirs : ours, 1), e);
		for (i = 0; i < 4; i++)
			if (strcmp(column(ours, i), column(theirs, i)) != 0)
				return schema_unknown(column(ours, 1), e);
	}
}

/* Compare with a schema freshly made in memory: whatever is in the file and
 * is not ours (trigger, view, table, changed constraint) shows. */
static int
same_schema(struct db *db, unsigned int version, struct err *e)
{
	static const char list[] = "SELECT type, name, tbl_name, sql"
				   " FROM sqlite_schema ORDER BY name, type";
	sqlite3_stmt *ours, *theirs;
	struct db made;
	int rc = db_open(&made, ":memory:", 1, e);

	if (rc != 0)
		return rc;
	rc = schema_make(&made, version, e);
	if (rc == 0)
		rc = db_prepare(db, list, &ours, e);
	if (rc == 0)
		rc = db_prepare(&made, list, &theirs, e);
	if (rc == 0) {
		rc = compare(db, ours, &made, theirs, e);
		db_reset(ours);
	}
	db_close(&made);
	return rc;
}

int
schema_check(struct db *db, unsigned int *version, struct err *e)
{
	static const char ask[] = "PRAGMA user_version";
	int64_t found;
	unsigned int i;
	int rc = db_number(db, ask, &found, e);

	if (rc != 0)
		return rc;
	if (found < 0 || found > (int64_t)schema_newest()) {
		err_set(e, ERR_STORAGE, "schema_newer",
		    "数据库由更新版本的程序写入（结构版本 %lld）；请升级程序",
		    "the database was written by a later release (schema "
		    "%lld); upgrade the program",
		    (long long)found);
		e->retryable = 0;
		return ERR_STORAGE;
	}
	rc = same_schema(db, (unsigned int)found, e);
	for (i = (unsigned int)found + 1; rc == 0 && i <= schema_newest(); i++)
		rc = migrate(db, i, e);
	*version = schema_newest();
	return rc;
}
