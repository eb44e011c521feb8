/*
 * cli_print.c - certsvc print: one sheet of a department's certificate, through
 * POST /v1/print-jobs, and what became of it, in words.
 */
#include "api/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/command.h"
#include "certsvc/desk_record.h"
#include "crypto/base/clock.h"

enum {
	WAIT = 120, /* seconds until a job that did not begin is given up */
	WAIT_MAX = 43200, /* as long as the queue keeps it */
	LOOK_US = 250000  /* between two looks */
};

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc print -d DIR ID --printer URI [--kind original|proof]\n"
	    "       certsvc print -d DIR ID --printer URI --kind copy --purpose TEXT --expires YYYY-MM-DD\n"
	    "       [--office ID: --printer is one of that office] [--reason TEXT: why again] [--wait SECONDS]\n"
	    "       [--purpose TEXT] [--matter CODE] [--department CODE] [--key-file FILE] [--json]\n");
	return COMMAND_USAGE;
}

/* A job, and where it is looked at. */
struct job {
	struct cli *cli;
	char path[64];	/* /v1/print-jobs/ID */
	json_t *answer; /* the newest; owned */
	char said[64];	/* code of what was told last */
};

static int
call(struct job *job, const char *method, const char *action,
    const json_t *body, struct err *e)
{
	char path[96];
	struct client_call what = {
	    .method = method, .path = path, .body = body};
	json_t *answer;
	int rc;

	snprintf(path, sizeof(path), "%s%s", job->path, action);
	rc = cli_json(job->cli, &what, &answer, e);
	if (rc != 0)
		return rc;
	json_decref(job->answer);
	job->answer = answer;
	return 0;
}

static int
make(struct job *job, const char *id, struct err *e)
{
	const struct cli *cli = job->cli;
	char key[27];
	struct client_call what = {
	    .method = "POST", .path = "/v1/print-jobs", .key = key};
	json_t *body = json_pack(
	    "{s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s*}", "certificate",
	    id, "kind", cli->kind != NULL ? cli->kind : "original", "channel",
	    "printer", "printer", cli->printer, "office", cli->office,
	    "purpose", cli->purpose, "reason", cli->reason, "expires",
	    cli->expires, "matter", cli->matter);
	int rc = body == NULL ? err_nomem(e)
			      : desk_record_random(key, sizeof(key), e);

	what.body = body;
	if (rc == 0)
		rc = cli_json(job->cli, &what, &job->answer, e);
	if (rc == 0)
		snprintf(job->path, sizeof(job->path), "/v1/print-jobs/%.26s",
		    cli_text(job->answer, "id"));
	json_decref(body);
	return rc;
}

static int
is(const struct job *job, const char *state)
{
	return strcmp(cli_text(job->answer, "state"), state) == 0;
}

/* What keeps it from printing, once. */
static void
tell(struct job *job)
{
	const json_t *detail = json_object_get(job->answer, "detail");

	if (strcmp(job->said, cli_text(detail, "code")) == 0)
		return;
	snprintf(job->said, sizeof(job->said), "%s", cli_text(detail, "code"));
	if (job->said[0] != '\0' && !job->cli->json)
		fprintf(stderr, "%s / %s\n", cli_text(detail, "zh"),
		    cli_text(detail, "en"));
}

/* Until the job has come to its end, or the time is over. */
static int
follow(struct job *job, int seconds, struct err *e)
{
	int64_t end = clock_monotonic_ms() + seconds * 1000LL;
	int rc = 0;

	while (rc == 0 && (is(job, "rendered") || is(job, "sent")) &&
	       clock_monotonic_ms() < end) {
		tell(job);
		usleep(LOOK_US);
		rc = call(job, "GET", "", NULL, e);
	}
	return rc;
}

/* What did not begin is not to begin later, when nobody waits for it. */
static void
give_up(struct job *job)
{
	struct err e = ERR_INIT;
	json_t *body = json_object();

	if (is(job, "rendered") && call(job, "POST", "/cancel", body, &e) != 0)
		cli_fail(&e);
	json_decref(body);
}

static int
report(const struct job *job)
{
	static const struct {
		const char *state, *zh, *en;
	} words[] = {
	    {"confirmed", "已打印", "printed"},
	    {"failed", "没有打印，该份已作废",
		"not printed; this sheet is void"},
	    {"unknown", "不知道是否已打印，请查看打印机，然后确认",
		"nobody knows whether it was printed: look at the printer, then say so"},
	    {"sent", "已发送，还没有打印完",
		"sent; the printer has not finished"},
	    {"rendered", "还没有发送", "not sent yet"},
	};
	const json_t *detail = json_object_get(job->answer, "detail");
	size_t i;

	if (job->cli->json) {
		cli_print(job->answer);
		return is(job, "confirmed") ? 0 : 1;
	}
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is(job, words[i].state))
			printf("%s / %s: %s %s", words[i].zh, words[i].en,
			    cli_text(json_object_get(job->answer, "type_name"),
				"zh"),
			    cli_text(job->answer, "number"));
	if (json_is_integer(json_object_get(job->answer, "copy")))
		printf("  第 %lld 份 / copy %lld",
		    json_integer_value(json_object_get(job->answer, "copy")),
		    json_integer_value(json_object_get(job->answer, "copy")));
	if (!is(job, "confirmed") && cli_text(detail, "zh")[0] != '\0')
		printf("\n%s / %s", cli_text(detail, "zh"),
		    cli_text(detail, "en"));
	printf("\n");
	return is(job, "confirmed") ? 0 : 1;
}

static int
print(struct cli *cli, const char *id, int seconds)
{
	struct job job = {.cli = cli};
	struct err e = ERR_INIT;
	int status = 1, rc = make(&job, id, &e);

	if (rc == 0)
		rc = follow(&job, seconds, &e);
	if (rc == 0) {
		give_up(&job);
		status = report(&job);
	} else {
		cli_fail(&e);
	}
	json_decref(job.answer);
	return status;
}

int
cli_print_job(int argc, char **argv)
{
	struct cli cli;
	struct err e = ERR_INIT;
	int seconds = WAIT, status;

	if (cli_options(argc, argv, &cli) != 0 || cli.dir == NULL ||
	    cli.printer == NULL || optind != argc - 1)
		return usage();
	if (cli_number("--wait", cli.wait, 0, WAIT_MAX, &seconds, &e) != 0) {
		cli_fail(&e);
		return usage();
	}
	if (cli_open(&cli) != 0)
		return 1;
	status = print(&cli, argv[optind], seconds);
	cli_close(&cli);
	return status;
}
