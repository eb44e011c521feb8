/*
 * cli_operator.c - certsvc operator add | import | list | disable | enable |
 * unlock | password.  Passwords are made here and shown once; who gets one must
 * change it at the first login.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "api/cli_desk.h"
#include "api/command.h"
#include "certsvc/desk_csv_value.h"
#include "certsvc/desk_operator.h"

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc operator add NAME -d DIR --role ROLE [--zh NAME]\n"
	    "           --role clerk --office ID\n"
	    "           --role custodian | department_admin --department CODE\n"
	    "           --role auditor | regional_admin --region CODE\n"
	    "       certsvc operator import FILE.csv -d DIR -o PASSWORDS.csv   (name,zh,role,office,region,department)\n"
	    "       certsvc operator list -d DIR [--json]\n"
	    "       certsvc operator disable | enable | unlock | password NAME -d DIR\n"
	    "       [--key-file FILE|fd:N]\n");
	return COMMAND_USAGE;
}

/* One option, held to the rules of a table's field. */
static int
set_option(json_t *order, const char *member, const char *text,
    desk_csv_value_fn read, struct err *e)
{
	struct desk_csv_why why;
	json_t *value;

	if (text == NULL)
		return 0;
	value = read(text, &why);
	if (value == NULL)
		return err_set(e, ERR_INPUT, "usage", "%1$s：%2$s%3$.0s",
		    "%1$s: %3$s%2$.0s", member, why.zh, why.en);
	return json_object_set_new(order, member, value) == 0 ? 0
							      : err_nomem(e);
}

static int
order_of(const struct desk_command *c, json_t *order, struct err *e)
{
	int rc;

	if ((rc = set_option(order, "name", c->id, desk_csv_login, e)) != 0 ||
	    (rc = set_option(order, "zh", c->zh, desk_csv_text, e)) != 0 ||
	    (rc = set_option(order, "role", c->role, desk_csv_role, e)) != 0 ||
	    (rc = set_option(
		 order, "office", c->office, desk_csv_office_id, e)) != 0 ||
	    (rc = set_option(order, "region", c->region, desk_csv_region, e)) !=
		0 ||
	    (rc = set_option(order, "department", c->cli.department,
		 desk_csv_text, e)) != 0)
		return rc;
	return desk_csv_check_place(order, e);
}

static int
show_password(const char *password)
{
	printf("%s\n", password);
	fprintf(stderr,
	    "请立即交给本人：一次性密码只显示这一次，首次登录须修改\n"
	    "give it to its owner: it is shown only now, and must be changed at the first login\n");
	return 0;
}

static int
make(struct desk_command *c, const json_t *order, int replace, struct err *e)
{
	char password[PASSWORD_ONE_TIME_SIZE];
	int rc = desk_prove(&c->maker, e);

	if (rc == 0 && password_one_time(password) != 0)
		rc = err_internal(e, "RAND_bytes");
	if (rc == 0)
		rc = desk_make_operator(&c->maker, order, password, replace, e);
	if (rc == 0)
		rc = show_password(password);
	OPENSSL_cleanse(password, sizeof(password));
	return rc;
}

static int
add(struct desk_command *c, struct err *e)
{
	json_t *order = json_object(), *departments = NULL;
	int rc = order_of(c, order, e);

	if (rc == 0 && c->region != NULL) {
		rc = desk_departments(c->cli.client, &departments, e);
		if (rc == 0)
			rc = desk_check_region(departments, c->region, 1, e);
	}
	if (rc == 0)
		rc = make(c, order, 0, e);
	json_decref(departments);
	json_decref(order);
	return rc;
}

/* Keep the operator of the command's name. */
struct wanted {
	const char *name;
	json_t *found; /* owned */
};

static int
match(void *ctx, const json_t *item, struct err *e)
{
	struct wanted *w = ctx;

	(void)e;
	if (strcmp(cli_text(item, "name"), w->name) == 0)
		w->found = json_incref((json_t *)(uintptr_t)item);
	return 0;
}

static int
new_password(struct desk_command *c, struct err *e)
{
	struct wanted w = {.name = c->id};
	json_t *order = NULL;
	int rc = desk_each(c->cli.client, "/v1/operators", match, &w, e);

	if (rc == 0 && w.found == NULL)
		rc = err_set(e, ERR_NOT_FOUND, "no_such_operator",
		    "没有操作员 %s", "there is no operator %s", c->id);
	if (rc == 0) {
		order = json_pack("{s:s, s:s}", "name", c->id, "role",
		    cli_text(w.found, "role"));
		if (json_is_string(json_object_get(w.found, "office")))
			json_object_set(order, "office",
			    json_object_get(w.found, "office"));
		rc = make(c, order, 1, e);
	}
	json_decref(order);
	json_decref(w.found);
	return rc;
}

