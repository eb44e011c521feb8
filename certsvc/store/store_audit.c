/*
 * store_audit.c - re-read and re-check everything, in one read transaction:
 * every row against its hash, every document against its digest, rows against
 * each other (intent, documents, chain of events, leaf) and the whole tree.
 */
#include <string.h>

#include "certsvc/store/store_audit.h"
#include "certsvc/store/store_certificate.h"

/* Note a damage, give 0 so that the audit goes on; other classes stop it. */
static int
note(struct audit *a, const char *table, int64_t row, struct err *one)
{
	if (one->class != ERR_STORAGE)
		return err_internal(a->e, one->en);
	a->found++;
	err_add(a->e, one->code, "", "表 %s，第 %lld 行：已损坏或缺失",
	    "table %s, row %lld: damaged or missing", table, (long long)row);
	err_clear(one);
	return 0;
}

int
audit_each_row(struct audit *a, const struct row_table *table, const char *sql,
    int64_t first, void *row,
    int (*check)(struct audit *a, void *row, struct err *e))
{
	struct err one = ERR_INIT;
	sqlite3_stmt *stmt;
	int64_t number;
	int rc = db_prepare(a->db, sql, &stmt, a->e);

	a->expected = first;
	while (rc == 0 && (rc = db_step(a->db, stmt, &one)) == 1) {
		number = sqlite3_column_int64(stmt, 0);
		rc = 0;
		if (number != a->expected) {
			db_damaged(table->name, a->expected, &one);
			rc = note(a, table->name, a->expected, &one);
		}
		a->expected = number + 1;
		memset(row, 0, table->size);
		if (rc == 0 && (row_read(a->db, table, stmt, row, &one) != 0 ||
				   check(a, row, &one) != 0))
			rc = note(a, table->name, number, &one);
		row_release(table, row);
	}
	db_reset(stmt);
	return one.class == ERR_OK ? rc
				   : note(a, table->name, a->expected, &one);
}

static int
check_intent(struct audit *a, void *arg, struct err *e)
{
	struct intent_row *row = arg, again;
	int rc = intent_row_by_id(a->db, row->intent.id, &again, e);

	if (rc < 0)
		return rc;
	if (rc == 0 || again.row != row->row)
		return db_damaged("intent", row->row, e);
	return 0;
}

