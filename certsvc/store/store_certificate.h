/*
 * store_certificate.h - certificate and document rows, for the files that
 * write, read, list and audit them.  Private to certsvc/store.
 */
#ifndef CERTSVC_STORE_STORE_CERTIFICATE_H
#define CERTSVC_STORE_STORE_CERTIFICATE_H

#include "certsvc/store/store_parts.h"

#define CERTIFICATE_COLUMNS                                                    \
	"row, id, intent, type, template_version, department, number,"         \
	" identifier, holder, holder_code, face_digest, list, place, issued,"  \
	" valid_from, valid_to, supersedes, leaf, face_length,"                \
	" record_length, qr_length, segment, offset, length, body_digest,"     \
	" documents_digest, hash"

#define DOCUMENT_COLUMNS                                                       \
	"row, certificate, format, variant, version, digest, segment,"         \
	" offset, length, hash"

enum {
	DOCUMENTS_MAX = 64 /* documents of one certificate, when issued */
};

#define COPY_COLUMNS "row, certificate, original, hash"

/* By row number: 1, 0, or a class. */
int certificate_row_by_number(
    struct db *db, int64_t number, struct certificate_row *row, struct err *e);

/* Fill status, status_since, status_reason, superseded_by, copy_of. */
int certificate_row_status(
    struct db *db, struct certificate_row *row, struct err *e);

/* Fill face, record and qr from the segment, checked. */
int certificate_row_body(
    struct store *s, struct db *db, struct certificate_row *row, struct err *e);

/* Insert a document's row, giving it its number. */
int document_row_insert(struct db *db, struct document_row *row, struct err *e);

/* Digest over all documents of version 1, in the order they were issued. */
int documents_digest(struct db *db, const struct document_row *rows, size_t n,
    uint8_t digest[32], struct err *e);

/* Read and check the bytes of a document. */
int document_row_bytes(struct store *s, struct db *db,
    const struct document_row *row, struct buf *out, struct err *e);

#endif
