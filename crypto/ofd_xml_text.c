/* ofd_xml_text.c - characters and references of XML 1.0; see ofd_xml.h. */
#include "crypto/ofd_xml.h"

#include <string.h>

#include "crypto/base/text.h"

enum {
	REFERENCE_MAX = 10 /* characters between & and ; */
};

static int
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Characters XML 1.0 allows, all of them valid UTF-8. */
int
ofd_xml_characters_ok(struct bytes text)
{
	size_t pos = 0;
	int32_t cp;

	while (pos < text.n) {
		if (text.p[pos] >= ' ' && text.p[pos] < 0x80) {
			pos++;
			continue;
		}
		cp = text_utf8_next((const char *)text.p, text.n, &pos);
		if (cp < 0 || cp == 0xfffe || cp == 0xffff ||
		    (cp < ' ' && !is_blank((uint8_t)cp)))
			return 0;
	}
	return 1;
}

/* The code point that &...; stands for, or -1; *n gets its length. */
static int32_t
reference(const uint8_t *p, size_t left, size_t *n)
{
	static const struct {
		const char *text;
		int32_t cp;
	} named[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
	    {"&quot;", '"'}, {"&apos;", '\''}};
	const uint8_t *end = memchr(p, ';', left);
	int32_t cp = 0;
	int hex, digit;
	size_t i;

	if (end == NULL || end - p > REFERENCE_MAX)
		return -1;
	*n = (size_t)(end - p) + 1;
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (*n == strlen(named[i].text) &&
		    memcmp(p, named[i].text, *n) == 0)
			return named[i].cp;
	hex = p[1] == '#' && p[2] == 'x';
	i = hex ? 3 : 2;
	if (p[1] != '#' || p + i == end)
		return -1;
	for (; p + i < end; i++) {
		digit = p[i] >= '0' && p[i] <= '9' ? p[i] - '0' : -1;
		if (hex && digit < 0 && (p[i] | 0x20) >= 'a' &&
		    (p[i] | 0x20) <= 'f')
			digit = (p[i] | 0x20) - 'a' + 10;
		if (digit < 0)
			return -1;
		cp = cp * (hex ? 16 : 10) + digit;
		if (cp > 0x10ffff)
			return -1;
	}
	if ((cp >= 0xd800 && cp <= 0xdfff) || cp == 0xfffe || cp == 0xffff ||
	    (cp < ' ' && !is_blank((uint8_t)cp)))
		return -1;
	return cp;
}

/* What blank c stands for (XML 1.0, 2.11 and 3.3.3). */
static uint8_t
blank_value(uint8_t c, int attribute)
{
	if (attribute)
		return ' ';
	return c == '\r' ? '\n' : c;
}

int
ofd_xml_decode(struct bytes raw, int attribute, uint8_t *out, size_t *used)
{
	uint8_t utf8[4];
	size_t i, n, m, done = 0;
	int32_t cp;

	for (i = 0; i < raw.n; i += n) {
		n = 1;
		if (raw.p[i] == '&') {
			cp = reference(raw.p + i, raw.n - i, &n);
			if (cp < 0)
				return -1;
			/* Never longer than the reference. */
			m = text_utf8_encode((uint32_t)cp, utf8);
			memcpy(out + done, utf8, m);
			done += m;
			continue;
		}
		if (raw.p[i] == '\r' && i + 1 < raw.n && raw.p[i + 1] == '\n')
			n = 2;
		out[done++] = is_blank(raw.p[i])
				  ? blank_value(raw.p[i], attribute)
				  : raw.p[i];
	}
	*used = done;
	return 0;
}
