/* cli_change.c - revoke, suspend, resume, hand-over, status; see cli.h. */
#include "api/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/command.h"

static int
usage(const char *name)
{
	if (strcmp(name, "status") == 0)
		fprintf(stderr,
		    "用法 / usage: certsvc status -d DIR ID [--json] [--key-file FILE]\n");
	else
		fprintf(stderr,
		    "用法 / usage: certsvc %s -d DIR ID --reason CODE [--operator NAME] [--note TEXT]\n"
		    "       [--department CODE] [--key-file FILE] [--json]\n",
		    name);
	return COMMAND_USAGE;
}

static int
post(struct cli *cli, const char *path, const char *id)
{
	struct client_call call = {.method = "POST", .path = path};
	struct err e = ERR_INIT;
	json_t *body, *answer = NULL;
	int rc;

	body = json_pack("{s:s, s:s*, s:s*}", "reason", cli->reason, "operator",
	    cli->op, "note", cli->note);
	call.body = body;
	rc = body == NULL ? err_nomem(&e) : cli_json(cli, &call, &answer, &e);
	if (rc == 0 && cli->json)
		cli_print(answer);
	else if (rc == 0)
		printf("%s  状态 / status: %s  自 / since %s\n", id,
		    cli_text(answer, "status"), cli_text(answer, "since"));
	json_decref(body);
	json_decref(answer);
	return rc == 0 ? 0 : cli_fail(&e);
}

static int
change(int argc, char **argv)
{
	struct cli cli;
	struct buf path = BUF_INIT;
	int status = 1;

	if (cli_options(argc, argv, &cli) != 0 || cli.dir == NULL ||
	    cli.reason == NULL || optind != argc - 1)
		return usage(argv[0]);
	buf_printf(&path, "/v1/certificates/%s/%s", argv[optind], argv[0]);
	if (buf_cstr(&path) != NULL && cli_open(&cli) == 0) {
		status = post(&cli, buf_cstr(&path), argv[optind]);
		cli_close(&cli);
	}
	buf_release(&path);
	return status;
}

int
cli_revoke(int argc, char **argv)
{
	return change(argc, argv);
}

int
cli_suspend(int argc, char **argv)
{
	return change(argc, argv);
}

int
cli_resume(int argc, char **argv)
{
	return change(argc, argv);
}

int
cli_hand_over(int argc, char **argv)
{
	return change(argc, argv);
}

static int
ask_status(struct cli *cli, const char *path)
{
	struct client_call call = {.method = "GET", .path = path};
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	if (client_json(cli->client, &call, &answer, &e) != 0)
		return cli_fail(&e);
	if (cli->json)
		cli_print(answer);
	else
		printf("%s  状态 / status: %s  自 / since %s%s%s\n",
		    cli_text(answer, "id"), cli_text(answer, "status"),
		    cli_text(answer, "status_since"),
		    cli_text(answer, "superseded_by_number")[0]
			? "  新编号 / superseded by "
			: "",
		    cli_text(answer, "superseded_by_number"));
	json_decref(answer);
	return 0;
}

int
cli_status(int argc, char **argv)
{
	struct cli cli;
	struct buf path = BUF_INIT;
	int status = 1;

	if (cli_options(argc, argv, &cli) != 0 || cli.dir == NULL ||
	    optind != argc - 1)
		return usage("status");
	buf_printf(&path, "/v1/certificates/%s/status", argv[optind]);
	if (buf_cstr(&path) != NULL && cli_open(&cli) == 0) {
		status = ask_status(&cli, buf_cstr(&path));
		cli_close(&cli);
	}
	buf_release(&path);
	return status;
}
