/* store_copy.c - purpose-bound copies, and how they follow their original. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/store/store_certificate.h"

static const struct row_column columns[] = {
    ROW_COLUMN(struct copy_row, ROW_INT, row),
    ROW_COLUMN(struct copy_row, ROW_INT, certificate),
    ROW_COLUMN(struct copy_row, ROW_INT, original),
};

const struct row_table copy_table = {"copy", columns,
    sizeof(columns) / sizeof(columns[0]), offsetof(struct copy_row, hash),
    sizeof(struct copy_row)};

/* The action of the events that follow an original's. */
static const char follows[] = "original";

int
copy_row_find(
    struct db *db, int64_t certificate, struct copy_row *row, struct err *e)
{
	static const char sql[] =
	    "SELECT " COPY_COLUMNS " FROM copy WHERE certificate=?1";

	return row_by_number(db, &copy_table, sql, certificate, row, e);
}

static int
original_not_valid(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "original_not_valid",
	    "原证照当前不是有效状态，其加注件不能生效",
	    "the original is not valid now, so no copy of it can be");
}

/* Is the certificate with this row valid? */
static int
check_valid(struct store *s, int64_t certificate, struct err *e)
{
	struct event_row event;
	int rc = event_row_newest(&s->db, certificate, &event, e);

	if (rc != 0)
		return rc;
	if (event.event.status != STATUS_VALID)
		rc = original_not_valid(e);
	row_release(&event_table, &event);
	return rc;
}

int
copy_check_original(struct store *s, int64_t certificate, struct err *e)
{
	struct copy_row copy;
	int rc = copy_row_find(&s->db, certificate, &copy, e);

	return rc == 1 ? check_valid(s, copy.original, e) : rc;
}

/* Copies of an original that have not expired. */
static int
count_copies(struct store *s, int64_t original, int64_t at, struct err *e)
{
	static const char sql[] =
	    "SELECT count(*) FROM copy JOIN certificate"
	    " ON certificate.row=copy.certificate"
	    " WHERE copy.original=?1 AND certificate.valid_to>?2";
	sqlite3_stmt *stmt;
	int64_t n = 0;
	int rc = db_prepare(&s->db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_int64(stmt, 1, original);
	sqlite3_bind_int64(stmt, 2, at);
	rc = db_step(&s->db, stmt, e);
	if (rc == 1)
		n = sqlite3_column_int64(stmt, 0);
	db_reset(stmt);
	if (rc < 0)
		return rc;
	return n < STORE_COPIES_MAX
		   ? 0
		   : err_set(e, ERR_LIMIT, "too_many_copies",
			 "该证照未过期的加注件已达 %d 份",
			 "there are %d unexpired copies of this certificate",
			 STORE_COPIES_MAX);
}

static int
check_original(struct store *s, int64_t original, int64_t at, struct err *e)
{
	struct copy_row copy;
	int rc = copy_row_find(&s->db, original, &copy, e);

	if (rc == 1)
		return err_set(e, ERR_CONFLICT, "is_copy",
		    "加注件不能再制作加注件", "a copy is not copied");
	if (rc == 0)
		rc = check_valid(s, original, e);
	return rc == 0 ? count_copies(s, original, at, e) : rc;
}

int
copy_insert(struct store *s, int64_t certificate, const char *original,
    int64_t at, struct err *e)
{
	static const char newest[] = "SELECT max(row) FROM copy";
	static const char sql[] =
	    "INSERT INTO copy(" COPY_COLUMNS ") VALUES(?,?,?,?)";
	struct copy_row row = {.certificate = certificate};
	struct certificate_row cert;
	int rc = certificate_row_find(&s->db, original, &cert, e);

	if (rc != 1)
		return rc == 0 ? certificate_missing(e) : rc;
	row.original = cert.row;
	row_release(&certificate_table, &cert);
	rc = check_original(s, row.original, at, e);
	if (rc == 0)
		rc = db_number(&s->db, newest, &row.row, e);
	row.row++;
	return rc == 0 ? row_insert(&s->db, &copy_table, sql, &row, e) : rc;
}

/* Does a copy in this state change with its original?  What was done to the
 * copy alone stays: a resumed original resumes only what it suspended. */
static int
moves(const struct store_event *copy, const struct store_event *original)
{
	if (copy->status == STATUS_REVOKED ||
	    copy->status == STATUS_SUPERSEDED ||
	    copy->status == original->status)
		return 0;
	if (original->status == STATUS_VALID)
		return copy->status == STATUS_SUSPENDED &&
		       strcmp(copy->action, follows) == 0;
	return original->status != STATUS_PENDING;
}

static int
follow(struct store *s, int64_t certificate, const struct store_event *event,
    struct err *e)
{
	struct certificate_row cert;
	struct event_row old, row = {.certificate = certificate};
	int rc = certificate_row_by_number(&s->db, certificate, &cert, e);

	if (rc != 1)
		return rc == 0 ? db_damaged("copy", certificate, e) : rc;
	rc = event_row_newest(&s->db, certificate, &old, e);
	if (rc == 0) {
		row.event = *event;
		memcpy(row.event.action, follows, sizeof(follows));
		memcpy(row.event.certificate, cert.c.id, STORE_ID_SIZE);
		if (moves(&old.event, event))
			rc = event_row_append(s, &row, &old, cert.hash, e);
		row_release(&event_table, &old);
	}
	row_release(&certificate_table, &cert);
	return rc;
}

int
copies_follow(struct store *s, int64_t original,
    const struct store_event *event, struct err *e)
{
	static const char sql[] =
	    "SELECT " COPY_COLUMNS " FROM copy WHERE original=?1 AND row>?2"
	    " ORDER BY row LIMIT 1";
	struct copy_row copy = {.row = 0};
	sqlite3_stmt *stmt;
	int64_t after = 0;
	int rc;

	for (;;) {
		rc = db_prepare(&s->db, sql, &stmt, e);
		if (rc != 0)
			return rc;
		sqlite3_bind_int64(stmt, 1, original);
		sqlite3_bind_int64(stmt, 2, after);
		rc = row_one(&s->db, &copy_table, stmt, &copy, e);
		if (rc != 1)
			return rc;
		after = copy.row;
		rc = follow(s, copy.certificate, event, e);
		if (rc != 0)
			return rc;
	}
}
