/*
 * cli_verify.c - certsvc verify: files in, verdicts out.  Each file is read
 * here and judged in a confined process of its own (certsvc/parser.h).
 */
#include "api/cli.h"

#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/command.h"
#include "api/serve.h"
#include "certsvc/parser.h"
#include "certsvc/trust.h"
#include "certsvc/verdict.h"
#include "certsvc/verify.h"
#include "crypto/base/clock.h"
#include "crypto/base/file.h"

enum {
	VERIFY_FILES_MAX = 1000
};

/* Trust as bytes, for the confined process. */
struct material {
	struct buf json;
	struct buf *parts; /* anchors, then lists */
	struct bytes *views;
	size_t nanchors, nlists, cap;
};

struct verify {
	const char *trust, *dir, *at_text;
	enum verify_profile profile;
	int json, same;
	int64_t at;
	struct material material;
	struct verdict *verdicts;
};

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc verify [--json] [--trust DIR | -d DIR] [--profile licence|document]\n"
	    "       [--at TIME] [--same] FILE...   ('-': 标准输入 / standard input)\n"
	    "退出码 / exit status: 0 有效 valid, 1 无效 invalid, 2 无法确定 indeterminate,\n"
	    "       3 无签名 unsigned, 4 无法读取 unreadable, 64 用法错误 usage\n");
	return COMMAND_USAGE;
}

static int
parse_profile(const char *text, enum verify_profile *profile)
{
	if (strcmp(text, "licence") == 0)
		*profile = PROFILE_LICENCE;
	else if (strcmp(text, "document") == 0)
		*profile = PROFILE_DOCUMENT;
	else
		return -1;
	return 0;
}

static int
parse(int argc, char **argv, struct verify *v)
{
	static const struct option options[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"trust", required_argument, NULL, 't'},
	    {"profile", required_argument, NULL, 'p'},
	    {"at", required_argument, NULL, 'a'},
	    {"same", no_argument, NULL, 's'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "d:", options, NULL)) != -1) {
		if (c == 'j')
			v->json = 1;
		else if (c == 's')
			v->same = 1;
		else if (c == 't')
			v->trust = optarg;
		else if (c == 'd')
			v->dir = optarg;
		else if (c == 'a' && clock_parse(optarg, &v->at) != 0)
			return -1;
		else if (c == 'p' && parse_profile(optarg, &v->profile) != 0)
			return -1;
		else if (c == '?')
			return -1;
	}
	return optind == argc || argc - optind > VERIFY_FILES_MAX ? -1 : 0;
}

static int
add_part(struct material *m, const char *path, struct err *e)
{
	size_t n = m->nanchors + m->nlists;
	struct buf *parts;
	struct bytes *views;

	parts = realloc(m->parts, (n + 1) * sizeof(*parts));
	if (parts == NULL)
		return err_nomem(e);
	m->parts = parts;
	memset(&parts[n], 0, sizeof(parts[n]));
	views = realloc(m->views, (n + 1) * sizeof(*views));
	if (views == NULL)
		return err_nomem(e);
	m->views = views;
	return file_read(path, TRUST_LIST_MAX, &parts[n], e);
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Every file of DIR/sub with this ending; count is raised for each. */
static int
add_parts(struct material *m, const char *dir, const char *sub,
    const char *ending, size_t *count, struct err *e)
{
	struct dirent **list = NULL;
	struct buf path = BUF_INIT;
	const char *dot;
	int n, i, rc = 0;

	buf_printf(&path, "%s/%s", dir, sub);
	n = buf_cstr(&path) == NULL
		? 0
		: scandir(buf_cstr(&path), &list, visible, alphasort);
	for (i = 0; i < n; i++) {
		dot = strrchr(list[i]->d_name, '.');
		if (rc == 0 && dot != NULL && strcmp(dot, ending) == 0) {
			buf_reset(&path);
			buf_printf(
			    &path, "%s/%s/%s", dir, sub, list[i]->d_name);
			rc = buf_cstr(&path) == NULL
				 ? err_nomem(e)
				 : add_part(m, buf_cstr(&path), e);
			if (rc == 0)
				(*count)++;
		}
		free(list[i]);
	}
	free(list);
	buf_release(&path);
	return rc;
}

static int
read_trust(struct verify *v, struct err *e)
{
	struct material *m = &v->material;
	struct buf dir = BUF_INIT, path = BUF_INIT;
	const char *data = v->dir ? v->dir : getenv("CERTSVC_DATA");
	size_t i;
	int rc;

	if (v->trust != NULL)
		buf_add_str(&dir, v->trust);
	else if (data != NULL)
		buf_printf(&dir, "%s/trust", data);
	else
		return 0;
	buf_printf(&path, "%s/trust.json", buf_cstr(&dir));
	rc = file_read(buf_cstr(&path), TRUST_JSON_MAX, &m->json, e);
	if (rc == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "no_trust",
		    "%s 不是信任目录（缺少 trust.json）",
		    "%s is no trust directory (no trust.json)", buf_cstr(&dir));
	if (rc == 0)
		rc = add_parts(
		    m, buf_cstr(&dir), "anchors", ".pem", &m->nanchors, e);
	if (rc == 0)
		rc = add_parts(
		    m, buf_cstr(&dir), "status", ".cwt", &m->nlists, e);
	for (i = 0; i < m->nanchors + m->nlists; i++)
		m->views[i] = buf_bytes(&m->parts[i]);
	buf_release(&dir);
	buf_release(&path);
	return rc;
}

static void
release_trust(struct material *m)
{
	size_t i;

	for (i = 0; i < m->nanchors + m->nlists; i++)
		buf_release(&m->parts[i]);
	free(m->parts);
	free(m->views);
	buf_release(&m->json);
}

/* Judge one file; what cannot even be read is unreadable. */
static void
judge(struct verify *v, const char *name, struct verdict *verdict)
{
	struct material *m = &v->material;
	struct buf file = BUF_INIT, code = BUF_INIT;
	struct parser_request req = {.at = v->at, .profile = v->profile};
	struct err e = ERR_INIT;

	if (file_read(name, VERIFY_FILE_MAX, &file, &e) != 0) {
		if (!v->json)
			serve_report(&e);
		verdict_add(verdict,
		    e.class == ERR_LIMIT ? "too_large" : "file_unreadable");
	} else {
		req.file = buf_bytes(&file);
		req.trust = buf_bytes(&m->json);
		req.anchors = m->views;
		req.nanchors = m->nanchors;
		req.lists = m->views + m->nanchors;
		req.nlists = m->nlists;
		parser_run(&req, verdict, &code);
	}
	err_clear(&e);
	buf_release(&file);
	buf_release(&code);
}

static const char *
word(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_VALID:
		return "有效 / valid";
	case VERDICT_INVALID:
		return "无效 / invalid";
	case VERDICT_INDETERMINATE:
		return "无法确定 / indeterminate";
	case VERDICT_UNSIGNED:
		return "无签名 / unsigned";
	case VERDICT_UNREADABLE:
		break;
	}
	return "无法读取 / unreadable";
}

