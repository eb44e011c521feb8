/* demo.c - certsvc demo; see demo.h. */
#include "api/demo.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/cli_files.h"
#include "api/command.h"
#include "api/serve.h"
#include "certsvc/config.h"
#include "certsvc/template.h"
#include "crypto/base/buf.h"
#include "crypto/base/clock.h"
#include "crypto/base/file.h"

enum {
	DEMO_ARGS_MAX = 40,
	DEMO_READY_MS = 15000, /* until the service answers */
	DEMO_STATUS_TRIES =
	    20, /* quarter seconds until a status is published */
	DEMO_ANSWER_MAX = 1048576,
	DEMO_COPY_DAYS = 90 /* that the purpose-bound copy is good for */
};

struct demo {
	const char *dir, *listen;
	int once; /* --exit */
	struct config config;
	struct template_set templates;
	pid_t server;
};

/* Show a command as a person would type it, then run it. */
static int
run(int quiet, const char *const *argv)
{
	char *copy[DEMO_ARGS_MAX + 1];
	int n;

	for (n = 0; n < DEMO_ARGS_MAX && argv[n] != NULL; n++)
		copy[n] = (char *)(uintptr_t)argv[n];
	copy[n] = NULL;
	if (!quiet) {
		printf("$ certsvc");
		for (n = 0; copy[n] != NULL; n++)
			printf(" %s", copy[n]);
		printf("\n");
	}
	fflush(stdout);
	optind = 0; /* getopt of libc starts afresh */
	return command_run(n, copy);
}

static char *
join(const char *a, const char *b, const char *c)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s%s%s", a, b, c);
	return buf_cstr(&text) ? (char *)text.p : NULL;
}

static char *
path(const char *dir, const char *name, const char *ending)
{
	char *stem = join(dir, "/", name), *whole = join(stem, ending, "");

	free(stem);
	return whole;
}

static int
exists(const char *file)
{
	return file != NULL && access(file, F_OK) == 0;
}

static int
init(struct demo *d)
{
	char *config = path(d->dir, "config.json", "");
	const char *argv[] = {
	    "init", "-d", d->dir, "--demo", "-l", d->listen, NULL};
	int status = exists(config) ? 0 : run(0, argv);

	free(config);
	return status;
}

static int
start_server(struct demo *d, struct err *e)
{
	const char *argv[] = {"serve", "-d", d->dir, "-l", d->listen, NULL};

	printf("$ certsvc serve -d %s -l %s &\n", d->dir, d->listen);
	fflush(stdout);
	d->server = fork();
	if (d->server == 0)
		_exit(run(1, argv));
	return d->server < 0 ? err_internal(e, "fork")
			     : serve_wait(d->dir, d->server, e);
}

/* The answer of `issue -o`, kept beside the documents. */
static int
read_answer(const char *file, char id[32], char status[16])
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *json = NULL;
	const char *a = "", *b = "";

	if (file_read(file, DEMO_ANSWER_MAX, &text, &e) == 0)
		json = json_loadb((const char *)text.p, text.n, 0, NULL);
	if (json != NULL)
		json_unpack(json, "{s:s, s:s}", "id", &a, "status", &b);
	snprintf(id, 32, "%s", a);
	snprintf(status, 16, "%s", b);
	json_decref(json);
	buf_release(&text);
	err_clear(&e);
	return id[0] != '\0' ? 0 : -1;
}

static int
hand_over(struct demo *d, const char *id)
{
	const char *argv[] = {
	    "hand-over", "-d", d->dir, id, "--reason", "handed_over", NULL};

	return run(0, argv);
}

static int
issue(struct demo *d, const struct template *t)
{
	char *sample = path(d->config.templates, t->folder, "/sample.json");
	char *out = path(d->dir, "out", ""), *answer = NULL;
	char id[32], status[16];
	const char *argv[] = {"issue", "-d", d->dir, "-t", t->folder, "-f",
	    sample, "-o", out, NULL};
	int rc = sample == NULL || out == NULL ? 1 : run(0, argv);

	if (rc == 0) {
		answer = path(out, t->folder, ".json");
		rc = answer == NULL ? 1 : read_answer(answer, id, status);
	}
	if (rc == 0 && strcmp(status, "pending") == 0)
		rc = hand_over(d, id);
	free(sample);
	free(out);
	free(answer);
	return rc;
}

/* Every document of one certificate, by the answer beside them; returns how
 * many. */
static size_t
list_files(struct demo *d, const char *stem, char **files)
{
	char *out = path(d->dir, "out", ""), *answer = path(out, stem, ".json");
	struct cli_file names[CLI_FILES_MAX];
	json_t *json = json_load_file(answer == NULL ? "" : answer, 0, NULL);
	size_t i, n = cli_files_list(json, stem, names);

	for (i = 0; i < n; i++)
		files[i] = join(out, "/", names[i].name);
	json_decref(json);
	free(answer);
	free(out);
	return n;
}

/* Verify all files of a certificate; a status that was changed a moment ago
 * takes up to a second to reach the published lists. */
