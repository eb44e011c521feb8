/* pdf_object.c - values and their arena; see pdf_object.h. */
#include "crypto/pdf_object.h"

#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_SIZE = 65536
};

struct pdf_block {
	struct pdf_block *next;
	size_t used, size;
	_Alignas(16) uint8_t data[];
};

void *
pdf_arena_alloc(struct pdf_arena *a, size_t n)
{
	struct pdf_block *b = a->blocks;
	size_t size;
	void *p;

	n = (n + 15) & ~(size_t)15;
	if (b == NULL || b->size - b->used < n) {
		size = n > BLOCK_SIZE ? n : BLOCK_SIZE;
		b = calloc(1, sizeof(*b) + size);
		if (b == NULL)
			return NULL;
		b->size = size;
		b->next = a->blocks;
		a->blocks = b;
	}
	p = b->data + b->used;
	b->used += n;
	return p;
}

void
pdf_arena_release(struct pdf_arena *a)
{
	struct pdf_block *b, *next;

	for (b = a->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	a->blocks = NULL;
	a->values = 0;
}

int
pdf_malformed(struct err *e, size_t pos, const char *what)
{
	return err_set(e, ERR_INPUT, "malformed",
	    "PDF 第 %zu 字节处不符合标准：%s",
	    "the PDF is not as the standard says at byte %zu: %s", pos, what);
}

/* FNV-1a: only spares comparisons, equality is always by bytes. */
static uint32_t
hash(const uint8_t *p, size_t n)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

struct pdf_value *
pdf_get(const struct pdf_value *v, const char *key)
{
	struct pdf_value *k;
	struct bytes name = bytes_str(key);

	if (v == NULL || v->kind != PDF_DICT)
		return NULL;
	for (k = v->first; k != NULL; k = k->next->next)
		if (bytes_equal(k->text, name))
			return k->next;
	return NULL;
}

int
pdf_is_name(const struct pdf_value *v, const char *name)
{
	return v != NULL && v->kind == PDF_NAME &&
	       bytes_equal(v->text, bytes_str(name));
}

int
pdf_uint(const struct pdf_value *v, uint64_t max, uint64_t *out)
{
	if (v == NULL || v->kind != PDF_INT || v->number < 0 ||
	    (uint64_t)v->number > max)
		return 0;
	*out = (uint64_t)v->number;
	return 1;
}

static struct pdf_value *
value_new(struct pdf_lexer *lx, enum pdf_kind kind, size_t at, struct err *e)
{
	struct pdf_value *v;

	if (++lx->arena->values > PDF_VALUES_MAX) {
		err_set(e, ERR_LIMIT, "too_large", "PDF 的对象超过 %d 个",
		    "the PDF has over %d values", PDF_VALUES_MAX);
		return NULL;
	}
	v = pdf_arena_alloc(lx->arena, sizeof(*v));
	if (v == NULL) {
		err_nomem(e);
		return NULL;
	}
	v->kind = kind;
	v->raw.p = lx->in.p + at;
	return v;
}

static void
value_end(const struct pdf_lexer *lx, struct pdf_value *v)
{
	v->raw.n = (size_t)(lx->in.p + lx->pos - v->raw.p);
}

static int
hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static int
is_regular(int c)
{
	return !pdf_is_space(c) && strchr("()<>[]{}/%", c) == NULL;
}

static int
at(const struct pdf_lexer *lx, size_t pos)
{
	return pos < lx->in.n ? lx->in.p[pos] : -1;
}

static int
name_read(struct pdf_lexer *lx, struct pdf_value *v, struct err *e)
{
	uint8_t name[PDF_NAME_MAX], *copy;
	size_t n = 0;
	int c, hi, lo;

	for (lx->pos++; (c = at(lx, lx->pos)) >= 0 && is_regular(c);) {
		lx->pos++;
		if (c == '#') {
			hi = hex_digit(at(lx, lx->pos));
			lo = hex_digit(at(lx, lx->pos + 1));
			if (hi < 0 || lo < 0 || hi + lo == 0)
				return pdf_malformed(e, lx->pos, "name");
			c = hi << 4 | lo;
			lx->pos += 2;
		}
		if (n == sizeof(name))
			return pdf_malformed(e, lx->pos, "long name");
		name[n++] = (uint8_t)c;
	}
	copy = pdf_arena_alloc(lx->arena, n);
	if (copy == NULL)
		return err_nomem(e);
	memcpy(copy, name, n);
	v->text = (struct bytes){copy, n};
	v->gen = hash(copy, n);
	return 0;
}

static int
hex_string_read(struct pdf_lexer *lx, struct pdf_value *v, struct err *e)
{
	const uint8_t *end;
	uint8_t *out;
	size_t digits = 0;
	int c, d;

	end = memchr(lx->in.p + lx->pos, '>', lx->in.n - lx->pos);
	if (end == NULL)
		return pdf_malformed(e, lx->pos, "hexadecimal string");
	out =
	    pdf_arena_alloc(lx->arena, (size_t)(end - lx->in.p) - lx->pos + 1);
	if (out == NULL)
		return err_nomem(e);
	for (lx->pos++; (c = lx->in.p[lx->pos]) != '>'; lx->pos++) {
		if (pdf_is_space(c))
			continue;
		d = hex_digit(c);
		if (d < 0)
			return pdf_malformed(e, lx->pos, "hexadecimal digit");
		out[digits / 2] =
		    (uint8_t)(out[digits / 2] | (digits % 2 ? d : d << 4));
		digits++;
	}
	lx->pos++;
	v->text = (struct bytes){out, (digits + 1) / 2};
	return 0;
}

/* The byte an escape stands for, or -1 for a line continuation. */
static int
escape_read(struct pdf_lexer *lx)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *hit;
	int c = at(lx, lx->pos), value = 0, i;

	lx->pos++;
	if (c >= '0' && c <= '7') {
		for (i = 0; i < 3 && c >= '0' && c <= '7'; i++) {
			value = value * 8 + c - '0';
			c = at(lx, lx->pos++);
		}
		lx->pos--;
		return value & 255;
	}
	if (c == '\r') {
		if (at(lx, lx->pos) == '\n')
			lx->pos++;
		return -1;
	}
	if (c == '\n')
		return -1;
	hit = c > 0 ? strchr(from, c) : NULL;
	return hit != NULL ? to[hit - from] : c & 255;
}

