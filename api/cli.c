/* cli.c - what commands share; see cli.h. */
#include "api/cli.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/serve.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"

enum {
	CREDENTIAL_MAX = 256
}; /* bytes of one credential's file */

int
cli_options(int argc, char **argv, struct cli *cli)
{
	static const struct option options[] = {
	    {"key-file", required_argument, NULL, 'k'},
	    {"department", required_argument, NULL, 'p'},
	    {"reason", required_argument, NULL, 'r'},
	    {"operator", required_argument, NULL, 'O'},
	    {"note", required_argument, NULL, 'n'},
	    {"matter", required_argument, NULL, 'm'},
	    {"serial", required_argument, NULL, 's'},
	    {"purpose", required_argument, NULL, 'P'},
	    {"maker", required_argument, NULL, 'M'},
	    {"expires", required_argument, NULL, 'E'},
	    {"name", required_argument, NULL, 'N'},
	    {"printer", required_argument, NULL, 'R'},
	    {"office", required_argument, NULL, 'F'},
	    {"kind", required_argument, NULL, 'K'},
	    {"wait", required_argument, NULL, 'W'},
	    {"json", no_argument, NULL, 'j'},
	    {NULL, 0, NULL, 0},
	};
	struct {
		int letter;
		const char **value;
	} values[] = {{'d', &cli->dir}, {'t', &cli->type}, {'f', &cli->file},
	    {'o', &cli->out}, {'k', &cli->key_source}, {'p', &cli->department},
	    {'r', &cli->reason}, {'O', &cli->op}, {'n', &cli->note},
	    {'m', &cli->matter}, {'s', &cli->serial}, {'P', &cli->purpose},
	    {'M', &cli->maker}, {'E', &cli->expires}, {'N', &cli->name},
	    {'R', &cli->printer}, {'F', &cli->office}, {'K', &cli->kind},
	    {'W', &cli->wait}};
	size_t i;
	int c;

	memset(cli, 0, sizeof(*cli));
	cli->dir = getenv("CERTSVC_DATA");
	while ((c = getopt_long(argc, argv, "d:t:f:o:", options, NULL)) != -1) {
		if (c == '?')
			return -1;
		if (c == 'j')
			cli->json = 1;
		for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			if (values[i].letter == c)
				*values[i].value = optarg;
	}
	return 0;
}

int
cli_fail(struct err *e)
{
	serve_report(e);
	err_clear(e);
	return 1;
}

int
cli_number(const char *option, const char *text, int min, int max, int *value,
    struct err *e)
{
	char *end;
	long n;

	if (text == NULL)
		return 0;
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || n < min || n > max)
		return err_set(e, ERR_INPUT, "usage", "%s 须为 %d 至 %d 的整数",
		    "%s is a whole number from %d to %d", option, min, max);
	*value = (int)n;
	return 0;
}

/* A terminal of another encoding must not pass for a lack of memory. */
static int
texts_check(const struct cli *cli, struct err *e)
{
	const char *const texts[] = {cli->department, cli->type, cli->reason,
	    cli->op, cli->note, cli->matter, cli->serial, cli->purpose,
	    cli->maker, cli->printer, cli->office, cli->kind};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i] != NULL &&
		    text_utf8_count(texts[i], strlen(texts[i])) < 0)
			return err_set(e, ERR_INPUT, "not_utf8",
			    "命令行参数不是 UTF-8 编码",
			    "an argument of the command is not UTF-8");
	return 0;
}

int
cli_open(struct cli *cli)
{
	struct err e = ERR_INIT;

	if (texts_check(cli, &e) != 0 ||
	    client_open(cli->dir, cli->key_source, &cli->client, &e) != 0)
		return cli_fail(&e);
	return 0;
}

void
cli_close(struct cli *cli)
{
	client_close(cli->client);
	cli->client = NULL;
}

/* "id:secret" of a department, without its line break. */
static int
read_credential(const struct cli *cli, const char *department, struct buf *out,
    struct err *e)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_printf(&path, "%s/credentials/%s", cli->dir, department);
	if (buf_cstr(&path) == NULL)
		return err_nomem(e);
	rc = file_read(buf_cstr(&path), CREDENTIAL_MAX, out, e);
	buf_release(&path);
	while (out->n > 0 && out->p[out->n - 1] == '\n')
		out->n--;
	return rc != 0 ? rc : buf_cstr(out) == NULL ? err_nomem(e) : 0;
}

static int
send_as(struct cli *cli, const char *department, struct client_call *call,
    struct buf *content, struct err *e)
{
	struct buf credential = BUF_INIT;
	int rc = read_credential(cli, department, &credential, e);

	if (rc == 0) {
		call->credential = buf_cstr(&credential);
		buf_reset(content);
		rc = client_send(cli->client, call, content, e);
		call->credential = NULL;
	}
	buf_wipe(&credential);
	return rc;
}

static int
no_credential(const struct cli *cli, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_credential",
	    "%s/credentials 中没有部门密钥；请用 --department CODE 指定，或把密钥放在那里",
	    "no department key in %s/credentials: put one there, or name it with --department CODE",
	    cli->dir);
}

/* A department's code has no dot; desk-demo.txt and hidden files have. */
static int
is_credential(const struct dirent *entry)
{
	return strchr(entry->d_name, '.') == NULL;
}

/* The next department may be the one that is allowed; a seal that is suspended,
 * say, is the right one's. */
static int
is_other_department(int rc, const struct err *e)
{
	return rc == ERR_NOT_FOUND ||
	       (rc == ERR_DENIED && strcmp(e->code, "not_authorised") == 0);
}

int
cli_send(struct cli *cli, struct client_call *call, struct buf *content,
    struct err *e)
{
	struct buf path = BUF_INIT;
	struct dirent **list = NULL;
	int n, i, rc;

	if (cli->department != NULL)
		return send_as(cli, cli->department, call, content, e);
	buf_printf(&path, "%s/credentials", cli->dir);
	n = buf_cstr(&path) == NULL
		? -1
		: scandir(buf_cstr(&path), &list, is_credential, alphasort);
	rc = no_credential(cli, e);
	for (i = 0; i < n; i++) {
		if (i == 0 || is_other_department(rc, e)) {
			err_clear(e);
			rc = send_as(cli, list[i]->d_name, call, content, e);
		}
		free(list[i]);
	}
	free(list);
	buf_release(&path);
	return rc;
}

int
cli_json(
    struct cli *cli, struct client_call *call, json_t **answer, struct err *e)
{
	struct buf content = BUF_INIT;
	int rc = cli_send(cli, call, &content, e);

	*answer = NULL;
	if (rc == 0) {
		*answer =
		    json_loadb((const char *)content.p, content.n, 0, NULL);
		if (*answer == NULL)
			rc = err_internal(e, "the answer is no JSON");
	}
	buf_release(&content);
	return rc;
}

const char *
cli_text(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text != NULL ? text : "";
}

json_t *
cli_list(const char *text)
{
	json_t *list = json_array();
	size_t n;

	while (text != NULL && *text != '\0') {
		n = strcspn(text, ",");
		if (n > 0)
			json_array_append_new(list, json_stringn(text, n));
		text += n + (text[n] == ',');
	}
	return list;
}

void
cli_print(const json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(2));

	printf("%s\n", text ? text : "");
	free(text);
}
