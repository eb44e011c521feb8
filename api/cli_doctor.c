/* cli_doctor.c - is everything in order, and if not, how to mend it. */
#include "api/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/command.h"

static int
print_checks(const json_t *answer)
{
	const json_t *check;
	size_t i;

	json_array_foreach (json_object_get(answer, "checks"), i, check)
		printf("%s %-10s %s / %s\n",
		    json_is_true(json_object_get(check, "ok")) ? "✓" : "✗",
		    cli_text(check, "name"), cli_text(check, "zh"),
		    cli_text(check, "en"));
	return json_is_true(json_object_get(answer, "ok")) ? 0 : 1;
}

int
cli_doctor(int argc, char **argv)
{
	struct client_call call = {.method = "GET", .path = "/v1/doctor"};
	struct cli cli;
	struct err e = ERR_INIT;
	json_t *answer = NULL;
	int status;

	if (cli_options(argc, argv, &cli) != 0 || cli.dir == NULL ||
	    optind != argc) {
		fprintf(stderr,
		    "用法 / usage: certsvc doctor -d DIR [--key-file FILE]\n");
		return COMMAND_USAGE;
	}
	if (cli_open(&cli) != 0)
		return 1;
	if (client_json(cli.client, &call, &answer, &e) != 0)
		status = cli_fail(&e);
	else
		status = print_checks(answer);
	json_decref(answer);
	cli_close(&cli);
	return status;
}
