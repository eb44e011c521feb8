/* trust_directory.c - trust data as a directory of files; see trust.h. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/trust.h"
#include "crypto/base/file.h"

enum {
	PATH_SIZE = 4096
};

/* Files of one subdirectory. */
struct parts {
	struct buf *files; /* owned */
	size_t n, max, size_max;
};

static int
path_make(char out[PATH_SIZE], const char *dir, const char *name, struct err *e)
{
	int n = snprintf(out, PATH_SIZE, "%s/%s", dir, name);

	if (n < 0 || n >= PATH_SIZE)
		return err_set(e, ERR_INPUT, "bad_path", "路径太长",
		    "the path is too long");
	return 0;
}

static int
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

static int
part_read(struct parts *parts, const char *path, struct err *e)
{
	struct buf *grown;

	if (parts->n == parts->max)
		return err_set(e, ERR_LIMIT, "too_large",
		    "信任目录中的文件超过 %zu 个",
		    "the trust directory has over %zu files", parts->max);
	grown = realloc(parts->files, (parts->n + 1) * sizeof(*grown));
	if (grown == NULL)
		return err_nomem(e);
	parts->files = grown;
	memset(&grown[parts->n], 0, sizeof(*grown));
	parts->n++;
	return file_read(path, parts->size_max, &grown[parts->n - 1], e);
}

/* All files of dir/name that end so; a missing directory has none. */
static int
parts_read(struct parts *parts, const char *dir, const char *name,
    const char *ending, struct err *e)
{
	char path[PATH_SIZE], file[PATH_SIZE];
	struct dirent **list;
	int rc, n, i;

	if ((rc = path_make(path, dir, name, e)) != 0)
		return rc;
	n = scandir(path, &list, NULL, alphasort);
	if (n < 0)
		return 0;
	for (i = 0; i < n; i++) {
		if (rc == 0 && list[i]->d_name[0] != '.' &&
		    ends_with(list[i]->d_name, ending)) {
			rc = path_make(file, path, list[i]->d_name, e);
			if (rc == 0)
				rc = part_read(parts, file, e);
		}
		free(list[i]);
	}
	free(list);
	return rc;
}

static void
parts_release(struct parts *parts)
{
	size_t i;

	for (i = 0; i < parts->n; i++)
		buf_release(&parts->files[i]);
	free(parts->files);
}

/* Views of all files; NULL when out of memory. */
static struct bytes *
parts_views(const struct parts *parts)
{
	struct bytes *views = calloc(parts->n + 1, sizeof(*views));
	size_t i;

	for (i = 0; views != NULL && i < parts->n; i++)
		views[i] = buf_bytes(&parts->files[i]);
	return views;
}

static int
views_parse(const struct buf *json, const struct parts *anchors,
    const struct parts *lists, struct trust **trust, struct err *e)
{
	struct bytes *a = parts_views(anchors), *l = parts_views(lists);
	int rc;

	if (a == NULL || l == NULL)
		rc = err_nomem(e);
	else
		rc = trust_parse(
		    buf_bytes(json), a, anchors->n, l, lists->n, trust, e);
	free(a);
	free(l);
	return rc;
}

int
trust_read(const char *dir, struct trust **trust, struct err *e)
{
	struct parts anchors = {
	    .max = TRUST_ANCHORS_MAX, .size_max = TRUST_PEM_MAX};
	struct parts lists = {
	    .max = TRUST_LISTS_MAX, .size_max = TRUST_LIST_MAX};
	struct buf json = BUF_INIT;
	char path[PATH_SIZE];
	int rc;

	rc = path_make(path, dir, "trust.json", e);
	if (rc == 0)
		rc = file_read(path, TRUST_JSON_MAX, &json, e);
	if (rc == 0)
		rc = parts_read(&anchors, dir, "anchors", ".pem", e);
	if (rc == 0)
		rc = parts_read(&lists, dir, "status", ".cwt", e);
	if (rc == 0)
		rc = views_parse(&json, &anchors, &lists, trust, e);
	parts_release(&anchors);
	parts_release(&lists);
	buf_release(&json);
	return rc;
}

/* Replace dir/sub/name, making dir and sub. */
static int
part_write(const char *dir, const char *sub, const char *name,
    struct bytes content, struct err *e)
{
	char folder[PATH_SIZE], path[PATH_SIZE];
	int rc;

	if ((rc = path_make(folder, dir, sub, e)) != 0 ||
	    (rc = file_make_directory(folder, e)) != 0 ||
	    (rc = path_make(path, folder, name, e)) != 0)
		return rc;
	return file_replace(path, content, 0644, e);
}

int
trust_write(
    const char *dir, struct bytes json, struct bytes root_pem, struct err *e)
{
	int rc = 0;

	if (root_pem.n > 0)
		rc = part_write(dir, "anchors", "root.pem", root_pem, e);
	if (rc == 0 && json.n > 0)
		rc = part_write(dir, ".", "trust.json", json, e);
	return rc;
}

int
trust_write_list(
    const char *dir, uint64_t list, struct bytes cwt, struct err *e)
{
	char name[32];

	snprintf(name, sizeof(name), "%llu.cwt", (unsigned long long)list);
	return part_write(dir, "status", name, cwt, e);
}
