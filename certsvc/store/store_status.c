/* store_status.c - the status lists, kept in memory from the events. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/store/store_parts.h"

enum {
	LIST_BYTES = STORE_LIST_ENTRIES / 4
};

/* IETF Token Status List, 2 bits: 0 valid, 1 invalid, 2 suspended (for now not
 * valid: also not yet handed over), 3 left to the application: superseded. */
static uint8_t
status_bits(enum store_status status)
{
	switch (status) {
	case STATUS_VALID:
		return 0;
	case STATUS_REVOKED:
		return 1;
	case STATUS_SUSPENDED:
	case STATUS_PENDING:
		return 2;
	case STATUS_SUPERSEDED:
		break;
	}
	return 3;
}

static int
status_apply(
    struct status_cache *cache, const struct event_row *row, struct err *e)
{
	unsigned int shift = (unsigned int)(row->place % 4 * 2);
	uint8_t *byte;

	if (row->list >= STORE_LISTS_MAX || row->place >= STORE_LIST_ENTRIES ||
	    row->event.seq != cache->seq + 1)
		return db_damaged("event", (int64_t)row->event.seq, e);
	if (cache->bits[row->list] == NULL)
		cache->bits[row->list] = calloc(1, LIST_BYTES);
	if (cache->bits[row->list] == NULL)
		return err_nomem(e);
	byte = &cache->bits[row->list][row->place / 4];
	*byte =
	    (uint8_t)((*byte & ~(3U << shift)) |
		      (unsigned int)status_bits(row->event.status) << shift);
	if (!store_event_keeps_status(&row->event))
		cache->last[row->list] = row->event.seq;
	cache->seq = row->event.seq;
	return 0;
}

/* Read the events that came since the last time; their numbers are dense, so
 * a missing one shows. */
static int
catch_up(struct status_cache *cache, struct db *db, struct err *e)
{
	static const char sql[] =
	    "SELECT seq, certificate, status, action, reason, department, op,"
	    " note, successor, at, list, place, previous, previous_hash, leaf,"
	    " hash FROM event WHERE seq>?1 ORDER BY seq";
	struct event_row row;
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_int64(stmt, 1, (int64_t)cache->seq);
	while ((rc = db_step(db, stmt, e)) == 1) {
		memset(&row, 0, sizeof(row));
		rc = row_read(db, &event_table, stmt, &row, e);
		if (rc == 0)
			rc = status_apply(cache, &row, e);
		row_release(&event_table, &row);
		if (rc != 0) {
			db_reset(stmt);
			break;
		}
	}
	return rc;
}

/* Number of the newest list, as committed. */
static int
list_newest(struct db *db, uint64_t *list, struct err *e)
{
	static const char sql[] = "SELECT max(list) FROM intent";
	int64_t number;
	int rc = db_number(db, sql, &number, e);

	*list = (uint64_t)number;
	return rc;
}

static int
list_copy(struct status_cache *cache, uint64_t list, struct buf *bits,
    uint64_t *last, struct err *e)
{
	uint8_t *p = buf_extend(bits, LIST_BYTES);

	if (p == NULL)
		return err_nomem(e);
	if (cache->bits[list] != NULL)
		memcpy(p, cache->bits[list], LIST_BYTES);
	*last = cache->last[list];
	return 0;
}

int
store_status_list(struct store *s, uint64_t list, struct buf *bits,
    uint64_t *last, struct err *e)
{
	struct status_cache *cache = &s->statuses;
	struct db *db = reader_begin(s, e);
	uint64_t newest;
	int rc;

	if (db == NULL)
		return e->class;
	rc = list_newest(db, &newest, e);
	if (rc == 0 && (list == 0 || list > newest || list >= STORE_LISTS_MAX))
		rc = err_set(e, ERR_NOT_FOUND, "no_such_list", "没有该状态列表",
		    "there is no such status list");
	if (rc == 0) {
		pthread_mutex_lock(&cache->lock);
		rc = catch_up(cache, db, e);
		if (rc == 0)
			rc = list_copy(cache, list, bits, last, e);
		pthread_mutex_unlock(&cache->lock);
	}
	reader_end(s, db);
	return rc;
}
