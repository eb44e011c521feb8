/* zip_name.c - which names may stand in an archive; see zip_file.h. */
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "crypto/base/text.h"
#include "crypto/zip_file.h"

enum {
	FOLD = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE |
	       UTF8PROC_CASEFOLD
};

static int
bad_name(struct err *e)
{
	return err_set(e, ERR_INPUT, "zip_bad_name", "压缩包中有不允许的文件名",
	    "the archive holds a forbidden name");
}

/* One segment of a path: not empty, not "." and not "..". */
static int
segment_ok(const uint8_t *p, size_t n)
{
	return n > 0 && !(p[0] == '.' && (n == 1 || (n == 2 && p[1] == '.')));
}

int
zip_name_check(struct bytes name, struct err *e)
{
	size_t pos = 0, from = 0, i;
	int32_t cp;

	if (name.n == 0 || name.n > ZIP_NAME_MAX)
		return bad_name(e);
	while (pos < name.n) {
		cp = text_utf8_next((const char *)name.p, name.n, &pos);
		if (cp < 0 || cp == '\\' || cp == ':' ||
		    text_cp_forbidden((uint32_t)cp))
			return bad_name(e);
	}
	for (i = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] != '/')
			continue;
		/* A folder's name ends in '/'. */
		if (i == name.n && from == i)
			break;
		if (!segment_ok(name.p + from, i - from))
			return bad_name(e);
		from = i + 1;
	}
	return 0;
}

/* ASCII folds without tables; NULL when the name holds more. */
static char *
folded_ascii(struct bytes name)
{
	char *out = malloc(name.n + 1);
	size_t i;

	for (i = 0; out != NULL && i < name.n; i++) {
		out[i] = (char)name.p[i];
		if (name.p[i] >= 'A' && name.p[i] <= 'Z')
			out[i] = (char)(name.p[i] | 0x20);
		if (name.p[i] >= 0x80)
			break;
	}
	if (out != NULL && i == name.n) {
		out[i] = '\0';
		return out;
	}
	free(out);
	return NULL;
}

/* The name as a file system that ignores case might see it; '/' sorts first,
 * so that a file stands next to what pretends to lie inside it. */
static char *
folded(struct bytes name)
{
	utf8proc_uint8_t *mapped = NULL;
	char *out = folded_ascii(name), *p;

	if (out == NULL) {
		if (utf8proc_map(name.p, (utf8proc_ssize_t)name.n, &mapped,
			(utf8proc_option_t)FOLD) < 0)
			return NULL;
		out = (char *)mapped;
	}
	for (p = out; *p != '\0'; p++)
		if (*p == '/')
			*p = '\1';
	return out;
}

/* One name twice, or a file where b (which sorts after it) has a folder. */
static int
clashes(const char *a, const char *b)
{
	size_t n = strlen(a);

	return strncmp(a, b, n) == 0 &&
	       (b[n] == '\0' || (b[n] == '\1' && a[n - 1] != '\1'));
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
zip_names_differ(const struct bytes *names, size_t n, struct err *e)
{
	char **keys = calloc(n + 1, sizeof(*keys));
	size_t i;
	int rc = 0;

	if (keys == NULL)
		return err_nomem(e);
	for (i = 0; i < n && rc == 0; i++)
		if ((keys[i] = folded(names[i])) == NULL)
			rc = bad_name(e);
	if (rc == 0)
		qsort(keys, n, sizeof(*keys), by_text);
	for (i = 1; i < n && rc == 0; i++)
		if (clashes(keys[i - 1], keys[i]))
			rc = err_set(e, ERR_INPUT, "zip_duplicate_name",
			    "压缩包中有重复的文件名",
			    "the archive holds one name twice");
	for (i = 0; i < n; i++)
		free(keys[i]);
	free(keys);
	return rc;
}
