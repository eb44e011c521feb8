/* template_set.c - templates from their folders; see template.h. */
#include "certsvc/template_source.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "crypto/base/clock.h"
#include "crypto/base/file.h"

enum {
	FOLDER_NAME_MAX = 48,
	FOLDERS_MAX = 1000
};

static int
folder_name_ok(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return s[0] >= 'a' && s[0] <= 'z' && s[n] == '\0' &&
	       n <= FOLDER_NAME_MAX;
}

/* dir/name/template.xml with a compiled schema. */
static int
folder_read(const char *dir, const char *name,
    const struct template_schema *schema, struct template **out, struct err *e)
{
	char path[PATH_MAX], file[FOLDER_NAME_MAX + 20];
	struct buf xml = BUF_INIT;
	int rc;

	if (!folder_name_ok(name))
		return err_set(e, ERR_INPUT, "bad_folder",
		    "类型目录名 %.60s 不合规：应以小写字母开头，由小写字母、数字和连字符组成，不超过 48 个字符",
		    "bad folder name %.60s: a lower-case letter, then lower-case letters, digits and hyphens, at most 48 in all",
		    name);
	if (snprintf(path, sizeof(path), "%s/%s/template.xml", dir, name) >=
	    (int)sizeof(path))
		return err_set(e, ERR_INPUT, "bad_folder", "路径过长",
		    "the path is too long");
	snprintf(file, sizeof(file), "%s/template.xml", name);
	rc = file_read(path, TEMPLATE_FILE_MAX, &xml, e);
	if (rc == 0)
		rc =
		    template_parse(buf_bytes(&xml), file, name, schema, out, e);
	buf_release(&xml);
	return rc;
}

static int
schema_of(const char *dir, struct template_schema **schema, struct err *e)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/template.xsd", dir) >=
	    (int)sizeof(path))
		return err_set(e, ERR_INPUT, "bad_folder", "路径过长",
		    "the path is too long");
	return template_schema_read(path, schema, e);
}

int
template_read(const char *folder, struct template **out, struct err *e)
{
	char path[PATH_MAX], *slash;
	struct template_schema *schema = NULL;
	int rc;

	*out = NULL;
	if (realpath(folder, path) == NULL ||
	    (slash = strrchr(path, '/')) == NULL)
		return err_set(e, ERR_NOT_FOUND, "file_not_found",
		    "找不到类型目录 %s", "there is no folder %s", folder);
	*slash = '\0';
	if ((rc = schema_of(path, &schema, e)) == 0)
		rc = folder_read(path, slash + 1, schema, out, e);
	template_schema_free(schema);
	return rc;
}

static int
is_effective(const struct template *t)
{
	char today[CLOCK_DATE_SIZE];

	clock_date_cst(today, clock_now());
	return strcmp(t->effective_from, today) <= 0 &&
	       (t->effective_to[0] == '\0' ||
		   strcmp(today, t->effective_to) <= 0);
}

/* Takes t, also when it fails. */
static int
set_add(struct template_set *set, struct template *t, struct err *e)
{
	struct template **grown;
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (strcmp(set->v[i]->code, t->code) != 0 ||
		    set->v[i]->version != t->version)
			continue;
		err_set(e, ERR_INPUT, "duplicate_version",
		    "类型 %s 的第 %u 版有两个模板：%s 和 %s",
		    "type %s has two templates of version %u: %s and %s",
		    t->code, t->version, set->v[i]->folder, t->folder);
		template_free(t);
		return ERR_INPUT;
	}
	grown = realloc(set->v, (set->n + 1) * sizeof(struct template *));
	if (grown == NULL) {
		template_free(t);
		return err_nomem(e);
	}
	set->v = grown;
	grown[set->n++] = t;
	return 0;
}

/* Is there a later version of the type that is in effect too? */
static int
is_replaced(const struct template_set *set, const struct template *t)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (strcmp(set->v[i]->code, t->code) == 0 &&
		    set->v[i]->version > t->version && is_effective(set->v[i]))
			return 1;
	return 0;
}

/* Of each type the version for today stays. */
static int
set_choose(struct template_set *set, struct err *e)
{
	uint8_t *stays = calloc(set->n ? set->n : 1, 1);
	size_t i, n = 0;

	if (stays == NULL)
		return err_nomem(e);
	for (i = 0; i < set->n; i++)
		stays[i] =
		    is_effective(set->v[i]) && !is_replaced(set, set->v[i]);
	for (i = 0; i < set->n; i++) {
		if (stays[i])
			set->v[n++] = set->v[i];
		else
			template_free(set->v[i]);
	}
	set->n = n;
	free(stays);
	return 0;
}

static int
is_folder(const struct dirent *entry, const char *dir)
{
	char path[PATH_MAX];
	struct stat st;

	if (entry->d_name[0] == '.' ||
	    snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >=
		(int)sizeof(path))
		return 0;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Read every folder, also after a wrong one: all mistakes at once. */
static int
set_fill(const char *dir, struct dirent **names, int n,
    struct template_set *set, struct err *e)
{
	struct template_schema *schema;
	struct template *t;
	int i, rc, wrong = 0;

	if ((rc = schema_of(dir, &schema, e)) != 0)
		return rc;
	for (i = 0; i < n; i++) {
		if (!is_folder(names[i], dir))
			continue;
		rc = folder_read(dir, names[i]->d_name, schema, &t, e);
		if (rc == 0)
			rc = set_add(set, t, e);
		if (rc != 0)
			wrong = rc;
	}
	template_schema_free(schema);
	return wrong;
}

int
template_set_read(const char *dir, struct template_set *set, struct err *e)
{
	struct dirent **names;
	int n, i, rc;

	set->v = NULL;
	set->n = 0;
	if ((n = scandir(dir, &names, NULL, alphasort)) < 0)
		return err_set(e, ERR_NOT_FOUND, "file_not_found",
		    "无法读取模板目录 %s", "cannot read the templates in %s",
		    dir);
	if (n > FOLDERS_MAX)
		rc = err_set(e, ERR_LIMIT, "too_many_templates",
		    "模板目录 %s 中的文件过多", "too many files in %s", dir);
	else
		rc = set_fill(dir, names, n, set, e);
	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
	if (rc == 0)
		rc = set_choose(set, e);
	if (rc == 0 && set->n == 0)
		rc = err_set(e, ERR_NOT_FOUND, "no_templates",
		    "模板目录 %s 中没有现行有效的类型",
		    "no type in %s is in effect today", dir);
	if (rc != 0)
		template_set_release(set);
	return rc;
}

void
template_set_release(struct template_set *set)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		template_free(set->v[i]);
	free(set->v);
	set->v = NULL;
	set->n = 0;
}

const struct template *
template_find(const struct template_set *set, const char *code_or_folder)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (strcmp(set->v[i]->code, code_or_folder) == 0 ||
		    strcmp(set->v[i]->folder, code_or_folder) == 0)
			return set->v[i];
	return NULL;
}
