/*
 * cli_key.c - certsvc key add | rotate | revoke | list: the API keys of
 * departments.  The request is authenticated with the passphrase and relayed
 * to the keeper; a running service need not be stopped.
 */
#include "api/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/command.h"
#include "api/serve.h"
#include "crypto/base/clock.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "keys/administrator.h"

enum {
	OVERLAP_DAYS = 7,
	DAY = 86400
};

struct key_command {
	struct cli cli;
	const char *id, *overlap, *addresses, *types, *days;
};

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc key list   -d DIR\n"
	    "       certsvc key add    -d DIR --department CODE [--types CODE,CODE] [--addresses CIDR,CIDR] [--days N]\n"
	    "       certsvc key rotate -d DIR KEY-ID [--overlap DAYS]\n"
	    "       certsvc key revoke -d DIR KEY-ID\n"
	    "       [--key-file FILE|fd:N]\n");
	return COMMAND_USAGE;
}

/* Bytes to the keeper and its answer back, as base64 in JSON. */
static int
relay(struct cli *cli, const struct buf *request, struct buf *answer,
    struct err *e)
{
	struct client_call call = {
	    .method = "POST", .path = "/v1/administration"};
	struct buf text = BUF_INIT;
	json_t *body = NULL, *reply = NULL;
	const char *back;
	int rc;

	text_base64(&text, buf_bytes(request));
	if (buf_cstr(&text) != NULL)
		body = json_pack("{s:s}", "request", buf_cstr(&text));
	call.body = body;
	rc = body == NULL ? err_nomem(e)
			  : client_json(cli->client, &call, &reply, e);
	back = json_string_value(json_object_get(reply, "answer"));
	if (rc == 0 &&
	    (back == NULL || text_unbase64(answer, back, strlen(back)) != 0))
		rc = err_internal(e, "answer");
	json_decref(body);
	json_decref(reply);
	buf_release(&text);
	return rc;
}

/* Ask for a nonce, send the action under it, check the answer. */
static int
administer(struct cli *cli, struct administrator *adm, const json_t *action,
    json_t **answer, struct err *e)
{
	struct buf request = BUF_INIT, nonce = BUF_INIT, reply = BUF_INIT;
	int rc;

	administrator_ask(&request);
	rc = relay(cli, &request, &nonce, e);
	buf_reset(&request);
	if (rc == 0)
		rc = administrator_request(
		    adm, buf_bytes(&nonce), action, &request, e);
	if (rc == 0)
		rc = relay(cli, &request, &reply, e);
	if (rc == 0)
		rc = administrator_answer(adm, buf_bytes(&reply), answer, e);
	buf_release(&request);
	buf_release(&nonce);
	buf_release(&reply);
	return rc;
}

/* "a,b,c" as an array of strings; NULL text makes an empty one. */
static json_t *
list_of(const char *text)
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

static json_t *
make_action(const struct key_command *k, const char *verb,
    const struct keeper_credential *cred, const char *hash)
{
	json_t *action;
	int64_t until;

	if (strcmp(verb, "list") == 0)
		return json_pack("{s:s}", "action", "key_list");
	if (strcmp(verb, "revoke") == 0)
		return json_pack(
		    "{s:s, s:s}", "action", "key_revoke", "id", k->id);
	if (strcmp(verb, "rotate") == 0)
		return json_pack("{s:s, s:s, s:s, s:s, s:I}", "action",
		    "key_rotate", "id", cred->id, "hash", hash, "old", k->id,
		    "overlap",
		    (json_int_t)(k->overlap ? atoi(k->overlap) : OVERLAP_DAYS) *
			DAY);
	action =
	    json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "action", "key_add",
		"id", cred->id, "hash", hash, "department", k->cli.department,
		"types", list_of(k->types), "addresses", list_of(k->addresses));
	if (action != NULL && k->days != NULL) {
		until = clock_now() + (int64_t)atoi(k->days) * DAY;
		json_object_set_new(
		    action, "not_after", json_integer((json_int_t)until));
	}
	return action;
}

/* A new secret is shown once; only its hash is kept. */
static int
print_result(const char *verb, const struct keeper_credential *cred,
    const json_t *answer)
{
	if (strcmp(verb, "add") == 0 || strcmp(verb, "rotate") == 0) {
		printf("%s:%s\n", cred->id, cred->secret);
		fprintf(stderr,
		    "请立即保存：密钥只显示这一次 / keep it: the secret is shown only now\n");
		return 0;
	}
	cli_print(answer);
	return 0;
}

static int
run(struct key_command *k, const char *verb, struct err *e)
{
	struct administrator *adm = NULL;
	struct keeper_credential cred = {"", ""};
	struct buf passphrase = BUF_INIT;
	json_t *action = NULL, *answer = NULL;
	char hash[65] = "";
	int rc;

	rc = serve_passphrase(k->cli.dir, k->cli.key_source, &passphrase, e);
	if (rc == 0)
		rc = administrator_new(
		    k->cli.dir, buf_bytes(&passphrase), &adm, e);
	if (rc == 0)
		rc = administrator_credential(&cred, hash, e);
	if (rc == 0 && (action = make_action(k, verb, &cred, hash)) == NULL)
		rc = err_nomem(e);
	if (rc == 0)
		rc = administer(&k->cli, adm, action, &answer, e);
	if (rc == 0)
		print_result(verb, &cred, answer);
	json_decref(action);
	json_decref(answer);
	administrator_free(adm);
	buf_wipe(&passphrase);
	return rc;
}

static int
parse(int argc, char **argv, struct key_command *k)
{
	static const struct option options[] = {
	    {"key-file", required_argument, NULL, 'k'},
	    {"department", required_argument, NULL, 'p'},
	    {"types", required_argument, NULL, 't'},
	    {"addresses", required_argument, NULL, 'a'},
	    {"days", required_argument, NULL, 'y'},
	    {"overlap", required_argument, NULL, 'o'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	memset(k, 0, sizeof(*k));
	k->cli.dir = getenv("CERTSVC_DATA");
	while ((c = getopt_long(argc, argv, "d:", options, NULL)) != -1) {
		if (c == 'd')
			k->cli.dir = optarg;
		else if (c == 'k')
			k->cli.key_source = optarg;
		else if (c == 'p')
			k->cli.department = optarg;
		else if (c == 't')
			k->types = optarg;
		else if (c == 'a')
			k->addresses = optarg;
		else if (c == 'y')
			k->days = optarg;
		else if (c == 'o')
			k->overlap = optarg;
		else
			return -1;
	}
	return k->cli.dir == NULL ? -1 : 0;
}

/* Does the verb have what it needs? */
static int
complete(const struct key_command *k, const char *verb)
{
	if (strcmp(verb, "list") == 0)
		return k->id == NULL;
	if (strcmp(verb, "add") == 0)
		return k->id == NULL && k->cli.department != NULL;
	if (strcmp(verb, "rotate") == 0 || strcmp(verb, "revoke") == 0)
		return k->id != NULL;
	return 0;
}

int
cli_key(int argc, char **argv)
{
	struct key_command k;
	struct err e = ERR_INIT;
	const char *verb;
	int rc;

	if (parse(argc, argv, &k) != 0 || optind >= argc || argc - optind > 2)
		return usage();
	verb = argv[optind];
	k.id = argc - optind == 2 ? argv[optind + 1] : NULL;
	if (!complete(&k, verb))
		return usage();
	if (cli_open(&k.cli) != 0)
		return 1;
	rc = run(&k, verb, &e);
	cli_close(&k.cli);
	return rc == 0 ? 0 : cli_fail(&e);
}
