/*
 * cli_printer.c - certsvc printer: what a printer says of itself, and a test
 * page on it.  No server is needed: a printer process of its own is started for
 * the command, confined as the server's.
 */
#include "api/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/command.h"
#include "api/serve.h"
#include "certsvc/config.h"
#include "certsvc/print/printer.h"
#include "certsvc/print/printer_main.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"

struct asked {
	struct printer_target target;
	const char *dir; /* whose printer_networks count; may be NULL */
	const char *pin, *copies, *media, *sides, *name;
	const char *verb, *what; /* NULL: only ask */
	int json;
	struct printer *printer;
};

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc printer URI [-d DIR] [--pin FINGERPRINT] [--json]\n"
	    "       certsvc printer URI print FILE.pdf [--name NAME] [--copies N] [--media NAME] [--sides NAME]\n"
	    "       certsvc printer URI job|cancel NUMBER\n"
	    "       certsvc printer URI find NAME\n");
	return COMMAND_USAGE;
}

static int
options(int argc, char **argv, struct asked *a)
{
	static const struct option known[] = {
	    {"pin", required_argument, NULL, 'p'},
	    {"copies", required_argument, NULL, 'c'},
	    {"media", required_argument, NULL, 'm'},
	    {"sides", required_argument, NULL, 's'},
	    {"name", required_argument, NULL, 'n'},
	    {"json", no_argument, NULL, 'j'},
	    {NULL, 0, NULL, 0},
	};
	struct {
		int letter;
		const char **value;
	} values[] = {{'d', &a->dir}, {'p', &a->pin}, {'c', &a->copies},
	    {'m', &a->media}, {'s', &a->sides}, {'n', &a->name}};
	size_t i;
	int c;

	a->dir = getenv("CERTSVC_DATA");
	while ((c = getopt_long(argc, argv, "d:", known, NULL)) != -1) {
		if (c == '?')
			return -1;
		if (c == 'j')
			a->json = 1;
		for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			if (values[i].letter == c)
				*values[i].value = optarg;
	}
	if (argc - optind != 1 && argc - optind != 3)
		return -1;
	a->target.uri = argv[optind];
	if (argc - optind == 3) {
		a->verb = argv[optind + 1];
		a->what = argv[optind + 2];
	}
	a->target.pinned = a->pin != NULL;
	return a->pin == NULL || text_unhex(a->target.fingerprint,
				     sizeof(a->target.fingerprint), a->pin,
				     strlen(a->pin)) == 0
		   ? 0
		   : -1;
}

static const char *
joined(const json_t *list, struct buf *out)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		if (i > 0)
			buf_add_str(out, ", ");
		buf_add_str(out, json_string_value(item));
	}
	return buf_cstr(out) == NULL || out->n == 0 ? "-" : buf_cstr(out);
}

static void
print_list(const char *zh, const char *en, const json_t *list)
{
	struct buf text = BUF_INIT;

	printf("  %s / %s: %s\n", zh, en, joined(list, &text));
	buf_release(&text);
}

static void
print_supplies(const json_t *supplies)
{
	const json_t *supply, *level;
	size_t i;

	json_array_foreach (supplies, i, supply) {
		level = json_object_get(supply, "level");
		if (json_is_integer(level))
			printf("  耗材 / supply: %s %d%%\n",
			    cli_text(supply, "name"),
			    (int)json_integer_value(level));
	}
}

static void
print_probe(const json_t *json)
{
	const json_t *words = json_object_get(json, "words");

	printf("%s (%s)\n", cli_text(json, "name"), cli_text(json, "model"));
	printf("  状态 / state: %s / %s\n", cli_text(words, "zh"),
	    cli_text(words, "en"));
	if (!json_is_true(json_object_get(json, "pdf")))
		printf("  不能直接打印 PDF，本服务用不了它 / "
		       "it does not take PDF and cannot be used\n");
	printf("  排队 / queued: %d\n",
	    (int)json_integer_value(json_object_get(json, "queued")));
	print_list("纸张", "media", json_object_get(json, "media"));
	print_list("已装入", "loaded", json_object_get(json, "media_ready"));
	print_list("单双面", "sides", json_object_get(json, "sides"));
	printf("  一次份数 / copies at once: %d\n",
	    (int)json_integer_value(json_object_get(json, "copies")));
	print_supplies(json_object_get(json, "supplies"));
	if (*cli_text(json, "fingerprint") != '\0')
		printf("  公钥指纹 / fingerprint of its key: %s\n",
		    cli_text(json, "fingerprint"));
}