/* The documents of a certificate are those it was issued with. */
static int
check_documents(
    struct audit *a, const struct certificate_row *cert, struct err *e)
{
	static const char sql[] =
	    "SELECT " DOCUMENT_COLUMNS " FROM document WHERE certificate=?1 AND"
	    " version=1 ORDER BY row";
	struct document_row rows[DOCUMENTS_MAX];
	uint8_t digest[32];
	sqlite3_stmt *stmt;
	size_t n = 0;
	int rc = db_prepare(a->db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_int64(stmt, 1, cert->row);
	while (n < DOCUMENTS_MAX && (rc = db_step(a->db, stmt, e)) == 1) {
		memset(&rows[n], 0, sizeof(rows[n]));
		rc = row_read(a->db, &document_table, stmt, &rows[n++], e);
		if (rc != 0)
			break;
	}
	db_reset(stmt);
	if (rc == 0)
		rc = documents_digest(a->db, rows, n, digest, e);
	if (rc == 0 && memcmp(digest, cert->documents_digest, 32) != 0)
		rc = db_damaged("certificate", cert->row, e);
	return rc;
}

static int
check_certificate(struct audit *a, void *arg, struct err *e)
{
	struct certificate_row *row = arg, again;
	struct intent_row intent;
	int rc = intent_row_by_id(a->db, row->c.intent, &intent, e);

	if (rc == 0 ||
	    (rc == 1 && strcmp(intent.intent.certificate, row->c.id) != 0))
		return db_damaged("certificate", row->row, e);
	if (rc == 1)
		rc = certificate_row_find(a->db, row->c.id, &again, e);
	if (rc == 1)
		row_release(&certificate_table, &again);
	if (rc == 0 || (rc == 1 && again.row != row->row))
		rc = db_damaged("certificate", row->row, e);
	if (rc < 0)
		return rc;
	rc = certificate_row_status(a->db, row, e);
	if (rc == 0)
		rc = certificate_row_body(a->s, a->db, row, e);
	buf_release(&row->c.face);
	buf_release(&row->c.record);
	buf_release(&row->c.qr);
	return rc == 0 ? check_documents(a, row, e) : rc;
}

static int
check_document(struct audit *a, void *arg, struct err *e)
{
	struct document_row *row = arg;
	struct certificate_row cert;
	struct buf bytes = BUF_INIT;
	int rc = certificate_row_by_number(a->db, row->certificate, &cert, e);

	if (rc == 0)
		return db_damaged("document", row->row, e);
	if (rc < 0)
		return rc;
	row_release(&certificate_table, &cert);
	rc = document_row_bytes(a->s, a->db, row, &bytes, e);
	buf_release(&bytes);
	return rc;
}

/* An event's leaf commits to it and to its certificate. */
static int
check_leaf_of(struct audit *a, const struct event_row *row,
    const struct certificate_row *cert, struct err *e)
{
	static const char sql[] =
	    "SELECT place, body, nodes, hash FROM leaf WHERE place=?1";
	struct leaf_row leaf;
	uint8_t commitment[32];
	int rc = row_by_number(
	    a->db, &leaf_table, sql, (int64_t)row->leaf, &leaf, e);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return db_damaged("leaf", (int64_t)row->leaf, e);
	rc = leaf_commitment(
	    a->db, leaf.body + 1, row->hash, cert->hash, commitment, e);
	if (rc == 0 && (leaf.body[0] != LEAF_VERSION ||
			   memcmp(commitment, leaf.body + 17, 32) != 0))
		rc = db_damaged("leaf", (int64_t)row->leaf, e);
	return rc;
}

/* The hash of the event before, by its number; it must be the same
 * certificate's. */
static int
check_chain(struct audit *a, const struct event_row *row, struct err *e)
{
	static const char sql[] =
	    "SELECT certificate, hash FROM event WHERE seq=?1";
	sqlite3_stmt *stmt;
	int rc, same;

	if (row->previous == 0)
		return 0;
	rc = db_prepare(a->db, sql, &stmt, e);
	if (rc != 0)
		return rc;
	sqlite3_bind_int64(stmt, 1, (int64_t)row->previous);
	rc = db_step(a->db, stmt, e);
	if (rc < 0)
		return rc;
	same =
	    rc == 1 && row->previous < row->event.seq &&
	    sqlite3_column_int64(stmt, 0) == row->certificate &&
	    sqlite3_column_bytes(stmt, 1) == 32 &&
	    memcmp(sqlite3_column_blob(stmt, 1), row->previous_hash, 32) == 0;
	db_reset(stmt);
	return same ? 0 : db_damaged("event", (int64_t)row->event.seq, e);
}

/* Every event is followed by another of its certificate or is the newest:
 * counting the events that name each as their predecessor needs no index,
 * because the chain from `current` must be as long as the events are many. */
static int
check_event(struct audit *a, void *arg, struct err *e)
{
	struct event_row *row = arg, newest;
	struct certificate_row cert;
	int rc = certificate_row_by_number(a->db, row->certificate, &cert, e);

	if (rc == 0)
		return db_damaged("event", (int64_t)row->event.seq, e);
	if (rc < 0)
		return rc;
	rc = check_leaf_of(a, row, &cert, e);
	if (rc == 0 && (row->list != cert.c.list || row->place != cert.c.index))
		rc = db_damaged("event", (int64_t)row->event.seq, e);
	if (rc == 0)
		rc = check_chain(a, row, e);
	if (rc == 0)
		rc = event_row_newest(a->db, row->certificate, &newest, e);
	row_release(&certificate_table, &cert);
	if (rc != 0)
		return rc;
	if (newest.event.seq < row->event.seq)
		rc = db_damaged("current", row->certificate, e);
	row_release(&event_table, &newest);
	return rc;
}

static int
check_current(struct audit *a, void *arg, struct err *e)
{
	const struct current_row *row = arg;
	struct event_row newest;
	int rc = event_row_newest(a->db, row->certificate, &newest, e);

	if (rc == 0)
		row_release(&event_table, &newest);
	return rc;
}

static int
check_leaf(struct audit *a, void *arg, struct err *e)
{
	return leaf_check(a->db, arg, e);
}

/* A copy leads to two certificates, and its original is no copy. */
static int
check_copy(struct audit *a, void *arg, struct err *e)
{
	const struct copy_row *row = arg;
	struct certificate_row cert;
	struct copy_row again;
	int rc = certificate_row_by_number(a->db, row->certificate, &cert, e);

	if (rc == 1) {
		row_release(&certificate_table, &cert);
		rc = certificate_row_by_number(a->db, row->original, &cert, e);
	}
	if (rc == 1) {
		row_release(&certificate_table, &cert);
		rc = copy_row_find(a->db, row->original, &again, e);
		return rc == 1 ? db_damaged("copy", row->row, e) : rc;
	}
	return rc == 0 ? db_damaged("copy", row->row, e) : rc;
}

/* Tables that grow together end together. */
static int
check_ends(struct audit *a)
{
	static const char ends[] =
	    "SELECT (SELECT count(*) FROM event)<>(SELECT count(*) FROM leaf)"
	    " OR (SELECT count(*) FROM certificate)<>"
	    "(SELECT count(*) FROM current)"
	    " OR (SELECT count(*) FROM copy)<>"
	    "(SELECT count(*) FROM event WHERE action='copy')"
	    " OR (SELECT count(*) FROM record WHERE version=1)<>"
	    "(SELECT count(*) FROM record_head)"
	    " OR (SELECT count(*) FROM record)<>(SELECT coalesce("
	    "sum(r.version),0) FROM record_head h JOIN record r"
	    " ON r.row=h.newest)";
	struct err one = ERR_INIT;
	int64_t differ;
	int rc = db_number(a->db, ends, &differ, &one);

	if (rc == 0 && differ)
		rc = db_damaged("leaf", 0, &one);
	return rc == 0 ? 0 : note(a, "leaf", 0, &one);
}

/* SQLite's own check finds index entries that lead nowhere. */
static int
check_structure(struct audit *a)
{
	static const char sql[] = "PRAGMA integrity_check(16)";
	struct err one = ERR_INIT;
	sqlite3_stmt *stmt;
	const char *text;
	int rc = db_prepare(a->db, sql, &stmt, &one);

	while (rc == 0 && (rc = db_step(a->db, stmt, &one)) == 1) {
		text = (const char *)sqlite3_column_text(stmt, 0);
		rc = 0;
		if (text == NULL || strcmp(text, "ok") != 0) {
			db_damaged("sqlite", 0, &one);
			rc = note(a, "sqlite", 0, &one);
		}
	}
	if (one.class == ERR_OK)
		return rc;
	db_reset(stmt);
	return note(a, "sqlite", 0, &one);
}

static int
audit_tables(struct audit *a)
{
	static const char intents[] =
	    "SELECT row, id, department, matter, serial, order_digest, type,"
	    " certificate, identifier_serial, identifier_version,"
	    " number_scope, number_sequence, list, place, created, supersedes,"
	    " hash FROM intent ORDER BY row";
	static const char certificates[] =
	    "SELECT " CERTIFICATE_COLUMNS " FROM certificate ORDER BY row";
	static const char documents[] =
	    "SELECT " DOCUMENT_COLUMNS " FROM document ORDER BY row";
	static const char events[] =
	    "SELECT seq, certificate, status, action, reason, department, op,"
	    " note, successor, at, list, place, previous, previous_hash, leaf,"
	    " hash FROM event ORDER BY seq";
	static const char currents[] =
	    "SELECT certificate, event, event_hash, hash FROM current"
	    " ORDER BY certificate";
	static const char leaves[] =
	    "SELECT place, body, nodes, hash FROM leaf ORDER BY place";
	static const char copies[] =
	    "SELECT " COPY_COLUMNS " FROM copy ORDER BY row";
	union {
		struct intent_row intent;
		struct copy_row copy;
		struct certificate_row certificate;
		struct document_row document;
		struct event_row event;
		struct current_row current;
		struct leaf_row leaf;
	} row;
	int rc = check_structure(a);

	if (rc == 0)
		rc = audit_each_row(
		    a, &intent_table, intents, 1, &row, check_intent);
	if (rc == 0)
		rc = audit_each_row(a, &certificate_table, certificates, 1,
		    &row, check_certificate);
	if (rc == 0)
		rc = audit_each_row(
		    a, &document_table, documents, 1, &row, check_document);
	if (rc == 0)
		rc =
		    audit_each_row(a, &copy_table, copies, 1, &row, check_copy);
	if (rc == 0)
		rc = audit_each_row(
		    a, &event_table, events, 1, &row, check_event);
	if (rc == 0)
		rc = audit_each_row(
		    a, &current_table, currents, 1, &row, check_current);
	if (rc == 0)
		rc =
		    audit_each_row(a, &leaf_table, leaves, 0, &row, check_leaf);
	if (rc == 0)
		rc = audit_records(a);
	return rc == 0 ? check_ends(a) : rc;
}

int
store_audit(struct store *s, struct err *e)
{
	struct audit a = {.s = s, .e = e};
	int rc;

	a.db = reader_begin(s, e);
	if (a.db == NULL)
		return e->class;
	rc = audit_tables(&a);
	reader_end(s, a.db);
	if (rc != 0 || a.found == 0)
		return rc;
	err_set(e, ERR_STORAGE, "record_damaged",
	    "发现 %llu 处损坏；请停止签发并从备份恢复",
	    "%llu damages found; stop issuing and restore from a backup",
	    (unsigned long long)a.found);
	e->retryable = 0;
	return ERR_STORAGE;
}
