/* cli_seal_show.c - certsvc seal list | show | uses; see cli_seal.h. */
#include "api/cli_seal.h"

#include <stdio.h>
#include <string.h>

static void
add_query(struct buf *path, const char *name, const char *value)
{
	static const char free_characters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

	if (value == NULL)
		return;
	buf_printf(path, "%s=", name);
	for (; *value != '\0'; value++)
		if (strchr(free_characters, *value) != NULL)
			buf_add_byte(path, (uint8_t)*value);
		else
			buf_printf(path, "%%%02X", (unsigned char)*value);
	buf_add_byte(path, '&');
}

static void
print_seal(const json_t *seal)
{
	printf("%-20s %-9s v%-3" JSON_INTEGER_FORMAT " %-11s %s  %s\n",
	    cli_text(seal, "id"), cli_text(seal, "state"),
	    json_integer_value(json_object_get(seal, "generation")),
	    cli_text(seal, "kind"), cli_text(seal, "department"),
	    cli_text(seal, "zh"));
}

static void
print_use(const json_t *use)
{
	const json_t *number = json_object_get(use, "number");

	printf("%10" JSON_INTEGER_FORMAT "  %s  %-13s %s  %s",
	    json_integer_value(json_object_get(use, "seq")),
	    cli_text(use, "time"), cli_text(use, "op"),
	    cli_text(use, "department"), cli_text(use, "type"));
	if (number != NULL)
		printf("  %s #%" JSON_INTEGER_FORMAT, cli_text(use, "office"),
		    json_integer_value(number));
	printf("\n");
}

/* Every item of a paged list: one line each, or one JSON array. */
static int
pages(struct seal_command *c, const char *path, void (*print)(const json_t *),
    struct err *e)
{
	struct buf next = BUF_INIT;
	json_t *all = json_array(), *answer = NULL, *item;
	size_t i;
	int rc = 0, more = 1;

	buf_add_str(&next, path);
	while (rc == 0 && more) {
		if (buf_cstr(&next) == NULL)
			rc = err_nomem(e);
		else
			rc = seal_command_get(c, buf_cstr(&next), &answer, e);
		if (rc != 0)
			break;
		json_array_foreach (json_object_get(answer, "items"), i, item)
			if (c->cli.json)
				json_array_append(all, item);
			else
				print(item);
		more = json_is_string(json_object_get(answer, "next"));
		buf_reset(&next);
		buf_add_str(&next, path);
		add_query(&next, "cursor", cli_text(answer, "next"));
		json_decref(answer);
	}
	if (rc == 0 && c->cli.json)
		cli_print(all);
	json_decref(all);
	buf_release(&next);
	return rc;
}

int
seal_list_verb(struct seal_command *c, struct err *e)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_add_str(&path, "/v1/seals?");
	add_query(&path, "department", c->cli.department);
	add_query(&path, "type", c->cli.type);
	add_query(&path, "state", c->state);
	/* The department is what is looked for, not who looks. */
	c->cli.department = NULL;
	rc = buf_cstr(&path) == NULL ? err_nomem(e)
				     : pages(c, buf_cstr(&path), print_seal, e);
	buf_release(&path);
	return rc;
}

int
seal_show_verb(struct seal_command *c, struct err *e)
{
	json_t *answer = NULL;
	int rc = seal_command_seal(c, &answer, e);

	if (rc == 0)
		cli_print(answer);
	json_decref(answer);
	return rc;
}

/* The seal's own department sees all of its uses. */
static int
as_owner(struct seal_command *c, struct buf *department, struct err *e)
{
	json_t *seal = NULL;
	int rc = seal_command_seal(c, &seal, e);

	if (rc == 0) {
		buf_add_str(department, cli_text(seal, "department"));
		c->cli.department = buf_cstr(department);
	}
	json_decref(seal);
	return rc;
}

int
seal_uses_verb(struct seal_command *c, struct err *e)
{
	struct buf path = BUF_INIT, department = BUF_INIT;
	int rc = 0;

	if (c->cli.department == NULL)
		rc = as_owner(c, &department, e);
	buf_printf(&path, "/v1/seals/%s/uses?", c->id);
	if (rc == 0)
		rc = buf_cstr(&path) == NULL
			 ? err_nomem(e)
			 : pages(c, buf_cstr(&path), print_use, e);
	buf_release(&path);
	buf_release(&department);
	return rc;
}
