/*
 * cli_office_import.c - certsvc office import: every line is checked before the
 * first office is made; those that are there as the table says are left alone,
 * so the same command goes on after any interruption.
 */
#include "api/cli_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct import {
	struct desk_command *c;
	struct desk_csv table;
	json_t *types;	     /* {code or folder: code} */
	json_t *departments; /* {code: true} */
	json_t *there;	     /* {id: office} */
	size_t made, changed, same;
};

static int
add_there(void *ctx, const json_t *office, struct err *e)
{
	struct import *im = ctx;

	return json_object_set(im->there, cli_text(office, "id"),
		   (json_t *)(uintptr_t)office) == 0
		   ? 0
		   : err_nomem(e);
}

/* Types as {code: quota}, whatever their order. */
static json_t *
types_of(const json_t *order)
{
	json_t *map = json_object(), *item, *quota;
	size_t i;

	json_array_foreach (json_object_get(order, "types"), i, item) {
		quota = json_object_get(item, "quota_day");
		json_object_set_new(map, cli_text(item, "type"),
		    json_integer(json_integer_value(quota)));
	}
	return map;
}

static int
is_same(const json_t *order, const json_t *office)
{
	static const char *const members[] = {"zh", "region", "kind"};
	json_t *a = types_of(order), *b = types_of(office);
	json_t *en = json_object_get(order, "en");
	int same = json_equal(a, b);
	size_t i;

	for (i = 0; same && i < sizeof(members) / sizeof(members[0]); i++)
		same = json_equal(json_object_get(order, members[i]),
		    json_object_get(office, members[i]));
	if (en == NULL)
		en = json_object_get(order, "zh");
	same = same && json_equal(en, json_object_get(office, "en"));
	json_decref(a);
	json_decref(b);
	return same;
}

static int
check_row(void *ctx, json_t *order, struct err *e)
{
	const struct import *im = ctx;
	const json_t *office =
	    json_object_get(im->there, cli_text(order, "id"));

	if (office != NULL && strcmp(cli_text(office, "state"), "closed") == 0)
		return err_set(e, ERR_INPUT, "office_closed",
		    "机构 %s 已停用，请先用 certsvc office reopen 启用",
		    "the office %s is closed: open it with certsvc office reopen first",
		    cli_text(order, "id"));
	if (desk_check_region(
		im->departments, cli_text(order, "region"), 0, e) != 0)
		return e->class;
	return desk_resolve_types(im->types, order, e);
}

static int
check_table(struct import *im, struct err *e)
{
	size_t wrong = desk_check_rows(&im->table, check_row, im);

	if (wrong == 0)
		return 0;
	return err_set(e, ERR_INPUT, "csv_wrong_lines",
	    "%zu 行有误，没有登记任何机构；请改正后重新运行",
	    "%zu lines are wrong and no office was registered: mend them and run again",
	    wrong);
}

static int
flush(struct import *im, json_t *batch, size_t done, struct err *e)
{
	int rc = desk_make_offices(&im->c->maker, batch, e);

	json_array_clear(batch);
	if (rc == 0)
		desk_progress(done, im->table.n);
	return rc;
}

static int
make_row(struct import *im, json_t *order, json_t *batch, struct err *e)
{
	const json_t *there = json_object_get(im->there, cli_text(order, "id"));

	if (there != NULL && is_same(order, there)) {
		im->same++;
		return 0;
	}
	if (there != NULL) {
		/* It keeps the key that it has. */
		json_object_set(
		    order, "generation", json_object_get(there, "generation"));
		im->changed++;
	} else {
		im->made++;
	}
	return json_array_append(batch, order) == 0 ? 0 : err_nomem(e);
}

static int
make_all(struct import *im, struct err *e)
{
	json_t *batch = json_array();
	size_t i;
	int rc = 0;

	for (i = 0; i < im->table.n && rc == 0; i++) {
		rc = make_row(im, im->table.rows[i].order, batch, e);
		if (rc == 0 && json_array_size(batch) == DESK_TICKETS_MAX)
			rc = flush(im, batch, i + 1, e);
	}
	if (rc == 0)
		rc = flush(im, batch, im->table.n, e);
	json_decref(batch);
	return rc;
}

static int
import(struct import *im, struct err *e)
{
	int rc;

	if ((rc = desk_read_table(
		 im->c->id, DESK_CSV_OFFICES, &im->table, e)) != 0 ||
	    (rc = desk_types(im->c->cli.client, &im->types, e)) != 0 ||
	    (rc = desk_departments(im->c->cli.client, &im->departments, e)) !=
		0 ||
	    (rc = desk_each(
		 im->c->cli.client, "/v1/offices", add_there, im, e)) != 0 ||
	    (rc = check_table(im, e)) != 0 || (rc = make_all(im, e)) != 0)
		return rc;
	printf(
	    "共 %zu 个机构：新增 %zu，变更 %zu，未变 %zu / %zu offices: %zu new, %zu changed, %zu as before\n",
	    im->table.n, im->made, im->changed, im->same, im->table.n, im->made,
	    im->changed, im->same);
	return 0;
}

int
desk_import_offices(struct desk_command *c, struct err *e)
{
	struct import im = {.c = c};
	int rc;

	im.there = json_object();
	rc = import(&im, e);
	json_decref(im.types);
	json_decref(im.departments);
	json_decref(im.there);
	desk_csv_release(&im.table);
	return rc;
}