static int
print_line(void *ctx, const json_t *op, struct err *e)
{
	const struct desk_command *c = ctx;
	const char *office = cli_text(op, "office");
	const char *department = cli_text(op, "department");

	(void)e;
	if (c->cli.json)
		cli_print(op);
	else
		printf("%-24s %-16s %-8s %-20s %s\n", cli_text(op, "name"),
		    cli_text(op, "role"), cli_text(op, "state"),
		    office[0] != '\0'	    ? office
		    : department[0] != '\0' ? department
					    : cli_text(op, "region"),
		    cli_text(op, "last_login"));
	return 0;
}

static int
list(struct desk_command *c, struct err *e)
{
	return desk_each(c->cli.client, "/v1/operators", print_line, c, e);
}

static int
change(struct desk_command *c, const char *action, struct err *e)
{
	struct buf path = BUF_INIT;
	struct client_call call = {.method = "POST"};
	json_t *body = json_object(), *answer = NULL;
	int rc;

	if (!desk_operator_name_ok(c->id))
		rc = err_set(e, ERR_NOT_FOUND, "no_such_operator",
		    "没有操作员 %s", "there is no operator %s", c->id);
	else {
		buf_printf(&path, "/v1/operators/%s/%s", c->id, action);
		call.path = buf_cstr(&path);
		call.body = body;
		rc = client_json(c->cli.client, &call, &answer, e);
	}
	if (rc == 0)
		print_line(c, answer, e);
	json_decref(body);
	json_decref(answer);
	buf_release(&path);
	return rc;
}

static int
disable(struct desk_command *c, struct err *e)
{
	return change(c, "disable", e);
}

static int
enable(struct desk_command *c, struct err *e)
{
	int rc = desk_prove(&c->maker, e);

	return rc == 0 ? change(c, "enable", e) : rc;
}

static int
unlock(struct desk_command *c, struct err *e)
{
	return change(c, "unlock", e);
}

static const struct verb {
	const char *name;
	int (*run)(struct desk_command *c, struct err *e);
	int id, passphrase;
} verbs[] = {
    {"add", add, 1, 1},
    {"import", desk_import_operators, 1, 1},
    {"list", list, 0, 0},
    {"disable", disable, 1, 0},
    {"enable", enable, 1, 1},
    {"unlock", unlock, 1, 0},
    {"password", new_password, 1, 1},
};

static int
parse(int argc, char **argv, struct desk_command *c)
{
	static const struct option options[] = {
	    {"key-file", required_argument, NULL, 'k'},
	    {"role", required_argument, NULL, 'r'},
	    {"office", required_argument, NULL, 'O'},
	    {"region", required_argument, NULL, 'R'},
	    {"department", required_argument, NULL, 'p'},
	    {"zh", required_argument, NULL, 'z'},
	    {"json", no_argument, NULL, 'j'},
	    {NULL, 0, NULL, 0},
	};
	struct {
		int letter;
		const char **value;
	} values[] = {{'d', &c->cli.dir}, {'o', &c->cli.out},
	    {'k', &c->cli.key_source}, {'r', &c->role}, {'O', &c->office},
	    {'R', &c->region}, {'p', &c->cli.department}, {'z', &c->zh}};
	int letter;

	memset(c, 0, sizeof(*c));
	c->cli.dir = getenv("CERTSVC_DATA");
	while (
	    (letter = getopt_long(argc, argv, "d:o:", options, NULL)) != -1) {
		if (letter == '?')
			return -1;
		c->cli.json |= letter == 'j';
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
			if (values[i].letter == letter)
				*values[i].value = optarg;
	}
	return c->cli.dir == NULL || optind >= argc || argc - optind > 2 ? -1
									 : 0;
}

static const struct verb *
verb_find(const struct desk_command *c, const char *name, int with_id)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0) {
			if (with_id != verbs[i].id ||
			    (verbs[i].run == add && c->role == NULL) ||
			    (verbs[i].run == desk_import_operators &&
				c->cli.out == NULL))
				return NULL;
			return &verbs[i];
		}
	return NULL;
}

int
cli_operator(int argc, char **argv)
{
	struct desk_command c;
	const struct verb *verb;
	struct err e = ERR_INIT;
	int rc = 0;

	if (parse(argc, argv, &c) != 0)
		return usage();
	c.id = argc - optind == 2 ? argv[optind + 1] : NULL;
	verb = verb_find(&c, argv[optind], c.id != NULL);
	if (verb == NULL)
		return usage();
	if (cli_open(&c.cli) != 0)
		return 1;
	c.maker.client = c.cli.client;
	if (verb->passphrase)
		rc = administer_open(c.cli.dir, c.cli.key_source, c.cli.client,
		    &c.maker.adm, &e);
	if (rc == 0)
		rc = verb->run(&c, &e);
	administer_close(c.maker.adm);
	cli_close(&c.cli);
	return rc == 0 ? 0 : cli_fail(&e);
}
