/* trust_directory.c - trust data as a directory of files; see trust.h. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/trust.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"

enum {
	PATH_SIZE = 4096
};

/* Files of one subdirectory: how many there may be, and how large. */
struct kind {
	const char *sub, *ending;
	size_t max, size_max;
};

static const struct kind kind_anchor = {
    "anchors", ".pem", TRUST_ANCHORS_MAX, TRUST_PEM_MAX};
static const struct kind kind_x509 = {
    "x509s", ".pem", TRUST_X509S_MAX, TRUST_PEM_MAX};
static const struct kind kind_crl = {
    "crl", ".crl", TRUST_CRLS_MAX, TRUST_CRL_MAX};
static const struct kind kind_list = {
    "status", ".cwt", TRUST_LISTS_MAX, TRUST_LIST_MAX};

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
file_add(
    struct trust_files *files, const char *path, size_t size_max, struct err *e)
{
	struct buf *grown;

	grown = realloc(files->files, (files->n + 1) * sizeof(*grown));
	if (grown == NULL)
		return err_nomem(e);
	files->files = grown;
	memset(&grown[files->n], 0, sizeof(*grown));
	files->n++;
	return file_read(path, size_max, &grown[files->n - 1], e);
}

/* One name of dir/kind->sub, when it is of this kind. */
static int
name_add(struct trust_files *files, const char *folder, const char *name,
    const struct kind *kind, size_t *n, struct err *e)
{
	char path[PATH_SIZE];
	int rc;

	if (name[0] == '.' || !text_ends_with(name, kind->ending))
		return 0;
	if ((*n)++ == kind->max)
		return err_set(e, ERR_LIMIT, "too_large",
		    "信任目录的 %s 中超过 %zu 个文件",
		    "the trust directory's %s has over %zu files", kind->sub,
		    kind->max);
	rc = path_make(path, folder, name, e);
	return rc == 0 ? file_add(files, path, kind->size_max, e) : rc;
}

/* All files of a kind, counted in *n; a missing subdirectory has none. */
static int
kind_add(struct trust_files *files, const char *dir, const struct kind *kind,
    size_t *n, struct err *e)
{
	char folder[PATH_SIZE];
	struct dirent **list;
	int rc, count, i;

	if ((rc = path_make(folder, dir, kind->sub, e)) != 0)
		return rc;
	count = scandir(folder, &list, NULL, alphasort);
	if (count < 0)
		return 0;
	for (i = 0; i < count; i++) {
		if (rc == 0)
			rc = name_add(
			    files, folder, list[i]->d_name, kind, n, e);
		free(list[i]);
	}
	free(list);
	return rc;
}

static int
views_make(struct trust_files *files, struct err *e)
{
	struct trust_parts *parts = &files->parts;
	size_t i;

	files->views = calloc(files->n + 1, sizeof(*files->views));
	if (files->views == NULL)
		return err_nomem(e);
	for (i = 0; i < files->n; i++)
		files->views[i] = buf_bytes(&files->files[i]);
	parts->json = buf_bytes(&files->json);
	parts->anchors = files->views;
	parts->x509s = parts->anchors + parts->nanchors;
	parts->crls = parts->x509s + parts->nx509s;
	parts->lists = parts->crls + parts->ncrls;
	return 0;
}

static int
json_read(const char *dir, struct buf *json, struct err *e)
{
	char path[PATH_SIZE];
	int rc;

	if ((rc = path_make(path, dir, "trust.json", e)) != 0)
		return rc;
	rc = file_read(path, TRUST_JSON_MAX, json, e);
	if (rc != ERR_NOT_FOUND)
		return rc;
	return err_set(e, ERR_NOT_FOUND, "no_trust",
	    "%s 不是信任目录（缺少 trust.json）",
	    "%s is no trust directory (no trust.json)", dir);
}

int
trust_files_read(const char *dir, struct trust_files *files, struct err *e)
{
	struct trust_parts *parts = &files->parts;
	int rc;

	memset(files, 0, sizeof(*files));
	if ((rc = json_read(dir, &files->json, e)) != 0 ||
	    (rc = kind_add(files, dir, &kind_anchor, &parts->nanchors, e)) !=
		0 ||
	    (rc = kind_add(files, dir, &kind_x509, &parts->nx509s, e)) != 0 ||
	    (rc = kind_add(files, dir, &kind_crl, &parts->ncrls, e)) != 0 ||
	    (rc = kind_add(files, dir, &kind_list, &parts->nlists, e)) != 0)
		return rc;
	return views_make(files, e);
}

void
trust_files_release(struct trust_files *files)
{
	size_t i;

	for (i = 0; i < files->n; i++)
		buf_release(&files->files[i]);
	free(files->files);
	free(files->views);
	buf_release(&files->json);
	memset(files, 0, sizeof(*files));
}

int
trust_read(const char *dir, struct trust **trust, struct err *e)
{
	struct trust_files files;
	int rc;

	rc = trust_files_read(dir, &files, e);
	if (rc == 0)
		rc = trust_parse(&files.parts, trust, e);
	trust_files_release(&files);
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

/* Each PEM under a name by its place: BASE, BASE-sm2, BASE-3 ... */
static int
pems_write(const char *dir, const struct kind *kind, const char *base,
    const struct bytes *pems, size_t n, struct err *e)
{
	char name[32];
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		if (i < 2)
			snprintf(name, sizeof(name), "%s%s.pem", base,
			    i == 0 ? "" : "-sm2");
		else
			snprintf(name, sizeof(name), "%s-%zu.pem", base, i + 1);
		rc = part_write(dir, kind->sub, name, pems[i], e);
	}
	return rc;
}

int
trust_write(const char *dir, const struct trust_parts *parts, struct err *e)
{
	int rc;

	rc = pems_write(
	    dir, &kind_anchor, "root", parts->anchors, parts->nanchors, e);
	if (rc == 0)
		rc = pems_write(
		    dir, &kind_x509, "ca", parts->x509s, parts->nx509s, e);
	if (rc == 0 && parts->json.n > 0)
		rc = part_write(dir, ".", "trust.json", parts->json, e);
	return rc;
}

int
trust_write_list(
    const char *dir, uint64_t list, struct bytes cwt, struct err *e)
{
	char name[32];

	snprintf(name, sizeof(name), "%llu.cwt", (unsigned long long)list);
	return part_write(dir, kind_list.sub, name, cwt, e);
}

int
trust_write_crl(
    const char *dir, const char *name, struct bytes der, struct err *e)
{
	char file[64];

	snprintf(file, sizeof(file), "%s.crl", name);
	return part_write(dir, kind_crl.sub, file, der, e);
}
