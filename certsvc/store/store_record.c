/* store_record.c - writing records: all of one call, or nothing. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/store/store_parts.h"

static const struct row_column columns[] = {
    ROW_COLUMN(struct record_row, ROW_INT, row),
    ROW_COLUMN(struct record_row, ROW_INT, record),
    ROW_COLUMN(struct record_row, ROW_UINT, version),
    ROW_COLUMN(struct record_row, ROW_CHARS, kind),
    ROW_COLUMN(struct record_row, ROW_CHARS, id),
    ROW_COLUMN(struct record_row, ROW_CHARS, office),
    ROW_COLUMN(struct record_row, ROW_CHARS, subject),
    ROW_COLUMN(struct record_row, ROW_CHARS, state),
    ROW_COLUMN(struct record_row, ROW_TIME, at),
    ROW_COLUMN(struct record_row, ROW_TEXT, body),
    ROW_COLUMN(struct record_row, ROW_BYTES, blob_digest),
    ROW_COLUMN(struct record_row, ROW_INT, blob.segment),
    ROW_COLUMN(struct record_row, ROW_INT, blob.offset),
    ROW_COLUMN(struct record_row, ROW_INT, blob.length),
    ROW_COLUMN(struct record_row, ROW_INT, previous),
    ROW_COLUMN(struct record_row, ROW_BYTES, previous_hash),
};

const struct row_table record_table = {"record", columns,
    sizeof(columns) / sizeof(columns[0]), offsetof(struct record_row, hash),
    sizeof(struct record_row)};

static const struct row_column head_columns[] = {
    ROW_COLUMN(struct record_head_row, ROW_INT, record),
    ROW_COLUMN(struct record_head_row, ROW_CHARS, kind),
    ROW_COLUMN(struct record_head_row, ROW_CHARS, id),
    ROW_COLUMN(struct record_head_row, ROW_CHARS, office),
    ROW_COLUMN(struct record_head_row, ROW_CHARS, subject),
    ROW_COLUMN(struct record_head_row, ROW_CHARS, state),
    ROW_COLUMN(struct record_head_row, ROW_TIME, made),
    ROW_COLUMN(struct record_head_row, ROW_INT, newest),
    ROW_COLUMN(struct record_head_row, ROW_BYTES, newest_hash),
};

const struct row_table record_head_table = {"record_head", head_columns,
    sizeof(head_columns) / sizeof(head_columns[0]),
    offsetof(struct record_head_row, hash), sizeof(struct record_head_row)};

/* Records on their way in. */
struct put {
	struct store_record *v;
	struct record_row *rows; /* one for each; body borrowed */
	size_t n;
	struct store_event *event;
	struct bytes blobs[STORE_RECORDS_MAX];
	struct segment_place places[STORE_RECORDS_MAX];
	size_t nblobs;
};

void
store_record_release(struct store_record *r)
{
	buf_release(&r->body);
	buf_release(&r->blob);
	memset(r, 0, sizeof(*r));
}

static int
version_conflict(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "version_conflict",
	    "该记录刚被他人更改；请重新读取后再试",
	    "somebody else just changed this record; read it again and retry");
}

/* What the row takes over from the version before: its chain, and its blob
 * when it brings none. */
static void
follow(struct record_row *row, const struct record_row *old, int has_blob)
{
	row->record = old->record;
	row->previous = old->row;
	memcpy(row->previous_hash, old->hash, 32);
	if (has_blob)
		return;
	row->blob = old->blob;
	memcpy(row->blob_digest, old->blob_digest, 32);
}

/* Look for what is there; fill in the row's place in its record. */
static int
find_old(struct store *s, struct record_row *row, struct record_head_row *head,
    int has_blob, struct err *e)
{
	static const char newest[] = "SELECT max(record) FROM record_head";
	struct record_row old;
	int rc = record_head_find(&s->db, row->kind, row->id, head, e);

	if (rc == 0 && row->version == 1) {
		rc = db_number(&s->db, newest, &row->record, e);
		row->record++;
		head->record = row->record;
		head->made = row->at;
		return rc;
	}
	if (rc != 1)
		return rc == 0 ? version_conflict(e) : rc;
	rc = record_head_newest(&s->db, head, &old, e);
	if (rc != 0)
		return rc;
	if (row->version == old.version + 1)
		follow(row, &old, has_blob);
	else
		rc = version_conflict(e);
	row_release(&record_table, &old);
	return rc;
}

static int
head_set(struct store *s, const struct record_row *row,
    struct record_head_row *head, struct err *e)
{
	static const char insert[] =
	    "INSERT INTO record_head(" RECORD_HEAD_COLUMNS
	    ") VALUES(?,?,?,?,?,?,?,?,?,?)";
	static const char replace[] =
	    "INSERT OR REPLACE INTO record_head(" RECORD_HEAD_COLUMNS
	    ") VALUES(?,?,?,?,?,?,?,?,?,?)";