static void
print_text(const char *name, const struct verdict *v)
{
	const struct verdict_certificate *c = &v->certificate;
	const struct verdict_reason *r;
	char as_of[CLOCK_RFC3339_SIZE];
	size_t i;

	printf("%s: %s", name, word(v->kind));
	if (c->known)
		printf("  %s %s", c->type_zh, c->number);
	if (c->known && c->status_as_of != 0) {
		clock_rfc3339(as_of, c->status_as_of);
		printf("  状态 / status: %s (%s)", c->status, as_of);
	}
	printf("\n");
	for (i = 0; i < v->nreasons; i++) {
		r = verdict_reason_find(v->reasons[i]);
		if (r != NULL)
			printf("  %s: %s / %s\n    → %s / %s\n", r->code, r->zh,
			    r->en, r->next_zh, r->next_en);
	}
	if (c->superseded_by_number[0] != '\0')
		printf("  新证照编号 / superseded by: %s\n",
		    c->superseded_by_number);
}

static void
print(const struct verify *v, const char *name, const struct verdict *verdict)
{
	json_t *json;
	char *text = NULL;

	if (!v->json) {
		print_text(name, verdict);
		return;
	}
	json = verdict_json(verdict);
	if (json != NULL) {
		json_object_set_new(json, "file", json_string(name));
		text = json_dumps(json, JSON_COMPACT);
	}
	printf("%s\n", text ? text : "{}");
	free(text);
	json_decref(json);
}

static int
run(struct verify *v, int n, char **files)
{
	int i, status = VERDICT_VALID;

	for (i = 0; i < n; i++)
		judge(v, files[i], &v->verdicts[i]);
	if (v->same)
		verify_same(v->verdicts, (size_t)n);
	for (i = 0; i < n; i++) {
		print(v, files[i], &v->verdicts[i]);
		status = verdict_worst(status, (int)v->verdicts[i].kind);
		verdict_release(&v->verdicts[i]);
	}
	return status;
}

int
cli_verify(int argc, char **argv)
{
	struct verify v = {.profile = PROFILE_DEFAULT, .at = clock_now()};
	struct err e = ERR_INIT;
	int status;

	if (parse(argc, argv, &v) != 0)
		return usage();
	v.verdicts = calloc((size_t)(argc - optind), sizeof(*v.verdicts));
	if (v.verdicts == NULL || read_trust(&v, &e) != 0) {
		/* No verdict without the trust that was asked for. */
		cli_fail(&e);
		status = COMMAND_USAGE;
	} else {
		status = run(&v, argc - optind, argv + optind);
	}
	release_trust(&v.material);
	free(v.verdicts);
	return status;
}
