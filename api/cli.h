/*
 * cli.h - commands of a department or an operator on this machine, and what
 * they share: options, the department's credential, printing.
 *
 * Each command takes argv[0] = its name and returns the exit status: 0, 1 (said
 * why), 64 (usage); verify has its own (docs: the table of verdicts).
 */
#ifndef API_CLI_H
#define API_CLI_H

#include <jansson.h>

#include "api/client.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"

int cli_issue(int argc, char **argv);
int cli_renew(int argc, char **argv);
int cli_correct(int argc, char **argv);
int cli_copy(int argc, char **argv);
int cli_revoke(int argc, char **argv);
int cli_suspend(int argc, char **argv);
int cli_resume(int argc, char **argv);
int cli_hand_over(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_verify(int argc, char **argv);
int cli_template(int argc, char **argv);
int cli_dump(int argc, char **argv);
int cli_key(int argc, char **argv);
int cli_ca(int argc, char **argv);
int cli_seal(int argc, char **argv);
int cli_office(int argc, char **argv);
int cli_operator(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_print_job(int argc, char **argv);
int cli_printer(int argc, char **argv);

enum {
	CLI_CREDENTIALS_MAX = 1024
};

/* What most commands are given. */
struct cli {
	const char *dir;	/* -d or CERTSVC_DATA */
	const char *key_source; /* --key-file */
	const char *department; /* --department CODE: whose credential */
	const char *type;	/* -t */
	const char *file;	/* -f */
	const char *out;	/* -o */
	const char *reason, *op, *note;
	const char *matter, *serial;
	const char *purpose, *maker, *expires; /* of a copy */
	const char *name; /* --name: what fetched files are called */
	const char *printer, *office, *kind, *wait; /* of print */
	int json;				    /* --json */
	struct client *client;
};

/* Read the options; positional arguments stay at argv[optind].  0, or -1 for a
 * usage error. */
int cli_options(int argc, char **argv, struct cli *cli);

/* Open the client; report and return 1 when that fails, or when an option that
 * is text is not UTF-8 ("not_utf8"). */
int cli_open(struct cli *cli);
void cli_close(struct cli *cli);

/* The whole number of an option into *value, which stays as it is when the
 * option was not given.  ERR_INPUT "usage" names the option and its range. */
int cli_number(const char *option, const char *text, int min, int max,
    int *value, struct err *e);

/* Print *e in both languages and clear it; returns 1. */
int cli_fail(struct err *e);

/* A member's text, or "" when it is missing or no text. */
const char *cli_text(const json_t *json, const char *name);
/* "a,b,c" as an array of strings; NULL text makes an empty one. */
json_t *cli_list(const char *text);
/* Print it indented, as --json asks. */
void cli_print(const json_t *json);

/*
 * Send the call with the named department's credential, or with each of
 * DIR/credentials in turn until one may (local administrators hold them all).
 */
int cli_send(struct cli *cli, struct client_call *call, struct buf *content,
    struct err *e);
int cli_json(
    struct cli *cli, struct client_call *call, json_t **answer, struct err *e);

#endif
