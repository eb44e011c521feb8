/* assets_fill.c - names and words of a page; see assets.h. */
#include <string.h>

#include "api/assets.h"

enum {
	NAME_MAX_LEN = 63
};

static const char WORD[] = "data-word=\"";

/* What stands from p to the first `end`, when it looks like a name. */
static int
take_name(const char *p, size_t n, char end, char name[NAME_MAX_LEN + 1])
{
	static const char CHARS[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
	size_t len = 0;

	while (len < n && len < NAME_MAX_LEN && p[len] != '\0' &&
	       strchr(CHARS, p[len]) != NULL)
		len++;
	if (len == 0 || len == n || p[len] != end)
		return 0;
	memcpy(name, p, len);
	name[len] = '\0';
	return 1;
}

static int
missing(const char *what, struct err *e)
{
	return err_set(e, ERR_INTERNAL, "bad_page", "页面引用的 %s 不存在",
	    "a page names %s, which is not there", what);
}

static int
add_address(const struct asset *asset, struct buf *out)
{
	buf_add_str(out, "/assets/");
	buf_add(out, asset->plain.etag + 1, ASSET_HASH_LEN);
	buf_add_str(out, "/");
	buf_add_str(out, asset->name);
	return 0;
}

static void
add_text(const char *s, struct buf *out)
{
	for (; *s != '\0'; s++) {
		if (*s == '&')
			buf_add_str(out, "&amp;");
		else if (*s == '<')
			buf_add_str(out, "&lt;");
		else
			buf_add_byte(out, (uint8_t)*s);
	}
}

/* "common.skip" -> the text in words.common.skip, or NULL. */
static const char *
find_word(const json_t *words, char *key)
{
	char *dot;

	while ((dot = strchr(key, '.')) != NULL) {
		*dot = '\0';
		words = json_object_get(words, key);
		key = dot + 1;
	}
	return json_string_value(json_object_get(words, key));
}

/* At `data-word="KEY">`: copy it and add its text; *used bytes were read. */
static int
fill_word(struct bytes rest, const json_t *words, struct buf *out, size_t *used,
    struct err *e)
{
	const char *p = (const char *)rest.p;
	size_t at = sizeof(WORD) - 1;
	char name[NAME_MAX_LEN + 1], key[NAME_MAX_LEN + 1];
	const char *text;

	*used = 0;
	if (rest.n < at || memcmp(p, WORD, at) != 0 ||
	    !take_name(p + at, rest.n - at, '"', name))
		return 0;
	at += strlen(name) + 1;
	if (at >= rest.n || p[at] != '>')
		return 0;
	memcpy(key, name, sizeof(key));
	if ((text = find_word(words, key)) == NULL)
		return missing(name, e);
	*used = at + 1;
	buf_add(out, p, *used);
	add_text(text, out);
	return 0;
}

int
asset_fill(struct bytes text, const struct asset *(*find)(const char *name),
    const json_t *words, struct buf *out, struct err *e)
{
	const char *p = (const char *)text.p;
	const struct asset *asset;
	char name[NAME_MAX_LEN + 1];
	size_t used;
	int rc;

	for (size_t i = 0; i < text.n; i += used) {
		struct bytes rest = {text.p + i, text.n - i};

		if ((rc = fill_word(rest, words, out, &used, e)) != 0)
			return rc;
		if (used != 0)
			continue;
		if (p[i] == '@' &&
		    take_name(p + i + 1, text.n - i - 1, '@', name)) {
			if ((asset = find(name)) == NULL)
				return missing(name, e);
			add_address(asset, out);
			used = strlen(name) + 2;
		} else {
			buf_add_byte(out, text.p[i]);
			used = 1;
		}
	}
	return buf_failed(out) ? err_nomem(e) : 0;
}