static int
probe(struct asked *a, struct err *e)
{
	json_t *json;
	int rc = printer_probe(a->printer, &a->target, &json, e);

	if (rc != 0)
		return rc;
	if (a->json)
		cli_print(json);
	else
		print_probe(json);
	json_decref(json);
	return 0;
}

static const char *
state_word(enum printer_job_state state)
{
	switch (state) {
	case PRINTER_JOB_PENDING:
		return "pending";
	case PRINTER_JOB_HELD:
		return "held";
	case PRINTER_JOB_PROCESSING:
		return "processing";
	case PRINTER_JOB_STOPPED:
		return "stopped";
	case PRINTER_JOB_CANCELED:
		return "canceled";
	case PRINTER_JOB_ABORTED:
		return "aborted";
	case PRINTER_JOB_COMPLETED:
		break;
	}
	return "completed";
}

static void
print_job(const struct asked *a, const struct printer_job *job)
{
	struct buf zh = BUF_INIT, en = BUF_INIT;
	json_t *json;

	if (a->json) {
		json = json_pack("{s:i,s:s,s:i,s:s,s:s}", "id", (int)job->id,
		    "state", state_word(job->state), "impressions",
		    (int)job->impressions, "reasons", job->reasons, "message",
		    job->message);
		cli_print(json);
		json_decref(json);
		return;
	}
	printer_words(job->reasons, &zh, &en);
	printf("%d %s %s / %s\n", (int)job->id, state_word(job->state),
	    buf_failed(&zh) ? "" : buf_cstr(&zh),
	    buf_failed(&en) ? "" : buf_cstr(&en));
	buf_release(&zh);
	buf_release(&en);
}

static int
print(struct asked *a, struct printer_job *job, struct err *e)
{
	struct printer_job_request req = {.name = a->name ? a->name : "test",
	    .media = a->media,
	    .sides = a->sides};
	struct buf document = BUF_INIT;
	int copies = 1, rc;

	rc = cli_number(
	    "--copies", a->copies, 1, PRINTER_COPIES_MAX, &copies, e);
	if (rc == 0)
		rc = file_read(a->what, PRINTER_DOCUMENT_MAX, &document, e);
	req.copies = (unsigned int)copies;
	req.document = buf_bytes(&document);
	if (rc == 0)
		rc = printer_print(a->printer, &a->target, &req, job, e);
	buf_wipe(&document);
	return rc;
}

/* The verb, with what it is about. */
static int
act(struct asked *a, struct err *e)
{
	struct printer_job job;
	int number = 0, rc;

	if (a->verb == NULL)
		return probe(a, e);
	if (strcmp(a->verb, "print") == 0) {
		rc = print(a, &job, e);
	} else if (strcmp(a->verb, "find") == 0) {
		rc = printer_find(a->printer, &a->target, a->what, &job, e);
	} else {
		rc = cli_number(a->verb, a->what, 1, INT32_MAX, &number, e);
		if (rc == 0 && strcmp(a->verb, "cancel") == 0)
			return printer_cancel(
			    a->printer, &a->target, number, e);
		if (rc == 0)
			rc = printer_job_state(
			    a->printer, &a->target, number, &job, e);
	}
	if (rc == 0)
		print_job(a, &job);
	return rc;
}

static int
is_verb(const char *verb)
{
	return verb == NULL || strcmp(verb, "print") == 0 ||
	       strcmp(verb, "find") == 0 || strcmp(verb, "job") == 0 ||
	       strcmp(verb, "cancel") == 0;
}

int
cli_printer(int argc, char **argv)
{
	struct asked a = {.json = 0};
	struct err e = ERR_INIT;
	struct config config = {.dir = NULL};
	pid_t pid;
	int fd, rc = 0;

	if (options(argc, argv, &a) != 0 || !is_verb(a.verb))
		return usage();
	if (a.dir != NULL)
		rc = config_read(a.dir, &config, &e);
	if (rc == 0)
		rc = printer_start(config.printer_networks, &pid, &fd, &e);
	config_release(&config);
	if (rc != 0)
		return cli_fail(&e);
	a.printer = printer_new(fd);
	rc = a.printer == NULL ? err_nomem(&e) : act(&a, &e);
	printer_free(a.printer);
	printer_stop(pid);
	return rc == 0 ? 0 : cli_fail(&e);
}
