/*
 * cli_desk.h - inside of certsvc office and certsvc operator: what they share,
 * and what a demo uses too.
 */
#ifndef API_CLI_DESK_H
#define API_CLI_DESK_H

#include <jansson.h>

#include "api/administer.h"
#include "api/cli.h"
#include "certsvc/desk_csv.h"
#include "crypto/base/err.h"

enum {
	DESK_TICKETS_MAX = 32 /* of one administrator's action */
};

/* Who makes offices and operators: an administrator over the admin socket. */
struct desk_maker {
	struct administer *adm;
	struct client *client;
};

struct desk_command {
	struct cli cli;
	struct desk_maker maker; /* adm: open for verbs that need it */
	const char *id;		 /* of the office or operator, or NULL */
	const char *role, *office, *region, *zh;
	int new_key;
};

/*
 * Whoever may read the directory must not make administrators: ask the keeper
 * something that only the passphrase gets an answer to.
 */
int desk_prove(const struct desk_maker *m, struct err *e);

/*
 * Tickets for these offices (at most DESK_TICKETS_MAX; POST /v1/offices bodies
 * without ticket, generation 1 when they have none), then the offices
 * themselves.  Doing it again is the same.
 */
int desk_make_offices(
    const struct desk_maker *m, const json_t *orders, struct err *e);

/*
 * What POST /v1/operators is sent for an order (its members but those that are
 * made here) and a password, with the office's key of that generation.  Takes
 * 0.1 s; several threads may make some at a time.  The caller's reference.
 */
int desk_operator_body(const struct desk_maker *m, const json_t *order,
    const char *password, unsigned int generation, json_t **body,
    struct err *e);
int desk_send_operator(
    const struct desk_maker *m, const json_t *body, struct err *e);

/* Both, for one; replace: only the password of one who is there. */
int desk_make_operator(const struct desk_maker *m, const json_t *order,
    const char *password, int replace, struct err *e);

/* Every item of a list over the admin socket. */
int desk_each(struct client *client, const char *path,
    int (*each)(void *ctx, const json_t *item, struct err *e), void *ctx,
    struct err *e);

/* {code: code, folder: code} of every type. */
int desk_types(struct client *client, json_t **types, struct err *e);
/* Put codes in the place of folders in an order's types.  ERR_INPUT
 * "unknown_type". */
int desk_resolve_types(const json_t *types, json_t *order, struct err *e);

/* {code: true} of every department. */
int desk_departments(
    struct client *client, json_t **departments, struct err *e);
/*
 * Is the region in the area of a department (characters 3 to 8 of its code)?
 * around: or an area in the region, for whoever watches over more than one.
 * ERR_INPUT "foreign_region".
 */
int desk_check_region(
    const json_t *departments, const char *region, int around, struct err *e);

/* What is read from a table, with each wrong line said on standard error. */
int desk_read_table(const char *file, enum desk_csv_kind kind,
    struct desk_csv *table, struct err *e);

/* Ask check about each order of a table and say what is wrong, by line; how
 * many lines are, those that were no orders included. */
typedef int (*desk_check_fn)(void *ctx, json_t *order, struct err *e);
size_t desk_check_rows(
    const struct desk_csv *table, desk_check_fn check, void *ctx);

/* On a terminal the line is written over; elsewhere some lines. */
void desk_progress(size_t n, size_t all);

/* The verbs that are in files of their own. */
int desk_import_offices(struct desk_command *c, struct err *e);
int desk_import_operators(struct desk_command *c, struct err *e);

#endif
