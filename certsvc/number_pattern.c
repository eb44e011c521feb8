/* number_pattern.c - the printed number of a type; see number.h. */
#include "certsvc/number.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <string.h>

#include "crypto/base/text.h"

enum {
	FIELD_ID_SIZE = 40
};

struct token {
	enum {
		TOKEN_END,
		TOKEN_TEXT,
		TOKEN_YEAR,
		TOKEN_MONTH,
		TOKEN_DAY,
		TOKEN_SEQUENCE,
		TOKEN_FIELD,
		TOKEN_BAD
	} kind;
	const char *text; /* TEXT */
	size_t len;
	int width; /* SEQUENCE: digits */
	char field[FIELD_ID_SIZE];
};

static int
is_word(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(s, word, n) == 0;
}

static int
sequence_width(const char *s, size_t n)
{
	int width = 0;
	size_t i;

	if (n < 1 || n > 2)
		return 0;
	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		width = width * 10 + (s[i] - '0');
	}
	return width <= NUMBER_SEQ_MAX ? width : 0;
}

/* What stands between braces. */
static void
word_read(const char *s, size_t n, struct token *t)
{
	t->kind = TOKEN_BAD;
	if (is_word(s, n, "year")) {
		t->kind = TOKEN_YEAR;
	} else if (is_word(s, n, "month")) {
		t->kind = TOKEN_MONTH;
	} else if (is_word(s, n, "day")) {
		t->kind = TOKEN_DAY;
	} else if (n > 4 && memcmp(s, "seq:", 4) == 0) {
		t->width = sequence_width(s + 4, n - 4);
		if (t->width > 0)
			t->kind = TOKEN_SEQUENCE;
	} else if (n > 6 && memcmp(s, "field:", 6) == 0 &&
		   n - 6 < sizeof(t->field)) {
		memcpy(t->field, s + 6, n - 6);
		t->kind = TOKEN_FIELD;
	}
}

/* The token at *p, which moves behind it. */
static struct token
token_next(const char **p)
{
	struct token t;
	const char *s = *p;

	memset(&t, 0, sizeof(t));
	if (*s == '\0')
		return t;
	if (*s == '{') {
		t.text = s + 1;
		t.len = strcspn(s, "}") - 1;
		word_read(t.text, t.len, &t);
		if (s[t.len + 1] != '}')
			t.kind = TOKEN_BAD;
		else
			*p = s + t.len + 2;
		return t;
	}
	t.text = s;
	t.len = strcspn(s, "{}");
	t.kind = t.len > 0 ? TOKEN_TEXT : TOKEN_BAD;
	*p = s + t.len;
	return t;
}

static int
bad_pattern(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_number_pattern",
	    "证照编号规则不合规：只能使用 {year} {month} {day} {seq:N}（至多一次，N 为 1 至 12）和 {field:字段}",
	    "bad number pattern: it may use {year} {month} {day} {seq:N} (once, N from 1 to 12) and {field:ID}");
}

int
number_pattern_check(const char *pattern,
    int (*known)(void *ctx, const char *id), void *ctx, struct err *e)
{
	struct token t;
	int sequences = 0;

	for (t = token_next(&pattern); t.kind != TOKEN_END;
	     t = token_next(&pattern)) {
		if (t.kind == TOKEN_BAD)
			return bad_pattern(e);
		if (t.kind == TOKEN_SEQUENCE && ++sequences > 1)
			return bad_pattern(e);
		if (t.kind == TOKEN_FIELD && !known(ctx, t.field))
			return err_set(e, ERR_INPUT, "unknown_field",
			    "证照编号规则引用的字段 %s 不存在，或不是必填的公开照面字段",
			    "the number pattern uses field %s, which does not exist or is not a required field of the face",
			    t.field);
	}
	return 0;
}

/* YYYY-MM-DD: the year, month or day. */
static void
date_part(const struct token *t, const char *date, struct buf *out)
{
	if (t->kind == TOKEN_YEAR)
		buf_add(out, date, 4);
	else if (t->kind == TOKEN_MONTH)
		buf_add(out, date + 5, 2);
	else
		buf_add(out, date + 8, 2);
}

