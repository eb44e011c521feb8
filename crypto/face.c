/* face.c - the canonical face; see face.h. */
#include "crypto/face.h"

#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"

struct face *
face_new(void)
{
	return calloc(1, sizeof(struct face));
}

static void
row_release(struct face_row *row)
{
	size_t i;

	for (i = 0; i < row->ncells; i++)
		free(row->cells[i].value);
	free(row->cells);
}

void
face_free(struct face *face)
{
	struct face_field *field;
	size_t i, j;

	if (face == NULL)
		return;
	for (i = 0; i < face->nfields; i++) {
		field = &face->fields[i];
		free(field->value);
		for (j = 0; j < field->nrows; j++)
			row_release(&field->rows[j]);
		free(field->rows);
	}
	free(face->fields);
	free(face);
}

static int
name_ok(const char *name, size_t n)
{
	size_t i;

	if (n == 0 || n >= FACE_NAME_SIZE || name[0] < 'A' || name[0] > 'Z')
		return 0;
	for (i = 1; i < n; i++)
		if (!((name[i] >= 'A' && name[i] <= 'Z') ||
			(name[i] >= '0' && name[i] <= '9') || name[i] == '_'))
			return 0;
	return 1;
}

static int
value_ok(const char *s)
{
	size_t len = strlen(s), pos = 0;
	int32_t cp;

	while (pos < len) {
		cp = text_utf8_next(s, len, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp))
			return 0;
	}
	return 1;
}

/* Check a name and a value that go into a face. */
static int
check(const char *name, const char *value, struct err *e)
{
	if (!name_ok(name, strlen(name)))
		/* it is not repeated: it may not be text at all */
		return err_set(e, ERR_INPUT, "face_name",
		    "照面字段名不合规：须为大写字母、数字和下划线，至多 32 个",
		    "bad face field name: upper-case letters, digits and "
		    "underscores, at most 32");
	if (!value_ok(value))
		return err_set(e, ERR_INPUT, "face_value",
		    "字段 %s 含有不允许的字符或不是有效的 UTF-8",
		    "field %s has characters that are not allowed, or is not valid UTF-8",
		    name);
	return 0;
}

static struct face_field *
append_field(struct face *face, const char *name, struct err *e)
{
	struct face_field *grown;

	if (face_field(face, name) != NULL) {
		err_set(e, ERR_INPUT, "face_name", "照面字段重复：%s",
		    "face field given twice: %s", name);
		return NULL;
	}
	if (face->nfields >= FACE_FIELDS_MAX) {
		err_set(e, ERR_LIMIT, "face_too_large", "照面字段过多",
		    "too many face fields");
		return NULL;
	}
	grown = realloc(face->fields, (face->nfields + 1) * sizeof(*grown));
	if (grown == NULL) {
		err_nomem(e);
		return NULL;
	}
	face->fields = grown;
	grown += face->nfields++;
	memset(grown, 0, sizeof(*grown));
	memcpy(grown->name, name, strlen(name) + 1);
	return grown;
}

int
face_add(struct face *face, const char *name, const char *value, struct err *e)
{
	struct face_field *field;
	int rc;

	if (value == NULL || value[0] == '\0')
		return 0;
	if ((rc = check(name, value, e)) != 0)
		return rc;
	if ((field = append_field(face, name, e)) == NULL)
		return e->class;
	field->value = strdup(value);
	if (field->value == NULL) {
		face->nfields--;
		return err_nomem(e);
	}
	return 0;
}

static int
row_add_cell(
    struct face_row *row, const char *name, const char *value, struct err *e)
{
	struct face_cell *cell = &row->cells[row->ncells];
	size_t i;
	int rc;

	if ((rc = check(name, value, e)) != 0)
		return rc;
	for (i = 0; i < row->ncells; i++)
		if (strcmp(row->cells[i].name, name) == 0)
			return err_set(e, ERR_INPUT, "face_name",
			    "照面字段重复：%s", "face field given twice: %s",
			    name);
	memset(cell, 0, sizeof(*cell));
	memcpy(cell->name, name, strlen(name) + 1);
	if ((cell->value = strdup(value)) == NULL)
		return err_nomem(e);
	row->ncells++;
	return 0;
}

