/* store_certificate.c - issuing: one transaction with everything in it. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/store/store_certificate.h"

/* One certificate on its way in. */
struct put {
	struct certificate_row row; /* texts borrowed from the caller */
	const struct store_event *event;
	struct document_row documents[DOCUMENTS_MAX];
	size_t ndocuments;
	struct bytes blobs[WRITER_BLOBS];
	struct segment_place places[WRITER_BLOBS];
	struct buf body;
};

static int
check_intent(struct store *s, const struct store_certificate *c, struct err *e)
{
	struct intent_row row;
	const struct store_intent *i = &row.intent;
	int rc = intent_row_by_id(&s->db, c->intent, &row, e);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return err_set(e, ERR_CONFLICT, "no_such_intent",
		    "签发前没有登记意向记录",
		    "no intent was written before this certificate");
	if (strcmp(i->certificate, c->id) != 0 ||
	    strcmp(i->department, c->department) != 0 ||
	    strcmp(i->type, c->type) != 0 || i->list != c->list ||
	    i->index != c->index || strcmp(i->supersedes, c->supersedes) != 0)
		return err_set(e, ERR_CONFLICT, "intent_mismatch",
		    "证照与登记的意向记录不一致",
		    "the certificate differs from its intent");
	return 0;
}

static int
check_new(struct store *s, const struct store_certificate *c, struct err *e)
{
	struct certificate_row row;
	int rc = certificate_row_find(&s->db, c->id, &row, e);

	if (rc != 1)
		return rc;
	row_release(&certificate_table, &row);
	return err_set(e, ERR_CONFLICT, "already_issued", "该证照已经签发",
	    "this certificate was already issued");
}

/* The certificate that a correction replaces, and its newest event; nothing
 * is owned when it fails. */
static int
find_old(struct store *s, const char *id, struct certificate_row *cert,
    struct event_row *event, struct err *e)
{
	int rc = certificate_row_find(&s->db, id, cert, e);

	if (rc != 1)
		return rc == 0 ? certificate_missing(e) : rc;
	rc = event_row_newest(&s->db, cert->row, event, e);
	if (rc == 0 && event->event.status != STATUS_PENDING &&
	    event->event.status != STATUS_VALID) {
		row_release(&event_table, event);
		rc = err_set(e, ERR_CONFLICT, "not_current",
		    "被更正的证照已被暂停、吊销或替代",
		    "the certificate to be replaced is suspended, revoked or superseded");
	}
	if (rc != 0)
		row_release(&certificate_table, cert);
	return rc;
}

static int
supersede(struct store *s, const struct put *put,
    const struct certificate_row *cert, const struct event_row *old,
    struct err *e)
{
	struct event_row row = {.certificate = cert->row};
	int rc;

	row.event = *put->event;
	row.event.status = STATUS_SUPERSEDED;
	memcpy(row.event.successor, put->row.c.id, STORE_ID_SIZE);
	rc = event_row_append(s, &row, old, cert->hash, e);
	return rc == 0 ? copies_follow(s, cert->row, &row.event, e) : rc;
}

static int
insert_documents(struct store *s, struct put *put, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < put->ndocuments; i++) {
		put->documents[i].certificate = put->row.row;
		put->documents[i].place = put->places[i];
		rc = document_row_insert(&s->db, &put->documents[i], e);
	}
	return rc;
}

static int
insert(struct store *s, struct put *put, struct err *e)
{
	static const char newest[] = "SELECT max(row) FROM certificate";
	static const char sql[] =
	    "INSERT INTO certificate(" CERTIFICATE_COLUMNS ") VALUES"
	    "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
	struct event_row event = {.certificate = 0};
	int rc = db_number(&s->db, newest, &put->row.row, e);

	if (rc == 0)
		rc = leaf_count(&s->db, &put->row.c.leaf, e);
	if (rc != 0)
		return rc;
	put->row.row++;
	put->row.body = put->places[put->ndocuments];
	rc = row_insert(&s->db, &certificate_table, sql, &put->row, e);
	if (rc == 0)
		rc = insert_documents(s, put, e);
	if (rc == 0 && put->row.c.copy_of[0] != '\0')
		rc = copy_insert(
		    s, put->row.row, put->row.c.copy_of, put->event->at, e);
	if (rc != 0)
		return rc;
	event.event = *put->event;
	event.certificate = put->row.row;
	event.list = put->row.c.list;
	event.place = put->row.c.index;
	return event_row_append(s, &event, NULL, put->row.hash, e);
}