static int
verify(struct demo *d, const char *stem)
{
	struct timespec quarter = {0, 250000000L};
	char *files[CLI_FILES_MAX];
	char *trust = path(d->dir, "trust", "");
	const char *argv[DEMO_ARGS_MAX + 1] = {
	    "verify", "--trust", trust, "--same"};
	size_t n = list_files(d, stem, files), i;
	int status, tries;

	for (i = 0; i < n; i++)
		argv[4 + i] = files[i];
	for (tries = 0;; tries++) {
		status = run(tries > 0, argv);
		if (status == 0 || tries == DEMO_STATUS_TRIES)
			break;
		nanosleep(&quarter, NULL);
	}
	for (i = 0; i < n; i++)
		free(files[i]);
	free(trust);
	return status;
}

/* A purpose-bound copy of a certificate, as TYPE-copy. */
static int
copy(struct demo *d, const struct template *t)
{
	char *out = path(d->dir, "out", ""),
	     *name = join(t->folder, "-copy", "");
	char *answer = path(out, t->folder, ".json");
	char id[32], status[16], until[CLOCK_DATE_SIZE];
	const char *argv[] = {"copy", "-d", d->dir, id, "--purpose",
	    "办理银行开户（演示）", "--expires", until, "-o", out, "--name",
	    name, NULL};
	int rc = 1;

	clock_date_cst(until, clock_now() + (int64_t)DEMO_COPY_DAYS * 86400);
	if (out != NULL && name != NULL && answer != NULL &&
	    read_answer(answer, id, status) == 0)
		rc = run(0, argv);
	if (rc == 0)
		rc = verify(d, name);
	free(answer);
	free(name);
	free(out);
	return rc;
}

static void
tell(const struct demo *d)
{
	printf("\n文件 / documents:      %s/out\n", d->dir);
	printf("信任数据 / trust:      %s/trust\n", d->dir);
	printf("密钥 / API keys:       %s/credentials\n", d->dir);
	printf("打印台账号 / desk:     %s/credentials/desk-demo.txt\n", d->dir);
	printf("核验页面 / verify at:  %s/\n", d->config.public_url);
	printf("打印台 / print desk:   %s/desk\n", d->config.public_url);
	printf("命令行核验 / verify:   build/certsvc verify --trust %s/trust "
	       "%s/out/*.{pdf,ofd,xml,qr.txt}\n",
	    d->dir, d->dir);
	fflush(stdout);
}

static int
work(struct demo *d, struct err *e)
{
	size_t i;
	int bad = 0, rc;

	if ((rc = config_read(d->dir, &d->config, e)) != 0 ||
	    (rc = template_set_read(d->config.templates, &d->templates, e)) !=
		0 ||
	    (rc = start_server(d, e)) != 0)
		return rc;
	for (i = 0; i < d->templates.n && !bad; i++)
		bad = issue(d, d->templates.v[i]) != 0;
	for (i = 0; i < d->templates.n && !bad; i++)
		bad = verify(d, d->templates.v[i]->folder) != 0;
	/* The first type is the one to look at. */
	if (!bad)
		bad = copy(d, d->templates.v[0]) != 0;
	if (bad)
		return err_set(e, ERR_INTERNAL, "demo_failed",
		    "演示没有全部成功，原因见上",
		    "the demonstration did not succeed, see above");
	tell(d);
	return 0;
}

/* Keep serving until the server ends or we are told to stop. */
static int
keep_serving(struct demo *d)
{
	int status = 0;

	printf("\n服务运行中，按 Ctrl-C 停止 / serving, stop with Ctrl-C\n");
	fflush(stdout);
	signal(SIGINT, SIG_IGN); /* the server gets it too, and ends */
	while (waitpid(d->server, &status, 0) < 0 && errno == EINTR)
		continue;
	d->server = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc demo -d DIR [-l HOST:PORT] [--exit]\n");
	return COMMAND_USAGE;
}

static int
parse(int argc, char **argv, struct demo *d)
{
	static const struct option options[] = {
	    {"exit", no_argument, NULL, 'x'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "d:l:", options, NULL)) != -1) {
		if (c == 'd')
			d->dir = optarg;
		else if (c == 'l')
			d->listen = optarg;
		else if (c == 'x')
			d->once = 1;
		else
			return -1;
	}
	return d->dir == NULL || optind != argc ? -1 : 0;
}

int
cli_demo(int argc, char **argv)
{
	struct demo d = {
	    .dir = getenv("CERTSVC_DATA"), .listen = getenv("CERTSVC_LISTEN")};
	struct err e = ERR_INIT;
	int status;

	if (parse(argc, argv, &d) != 0)
		return usage();
	if (d.listen == NULL)
		d.listen = "127.0.0.1:8080";
	if ((status = init(&d)) != 0)
		return status;
	status = work(&d, &e) == 0 ? 0 : 1;
	if (status != 0)
		serve_report(&e);
	if (status == 0 && !d.once)
		status = keep_serving(&d);
	serve_temporary_stop(d.server);
	template_set_release(&d.templates);
	config_release(&d.config);
	err_clear(&e);
	return status;
}
