/* store_event.c - the append-only life-cycle of certificates. */
#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"
#include "certsvc/store/store_parts.h"

#define EVENT_COLUMNS                                                          \
	"seq, certificate, status, action, reason, department, op, note,"      \
	" successor, at, list, place, previous, previous_hash, leaf, hash"

static const struct row_column columns[] = {
    ROW_COLUMN(struct event_row, ROW_INT, event.seq),
    ROW_COLUMN(struct event_row, ROW_INT, certificate),
    ROW_COLUMN(struct event_row, ROW_UINT, event.status),
    ROW_COLUMN(struct event_row, ROW_CHARS, event.action),
    ROW_COLUMN(struct event_row, ROW_CHARS, event.reason),
    ROW_COLUMN(struct event_row, ROW_CHARS, event.department),
    ROW_COLUMN(struct event_row, ROW_TEXT, event.op),
    ROW_COLUMN(struct event_row, ROW_TEXT, event.note),
    ROW_COLUMN(struct event_row, ROW_CHARS, event.successor),
    ROW_COLUMN(struct event_row, ROW_TIME, event.at),
    ROW_COLUMN(struct event_row, ROW_INT, list),
    ROW_COLUMN(struct event_row, ROW_INT, place),
    ROW_COLUMN(struct event_row, ROW_INT, previous),
    ROW_COLUMN(struct event_row, ROW_BYTES, previous_hash),
    ROW_COLUMN(struct event_row, ROW_INT, leaf),
};

const struct row_table event_table = {"event", columns,
    sizeof(columns) / sizeof(columns[0]), offsetof(struct event_row, hash),
    sizeof(struct event_row)};

static const struct row_column current_columns[] = {
    ROW_COLUMN(struct current_row, ROW_INT, certificate),
    ROW_COLUMN(struct current_row, ROW_INT, event),
    ROW_COLUMN(struct current_row, ROW_BYTES, event_hash),
};

const struct row_table current_table = {"current", current_columns,
    sizeof(current_columns) / sizeof(current_columns[0]),
    offsetof(struct current_row, hash), sizeof(struct current_row)};

static const char event_by_seq[] =
    "SELECT " EVENT_COLUMNS " FROM event WHERE seq=?1";

void
store_event_release(struct store_event *event)
{
	free(event->op);
	free(event->note);
	event->op = event->note = NULL;
}

int
store_event_keeps_status(const struct store_event *event)
{
	return strcmp(event->action, "print") == 0;
}

int
event_row_exact(struct db *db, uint64_t seq, int64_t certificate,
    const uint8_t hash[32], struct event_row *row, struct err *e)
{
	int rc =
	    row_by_number(db, &event_table, event_by_seq, (int64_t)seq, row, e);

	if (rc < 0)
		return rc;
	if (rc == 1 && row->certificate == certificate &&
	    memcmp(row->hash, hash, 32) == 0 &&
	    row->event.status <= STATUS_SUPERSEDED)
		return 0;
	if (rc == 1)
		row_release(&event_table, row);
	return db_damaged("event", (int64_t)seq, e);
}

int
event_row_newest(
    struct db *db, int64_t certificate, struct event_row *row, struct err *e)
{
	static const char sql[] = "SELECT certificate, event, event_hash, hash"
				  " FROM current WHERE certificate=?1";
	struct current_row current;
	int rc =
	    row_by_number(db, &current_table, sql, certificate, &current, e);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return db_damaged("current", certificate, e);
	return event_row_exact(
	    db, current.event, certificate, current.event_hash, row, e);
}

int
event_row_status(
    struct db *db, int64_t certificate, struct event_row *row, struct err *e)
{
	uint64_t previous;
	uint8_t hash[32];
	int rc = event_row_newest(db, certificate, row, e);

	while (rc == 0 && store_event_keeps_status(&row->event)) {
		previous = row->previous;
		memcpy(hash, row->previous_hash, 32);
		row_release(&event_table, row);
		rc = event_row_exact(db, previous, certificate, hash, row, e);
	}
	return rc;
}

/* The pointer to the newest event is the one row that is replaced. */
static int
current_set(struct store *s, const struct event_row *row, struct err *e)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO current(certificate, event, event_hash,"
	    " hash) VALUES(?,?,?,?)";
	struct current_row current = {
	    .certificate = row->certificate, .event = row->event.seq};

	memcpy(current.event_hash, row->hash, 32);
	return row_insert(&s->db, &current_table, sql, &current, e);
}

int
event_row_append(struct store *s, struct event_row *row,
    const struct event_row *old, const uint8_t certificate_hash[32],
    struct err *e)
{
	static const char newest[] = "SELECT max(seq) FROM event";
	static const char sql[] = "INSERT INTO event(" EVENT_COLUMNS ") VALUES"
				  "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
	int64_t seq;
	uint64_t place;
	int rc = db_number(&s->db, newest, &seq, e);

