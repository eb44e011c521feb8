/* face_parse.c - reading a canonical face; see face.h. */
#include "crypto/face.h"

#include <stdlib.h>
#include <string.h>

/* A cursor over canonical bytes. */
struct reader {
	const char *p;
	const char *end;
	struct err *e;
};

static int
malformed(struct reader *r)
{
	return err_set(r->e, ERR_INPUT, "face_not_canonical",
	    "照面内容不是规范形式", "the face is not in its canonical form");
}

/* 1 and skip when the next bytes are `s`. */
static int
eat(struct reader *r, const char *s)
{
	size_t n = strlen(s);

	if ((size_t)(r->end - r->p) < n || memcmp(r->p, s, n) != 0)
		return 0;
	r->p += n;
	return 1;
}

/* "<NAME>" */
static int
read_open(struct reader *r, char name[FACE_NAME_SIZE])
{
	const char *gt;
	size_t n;

	if (!eat(r, "<"))
		return malformed(r);
	gt = memchr(r->p, '>', (size_t)(r->end - r->p));
	if (gt == NULL || gt - r->p >= FACE_NAME_SIZE)
		return malformed(r);
	n = (size_t)(gt - r->p);
	memcpy(name, r->p, n);
	name[n] = '\0';
	r->p = gt + 1;
	return 0;
}

static int
read_close(struct reader *r, const char *name)
{
	if (!eat(r, "</") || !eat(r, name) || !eat(r, ">"))
		return malformed(r);
	return 0;
}

/* Text up to the next tag, unescaped; *value is owned by the caller. */
static int
read_text(struct reader *r, char **value)
{
	struct buf text = BUF_INIT;

	while (r->p < r->end && *r->p != '<') {
		if (eat(r, "&amp;"))
			buf_add_byte(&text, '&');
		else if (eat(r, "&lt;"))
			buf_add_byte(&text, '<');
		else if (eat(r, "&gt;"))
			buf_add_byte(&text, '>');
		else if (*r->p == '&' || *r->p == '>' || *r->p == '\0')
			break;
		else
			buf_add_byte(&text, (uint8_t)*r->p++);
	}
	if (text.n == 0 || r->p >= r->end || *r->p != '<') {
		buf_release(&text);
		return malformed(r);
	}
	if (buf_cstr(&text) == NULL)
		return err_nomem(r->e);
	*value = (char *)text.p;
	return 0;
}

static int
read_row(struct reader *r, struct face *face, const char *table)
{
	char names[FACE_COLUMNS_MAX][FACE_NAME_SIZE];
	char *values[FACE_COLUMNS_MAX];
	const char *columns[FACE_COLUMNS_MAX], *cells[FACE_COLUMNS_MAX];
	size_t n = 0, i;
	int rc = 0;

	while (rc == 0 && !eat(r, "</Row>")) {
		if (n == FACE_COLUMNS_MAX) {
			rc = malformed(r);
			break;
		}
		if ((rc = read_open(r, names[n])) != 0 ||
		    (rc = read_text(r, &values[n])) != 0)
			break;
		columns[n] = names[n];
		cells[n] = values[n];
		n++;
		rc = read_close(r, names[n - 1]);
	}
	if (rc == 0)
		rc = face_add_row(face, table, columns, cells, n, r->e);
	for (i = 0; i < n; i++)
		free(values[i]);
	return rc;
}

static int
read_field(struct reader *r, struct face *face)
{
	char name[FACE_NAME_SIZE], *value;
	int rc;

	if ((rc = read_open(r, name)) != 0)
		return rc;
	if (eat(r, "<Row>")) {
		do {
			if ((rc = read_row(r, face, name)) != 0)
				return rc;
		} while (eat(r, "<Row>"));
		return read_close(r, name);
	}
	if ((rc = read_text(r, &value)) != 0)
		return rc;
	rc = face_add(face, name, value, r->e);
	free(value);
	return rc != 0 ? rc : read_close(r, name);
}

/* What was parsed must write back to the very same bytes. */
static int
check_canonical(const struct face *face, struct bytes canonical, struct err *e)
{
	struct reader r = {NULL, NULL, e};
	struct buf again = BUF_INIT;
	int rc;

	rc = face_write(face, &again, e);
	if (rc == 0 && !bytes_equal(buf_bytes(&again), canonical))
		rc = malformed(&r);
	buf_release(&again);
	return rc;
}

int
face_parse(struct bytes canonical, struct face **out, struct err *e)
{
	struct reader r = {(const char *)canonical.p,
	    (const char *)canonical.p + canonical.n, e};
	struct face *face;
	int rc = 0;

	*out = NULL;
	if (canonical.n > FACE_BYTES_MAX || canonical.n == 0 ||
	    !eat(&r, FACE_OPEN))
		return malformed(&r);
	if ((face = face_new()) == NULL)
		return err_nomem(e);
	while (rc == 0 && !eat(&r, FACE_CLOSE))
		rc = read_field(&r, face);
	if (rc == 0 && r.p != r.end)
		rc = malformed(&r);
	if (rc == 0)
		rc = check_canonical(face, canonical, e);
	if (rc != 0) {
		face_free(face);
		return rc;
	}
	*out = face;
	return 0;
}