/* Length of the literal string at pos with its parentheses, 0 when open. */
static size_t
literal_length(const struct pdf_lexer *lx)
{
	size_t i, depth = 0;
	int c;

	for (i = lx->pos; i < lx->in.n; i++) {
		c = lx->in.p[i];
		if (c == '\\')
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return i + 1 - lx->pos;
	}
	return 0;
}

static int
literal_string_read(struct pdf_lexer *lx, struct pdf_value *v, struct err *e)
{
	size_t length = literal_length(lx), end = lx->pos + length - 1, n = 0;
	uint8_t *out;
	int c;

	if (length == 0)
		return pdf_malformed(e, lx->pos, "string");
	out = pdf_arena_alloc(lx->arena, length);
	if (out == NULL)
		return err_nomem(e);
	for (lx->pos++; lx->pos < end;) {
		c = lx->in.p[lx->pos++];
		if (c == '\\')
			c = escape_read(lx);
		if (c >= 0)
			out[n++] = (uint8_t)c;
	}
	lx->pos = end + 1;
	v->text = (struct bytes){out, n};
	return 0;
}

static int
number_read(struct pdf_lexer *lx, struct pdf_value *v, struct err *e)
{
	size_t start = lx->pos, digits = 0;
	double scale = 1;
	int negative, c;

	negative = lx->in.p[lx->pos] == '-';
	if (negative || lx->in.p[lx->pos] == '+')
		lx->pos++;
	v->kind = PDF_INT;
	for (; (c = at(lx, lx->pos)) >= 0 && is_regular(c); lx->pos++) {
		if (c == '.' && v->kind == PDF_INT) {
			v->kind = PDF_REAL;
			continue;
		}
		if (c < '0' || c > '9' || ++digits > PDF_NUMBER_DIGITS_MAX)
			return pdf_malformed(e, start, "number");
		v->number = v->number * 10 + (c - '0');
		if (v->kind == PDF_REAL)
			scale *= 10;
	}
	if (digits == 0)
		return pdf_malformed(e, start, "number");
	if (negative)
		v->number = -v->number;
	v->real = (double)v->number / scale;
	if (v->kind == PDF_REAL)
		v->number = 0;
	return 0;
}

/* Turn the integer just read into "N G R" when that is what stands there. */
static void
try_reference(struct pdf_lexer *lx, struct pdf_value *v)
{
	size_t back = lx->pos;
	uint64_t gen;

	if (v->number <= 0 || v->number > UINT32_MAX)
		return;
	pdf_lexer_skip(lx);
	if (pdf_lexer_uint(lx, &gen) == 0 && gen <= 65535) {
		pdf_lexer_skip(lx);
		if (pdf_lexer_keyword(lx, "R")) {
			v->kind = PDF_REF;
			v->gen = (uint32_t)gen;
			return;
		}
	}
	lx->pos = back;
}

static int value_read(
    struct pdf_lexer *lx, int depth, struct pdf_value **out, struct err *e);