static int
row_fill(struct face_row *row, const char *const *columns,
    const char *const *values, size_t n, struct err *e)
{
	size_t i;
	int rc;

	if (n > FACE_COLUMNS_MAX)
		return err_set(e, ERR_LIMIT, "face_too_large", "表格列过多",
		    "too many columns in a table");
	if ((row->cells = calloc(n ? n : 1, sizeof(*row->cells))) == NULL)
		return err_nomem(e);
	for (i = 0; i < n; i++) {
		if (values[i] == NULL || values[i][0] == '\0')
			continue;
		if ((rc = row_add_cell(row, columns[i], values[i], e)) != 0)
			return rc;
	}
	if (row->ncells == 0)
		return err_set(e, ERR_INPUT, "face_value", "表格行为空",
		    "a row of a table is empty");
	return 0;
}

/* The table `name`, made when missing; must be the last field of the face. */
static struct face_field *
last_table(struct face *face, const char *name, struct err *e)
{
	struct face_field *last;

	last = face->nfields ? &face->fields[face->nfields - 1] : NULL;
	if (last != NULL && last->value == NULL &&
	    strcmp(last->name, name) == 0)
		return last;
	if (!name_ok(name, strlen(name))) {
		check(name, "", e);
		return NULL;
	}
	return append_field(face, name, e);
}

int
face_add_row(struct face *face, const char *name, const char *const *columns,
    const char *const *values, size_t n, struct err *e)
{
	struct face_field *table;
	struct face_row row = {NULL, 0}, *grown;
	int rc;

	if ((rc = row_fill(&row, columns, values, n, e)) != 0)
		goto fail;
	if ((table = last_table(face, name, e)) == NULL) {
		rc = e->class;
		goto fail;
	}
	if (table->nrows >= FACE_ROWS_MAX) {
		rc = err_set(e, ERR_LIMIT, "face_too_large", "表格行过多",
		    "too many rows in a table");
		goto fail;
	}
	grown = realloc(table->rows, (table->nrows + 1) * sizeof(*grown));
	if (grown == NULL) {
		rc = err_nomem(e);
		goto fail;
	}
	table->rows = grown;
	grown[table->nrows++] = row;
	return 0;
fail:
	row_release(&row);
	return rc;
}

const struct face_field *
face_field(const struct face *face, const char *name)
{
	size_t i;

	for (i = 0; i < face->nfields; i++)
		if (strcmp(face->fields[i].name, name) == 0)
			return &face->fields[i];
	return NULL;
}

const char *
face_get(const struct face *face, const char *name)
{
	const struct face_field *field = face_field(face, name);

	return field == NULL ? NULL : field->value;
}

/* Element content: & < > are escaped, nothing else needs to be (C14N 1.0, 2.3).
 */
static void
write_text(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '&')
			buf_add_str(out, "&amp;");
		else if (*s == '<')
			buf_add_str(out, "&lt;");
		else if (*s == '>')
			buf_add_str(out, "&gt;");
		else
			buf_add_byte(out, (uint8_t)*s);
	}
}

static void
write_element(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "<%s>", name);
	write_text(out, value);
	buf_printf(out, "</%s>", name);
}

static void
write_table(struct buf *out, const struct face_field *field)
{
	size_t i, j;

	buf_printf(out, "<%s>", field->name);
	for (i = 0; i < field->nrows; i++) {
		buf_add_str(out, "<Row>");
		for (j = 0; j < field->rows[i].ncells; j++)
			write_element(out, field->rows[i].cells[j].name,
			    field->rows[i].cells[j].value);
		buf_add_str(out, "</Row>");
	}
	buf_printf(out, "</%s>", field->name);
}

int
face_write(const struct face *face, struct buf *out, struct err *e)
{
	size_t start = out->n, i;

	buf_add_str(out, FACE_OPEN);
	for (i = 0; i < face->nfields; i++) {
		if (face->fields[i].value != NULL)
			write_element(
			    out, face->fields[i].name, face->fields[i].value);
		else
			write_table(out, &face->fields[i]);
	}
	buf_add_str(out, FACE_CLOSE);
	if (buf_failed(out))
		return err_nomem(e);
	if (out->n - start > FACE_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "face_too_large",
		    "照面内容超过 %d 字节", "the face is over %d bytes",
		    FACE_BYTES_MAX);
	return 0;
}

int
face_digest(
    struct bytes canonical, uint8_t digest[FACE_DIGEST_SIZE], struct err *e)
{
	unsigned int n = FACE_DIGEST_SIZE;

	if (EVP_Digest(
		canonical.p, canonical.n, digest, &n, EVP_sha256(), NULL) != 1)
		return err_internal(e, "SHA-256");
	return 0;
}
