/* multipart.c - see multipart.h. */
#include "api/multipart.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	BOUNDARY_MAX = 70 /* RFC 2046, 5.1.1 */
};

static int
bad(struct err *e, const char *zh, const char *en)
{
	return err_set(e, ERR_INPUT, "bad_upload", "%s%.0s", "%.0s%s", zh, en);
}

static int
malformed(struct err *e)
{
	return bad(
	    e, "multipart 表单格式不正确", "the multipart form is malformed");
}

/* "--boundary" from the Content-Type; its length, or 0. */
static size_t
read_boundary(const char *type, char out[BOUNDARY_MAX + 3])
{
	static const char ALLOWED[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "'()+_,-./:=?";
	const char *p = strcasestr(type, "boundary=");
	size_t n;

	if (p == NULL)
		return 0;
	p += strlen("boundary=");
	if (*p == '"')
		p++;
	n = strspn(p, ALLOWED);
	if (n == 0 || n > BOUNDARY_MAX)
		return 0;
	memcpy(out, "--", 2);
	memcpy(out + 2, p, n);
	out[n + 2] = '\0';
	return n + 2;
}

static const uint8_t *
find(struct bytes in, const char *what, size_t n)
{
	return in.n < n ? NULL : memmem(in.p, in.n, what, n);
}

/* Does a Content-Disposition in these headers name the part? */
static int
is_named(struct bytes headers, const char *name)
{
	char text[MULTIPART_HEADERS_MAX + 1], want[80];
	const char *line;

	memcpy(text, headers.p, headers.n);
	text[headers.n] = '\0';
	line = strcasestr(text, "content-disposition:");
	(void)snprintf(want, sizeof(want), " name=\"%s\"", name);
	return line != NULL && strstr(line, want) != NULL;
}

/* What is left of `in` from `at` on. */
static struct bytes
after(struct bytes in, const uint8_t *at)
{
	return (struct bytes){at, in.n - (size_t)(at - in.p)};
}

/* One part: its headers and content; *rest is what follows its delimiter. */
static int
take_part(struct bytes *rest, const char *delimiter, size_t n,
    struct bytes *headers, struct bytes *content)
{
	const uint8_t *end = find(*rest, "\r\n\r\n", 4);
	struct bytes body;

	if (end == NULL || (size_t)(end - rest->p) > MULTIPART_HEADERS_MAX)
		return -1;
	*headers = (struct bytes){rest->p, (size_t)(end - rest->p)};
	body = after(*rest, end + 4);
	end = find(body, delimiter, n);
	if (end == NULL)
		return -1;
	*content = (struct bytes){body.p, (size_t)(end - body.p)};
	*rest = after(body, end + n);
	return 0;
}

int
multipart_find(const char *content_type, struct bytes body, const char *name,
    struct bytes *content, struct err *e)
{
	char delimiter[BOUNDARY_MAX + 5] = "\r\n";
	size_t n = read_boundary(content_type, delimiter + 2);
	struct bytes rest, headers, part;
	int found = 0;

	if (n == 0 || body.n < n || memcmp(body.p, delimiter + 2, n) != 0)
		return malformed(e);
	rest = after(body, body.p + n);
	for (int i = 0; i < MULTIPART_PARTS_MAX; i++) {
		if (rest.n >= 2 && memcmp(rest.p, "--", 2) == 0) {
			if (found == 1)
				return 0;
			return bad(e, "表单中没有要核验的文件（字段 file）",
			    "the form has no file to verify (field file)");
		}
		if (rest.n < 2 || memcmp(rest.p, "\r\n", 2) != 0)
			return malformed(e);
		rest = after(rest, rest.p + 2);
		if (take_part(&rest, delimiter, n + 2, &headers, &part) != 0)
			return malformed(e);
		if (!is_named(headers, name))
			continue;
		if (found++)
			return bad(e, "一次只能核验一个文件",
			    "only one file can be verified at a time");
		*content = part;
	}
	return bad(e, "表单的字段过多", "the form has too many fields");
}
