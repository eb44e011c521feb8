/* text.c - see text.h. */
#include "crypto/base/text.h"

#include <stdlib.h>
#include <string.h>

static void
hex(struct buf *out, struct bytes v, const char *digits)
{
	size_t i;

	for (i = 0; i < v.n; i++) {
		buf_add_byte(out, (uint8_t)digits[v.p[i] >> 4]);
		buf_add_byte(out, (uint8_t)digits[v.p[i] & 15]);
	}
}

void
text_hex(struct buf *out, struct bytes v)
{
	hex(out, v, "0123456789abcdef");
}

void
text_hex_upper(struct buf *out, struct bytes v)
{
	hex(out, v, "0123456789ABCDEF");
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
text_unhex(uint8_t *out, size_t n, const char *s, size_t len)
{
	size_t i;
	int hi, lo;

	if (len / 2 != n || len % 2 != 0)
		return -1;
	for (i = 0; i < n; i++) {
		hi = hex_value(s[2 * i]);
		lo = hex_value(s[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return -1;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}

static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void
text_base32(struct buf *out, struct bytes v)
{
	uint32_t acc = 0;
	int bits = 0;
	size_t i;

	for (i = 0; i < v.n; i++) {
		acc = (acc << 8 | v.p[i]) & 0xffff;
		for (bits += 8; bits >= 5; bits -= 5)
			buf_add_byte(out,
			    (uint8_t)base32_digits[acc >> (bits - 5) & 31]);
	}
	if (bits > 0)
		buf_add_byte(
		    out, (uint8_t)base32_digits[acc << (5 - bits) & 31]);
}

int
text_unbase32(uint8_t *out, size_t n, const char *s, size_t len)
{
	uint32_t acc = 0;
	int bits = 0;
	size_t i, o = 0;
	const char *digit;

	if (len != (n * 8 + 4) / 5)
		return -1;
	for (i = 0; i < len; i++) {
		digit = s[i] ? strchr(base32_digits, s[i]) : NULL;
		if (digit == NULL)
			return -1;
		acc = (acc << 5 | (uint32_t)(digit - base32_digits)) & 0xfff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			if (o >= n)
				return -1;
			out[o++] = (uint8_t)(acc >> bits);
		}
	}
	if (o != n || (acc & ((1u << bits) - 1)) != 0)
		return -1;
	return 0;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
text_base64(struct buf *out, struct bytes v)
{
	size_t i, left;
	uint32_t acc;

	for (i = 0; i < v.n; i += 3) {
		left = v.n - i;
		acc = (uint32_t)v.p[i] << 16;
		if (left > 1)
			acc |= (uint32_t)v.p[i + 1] << 8;
		if (left > 2)
			acc |= v.p[i + 2];
		buf_add_byte(out, (uint8_t)base64_digits[acc >> 18]);
		buf_add_byte(out, (uint8_t)base64_digits[acc >> 12 & 63]);
		buf_add_byte(out,
		    left > 1 ? (uint8_t)base64_digits[acc >> 6 & 63] : '=');
		buf_add_byte(
		    out, left > 2 ? (uint8_t)base64_digits[acc & 63] : '=');
	}
}

/* One group of four characters; the bytes it made (1..3), or -1. */
static int
unbase64_group(uint8_t out[3], const char *s, int last)
{
	uint32_t acc = 0;
	int i, pad = 0;
	const char *digit;

	for (i = 0; i < 4; i++) {
		acc <<= 6;
		if (last && i >= 2 && s[i] == '=') {
			pad++;
			continue;
		}
		digit = s[i] && !pad ? strchr(base64_digits, s[i]) : NULL;
		if (digit == NULL)
			return -1;
		acc |= (uint32_t)(digit - base64_digits);
	}
	if ((pad == 1 && (acc & 0xff) != 0) ||
	    (pad == 2 && (acc & 0xffff) != 0))
		return -1;
	out[0] = (uint8_t)(acc >> 16);
	out[1] = (uint8_t)(acc >> 8);
	out[2] = (uint8_t)acc;
	return 3 - pad;
}

int
text_unbase64(struct buf *out, const char *s, size_t len)
{
	uint8_t group[3];
	size_t i;
	int n;

	if (len % 4 != 0)
		return -1;
	for (i = 0; i < len; i += 4) {
		n = unbase64_group(group, s + i, i + 4 == len);
		if (n < 0)
			return -1;
		buf_add(out, group, (size_t)n);
	}
	return 0;
}

int32_t
text_utf8_next(const char *s, size_t len, size_t *pos)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t *u = (const uint8_t *)s + *pos;
	size_t left = len - *pos, need, i;
	uint32_t cp;

	if (left == 0)
		return -1;
	if (u[0] < 0x80)
		need = 1;
	else if (u[0] >= 0xc2 && u[0] < 0xe0)
		need = 2;
	else if (u[0] >= 0xe0 && u[0] < 0xf0)
		need = 3;
	else if (u[0] >= 0xf0 && u[0] < 0xf5)
		need = 4;
	else
		return -1;
	if (left < need)
		return -1;
	cp = need == 1 ? u[0] : u[0] & (0x7fu >> need);
	for (i = 1; i < need; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return -1;
		cp = cp << 6 | (u[i] & 0x3f);
	}
	if (cp < least[need] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return -1;
	*pos += need;
	return (int32_t)cp;
}

size_t
text_utf8_encode(uint32_t cp, uint8_t out[4])
{
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4, i;
	static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (i = n - 1; i > 0; i--, cp >>= 6)
		out[i] = (uint8_t)(0x80 | (cp & 0x3f));
	out[0] = (uint8_t)(lead[n] | cp);
	return n;
}

void
text_utf8_put(struct buf *out, uint32_t cp)
{
	uint8_t bytes[4];

	buf_add(out, bytes, text_utf8_encode(cp, bytes));
}

long
text_utf8_count(const char *s, size_t len)
{
	size_t pos = 0;
	long n = 0;

	while (pos < len) {
		if (text_utf8_next(s, len, &pos) < 0)
			return -1;
		n++;
	}
	return n;
}

int
text_cp_forbidden(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} bad[] = {
	    {0x00, 0x1f},
	    {0x7f, 0x9f},
	    {0xad, 0xad},
	    {0x61c, 0x61c},
	    {0x180e, 0x180e},
	    {0x200b, 0x200f},
	    {0x2028, 0x202e},
	    {0x2060, 0x206f},
	    {0xe000, 0xf8ff},
	    {0xfdd0, 0xfdef},
	    {0xfeff, 0xfeff},
	    {0xfff0, 0xfffb},
	    {0xe0000, 0xe0fff},
	    {0xf0000, 0x10ffff},
	};
	size_t i;

	if ((cp & 0xfffe) == 0xfffe)
		return 1;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cp >= bad[i].first && cp <= bad[i].last)
			return 1;
	return 0;
}

void
text_xml_escape(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '&':
			buf_add_str(out, "&amp;");
			break;
		case '<':
			buf_add_str(out, "&lt;");
			break;
		case '>':
			buf_add_str(out, "&gt;");
			break;
		case '"':
			buf_add_str(out, "&quot;");
			break;
		case '\r':
			buf_add_str(out, "&#xD;");
			break;
		default:
			buf_add_byte(out, (uint8_t)*s);
		}
	}
}

char *
text_dup(const char *s)
{
	return s == NULL ? NULL : strdup(s);
}

void
text_copy(char *out, size_t size, const char *s)
{
	size_t len, pos = 0, end = 0;

	if (s == NULL)
		s = "";
	len = strlen(s);
	while (pos < len && text_utf8_next(s, len, &pos) >= 0 && pos < size)
		end = pos;
	memcpy(out, s, end);
	out[end] = '\0';
}

int
text_ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}
