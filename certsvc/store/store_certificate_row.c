/* store_certificate_row.c - certificates as rows: finding and filling them. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/store/store_certificate.h"

static const struct row_column columns[] = {
    ROW_COLUMN(struct certificate_row, ROW_INT, row),
    ROW_COLUMN(struct certificate_row, ROW_CHARS, c.id),
    ROW_COLUMN(struct certificate_row, ROW_BYTES, c.intent),
    ROW_COLUMN(struct certificate_row, ROW_CHARS, c.type),
    ROW_COLUMN(struct certificate_row, ROW_UINT, c.template_version),
    ROW_COLUMN(struct certificate_row, ROW_CHARS, c.department),
    ROW_COLUMN(struct certificate_row, ROW_TEXT, c.number),
    ROW_COLUMN(struct certificate_row, ROW_TEXT, c.identifier),
    ROW_COLUMN(struct certificate_row, ROW_TEXT, c.holder),
    ROW_COLUMN(struct certificate_row, ROW_TEXT, c.holder_code),
    ROW_COLUMN(struct certificate_row, ROW_BYTES, c.face_digest),
    ROW_COLUMN(struct certificate_row, ROW_INT, c.list),
    ROW_COLUMN(struct certificate_row, ROW_INT, c.index),
    ROW_COLUMN(struct certificate_row, ROW_TIME, c.issued),
    ROW_COLUMN(struct certificate_row, ROW_TIME, c.valid_from),
    ROW_COLUMN(struct certificate_row, ROW_TIME, c.valid_to),
    ROW_COLUMN(struct certificate_row, ROW_CHARS, c.supersedes),
    ROW_COLUMN(struct certificate_row, ROW_INT, c.leaf),
    ROW_COLUMN(struct certificate_row, ROW_INT, face_length),
    ROW_COLUMN(struct certificate_row, ROW_INT, record_length),
    ROW_COLUMN(struct certificate_row, ROW_INT, qr_length),
    ROW_COLUMN(struct certificate_row, ROW_INT, body.segment),
    ROW_COLUMN(struct certificate_row, ROW_INT, body.offset),
    ROW_COLUMN(struct certificate_row, ROW_INT, body.length),
    ROW_COLUMN(struct certificate_row, ROW_BYTES, body_digest),
    ROW_COLUMN(struct certificate_row, ROW_BYTES, documents_digest),
};

const struct row_table certificate_table = {"certificate", columns,
    sizeof(columns) / sizeof(columns[0]),
    offsetof(struct certificate_row, hash), sizeof(struct certificate_row)};

void
store_certificate_release(struct store_certificate *c)
{
	free(c->number);
	free(c->identifier);
	free(c->holder);
	free(c->holder_code);
	buf_release(&c->face);
	buf_release(&c->record);
	buf_release(&c->qr);
	memset(c, 0, sizeof(*c));
}

int
certificate_missing(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_such_certificate", "没有该证照",
	    "there is no such certificate");
}

int
certificate_row_find(
    struct db *db, const char *id, struct certificate_row *row, struct err *e)
{
	static const char sql[] =
	    "SELECT " CERTIFICATE_COLUMNS " FROM certificate WHERE id=?1";
	int rc = row_by_text(db, &certificate_table, sql, id, row, e);

	if (rc == 1 && strcmp(row->c.id, id) != 0) {
		row_release(&certificate_table, row);
		return db_damaged("certificate", row->row, e);
	}
	return rc;
}

int
certificate_row_by_number(
    struct db *db, int64_t number, struct certificate_row *row, struct err *e)
{
	static const char sql[] =
	    "SELECT " CERTIFICATE_COLUMNS " FROM certificate WHERE row=?1";

	return row_by_number(db, &certificate_table, sql, number, row, e);
}

/* What the certificate is a copy of. */
static int
copy_of(struct db *db, struct certificate_row *row, struct err *e)
{
	struct certificate_row original;
	struct copy_row copy;
	int rc = copy_row_find(db, row->row, &copy, e);

	row->c.copy_of[0] = '\0';
	if (rc != 1)
		return rc;
	rc = certificate_row_by_number(db, copy.original, &original, e);
	if (rc != 1)
		return rc == 0 ? db_damaged("copy", copy.row, e) : rc;
	memcpy(row->c.copy_of, original.c.id, STORE_ID_SIZE);
	row_release(&certificate_table, &original);
	return 0;
}

int
certificate_row_status(
    struct db *db, struct certificate_row *row, struct err *e)
{
	struct event_row event;
	int rc = event_row_status(db, row->row, &event, e);

	if (rc != 0)
		return rc;
	row->c.status = event.event.status;
	row->c.status_since = event.event.at;
	memcpy(row->c.status_reason, event.event.reason,
	    sizeof(row->c.status_reason));
	memcpy(row->c.superseded_by, event.event.successor,
	    sizeof(row->c.superseded_by));
	row_release(&event_table, &event);
	return copy_of(db, row, e);
}

static int
body_split(struct certificate_row *row, const struct buf *body, struct err *e)
{
	struct store_certificate *c = &row->c;
	uint64_t n = body->n;

	if (row->face_length > n || row->record_length > n - row->face_length ||
	    row->qr_length != n - row->face_length - row->record_length)
		return db_damaged("certificate", row->row, e);
	buf_add(&c->face, body->p, row->face_length);
	buf_add(&c->record, body->p + row->face_length, row->record_length);
	buf_add(&c->qr, body->p + row->face_length + row->record_length,
	    row->qr_length);
	if (buf_failed(&c->face) || buf_failed(&c->record) ||
	    buf_failed(&c->qr))
		return err_nomem(e);
	return 0;
}

int
certificate_row_body(
    struct store *s, struct db *db, struct certificate_row *row, struct err *e)
{
	struct buf body = BUF_INIT;
	struct bytes view;
	uint8_t digest[32];
	int rc = segments_read(&s->segments, &row->body, &body, e);

	view = buf_bytes(&body);
	if (rc == 0)
		rc = db_digest(db, &view, 1, digest, e);
	if (rc == 0 && memcmp(digest, row->body_digest, 32) != 0)
		rc = db_damaged("certificate", row->row, e);
	if (rc == 0)
		rc = body_split(row, &body, e);
	buf_release(&body);
	return rc;
}
