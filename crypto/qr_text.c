/* qr_text.c - see qr_claims.h: bytes as decimal digits behind a URL. */
#include "crypto/qr_claims.h"

#include <string.h>

enum {
	GROUP = 7,	   /* bytes of a whole group */
	GROUP_DIGITS = 17, /* 256^7 < 10^17 */
	URL_MAX = 200	   /* bytes of the URL that we read */
};

/* Digits of 0..7 bytes. */
static const size_t digits_of[GROUP + 1] = {0, 3, 5, 8, 10, 13, 15, 17};

static void
put_group(struct buf *out, const uint8_t *p, size_t n)
{
	char digits[GROUP_DIGITS];
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < n; i++)
		v = v << 8 | p[i];
	for (i = digits_of[n]; i > 0; i--) {
		digits[i - 1] = (char)('0' + v % 10);
		v /= 10;
	}
	buf_add(out, digits, digits_of[n]);
}

void
qr_text_write(struct buf *out, const char *url, struct bytes cose)
{
	size_t i, n;

	buf_add_str(out, url);
	buf_add_str(out, "/#");
	for (i = 0; i < cose.n; i += n) {
		n = cose.n - i < GROUP ? cose.n - i : GROUP;
		put_group(out, cose.p + i, n);
	}
}

/* One group of `digits` characters; 0, or -1 when it is not canonical. */
static int
get_group(struct buf *out, const uint8_t *p, size_t digits)
{
	uint8_t group[GROUP];
	uint64_t v = 0;
	size_t i, n = 0;

	while (n <= GROUP && digits_of[n] != digits)
		n++;
	if (n == 0 || n > GROUP)
		return -1;
	for (i = 0; i < digits; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (uint64_t)(p[i] - '0');
	}
	if (v >> 8 * n != 0)
		return -1;
	for (i = 0; i < n; i++)
		group[i] = (uint8_t)(v >> 8 * (n - 1 - i));
	buf_add(out, group, n);
	return 0;
}

static int
is_url(struct bytes url)
{
	static const char *const schemes[] = {"https://", "http://"};
	size_t i, n;

	for (i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] >= 0x7f)
			return 0;
	for (i = 0; i < 2; i++) {
		n = strlen(schemes[i]);
		if (url.n > n && memcmp(url.p, schemes[i], n) == 0)
			return 1;
	}
	return 0;
}

/* Find "/#" and a digit after it; the length of the URL, or 0. */
static size_t
split(struct bytes text)
{
	const uint8_t *hash = text.n > 0 && text.n <= QR_TEXT_MAX
				  ? memchr(text.p, '#', text.n)
				  : NULL;
	struct bytes url = {text.p, 0};
	size_t at;

	if (hash == NULL)
		return 0;
	at = (size_t)(hash - text.p);
	if (at < 2 || at > URL_MAX || text.p[at - 1] != '/' ||
	    at + 1 == text.n || text.p[at + 1] < '0' || text.p[at + 1] > '9')
		return 0;
	url.n = at - 1;
	return is_url(url) ? url.n : 0;
}

int
qr_text_read(
    struct bytes text, struct bytes *url, struct buf *cose, struct err *e)
{
	size_t i, n;

	url->p = text.p;
	url->n = split(text);
	if (url->n == 0)
		return err_set(e, ERR_INPUT, "not_our_code",
		    "这不是本系统的二维码。", "This is not one of our codes.");
	for (i = url->n + 2; i < text.n; i += n) {
		n = text.n - i < GROUP_DIGITS ? text.n - i : GROUP_DIGITS;
		if (get_group(cose, text.p + i, n) != 0)
			return err_set(e, ERR_INPUT, "malformed",
			    "二维码内容不完整或有多余字符。",
			    "The code is cut, or something was added to it.");
	}
	return buf_failed(cose) ? err_nomem(e) : 0;
}