	memcpy(head->kind, row->kind, sizeof(head->kind));
	memcpy(head->id, row->id, sizeof(head->id));
	memcpy(head->office, row->office, sizeof(head->office));
	memcpy(head->subject, row->subject, sizeof(head->subject));
	memcpy(head->state, row->state, sizeof(head->state));
	head->newest = row->row;
	memcpy(head->newest_hash, row->hash, 32);
	return row_insert(&s->db, &record_head_table,
	    row->version == 1 ? insert : replace, head, e);
}

static int
put_one(struct store *s, struct store_record *v, struct record_row *row,
    struct err *e)
{
	static const char newest[] = "SELECT max(row) FROM record";
	static const char sql[] = "INSERT INTO record(" RECORD_COLUMNS
				  ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
	struct record_head_row head = {.record = 0};
	int rc = find_old(s, row, &head, v->blob.n > 0, e);

	if (rc == 0)
		rc = db_number(&s->db, newest, &row->row, e);
	row->row++;
	if (rc == 0)
		rc = row_insert(&s->db, &record_table, sql, row, e);
	if (rc == 0)
		rc = head_set(s, row, &head, e);
	v->made = head.made;
	return rc;
}

static int
put_run(struct store *s, void *arg, struct err *e)
{
	struct put *put = arg;
	size_t i, k = 0;
	int rc = 0;

	for (i = 0; rc == 0 && i < put->n; i++) {
		if (put->v[i].blob.n > 0)
			put->rows[i].blob = put->places[k++];
		rc = put_one(s, &put->v[i], &put->rows[i], e);
	}
	if (rc == 0 && put->event != NULL)
		rc = event_append_keeping(s, put->event, e);
	return rc;
}

static int
row_fill(struct put *put, size_t i, struct db *db, struct err *e)
{
	struct store_record *v = &put->v[i];
	struct record_row *row = &put->rows[i];

	if (v->kind[0] == '\0' || v->id[0] == '\0' || v->version == 0 ||
	    v->body.n > STORE_RECORD_BODY_MAX ||
	    (v->body.n > 0 && memchr(v->body.p, 0, v->body.n) != NULL))
		return err_internal(e, "record");
	memcpy(row->kind, v->kind, sizeof(row->kind));
	memcpy(row->id, v->id, sizeof(row->id));
	memcpy(row->office, v->office, sizeof(row->office));
	memcpy(row->subject, v->subject, sizeof(row->subject));
	memcpy(row->state, v->state, sizeof(row->state));
	row->version = v->version;
	row->at = v->at;
	row->body = (char *)(uintptr_t)buf_cstr(&v->body);
	if (row->body == NULL)
		return err_nomem(e);
	if (v->blob.n == 0)
		return 0;
	put->blobs[put->nblobs] = buf_bytes(&v->blob);
	return db_digest(
	    db, &put->blobs[put->nblobs++], 1, row->blob_digest, e);
}

/* Hashing happens in the caller's thread, not in the one that writes. */
static int
rows_fill(struct store *s, struct put *put, struct err *e)
{
	struct db *db = reader_begin(s, e);
	size_t i;
	int rc = 0;

	if (db == NULL)
		return e->class;
	for (i = 0; rc == 0 && i < put->n; i++)
		rc = row_fill(put, i, db, e);
	reader_end(s, db);
	return rc;
}

static int
put_all(struct store *s, struct put *put, struct err *e)
{
	struct writer_item item = {.run = put_run, .arg = put};
	size_t i;
	int rc = rows_fill(s, put, e);

	item.blobs = put->blobs;
	item.places = put->places;
	item.nblobs = put->nblobs;
	if (rc == 0)
		rc = writer_do(s, &item, e);
	for (i = 0; rc == 0 && i < put->n; i++) {
		memcpy(put->v[i].blob_digest, put->rows[i].blob_digest, 32);
		put->v[i].blob_size = put->rows[i].blob.length;
	}
	return rc;
}

int
store_records_put(struct store *s, struct store_record *v, size_t n,
    struct store_event *event, struct err *e)
{
	struct put *put;
	int rc;

	if (n == 0 || n > STORE_RECORDS_MAX ||
	    (event != NULL && !store_event_keeps_status(event)))
		return err_internal(e, "records");
	put = calloc(1, sizeof(*put));
	if (put == NULL)
		return err_nomem(e);
	put->rows = calloc(n, sizeof(*put->rows));
	put->v = v;
	put->n = n;
	put->event = event;
	rc = put->rows != NULL ? put_all(s, put, e) : err_nomem(e);
	free(put->rows);
	free(put);
	return rc;
}
