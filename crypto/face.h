/*
 * face.h - the canonical face (照面): the named values a certificate shows, in
 * one byte form only, and its digest.  The face digest binds all documents of
 * one certificate.
 *
 * Canonical bytes (they equal exclusive C14N of the element, so any XML tool
 * can recompute them):
 *
 *   <Face xmlns="urn:certsvc:face:1"><ZZMC>营业执照</ZZMC>...
 *   <KZ_JFJL><Row><YF>2026-01</YF><JE>812.00</JE></Row>...</KZ_JFJL></Face>
 *
 * on one line, no white space between elements, no attributes, no comments;
 * text is UTF-8 with & < > escaped and nothing else; empty values are not
 * written.  Names are GB/T 36903 short names (ZZMC, CZZT ...) or KZ_ names:
 * [A-Z][A-Z0-9_]{0,31}.
 */
#ifndef CRYPTO_FACE_H
#define CRYPTO_FACE_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

#define FACE_OPEN "<Face xmlns=\"urn:certsvc:face:1\">"
#define FACE_CLOSE "</Face>"

enum {
	FACE_BYTES_MAX = 65536, /* canonical bytes of one face */
	FACE_FIELDS_MAX = 128,	/* fields of one face */
	FACE_ROWS_MAX = 600,	/* rows of one table */
	FACE_COLUMNS_MAX = 12,	/* cells of one row */
	FACE_NAME_SIZE = 33,	/* name with NUL */
	FACE_DIGEST_SIZE = 32	/* SHA-256 */
};

struct face_cell {
	char name[FACE_NAME_SIZE];
	char *value; /* owned, UTF-8, never empty */
};

struct face_row {
	struct face_cell *cells; /* owned */
	size_t ncells;
};

/* A single value (value != NULL) or a table (nrows > 0). */
struct face_field {
	char name[FACE_NAME_SIZE];
	char *value;
	struct face_row *rows;
	size_t nrows;
};

struct face {
	struct face_field *fields; /* owned, in schema order */
	size_t nfields;
};

struct face *face_new(void);
void face_free(struct face *face);

/* Append a value; an empty or NULL value is left out.  ERR_INPUT for a bad
 * or repeated name, malformed UTF-8, forbidden characters, too many fields. */
int face_add(
    struct face *face, const char *name, const char *value, struct err *e);

/* Append a row to the table `name` (made when missing; must be the last field
 * added).  Empty cells are left out; a row of empty cells is refused. */
int face_add_row(struct face *face, const char *name,
    const char *const *columns, const char *const *values, size_t n,
    struct err *e);

/* Value of a field, or NULL (also for a table). */
const char *face_get(const struct face *face, const char *name);
const struct face_field *face_field(const struct face *face, const char *name);

/* Append the canonical bytes.  ERR_LIMIT over FACE_BYTES_MAX. */
int face_write(const struct face *face, struct buf *out, struct err *e);

/* Parse canonical bytes; anything that face_write would not have written,
 * byte for byte, is ERR_INPUT "face_not_canonical".  Caller frees *face. */
int face_parse(struct bytes canonical, struct face **face, struct err *e);

/* SHA-256 over canonical bytes; 0, or ERR_INTERNAL. */
int face_digest(
    struct bytes canonical, uint8_t digest[FACE_DIGEST_SIZE], struct err *e);

#endif
