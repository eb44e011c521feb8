/*
 * cli_verify.c - certsvc verify: files in, verdicts out.  Each file is read
 * here and judged in a confined process of its own (certsvc/parser.h).
 */
#include "api/cli.h"

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

struct verify {
	const char *trust, *dir, *at_text;
	enum verify_profile profile;
	int json, same;
	int64_t at;
	struct trust_files material;
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

/* Trust as bytes, for the confined process. */
static int
read_trust(struct verify *v, struct err *e)
{
	struct buf dir = BUF_INIT;
	const char *data = v->dir ? v->dir : getenv("CERTSVC_DATA");
	int rc;

	if (v->trust == NULL && data == NULL)
		return 0;
	if (v->trust != NULL)
		buf_add_str(&dir, v->trust);
	else
		buf_printf(&dir, "%s/trust", data);
	rc = buf_cstr(&dir) == NULL
		 ? err_nomem(e)
		 : trust_files_read(buf_cstr(&dir), &v->material, e);
	buf_release(&dir);
	return rc;
}

/* Judge one file; what cannot even be read is unreadable. */
static void
judge(struct verify *v, const char *name, struct verdict *verdict)
{
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
		req.trust = v->material.parts;
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

/* Not the original: which copy, by whom, what for (its code does not say) and
 * until when. */
static void
print_copy(const struct verdict_certificate *c)
{
	printf(
	    "  这是加注件，不是原件 / a purpose-bound copy, not the original:"
	    " 第 / no. %llu",
	    (unsigned long long)c->copy_number);
	if (c->copy.maker[0] != '\0')
		printf("  制作 / by %s %s", c->copy.maker, c->copy.made);
	if (c->copy.purpose[0] != '\0')
		printf("  仅限 / only for: %s", c->copy.purpose);
	printf("  至 / until %s\n", c->copy.until);
}

/* The certificate itself, printed once more. */
static void
print_sheet(const struct verdict_sheet *sheet)
{
	printf(
	    "  第 %llu 份打印件，%s 于 %s 打印 / printed sheet %llu, at %s on "
	    "%s\n",
	    (unsigned long long)sheet->number, sheet->day, sheet->office,
	    (unsigned long long)sheet->number, sheet->office, sheet->day);
	if (sheet->purpose[0] != '\0')
		printf("  打印用途 / printed for: %s\n", sheet->purpose);
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
	if (c->copy.is_copy)
		print_copy(c);
	if (c->sheet.number != 0)
		print_sheet(&c->sheet);
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
	trust_files_release(&v.material);
	free(v.verdicts);
	return status;
}
