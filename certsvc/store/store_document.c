/* store_document.c - the files of certificates: rows here, bytes in segments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/store/store_certificate.h"

static const struct row_column columns[] = {
    ROW_COLUMN(struct document_row, ROW_INT, row),
    ROW_COLUMN(struct document_row, ROW_INT, certificate),
    ROW_COLUMN(struct document_row, ROW_CHARS, format),
    ROW_COLUMN(struct document_row, ROW_CHARS, variant),
    ROW_COLUMN(struct document_row, ROW_UINT, version),
    ROW_COLUMN(struct document_row, ROW_BYTES, digest),
    ROW_COLUMN(struct document_row, ROW_INT, place.segment),
    ROW_COLUMN(struct document_row, ROW_INT, place.offset),
    ROW_COLUMN(struct document_row, ROW_INT, place.length),
};

const struct row_table document_table = {"document", columns,
    sizeof(columns) / sizeof(columns[0]), offsetof(struct document_row, hash),
    sizeof(struct document_row)};

int
document_row_insert(struct db *db, struct document_row *row, struct err *e)
{
	static const char newest[] = "SELECT max(row) FROM document";
	static const char sql[] =
	    "INSERT INTO document(" DOCUMENT_COLUMNS ") VALUES"
	    "(?,?,?,?,?,?,?,?,?,?)";
	int rc = db_number(db, newest, &row->row, e);

	if (rc != 0)
		return rc;
	row->row++;
	return row_insert(db, &document_table, sql, row, e);
}

int
documents_digest(struct db *db, const struct document_row *rows, size_t n,
    uint8_t digest[32], struct err *e)
{
	struct bytes parts[3 * DOCUMENTS_MAX + 1];
	size_t i, k = 0;

	if (n > DOCUMENTS_MAX)
		return err_internal(e, "too many documents");
	parts[k++] = bytes_str("certsvc-documents-1");
	for (i = 0; i < n; i++) {
		/* with the NUL, so that the two texts cannot run together */
		parts[k] = bytes_str(rows[i].format);
		parts[k++].n++;
		parts[k] = bytes_str(rows[i].variant);
		parts[k++].n++;
		parts[k].p = rows[i].digest;
		parts[k++].n = 32;
	}
	return db_digest(db, parts, k, digest, e);
}

int
document_row_bytes(struct store *s, struct db *db,
    const struct document_row *row, struct buf *out, struct err *e)
{
	struct bytes view;
	uint8_t digest[32];
	int rc = segments_read(&s->segments, &row->place, out, e);

	if (rc != 0)
		return rc;
	view = buf_bytes(out);
	rc = db_digest(db, &view, 1, digest, e);
	if (rc == 0 && memcmp(digest, row->digest, 32) != 0)
		rc = db_damaged("document", row->row, e);
	return rc;
}

static const char exact_version[] =
    "SELECT " DOCUMENT_COLUMNS " FROM document WHERE certificate=?1 AND"
    " format=?2 AND variant=?3 AND version=?4";
static const char newest_version[] =
    "SELECT " DOCUMENT_COLUMNS " FROM document WHERE certificate=?1 AND"
    " format=?2 AND variant=?3 AND version>?4 ORDER BY version DESC LIMIT 1";

static int
document_row_find(struct db *db, int64_t certificate, const char *format,
    const char *variant, unsigned int version, struct document_row *row,
    struct err *e)
{
	sqlite3_stmt *stmt;
	int rc = db_prepare(
	    db, version == 0 ? newest_version : exact_version, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_int64(stmt, 1, certificate);
	sqlite3_bind_text(stmt, 2, format, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 3, variant, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 4, version);
	rc = row_one(db, &document_table, stmt, row, e);
	if (rc == 1 && (row->certificate != certificate ||
			   strcmp(row->format, format) != 0 ||
			   strcmp(row->variant, variant) != 0 ||
			   (version != 0 && row->version != version)))
		return db_damaged("document", row->row, e);
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "no_such_document",
		    "该证照没有这种文件",
		    "the certificate has no such document");
	return rc < 0 ? rc : 0;
}

static void
document_describe(const struct document_row *row, struct store_document *doc)
{
	memset(doc, 0, sizeof(*doc));
	memcpy(doc->format, row->format, sizeof(doc->format));
	memcpy(doc->variant, row->variant, sizeof(doc->variant));
	doc->version = row->version;
	memcpy(doc->digest, row->digest, 32);
	doc->size = row->place.length;
}

static int
document_read(struct store *s, struct db *db, const char *certificate,
    struct document_row *row, struct store_document *doc, struct err *e)
{
	struct certificate_row cert;
	int rc = certificate_row_find(db, certificate, &cert, e);

