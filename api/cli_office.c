/* cli_office.c - certsvc office import | list | show | close | reopen. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cli_desk.h"
#include "api/command.h"
#include "certsvc/desk_office.h"
#include "keys/office_key.h"

static int
usage(void)
{
	fprintf(stderr,
	    "用法 / usage: certsvc office import FILE.csv -d DIR   (id,zh,en,region,kind,types)\n"
	    "       certsvc office list          -d DIR [--json]\n"
	    "       certsvc office show ID       -d DIR\n"
	    "       certsvc office close ID      -d DIR\n"
	    "       certsvc office reopen ID     -d DIR [--new-key]\n"
	    "       [--key-file FILE|fd:N]\n");
	return COMMAND_USAGE;
}

static int
get(struct desk_command *c, json_t **office, struct err *e)
{
	struct buf path = BUF_INIT;
	struct client_call call = {.method = "GET"};
	int rc;

	if (!desk_office_id_ok(c->id))
		return err_set(e, ERR_INPUT, "usage",
		    "机构编号须为 1 至 31 个小写字母、数字或连字符",
		    "the id of an office has 1 to 31 of a-z, 0-9 and -");
	buf_printf(&path, "/v1/offices/%s", c->id);
	call.path = buf_cstr(&path);
	rc = call.path == NULL ? err_nomem(e)
			       : client_json(c->cli.client, &call, office, e);
	buf_release(&path);
	return rc;
}

static int
show(struct desk_command *c, struct err *e)
{
	json_t *office = NULL;
	int rc = get(c, &office, e);

	if (rc == 0) {
		json_object_del(office, "ticket");
		cli_print(office);
	}
	json_decref(office);
	return rc;
}

static int
print_line(void *ctx, const json_t *office, struct err *e)
{
	const struct desk_command *c = ctx;

	(void)e;
	if (c->cli.json)
		cli_print(office);
	else
		printf("%-31s %-8s %-8s %-12s %s\n", cli_text(office, "id"),
		    cli_text(office, "state"), cli_text(office, "kind"),
		    cli_text(office, "region"), cli_text(office, "zh"));
	return 0;
}

static int
list(struct desk_command *c, struct err *e)
{
	return desk_each(c->cli.client, "/v1/offices", print_line, c, e);
}

/* The order that made it, in another state. */
static json_t *
order_of(const json_t *office, const char *state)
{
	static const char *const members[] = {
	    "id", "zh", "en", "region", "kind", "generation"};
	json_t *order = json_object(), *types = json_array(), *item, *type;
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_object_set(
		    order, members[i], json_object_get(office, members[i]));
	json_array_foreach (json_object_get(office, "types"), i, item) {
		type =
		    json_pack("{s:O}", "type", json_object_get(item, "type"));
		if (json_is_integer(json_object_get(item, "quota_day")))
			json_object_set(type, "quota_day",
			    json_object_get(item, "quota_day"));
		json_array_append_new(types, type);
	}
	json_object_set_new(order, "types", types);
	json_object_set_new(order, "state", json_string(state));
	return order;
}

/* The service refuses first, then the keeper: in between it does less, never
 * more. */
static int
close_office(struct desk_command *c, struct err *e)
{
	struct client_call call = {.method = "POST", .path = "/v1/offices"};
	json_t *office = NULL, *order = NULL, *answer = NULL, *action = NULL;
	int rc = desk_prove(&c->maker, e);

	if (rc == 0)
		rc = get(c, &office, e);
	if (rc == 0) {
		order = order_of(office, "closed");
		json_object_set(
		    order, "ticket", json_object_get(office, "ticket"));
		call.body = order;
		rc = client_json(c->cli.client, &call, &answer, e);
		json_decref(answer);
		answer = NULL;
	}
	if (rc == 0) {
		action = json_pack(
		    "{s:s, s:s}", "action", "office_stop", "id", c->id);
		rc = administer_act(c->maker.adm, action, 0, &answer, e);
	}
	if (rc == 0)
		printf("已停用 / closed: %s\n", c->id);
	json_decref(action);
	json_decref(answer);
	json_decref(order);
	json_decref(office);
	return rc;
}

static int
reopen(struct desk_command *c, struct err *e)
{
	json_t *office = NULL, *orders = json_array(), *order;
	json_int_t number;
	int rc = get(c, &office, e);

	if (rc == 0) {
		order = order_of(office, "active");
		number =
		    json_integer_value(json_object_get(office, "generation"));
		if (c->new_key)
			json_object_set_new(
			    order, "generation", json_integer(number + 1));
		json_array_append_new(orders, order);
		rc = desk_make_offices(&c->maker, orders, e);
	}
	if (rc == 0) {
		printf("已启用 / open: %s\n", c->id);
		if (c->new_key)
			fprintf(stderr,
			    "机构密钥已更换，请为其人员重新设置密码（certsvc operator password）\n"
			    "the office has a new key: set its people's passwords anew (certsvc operator password)\n");
	}
	json_decref(orders);
	json_decref(office);
	return rc;
}

static const struct verb {
	const char *name;
	int (*run)(struct desk_command *c, struct err *e);
	int id, passphrase;
} verbs[] = {
    {"import", desk_import_offices, 1, 1},
    {"list", list, 0, 0},
    {"show", show, 1, 0},
    {"close", close_office, 1, 1},
    {"reopen", reopen, 1, 1},
};

static int
parse(int argc, char **argv, struct desk_command *c)
{
	static const struct option options[] = {
	    {"key-file", required_argument, NULL, 'k'},
	    {"new-key", no_argument, NULL, 'n'},
	    {"json", no_argument, NULL, 'j'},
	    {NULL, 0, NULL, 0},
	};
	int letter;

	memset(c, 0, sizeof(*c));
	c->cli.dir = getenv("CERTSVC_DATA");
	while ((letter = getopt_long(argc, argv, "d:", options, NULL)) != -1) {
		if (letter == 'd')
			c->cli.dir = optarg;
		else if (letter == 'k')
			c->cli.key_source = optarg;
		else if (letter == 'n')
			c->new_key = 1;
		else if (letter == 'j')
			c->cli.json = 1;
		else
			return -1;
	}
	return c->cli.dir == NULL || optind >= argc || argc - optind > 2 ? -1
									 : 0;
}

static const struct verb *
verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

int
cli_office(int argc, char **argv)
{
	struct desk_command c;
	const struct verb *verb;
	struct err e = ERR_INIT;
	int rc = 0;

	if (parse(argc, argv, &c) != 0)
		return usage();
	verb = verb_find(argv[optind]);
	c.id = argc - optind == 2 ? argv[optind + 1] : NULL;
	if (verb == NULL || (c.id != NULL) != verb->id)
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
