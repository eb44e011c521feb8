/* x509_pem.c - see x509.h: the text form (RFC 7468). */
#include "crypto/x509.h"

#include <stdio.h>
#include <string.h>

#include "crypto/base/text.h"

enum {
	LINE = 64,     /* characters of one line of base64 */
	MARK_SIZE = 64 /* "-----BEGIN CERTIFICATE REQUEST-----" and NUL */
};

static void
marks_of(const char *label, char begin[MARK_SIZE], char end[MARK_SIZE])
{
	snprintf(begin, MARK_SIZE, "-----BEGIN %s-----\n", label);
	snprintf(end, MARK_SIZE, "-----END %s-----\n", label);
}

/* Where `what` starts in v from pos, or v.n. */
static size_t
find(struct bytes v, size_t pos, const char *what)
{
	const uint8_t *hit;

	hit =
	    v.n > pos ? memmem(v.p + pos, v.n - pos, what, strlen(what)) : NULL;
	return hit != NULL ? (size_t)(hit - v.p) : v.n;
}

/* Append the base64 of a block without its line ends, decoded. */
static int
decode_block(struct bytes block, struct buf *der)
{
	struct buf text = BUF_INIT;
	size_t i;
	int r;

	for (i = 0; i < block.n; i++)
		if (block.p[i] != '\n' && block.p[i] != '\r')
			buf_add_byte(&text, block.p[i]);
	r = buf_failed(&text)
		? -1
		: text_unbase64(der, (const char *)text.p, text.n);
	buf_release(&text);
	return r == 0 && der->n > 0 && !buf_failed(der) ? 0 : -1;
}

int
x509_pem_read(struct bytes pem, const char *label,
    int (*each)(void *ctx, struct bytes der, struct err *e), void *ctx,
    struct err *e)
{
	char begin[MARK_SIZE], end[MARK_SIZE];
	struct buf der = BUF_INIT;
	struct bytes block;
	size_t from, to = 0, n = 0;
	int r = 0;

	marks_of(label, begin, end);
	while (r == 0 && (from = find(pem, to, begin)) < pem.n) {
		from += strlen(begin);
		to = find(pem, from, end);
		block.p = pem.p + from;
		block.n = to - from;
		buf_reset(&der);
		if (to == pem.n || decode_block(block, &der) != 0) {
			n = 0;
			break;
		}
		n++;
		r = each(ctx, buf_bytes(&der), e);
	}
	buf_release(&der);
	if (r == 0 && n == 0)
		return err_set(e, ERR_INPUT, "malformed_x509",
		    "文本中没有完整的 PEM 数据（%s）。",
		    "The text holds no whole PEM block (%s).", label);
	return r;
}

int
x509_from_pem(struct bytes pem,
    int (*each)(void *ctx, struct bytes der, struct err *e), void *ctx,
    struct err *e)
{
	return x509_pem_read(pem, "CERTIFICATE", each, ctx, e);
}

int
x509_pem_write(
    struct bytes der, const char *label, struct buf *out, struct err *e)
{
	char begin[MARK_SIZE], end[MARK_SIZE];
	struct buf text = BUF_INIT;
	size_t i, n;

	marks_of(label, begin, end);
	text_base64(&text, der);
	buf_add_str(out, begin);
	for (i = 0; i < text.n; i += n) {
		n = text.n - i < LINE ? text.n - i : LINE;
		buf_add(out, text.p + i, n);
		buf_add_byte(out, '\n');
	}
	buf_add_str(out, end);
	if (buf_failed(&text))
		out->failed = 1;
	buf_release(&text);
	return buf_failed(out) ? err_nomem(e) : 0;
}

int
x509_to_pem(struct bytes der, struct buf *out, struct err *e)
{
	return x509_pem_write(der, "CERTIFICATE", out, e);
}