	if (rc != 1)
		return rc == 0 ? certificate_missing(e) : rc;
	rc = document_row_find(
	    db, cert.row, row->format, row->variant, row->version, row, e);
	row_release(&certificate_table, &cert);
	if (rc != 0)
		return rc;
	document_describe(row, doc);
	rc = document_row_bytes(s, db, row, &doc->bytes, e);
	if (rc != 0)
		buf_release(&doc->bytes);
	return rc;
}

int
store_document_get(struct store *s, const char *certificate, const char *format,
    const char *variant, unsigned int version, struct store_document *doc,
    struct err *e)
{
	struct document_row row = {.version = version};
	struct db *db;
	int rc;

	if (variant == NULL)
		variant = "";
	if (strlen(format) >= sizeof(row.format) ||
	    strlen(variant) >= sizeof(row.variant))
		return err_set(e, ERR_NOT_FOUND, "no_such_document",
		    "该证照没有这种文件",
		    "the certificate has no such document");
	memcpy(row.format, format, strlen(format) + 1);
	memcpy(row.variant, variant, strlen(variant) + 1);
	db = reader_begin(s, e);
	if (db == NULL)
		return e->class;
	rc = document_read(s, db, certificate, &row, doc, e);
	reader_end(s, db);
	return rc;
}

/* All rows of a certificate, which says what they must be. */
static int
document_rows(struct db *db, const struct certificate_row *cert,
    struct document_row *rows, size_t *n, struct err *e)
{
	static const char sql[] =
	    "SELECT " DOCUMENT_COLUMNS " FROM document WHERE certificate=?1"
	    " AND version=1 ORDER BY row";
	uint8_t digest[32];
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_int64(stmt, 1, cert->row);
	while (*n < DOCUMENTS_MAX && (rc = db_step(db, stmt, e)) == 1) {
		rc = row_read(db, &document_table, stmt, &rows[*n], e);
		if (rc != 0)
			break;
		(*n)++;
	}
	db_reset(stmt);
	if (rc >= 0)
		rc = documents_digest(db, rows, *n, digest, e);
	if (rc == 0 && memcmp(digest, cert->documents_digest, 32) != 0)
		rc = db_damaged("certificate", cert->row, e);
	return rc;
}

static int
document_list(struct db *db, const char *certificate,
    struct store_document *docs, size_t max, size_t *n, struct err *e)
{
	struct document_row *rows = calloc(DOCUMENTS_MAX, sizeof(*rows));
	struct certificate_row cert;
	size_t nrows = 0;
	int rc;

	if (rows == NULL)
		return err_nomem(e);
	rc = certificate_row_find(db, certificate, &cert, e);
	if (rc == 1) {
		rc = document_rows(db, &cert, rows, &nrows, e);
		row_release(&certificate_table, &cert);
	} else if (rc == 0) {
		rc = certificate_missing(e);
	}
	for (; rc == 0 && *n < nrows && *n < max; (*n)++)
		document_describe(&rows[*n], &docs[*n]);
	free(rows);
	return rc;
}

int
store_document_list(struct store *s, const char *certificate,
    struct store_document *docs, size_t max, size_t *n, struct err *e)
{
	struct db *db = reader_begin(s, e);
	int rc;

	*n = 0;
	if (db == NULL)
		return e->class;
	rc = document_list(db, certificate, docs, max, n, e);
	reader_end(s, db);
	return rc;
}

static int
document_owner(struct db *db, const uint8_t digest[32],
    struct document_row *row, struct certificate_row *cert, struct err *e)
{
	static const char sql[] =
	    "SELECT " DOCUMENT_COLUMNS
	    " FROM document WHERE digest=?1 ORDER BY row LIMIT 1";
	sqlite3_stmt *stmt;
	int rc = db_prepare(db, sql, &stmt, e);

	if (rc != 0)
		return rc;
	sqlite3_bind_blob(stmt, 1, digest, 32, SQLITE_STATIC);
	rc = row_one(db, &document_table, stmt, row, e);
	if (rc != 1)
		return rc;
	if (memcmp(row->digest, digest, 32) != 0)
		return db_damaged("document", row->row, e);
	rc = certificate_row_by_number(db, row->certificate, cert, e);
	return rc == 0 ? db_damaged("certificate", row->certificate, e) : rc;
}

int
store_document_find(struct store *s, const uint8_t digest[32],
    char certificate[STORE_ID_SIZE], char format[8], struct err *e)
{
	struct certificate_row cert;
	struct document_row row;
	struct db *db = reader_begin(s, e);
	int rc;

	if (db == NULL)
		return e->class;
	rc = document_owner(db, digest, &row, &cert, e);
	reader_end(s, db);
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "no_such_document",
		    "没有登记过这个文件", "no document has this digest");
	if (rc < 0)
		return rc;
	memcpy(certificate, cert.c.id, STORE_ID_SIZE);
	memcpy(format, row.format, sizeof(row.format));
	row_release(&certificate_table, &cert);
	return 0;
}
