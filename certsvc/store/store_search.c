/* store_search.c - certificates by number, and lists by page. */
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "certsvc/store/store_certificate.h"

enum {
	/* Rows looked at for one page: a rare status must not make one call
	 * read the whole table.  A short page then has a cursor. */
	SCAN_MAX = 10000
};

#define SEARCH(where)                                                          \
	"SELECT " CERTIFICATE_COLUMNS " FROM certificate WHERE " where         \
	" row<?2 ORDER BY row DESC"

static const char by_number[] = SEARCH("number=?1 AND");
static const char by_holder[] = SEARCH("holder_code=?1 AND");
static const char by_department[] = SEARCH("department=?1 AND");
static const char by_original[] =
    SEARCH("row IN (SELECT copy.certificate FROM copy JOIN certificate AS o"
	   " ON o.row=copy.original WHERE o.id=?1) AND");
static const char by_row[] = SEARCH("?1 IS NULL AND");

void
store_page_release(struct store_page *page)
{
	size_t i;

	for (i = 0; i < page->n; i++)
		store_certificate_release(&page->v[i]);
	free(page->v);
	memset(page, 0, sizeof(*page));
}

/* The most selective index that the query allows; the rest is compared. */
static int
search_begin(struct db *db, const struct store_query *q, sqlite3_stmt **stmt,
    struct err *e)
{
	const char *sql = by_row, *key = NULL;
	int64_t before = INT64_MAX;
	int rc;

	if (q->copy_of != NULL) {
		sql = by_original;
		key = q->copy_of;
	} else if (q->number != NULL) {
		sql = by_number;
		key = q->number;
	} else if (q->holder_code != NULL) {
		sql = by_holder;
		key = q->holder_code;
	} else if (q->department != NULL) {
		sql = by_department;
		key = q->department;
	}
	if (q->before != 0 && q->before < INT64_MAX)
		before = (int64_t)q->before;
	rc = db_prepare(db, sql, stmt, e);
	if (rc != 0)
		return rc;
	if (key != NULL)
		sqlite3_bind_text(*stmt, 1, key, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(*stmt, 1);
	sqlite3_bind_int64(*stmt, 2, before);
	return 0;
}

static int
text_matches(const char *want, const char *have)
{
	return want == NULL || (have != NULL && strcmp(want, have) == 0);
}

static const char *
status_name(const struct store_certificate *c)
{
	static const char *const names[] = {
	    "pending", "valid", "suspended", "revoked", "superseded"};

	if (c->status == STATUS_VALID && c->valid_to != 0 &&
	    c->valid_to <= clock_now())
		return "expired";
	return names[c->status];
}

static int
row_matches(const struct store_query *q, const struct store_certificate *c)
{
	return text_matches(q->department, c->department) &&
	       text_matches(q->type, c->type) &&
	       text_matches(q->number, c->number) &&
	       text_matches(q->holder_code, c->holder_code) &&
	       text_matches(q->status, status_name(c)) &&
	       strcmp(q->copy_of == NULL ? "" : q->copy_of, c->copy_of) == 0;
}

/* Read rows until the page is full, one more row is known, or SCAN_MAX. */
static int
page_fill(struct db *db, sqlite3_stmt *stmt, const struct store_query *q,
    size_t limit, struct store_page *page, struct err *e)
{
	struct certificate_row row;
	uint64_t seen = 0;
	size_t scanned = 0;
	int rc;

	while ((rc = db_step(db, stmt, e)) == 1) {
		if (page->n == limit || scanned++ == SCAN_MAX) {
			page->next = seen;
			db_reset(stmt);
			return 0;
		}
		memset(&row, 0, sizeof(row));
		rc = row_read(db, &certificate_table, stmt, &row, e);
		if (rc == 0)
			rc = certificate_row_status(db, &row, e);
		if (rc == 0 && row_matches(q, &row.c))
			page->v[page->n++] = row.c;
		else
			row_release(&certificate_table, &row);
		seen = (uint64_t)row.row;
		if (rc != 0) {
			db_reset(stmt);
			return rc;
		}
	}
	return rc;
}

static int
page_read(struct db *db, const struct store_query *q, struct store_page *page,
    struct err *e)
{
	sqlite3_stmt *stmt;
	size_t limit = q->limit;
	int rc;

	if (limit == 0 || limit > STORE_PAGE_MAX)
		limit = STORE_PAGE_MAX;
	page->v = calloc(limit, sizeof(*page->v));
	if (page->v == NULL)
		return err_nomem(e);
	rc = search_begin(db, q, &stmt, e);
	return rc == 0 ? page_fill(db, stmt, q, limit, page, e) : rc;
}

int
store_certificate_list(struct store *s, const struct store_query *q,
    struct store_page *page, struct err *e)
{
	struct db *db = reader_begin(s, e);
	int rc;

	memset(page, 0, sizeof(*page));
	if (db == NULL)
		return e->class;
	rc = page_read(db, q, page, e);
	reader_end(s, db);
	if (rc != 0)
		store_page_release(page);
	return rc;
}

/* A correction keeps the number: the newest certificate is meant. */
int
store_certificate_by_number(struct store *s, const char *type,
    const char *number, struct store_certificate *c, struct err *e)
{
	struct store_query q = {.type = type, .number = number, .limit = 1};
	struct store_page page;
	char id[STORE_ID_SIZE];
	int rc = store_certificate_list(s, &q, &page, e);

	if (rc != 0)
		return rc;
	if (page.n == 0) {
		store_page_release(&page);
		return certificate_missing(e);
	}
	memcpy(id, page.v[0].id, sizeof(id));
	store_page_release(&page);
	return store_certificate_get(s, id, c, e);
}
