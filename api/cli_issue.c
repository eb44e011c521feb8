/* cli_issue.c - issue, renew, correct, copy; see cli.h. */
#include "api/cli.h"

#include <getopt.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli_files.h"
#include "api/command.h"
#include "certsvc/json_strict.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"

enum {
	BODY_MAX = 1048576
}; /* bytes of FIELDS.json */

static int
usage(const char *name)
{
	if (strcmp(name, "issue") == 0)
		fprintf(stderr,
		    "用法 / usage: certsvc issue -d DIR -t TYPE -f FIELDS.json [-o OUTDIR]\n"
		    "       [--matter CODE --serial NUMBER] [--department CODE] [--key-file FILE] [--json]\n");
	else if (strcmp(name, "copy") == 0)
		fprintf(stderr,
		    "用法 / usage: certsvc copy -d DIR ID --purpose TEXT --expires YYYY-MM-DD [--maker TEXT]\n"
		    "       [--matter CODE --serial NUMBER] [-o OUTDIR [--name NAME]]\n"
		    "       [--department CODE] [--key-file FILE] [--json]\n");
	else
		fprintf(stderr,
		    "用法 / usage: certsvc %s -d DIR ID --reason CODE --matter CODE --serial NUMBER\n"
		    "       [-f FIELDS.json] [-o OUTDIR] [--department CODE] [--key-file FILE] [--json]\n",
		    name);
	return COMMAND_USAGE;
}

/* A serial for a call that names none: the same content is the same call. */
static json_t *
serial_of(const json_t *what)
{
	char *text = json_dumps(what, JSON_COMPACT | JSON_SORT_KEYS);
	uint8_t digest[32];
	unsigned int n = sizeof(digest);
	struct bytes part = {digest, 12};
	struct buf hex = BUF_INIT;
	json_t *serial = NULL;

	if (text != NULL &&
	    EVP_Digest(text, strlen(text), digest, &n, EVP_sha256(), NULL) == 1)
		text_hex(&hex, part);
	if (buf_cstr(&hex) != NULL)
		serial = json_string(buf_cstr(&hex));
	buf_release(&hex);
	free(text);
	return serial;
}

static void
set_text(json_t *body, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(body, name, json_string(value));
}

/* The file is a whole body ({"fields": ...}) or just the fields. */
static int
read_body(const struct cli *cli, json_t **body, struct err *e)
{
	struct buf text = BUF_INIT;
	json_t *json = NULL;
	int rc;

	*body = NULL;
	if (cli->file == NULL) {
		*body = json_object();
		return *body == NULL ? err_nomem(e) : 0;
	}
	rc = file_read(cli->file, BODY_MAX, &text, e);
	if (rc == 0)
		rc = json_strict_read(buf_bytes(&text), BODY_MAX, &json, e);
	buf_release(&text);
	if (rc != 0)
		return rc;
	if (json_is_object(json_object_get(json, "fields")))
		*body = json;
	else
		*body = json_pack("{s:o}", "fields", json);
	return *body == NULL ? err_nomem(e) : 0;
}

/* The serial of a body without fields: what is asked of which address. */
static json_t *
serial_of_call(json_t *body, const char *path)
{
	json_t *what = json_pack("[s, O]", path, body), *serial;

	serial = serial_of(what);
	json_decref(what);
	return serial;
}

static void
complete_body(const struct cli *cli, json_t *body, const char *path)
{
	const json_t *fields = json_object_get(body, "fields");

	set_text(body, "type", cli->type);
	set_text(body, "matter", cli->matter);
	set_text(body, "serial", cli->serial);
	set_text(body, "operator", cli->op);
	set_text(body, "reason", cli->reason);
	set_text(body, "note", cli->note);
	set_text(body, "purpose", cli->purpose);
	set_text(body, "maker", cli->maker);
	set_text(body, "expires", cli->expires);
	if (json_object_get(body, "matter") == NULL)
		set_text(body, "matter", "command-line");
	if (json_object_get(body, "serial") == NULL)
		json_object_set_new(body, "serial",
		    fields != NULL ? serial_of(fields)
				   : serial_of_call(body, path));
}

static void
print_answer(const struct cli *cli, const json_t *answer)
{
	char *text;

	if (cli->json) {
		text = json_dumps(answer, JSON_COMPACT);
		printf("%s\n", text ? text : "");
		free(text);
		return;
	}
	printf("已签发 / issued: %s %s  id=%s  状态 / status: %s\n",
	    cli_text(json_object_get(answer, "type_name"), "zh"),
	    cli_text(answer, "number"), cli_text(answer, "id"),
	    cli_text(answer, "status"));
}

static int
post(struct cli *cli, const char *path, const char *stem)
{
	struct client_call call = {.method = "POST", .path = path};
	struct err e = ERR_INIT;
	json_t *body = NULL, *answer = NULL;
	int rc;

	if ((rc = read_body(cli, &body, &e)) == 0) {
		complete_body(cli, body, path);
		call.body = body;
		rc = cli_json(cli, &call, &answer, &e);
	}
	if (rc == 0)
		print_answer(cli, answer);
	if (rc == 0 && cli->out != NULL)
		rc = cli_files_fetch(cli, answer,
		    stem != NULL ? stem : cli_text(answer, "id"), &e);
	json_decref(body);
	json_decref(answer);
	return rc == 0 ? 0 : cli_fail(&e);
}

int
cli_issue(int argc, char **argv)
{
	struct cli cli;
	int status;

	if (cli_options(argc, argv, &cli) != 0 || cli.dir == NULL ||
	    cli.type == NULL || cli.file == NULL || optind != argc ||
	    strchr(cli.type, '/') != NULL)
		return usage("issue");
	if (cli_open(&cli) != 0)
		return 1;
	status = post(&cli, "/v1/certificates", cli.type);
	cli_close(&cli);
	return status;
}

/* Make a certificate from another. */
static int
post_to(struct cli *cli, const char *id, const char *action)
{
	struct buf path = BUF_INIT;
	int status;

	buf_printf(&path, "/v1/certificates/%s/%s", id, action);
	if (buf_cstr(&path) == NULL || cli_open(cli) != 0) {
		buf_release(&path);
		return 1;
	}
	status = post(cli, buf_cstr(&path), cli->name);
	cli_close(cli);
	buf_release(&path);
	return status;
}

static int
reissue(int argc, char **argv)
{
	struct cli cli;

	if (cli_options(argc, argv, &cli) != 0 || cli.dir == NULL ||
	    cli.reason == NULL || optind != argc - 1 ||
	    (strcmp(argv[0], "correct") == 0 && cli.file == NULL))
		return usage(argv[0]);
	return post_to(&cli, argv[optind], argv[0]);
}

int
cli_copy(int argc, char **argv)
{
	struct cli cli;

	if (cli_options(argc, argv, &cli) != 0 || cli.dir == NULL ||
	    cli.purpose == NULL || cli.expires == NULL || cli.file != NULL ||
	    cli.type != NULL || optind != argc - 1 ||
	    (cli.name != NULL && strchr(cli.name, '/') != NULL))
		return usage("copy");
	return post_to(&cli, argv[optind], "copies");
}

int
cli_renew(int argc, char **argv)
{
	return reissue(argc, argv);
}

int
cli_correct(int argc, char **argv)
{
	return reissue(argc, argv);
}