	if (rc == 0)
		rc = leaf_count(&s->db, &row->leaf, e);
	if (rc != 0)
		return rc;
	row->event.seq = (uint64_t)seq + 1;
	row->previous = 0;
	memset(row->previous_hash, 0, 32);
	if (old != NULL) {
		row->previous = old->event.seq;
		memcpy(row->previous_hash, old->hash, 32);
		row->list = old->list;
		row->place = old->place;
	}
	rc = row_insert(&s->db, &event_table, sql, row, e);
	if (rc == 0)
		rc = current_set(s, row, e);
	if (rc == 0)
		rc = leaf_append(s, row->hash, certificate_hash, &place, e);
	return rc;
}

struct put {
	struct store_event *event;
	unsigned int from;
};

/* The event, and what follows from it for copies. */
static int
append_event(struct store *s, struct event_row *row,
    const struct event_row *old, const struct certificate_row *cert,
    struct err *e)
{
	int rc = row->event.status == STATUS_VALID
		     ? copy_check_original(s, cert->row, e)
		     : 0;

	if (rc == 0)
		rc = event_row_append(s, row, old, cert->hash, e);
	return rc == 0 ? copies_follow(s, cert->row, &row->event, e) : rc;
}

static int
wrong_status(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "wrong_status",
	    "证照当前状态不允许此操作",
	    "the certificate's present status does not allow this");
}

int
event_append_keeping(struct store *s, struct store_event *event, struct err *e)
{
	struct certificate_row cert;
	struct event_row old, row = {.certificate = 0};
	int rc = certificate_row_find(&s->db, event->certificate, &cert, e);

	if (rc != 1)
		return rc == 0 ? certificate_missing(e) : rc;
	rc = event_row_newest(&s->db, cert.row, &old, e);
	if (rc == 0) {
		event->status = old.event.status;
		row.event = *event;
		row.certificate = cert.row;
		rc = old.event.status <= STATUS_VALID
			 ? event_row_append(s, &row, &old, cert.hash, e)
			 : wrong_status(e);
		event->seq = row.event.seq;
		row_release(&event_table, &old);
	}
	row_release(&certificate_table, &cert);
	return rc;
}

static int
put_run(struct store *s, void *arg, struct err *e)
{
	const unsigned int final =
	    1U << STATUS_REVOKED | 1U << STATUS_SUPERSEDED;
	struct put *put = arg;
	struct certificate_row cert;
	struct event_row old = {.certificate = 0}, row = {.certificate = 0};
	int rc =
	    certificate_row_find(&s->db, put->event->certificate, &cert, e);

	if (rc != 1)
		return rc == 0 ? certificate_missing(e) : rc;
	rc = event_row_newest(&s->db, cert.row, &old, e);
	if (rc == 0 && !(1U << old.event.status & put->from & ~final))
		rc = wrong_status(e);
	else if (rc == 0) {
		row.event = *put->event;
		row.certificate = cert.row;
		rc = append_event(s, &row, &old, &cert, e);
		put->event->seq = row.event.seq;
	}
	row_release(&event_table, &old);
	row_release(&certificate_table, &cert);
	return rc;
}

int
store_event_put(struct store *s, struct store_event *event, unsigned int from,
    struct err *e)
{
	struct put put = {event, from};
	struct writer_item item = {.run = put_run, .arg = &put};

	if (event->status > STATUS_SUPERSEDED)
		return err_internal(e, "no such status");
	return writer_do(s, &item, e);
}

/* Add the event before the first of the list; takes what it owns. */
static int
events_push(struct store_event **events, size_t *n, struct event_row *row,
    const char *id, struct err *e)
{
	struct store_event *grown = realloc(*events, (*n + 1) * sizeof(*grown));

	if (grown == NULL) {
		row_release(&event_table, row);
		return err_nomem(e);
	}
	*events = grown;
	memmove(grown + 1, grown, *n * sizeof(*grown));
	grown[0] = row->event;
	memcpy(grown[0].certificate, id, STORE_ID_SIZE);
	(*n)++;
	return 0;
}

/* From the newest back along the chain: a missing link shows. */
static int
events_read(struct db *db, const char *id, struct store_event **events,
    size_t *n, struct err *e)
{
	struct certificate_row cert;
	struct event_row row;
	uint64_t previous;
	uint8_t hash[32];
	int rc = certificate_row_find(db, id, &cert, e);

	if (rc != 1)
		return rc == 0 ? certificate_missing(e) : rc;
	rc = event_row_newest(db, cert.row, &row, e);
	while (rc == 0) {
		previous = row.previous;
		memcpy(hash, row.previous_hash, 32);
		rc = events_push(events, n, &row, cert.c.id, e);
		if (rc != 0 || previous == 0)
			break;
		rc = event_row_exact(db, previous, cert.row, hash, &row, e);
	}
	row_release(&certificate_table, &cert);
	return rc;
}

int
store_events(struct store *s, const char *certificate,
    struct store_event **events, size_t *n, struct err *e)
{
	struct db *db = reader_begin(s, e);
	size_t i;
	int rc;

	*events = NULL;
	*n = 0;
	if (db == NULL)
		return e->class;
	rc = events_read(db, certificate, events, n, e);
	reader_end(s, db);
	if (rc == 0)
		return 0;
	for (i = 0; i < *n; i++)
		store_event_release(&(*events)[i]);
	free(*events);
	*events = NULL;
	*n = 0;
	return rc;
}
