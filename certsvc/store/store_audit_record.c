/* store_audit_record.c - every version of every record, its chain, its blob,
 * and the heads that name the newest. */
#include <string.h>

#include "certsvc/store/store_audit.h"

/* The version before: one lower, of the same record, with this hash. */
static int
check_chain(struct audit *a, const struct record_row *row, struct err *e)
{
	static const char sql[] =
	    "SELECT record, version, hash FROM record WHERE row=?1";
	sqlite3_stmt *stmt;
	int rc, same;

	if (row->version == 1 && row->previous == 0)
		return 0;
	rc = db_prepare(a->db, sql, &stmt, e);
	if (rc != 0)
		return rc;
	sqlite3_bind_int64(stmt, 1, row->previous);
	rc = db_step(a->db, stmt, e);
	if (rc < 0)
		return rc;
	same =
	    rc == 1 && row->previous < row->row &&
	    sqlite3_column_int64(stmt, 0) == row->record &&
	    sqlite3_column_int64(stmt, 1) == (int64_t)row->version - 1 &&
	    sqlite3_column_bytes(stmt, 2) == 32 &&
	    memcmp(sqlite3_column_blob(stmt, 2), row->previous_hash, 32) == 0;
	db_reset(stmt);
	return same ? 0 : db_damaged("record", row->row, e);
}

/* Every version has a head, which names it or a later one. */
static int
check_record(struct audit *a, void *arg, struct err *e)
{
	struct record_row *row = arg, newest;
	struct record_head_row head;
	struct buf blob = BUF_INIT;
	int rc = record_head_find(a->db, row->kind, row->id, &head, e);

	if (rc == 0 || (rc == 1 && head.record != row->record))
		return db_damaged("record", row->row, e);
	if (rc == 1)
		rc = record_head_newest(a->db, &head, &newest, e);
	if (rc != 0)
		return rc;
	if (newest.row < row->row ||
	    (newest.row == row->row) != (newest.version == row->version))
		rc = db_damaged("record_head", head.record, e);
	row_release(&record_table, &newest);
	if (rc == 0)
		rc = check_chain(a, row, e);
	if (rc == 0)
		rc = record_row_blob(a->s, a->db, row, &blob, e);
	buf_release(&blob);
	return rc;
}

/* What lists look for is what the newest version says. */
static int
check_head(struct audit *a, void *arg, struct err *e)
{
	const struct record_head_row *head = arg;
	struct record_row newest;
	int same, rc = record_head_newest(a->db, head, &newest, e);

	if (rc != 0)
		return rc;
	same = strcmp(newest.office, head->office) == 0 &&
	       strcmp(newest.subject, head->subject) == 0 &&
	       strcmp(newest.state, head->state) == 0 &&
	       (newest.version > 1 || newest.at == head->made);
	row_release(&record_table, &newest);
	return same ? 0 : db_damaged("record_head", head->record, e);
}

int
audit_records(struct audit *a)
{
	static const char records[] =
	    "SELECT " RECORD_COLUMNS " FROM record ORDER BY row";
	static const char heads[] =
	    "SELECT " RECORD_HEAD_COLUMNS " FROM record_head ORDER BY record";
	union {
		struct record_row record;
		struct record_head_row head;
	} row;
	int rc =
	    audit_each_row(a, &record_table, records, 1, &row, check_record);

	return rc == 0 ? audit_each_row(
			     a, &record_head_table, heads, 1, &row, check_head)
		       : rc;
}
