/* store_record_read.c - records by name, and lists of them by page. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/store/store_parts.h"

enum {
	/* Rows looked at for one page: a rare state must not make one call
	 * read the whole table.  A short page then has a cursor. */
	SCAN_MAX = 10000
};

static int
record_missing(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_such_record", "没有该记录",
	    "there is no such record");
}

int
record_head_find(struct db *db, const char *kind, const char *id,
    struct record_head_row *head, struct err *e)
{
	static const char sql[] = "SELECT " RECORD_HEAD_COLUMNS
				  " FROM record_head WHERE kind=?1 AND id=?2";
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_text(stmt, 1, kind, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, id, -1, SQLITE_STATIC);
	rc = row_one(db, &record_head_table, stmt, head, e);
	if (rc == 1 &&
	    (strcmp(head->kind, kind) != 0 || strcmp(head->id, id) != 0))
		return db_damaged("record_head", head->record, e);
	return rc;
}

int
record_head_newest(struct db *db, const struct record_head_row *head,
    struct record_row *row, struct err *e)
{
	static const char sql[] =
	    "SELECT " RECORD_COLUMNS " FROM record WHERE row=?1";
	int rc = row_by_number(db, &record_table, sql, head->newest, row, e);

	if (rc < 0)
		return rc;
	if (rc == 1 && row->record == head->record &&
	    memcmp(row->hash, head->newest_hash, 32) == 0 &&
	    strcmp(row->kind, head->kind) == 0 &&
	    strcmp(row->id, head->id) == 0)
		return 0;
	if (rc == 1)
		row_release(&record_table, row);
	return db_damaged("record_head", head->record, e);
}

int
record_row_blob(struct store *s, struct db *db, const struct record_row *row,
    struct buf *out, struct err *e)
{
	struct bytes view;
	uint8_t digest[32];
	int rc;

	if (row->blob.length == 0)
		return 0;
	rc = segments_read(&s->segments, &row->blob, out, e);
	view = buf_bytes(out);
	if (rc == 0)
		rc = db_digest(db, &view, 1, digest, e);
	if (rc == 0 && memcmp(digest, row->blob_digest, 32) != 0)
		rc = db_damaged("record", row->row, e);
	return rc;
}

/* What the row tells, without the blob's bytes. */
static int
record_fill(const struct record_head_row *head, const struct record_row *row,
    struct store_record *r, struct err *e)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->kind, row->kind, sizeof(r->kind));
	memcpy(r->id, row->id, sizeof(r->id));
	memcpy(r->office, row->office, sizeof(r->office));
	memcpy(r->subject, row->subject, sizeof(r->subject));
	memcpy(r->state, row->state, sizeof(r->state));
	r->version = row->version;
	r->at = row->at;
	r->made = head->made;
	memcpy(r->blob_digest, row->blob_digest, 32);
	r->blob_size = row->blob.length;
	buf_add_str(&r->body, row->body != NULL ? row->body : "");
	return buf_failed(&r->body) || buf_cstr(&r->body) == NULL ? err_nomem(e)
								  : 0;
}

static int
read_newest(struct store *s, struct db *db, const struct record_head_row *head,
    int with_blob, struct store_record *r, struct err *e)
{
	struct record_row row;
	int rc = record_head_newest(db, head, &row, e);

	if (rc != 0)
		return rc;
	rc = record_fill(head, &row, r, e);
	if (rc == 0 && with_blob)
		rc = record_row_blob(s, db, &row, &r->blob, e);
	row_release(&record_table, &row);
	if (rc != 0)
		store_record_release(r);
	return rc;
}

int
store_record_get(struct store *s, const char *kind, const char *id,
    int with_blob, struct store_record *r, struct err *e)
{
	struct record_head_row head;
	struct db *db = reader_begin(s, e);
	int rc;

	memset(r, 0, sizeof(*r));
	if (db == NULL)
		return e->class;
	rc = record_head_find(db, kind, id, &head, e);
	if (rc == 1)
		rc = read_newest(s, db, &head, with_blob, r, e);
	else if (rc == 0)
		rc = record_missing(e);
	reader_end(s, db);
	return rc;
}

void
store_record_page_release(struct store_record_page *page)
{
	size_t i;

	for (i = 0; i < page->n; i++)
		store_record_release(&page->v[i]);
	free(page->v);
	memset(page, 0, sizeof(*page));
}

#define LIST(where)                                                            \
	"SELECT " RECORD_HEAD_COLUMNS " FROM record_head WHERE kind=?1 AND"    \
	" " where " made>=?4 AND (made,record)<(?5,?6)"                        \
	" ORDER BY made DESC, record DESC"

static const char by_subject[] = LIST("subject=?2 AND");
static const char by_state_office[] = LIST("state=?2 AND office=?3 AND");
static const char by_state[] = LIST("state=?2 AND");
static const char by_office[] = LIST("office=?2 AND");
static const char by_made[] = LIST("");