/* 1 when the dictionary already holds the key. */
static int
key_repeated(const struct pdf_value *dict, const struct pdf_value *key)
{
	const struct pdf_value *k;

	for (k = dict->first; k != NULL; k = k->next->next)
		if (k->gen == key->gen && bytes_equal(k->text, key->text))
			return 1;
	return 0;
}

/* One entry of a dictionary, linked after `tail`; *tail moves on. */
static int
entry_read(struct pdf_lexer *lx, int depth, struct pdf_value *dict,
    struct pdf_value **tail, struct err *e)
{
	struct pdf_value *key, *value;
	int rc;

	if ((rc = value_read(lx, depth, &key, e)) != 0)
		return rc;
	if (key->kind != PDF_NAME || key_repeated(dict, key) ||
	    dict->nitems == PDF_KEYS_MAX)
		return pdf_malformed(e, lx->pos, "dictionary key");
	if ((rc = value_read(lx, depth, &value, e)) != 0)
		return rc;
	key->next = value;
	if (*tail == NULL)
		dict->first = key;
	else
		(*tail)->next = key;
	*tail = value;
	dict->nitems++;
	return 0;
}

static int
item_read(struct pdf_lexer *lx, int depth, struct pdf_value *array,
    struct pdf_value **tail, struct err *e)
{
	struct pdf_value *item;
	int rc = value_read(lx, depth, &item, e);

	if (rc != 0)
		return rc;
	if (*tail == NULL)
		array->first = item;
	else
		(*tail)->next = item;
	*tail = item;
	array->nitems++;
	return 0;
}

static int
container_read(
    struct pdf_lexer *lx, int depth, struct pdf_value *v, struct err *e)
{
	struct pdf_value *tail = NULL;
	int rc;

	if (depth >= PDF_DEPTH_MAX)
		return pdf_malformed(e, lx->pos, "nesting");
	lx->pos += v->kind == PDF_DICT ? 2 : 1;
	for (;;) {
		pdf_lexer_skip(lx);
		if (v->kind == PDF_ARRAY && at(lx, lx->pos) == ']') {
			lx->pos++;
			return 0;
		}
		if (v->kind == PDF_DICT && at(lx, lx->pos) == '>' &&
		    at(lx, lx->pos + 1) == '>') {
			lx->pos += 2;
			return 0;
		}
		rc = v->kind == PDF_DICT
			 ? entry_read(lx, depth + 1, v, &tail, e)
			 : item_read(lx, depth + 1, v, &tail, e);
		if (rc != 0)
			return rc;
	}
}

static int
word_read(struct pdf_lexer *lx, struct pdf_value *v, struct err *e)
{
	if (pdf_lexer_keyword(lx, "null")) {
		v->kind = PDF_NULL;
	} else if (pdf_lexer_keyword(lx, "true")) {
		v->kind = PDF_BOOL;
		v->number = 1;
	} else if (pdf_lexer_keyword(lx, "false")) {
		v->kind = PDF_BOOL;
	} else {
		return pdf_malformed(e, lx->pos, "token");
	}
	return 0;
}

static enum pdf_kind
kind_at(const struct pdf_lexer *lx)
{
	int c = at(lx, lx->pos);

	switch (c) {
	case '/':
		return PDF_NAME;
	case '(':
		return PDF_STRING;
	case '[':
		return PDF_ARRAY;
	case '<':
		return at(lx, lx->pos + 1) == '<' ? PDF_DICT : PDF_STRING;
	default:
		return (c >= '0' && c <= '9') || c == '+' || c == '-' ||
			       c == '.'
			   ? PDF_INT
			   : PDF_NULL;
	}
}

static int
value_read(
    struct pdf_lexer *lx, int depth, struct pdf_value **out, struct err *e)
{
	struct pdf_value *v;
	int rc;

	pdf_lexer_skip(lx);
	v = value_new(lx, kind_at(lx), lx->pos, e);
	if (v == NULL)
		return e->class;
	if (v->kind == PDF_NAME)
		rc = name_read(lx, v, e);
	else if (v->kind == PDF_STRING)
		rc = lx->in.p[lx->pos] == '(' ? literal_string_read(lx, v, e)
					      : hex_string_read(lx, v, e);
	else if (v->kind == PDF_ARRAY || v->kind == PDF_DICT)
		rc = container_read(lx, depth, v, e);
	else if (v->kind == PDF_INT)
		rc = number_read(lx, v, e);
	else
		rc = word_read(lx, v, e);
	if (rc != 0)
		return rc;
	if (v->kind == PDF_INT)
		try_reference(lx, v);
	value_end(lx, v);
	*out = v;
	return 0;
}

int
pdf_lexer_value(struct pdf_lexer *lx, struct pdf_value **value, struct err *e)
{
	return value_read(lx, 0, value, e);
}