static int
sequence_write(int width, uint64_t sequence, struct buf *out, struct err *e)
{
	char text[24];
	int n;

	n = snprintf(
	    text, sizeof(text), "%0*llu", width, (unsigned long long)sequence);
	if (n > width)
		return err_set(e, ERR_LIMIT, "number_exhausted",
		    "证照编号的流水号已用完（%d 位）",
		    "the sequence of the printed number is exhausted (%d digits)",
		    width);
	buf_add(out, text, (size_t)n);
	return 0;
}

static int
field_write(const struct token *t, const struct number_source *source,
    struct buf *out, struct err *e)
{
	const char *value = source->field(source->ctx, t->field);

	if (value == NULL || value[0] == '\0')
		return err_set(e, ERR_INPUT, "missing", "证照编号需要字段 %s",
		    "the printed number needs field %s", t->field);
	buf_add_str(out, value);
	return 0;
}

int
number_write(const char *pattern, const struct number_source *source,
    struct buf *out, struct err *e)
{
	size_t start = out->n;
	struct token t;
	int rc = 0;

	for (t = token_next(&pattern); t.kind != TOKEN_END && rc == 0;
	     t = token_next(&pattern)) {
		if (t.kind == TOKEN_BAD)
			return bad_pattern(e);
		if (t.kind == TOKEN_TEXT)
			buf_add(out, t.text, t.len);
		else if (t.kind == TOKEN_SEQUENCE)
			rc = sequence_write(t.width, source->sequence, out, e);
		else if (t.kind == TOKEN_FIELD)
			rc = field_write(&t, source, out, e);
		else
			date_part(&t, source->date, out);
	}
	if (rc == 0 && out->n - start > NUMBER_TEXT_MAX)
		return err_set(e, ERR_INPUT, "too_long", "证照编号超过 %d 字节",
		    "the printed number has more than %d bytes",
		    (int)NUMBER_TEXT_MAX);
	return rc == 0 && buf_failed(out) ? err_nomem(e) : rc;
}

/* Append ":" and 16 hex digits of SHA-256 over the values. */
static int
values_hash(const struct buf *values, struct buf *out, struct err *e)
{
	uint8_t digest[32];
	struct bytes start = {digest, 8};

	if (EVP_Digest(
		values->p, values->n, digest, NULL, EVP_sha256(), NULL) != 1)
		return err_internal(e, "SHA-256");
	buf_add_byte(out, ':');
	text_hex(out, start);
	return 0;
}

static int
scope_write(const char *pattern, const struct number_source *source,
    struct buf *out, struct buf *values, struct err *e)
{
	struct token t;
	int rc;

	buf_add_byte(out, ':');
	for (t = token_next(&pattern); t.kind != TOKEN_END;
	     t = token_next(&pattern)) {
		if (t.kind == TOKEN_BAD)
			return bad_pattern(e);
		if (t.kind == TOKEN_FIELD) {
			if ((rc = field_write(&t, source, values, e)) != 0)
				return rc;
			buf_add_byte(values, '\n');
		} else if (t.kind != TOKEN_TEXT && t.kind != TOKEN_SEQUENCE) {
			date_part(&t, source->date, out);
		}
	}
	return values->n > 0 ? values_hash(values, out, e) : 0;
}

int
number_scope(const char *pattern, const char *type,
    const struct number_source *source, char scope[NUMBER_SCOPE_SIZE],
    struct err *e)
{
	struct buf out = BUF_INIT, values = BUF_INIT;
	int rc;

	scope[0] = '\0';
	if (strstr(pattern, "{seq:") == NULL)
		return 0;
	buf_add_str(&out, type);
	rc = scope_write(pattern, source, &out, &values, e);
	if (rc == 0 && (buf_failed(&out) || buf_failed(&values)))
		rc = err_nomem(e);
	if (rc == 0 && out.n >= NUMBER_SCOPE_SIZE)
		rc = bad_pattern(e);
	if (rc == 0)
		memcpy(scope, buf_cstr(&out), out.n + 1);
	buf_release(&out);
	buf_release(&values);
	return rc;
}
