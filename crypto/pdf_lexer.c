/* pdf_lexer.c - tokens below the level of values; see pdf_object.h. */
#include <string.h>

#include "crypto/pdf_object.h"

int
pdf_is_space(int c)
{
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' ||
	       c == ' ';
}

void
pdf_lexer_skip(struct pdf_lexer *lx)
{
	int c;

	for (; lx->pos < lx->in.n; lx->pos++) {
		c = lx->in.p[lx->pos];
		if (c == '%')
			while (lx->pos + 1 < lx->in.n &&
			       lx->in.p[lx->pos + 1] != '\n' &&
			       lx->in.p[lx->pos + 1] != '\r')
				lx->pos++;
		else if (!pdf_is_space(c))
			return;
	}
}

int
pdf_lexer_keyword(struct pdf_lexer *lx, const char *word)
{
	size_t n = strlen(word), end = lx->pos + n;

	if (lx->in.n - lx->pos < n || memcmp(lx->in.p + lx->pos, word, n) != 0)
		return 0;
	if (end < lx->in.n && !pdf_is_space(lx->in.p[end]) &&
	    strchr("()<>[]{}/%", lx->in.p[end]) == NULL)
		return 0;
	lx->pos = end;
	return 1;
}

int
pdf_lexer_uint(struct pdf_lexer *lx, uint64_t *value)
{
	size_t start = lx->pos;
	uint64_t v = 0;

	while (lx->pos < lx->in.n && lx->in.p[lx->pos] >= '0' &&
	       lx->in.p[lx->pos] <= '9') {
		if (lx->pos - start >= PDF_NUMBER_DIGITS_MAX)
			return -1;
		v = v * 10 + (uint64_t)(lx->in.p[lx->pos++] - '0');
	}
	*value = v;
	return lx->pos > start ? 0 : -1;
}