/* The most selective index that the query allows; the rest is compared. */
static int
list_prepare(struct db *db, const struct store_record_query *q,
    sqlite3_stmt **stmt, struct err *e)
{
	const char *sql = by_made, *key = NULL;
	int rc;

	if (q->subject != NULL) {
		sql = by_subject;
		key = q->subject;
	} else if (q->state != NULL) {
		sql = q->office != NULL ? by_state_office : by_state;
		key = q->state;
	} else if (q->office != NULL) {
		sql = by_office;
		key = q->office;
	}
	rc = db_prepare(db, sql, stmt, e);
	if (rc != 0)
		return rc;
	sqlite3_bind_text(*stmt, 1, q->kind, -1, SQLITE_STATIC);
	if (key != NULL)
		sqlite3_bind_text(*stmt, 2, key, -1, SQLITE_STATIC);
	if (sql == by_state_office)
		sqlite3_bind_text(*stmt, 3, q->office, -1, SQLITE_STATIC);
	return 0;
}

static int
head_by_number(
    struct db *db, int64_t record, struct record_head_row *head, struct err *e)
{
	static const char sql[] =
	    "SELECT " RECORD_HEAD_COLUMNS " FROM record_head WHERE record=?1";

	return row_by_number(db, &record_head_table, sql, record, head, e);
}

/* Everything below a row in the order of the list: below the cursor's, or
 * below the end of the time asked for. */
static int
list_begin(struct db *db, const struct store_record_query *q,
    sqlite3_stmt **stmt, struct err *e)
{
	struct record_head_row head = {.made = INT64_MAX, .record = INT64_MAX};
	int rc = 1;

	if (q->kind == NULL)
		return err_internal(e, "a list of records of no kind");
	if (q->before != 0) {
		rc = q->before > INT64_MAX
			 ? 0
			 : head_by_number(db, (int64_t)q->before, &head, e);
	} else if (q->to != 0) {
		head.made = q->to;
		head.record = 0;
	}
	if (rc != 1)
		return rc < 0 ? rc
			      : err_set(e, ERR_INPUT, "bad_cursor",
				    "cursor 不是上一页给出的值",
				    "cursor is not what the page before gave");
	rc = list_prepare(db, q, stmt, e);
	if (rc != 0)
		return rc;
	sqlite3_bind_int64(*stmt, 4, q->to != 0 ? q->from : INT64_MIN);
	sqlite3_bind_int64(*stmt, 5, head.made);
	sqlite3_bind_int64(*stmt, 6, head.record);
	return 0;
}

static int
matches(const char *want, const char *have)
{
	return want == NULL || strcmp(want, have) == 0;
}

/* Next head of the list: 1, 0 at the end, or a class. */
static int
list_next(struct db *db, sqlite3_stmt *stmt, const struct store_record_query *q,
    struct record_head_row *head, struct err *e)
{
	int rc = db_step(db, stmt, e);

	if (rc != 1)
		return rc;
	memset(head, 0, sizeof(*head));
	rc = row_read(db, &record_head_table, stmt, head, e);
	if (rc == 0 && strcmp(head->kind, q->kind) != 0)
		rc = db_damaged("record_head", head->record, e);
	if (rc != 0)
		db_reset(stmt);
	return rc == 0 ? 1 : rc;
}

static int
head_matches(
    const struct store_record_query *q, const struct record_head_row *head)
{
	return matches(q->office, head->office) &&
	       matches(q->subject, head->subject) &&
	       matches(q->state, head->state) &&
	       (q->to == 0 || (head->made >= q->from && head->made < q->to));
}

static int
page_fill(struct store *s, struct db *db, const struct store_record_query *q,
    size_t limit, struct store_record_page *page, struct err *e)
{
	struct record_head_row head;
	sqlite3_stmt *stmt;
	uint64_t seen = 0;
	size_t scanned = 0;
	int rc = list_begin(db, q, &stmt, e);

	while (rc == 0 && (rc = list_next(db, stmt, q, &head, e)) == 1) {
		if (page->n == limit || scanned++ == SCAN_MAX) {
			page->next = seen;
			db_reset(stmt);
			return 0;
		}
		seen = (uint64_t)head.record;
		rc = 0;
		if (!head_matches(q, &head))
			continue;
		rc = read_newest(s, db, &head, 0, &page->v[page->n], e);
		if (rc != 0)
			db_reset(stmt);
		else
			page->n++;
	}
	return rc;
}

int
store_record_list(struct store *s, const struct store_record_query *q,
    struct store_record_page *page, struct err *e)
{
	struct db *db = reader_begin(s, e);
	size_t limit = q->limit;
	int rc;

	memset(page, 0, sizeof(*page));
	if (db == NULL)
		return e->class;
	if (limit == 0 || limit > STORE_RECORD_PAGE_MAX)
		limit = STORE_RECORD_PAGE_MAX;
	page->v = calloc(limit, sizeof(*page->v));
	rc = page->v != NULL ? page_fill(s, db, q, limit, page, e)
			     : err_nomem(e);
	reader_end(s, db);
	if (rc != 0)
		store_record_page_release(page);
	return rc;
}

int
store_record_count(struct store *s, const struct store_record_query *q,
    uint64_t *n, struct err *e)
{
	struct store_record_query all = *q;
	struct record_head_row head;
	struct db *db = reader_begin(s, e);
	sqlite3_stmt *stmt;
	int rc;

	*n = 0;
	if (db == NULL)
		return e->class;
	all.before = 0;
	rc = list_begin(db, &all, &stmt, e);
	while (rc == 0 && (rc = list_next(db, stmt, &all, &head, e)) == 1) {
		*n += (uint64_t)head_matches(&all, &head);
		rc = 0;
	}
	reader_end(s, db);
	return rc;
}