static int
put_run(struct store *s, void *arg, struct err *e)
{
	struct put *put = arg;
	const struct store_certificate *c = &put->row.c;
	struct certificate_row cert;
	struct event_row old;
	int rc = check_intent(s, c, e);

	if (rc == 0)
		rc = check_new(s, c, e);
	if (rc != 0)
		return rc;
	if (c->supersedes[0] == '\0')
		return insert(s, put, e);
	rc = find_old(s, c->supersedes, &cert, &old, e);
	if (rc != 0)
		return rc;
	rc = insert(s, put, e);
	if (rc == 0)
		rc = supersede(s, put, &cert, &old, e);
	row_release(&event_table, &old);
	row_release(&certificate_table, &cert);
	return rc;
}

/* Hashing happens in the caller's thread, not in the one that writes. */
static int
put_documents(struct put *put, struct db *db, const struct store_document *docs,
    size_t n, struct err *e)
{
	struct document_row *row;
	size_t i;
	int rc = 0;

	if (n > DOCUMENTS_MAX)
		return err_internal(e, "too many documents");
	for (i = 0; rc == 0 && i < n; i++) {
		row = &put->documents[i];
		memcpy(row->format, docs[i].format, sizeof(row->format));
		memcpy(row->variant, docs[i].variant, sizeof(row->variant));
		row->version = 1;
		put->blobs[i] = buf_bytes(&docs[i].bytes);
		rc = db_digest(db, &put->blobs[i], 1, row->digest, e);
	}
	put->ndocuments = n;
	if (rc == 0)
		rc = documents_digest(
		    db, put->documents, n, put->row.documents_digest, e);
	return rc;
}

static int
put_body(struct put *put, struct db *db, struct err *e)
{
	const struct store_certificate *c = &put->row.c;
	struct bytes view;

	buf_add_buf(&put->body, &c->face);
	buf_add_buf(&put->body, &c->record);
	buf_add_buf(&put->body, &c->qr);
	if (buf_failed(&put->body))
		return err_nomem(e);
	put->row.face_length = c->face.n;
	put->row.record_length = c->record.n;
	put->row.qr_length = c->qr.n;
	view = buf_bytes(&put->body);
	put->blobs[put->ndocuments] = view;
	return db_digest(db, &view, 1, put->row.body_digest, e);
}

static int
put_digests(struct store *s, struct put *put, const struct store_document *docs,
    size_t n, struct err *e)
{
	struct db *db = reader_begin(s, e);
	int rc;

	if (db == NULL)
		return e->class;
	rc = put_documents(put, db, docs, n, e);
	if (rc == 0)
		rc = put_body(put, db, e);
	reader_end(s, db);
	return rc;
}

/* What a read would give. */
static void
put_filled(const struct put *put, struct store_certificate *c,
    struct store_document *docs)
{
	size_t i;

	c->status = put->event->status;
	c->status_since = put->event->at;
	memcpy(c->status_reason, put->event->reason, sizeof(c->status_reason));
	c->leaf = put->row.c.leaf;
	for (i = 0; i < put->ndocuments; i++) {
		memcpy(docs[i].digest, put->documents[i].digest,
		    sizeof(docs[i].digest));
		docs[i].size = put->blobs[i].n;
	}
}

int
store_certificate_put(struct store *s, struct store_certificate *c,
    const struct store_event *event, struct store_document *docs, size_t ndocs,
    struct err *e)
{
	struct writer_item item = {.run = put_run};
	struct put *put = calloc(1, sizeof(*put));
	int rc;

	if (put == NULL)
		return err_nomem(e);
	put->row.c = *c;
	put->event = event;
	rc = put_digests(s, put, docs, ndocs, e);
	item.arg = put;
	item.blobs = put->blobs;
	item.places = put->places;
	item.nblobs = put->ndocuments + 1;
	if (rc == 0)
		rc = writer_do(s, &item, e);
	if (rc == 0)
		put_filled(put, c, docs);
	buf_release(&put->body);
	free(put);
	return rc;
}

/* What a read gives away: everything in the row, its status and its body. */
static int
get_rest(struct store *s, struct db *db, struct certificate_row *row,
    struct store_certificate *c, struct err *e)
{
	int rc = certificate_row_status(db, row, e);

	if (rc == 0)
		rc = certificate_row_body(s, db, row, e);
	if (rc == 0)
		*c = row->c;
	else
		store_certificate_release(&row->c);
	return rc;
}

int
store_certificate_get(
    struct store *s, const char *id, struct store_certificate *c, struct err *e)
{
	struct certificate_row row;
	struct db *db = reader_begin(s, e);
	int rc;

	if (db == NULL)
		return e->class;
	rc = certificate_row_find(db, id, &row, e);
	if (rc == 1)
		rc = get_rest(s, db, &row, c, e);
	else if (rc == 0)
		rc = certificate_missing(e);
	reader_end(s, db);
	return rc;
}
