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

#include "api/administer.h"
#include "api/command.h"
#include "crypto/base/clock.h"
#include "keys/administrator.h"

enum {
	OVERLAP_DAYS = 7,
	OVERLAP_MAX = 366, /* days that the keeper takes */
	DAYS_MAX = 36500,
	DAY = 86400
};

struct key_command {
	struct cli cli;
	const char *id, *overlap, *addresses, *types, *days;
	int overlap_days, valid_days; /* the numbers; 0: for ever */
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
		    "overlap", (json_int_t)k->overlap_days * DAY);
	action = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "action",
	    "key_add", "id", cred->id, "hash", hash, "department",
	    k->cli.department, "types", cli_list(k->types), "addresses",
	    cli_list(k->addresses));
	if (action != NULL && k->days != NULL) {
		until = clock_now() + (int64_t)k->valid_days * DAY;
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
	struct administer *adm = NULL;
	struct keeper_credential cred = {"", ""};
	json_t *action = NULL, *answer = NULL;
	char hash[65] = "";
	int rc;

	k->overlap_days = OVERLAP_DAYS;
	rc = cli_number(
	    "--overlap", k->overlap, 0, OVERLAP_MAX, &k->overlap_days, e);
	if (rc == 0)
		rc = cli_number(
		    "--days", k->days, 1, DAYS_MAX, &k->valid_days, e);
	if (rc == 0)
		rc = administer_open(
		    k->cli.dir, k->cli.key_source, k->cli.client, &adm, e);
	if (rc == 0)
		rc = administrator_credential(&cred, hash, e);
	if (rc == 0 && (action = make_action(k, verb, &cred, hash)) == NULL)
		rc = err_nomem(e);
	if (rc == 0)
		rc = administer_act(adm, action, 0, &answer, e);
	if (rc == 0)
		print_result(verb, &cred, answer);
	json_decref(action);
	json_decref(answer);
	administer_close(adm);
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
