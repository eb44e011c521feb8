/*
 * cli_seal_bulk.c - certsvc seal bulk: thousands of seals from one table.  The
 * whole table is checked and drawn before the first is made; then they are made
 * in batches.  Making is idempotent, so the same command goes on after any
 * interruption, and at the end the register is held against the table.
 */
#include "api/cli_seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certsvc/csv.h"
#include "certsvc/seal_csv.h"
#include "certsvc/seal_order.h"
#include "crypto/base/file.h"

enum {
	BATCH_SEALS = 64,     /* that one action may make */
	BATCH_BYTES = 240000, /* of its JSON; ADMIN_JSON_MAX is a little more */
	PROGRESS_PARTS = 50   /* words of progress at most, of each kind */
};

struct bulk {
	struct seal_command *c;
	struct seal_csv table;
	struct font_set *fonts;
	json_t *departments; /* {code: true} */
	json_t *there;	     /* seals of the register: {id: description} */
	size_t wrong, made, existing;
	json_t *batch; /* under way */
	size_t batch_bytes;
	size_t said; /* of progress */
};

static void
say_wrong(void *ctx, unsigned int line, const struct err *why)
{
	struct bulk *b = ctx;

	b->wrong++;
	fprintf(stderr, "第 %u 行：%s\nline %u: %s (%s)\n", line, why->zh, line,
	    why->en, why->code);
}

/* On a terminal the line is written over; elsewhere one line each. */
static void
say_progress(struct bulk *b, const char *zh, const char *en, size_t n)
{
	size_t all = b->table.n;

	if (n < b->said + all / PROGRESS_PARTS && n < all)
		return;
	b->said = n < all ? n : 0;
	fprintf(stderr, "%s / %s %zu / %zu (%zu%%)%s", zh, en, n, all,
	    n * 100 / all, isatty(2) && n < all ? "\r" : "\n");
}

static int
read_table(struct bulk *b, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = file_read(b->c->cli.file, CSV_SIZE_MAX, &text, e);

	if (rc == 0)
		rc =
		    seal_csv_read(buf_bytes(&text), say_wrong, b, &b->table, e);
	buf_release(&text);
	return rc;
}

/* What tells one seal from another: its description without what grows. */
static json_t *
description(const json_t *seal)
{
	static const char *const others[] = {"state", "generation", "uses",
	    "last_used", "x509s", "reason", "years", "picture"};
	json_t *d = json_copy((json_t *)(uintptr_t)seal);
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		json_object_del(d, others[i]);
	if (json_object_get(d, "en") == NULL)
		json_object_set(d, "en", json_object_get(d, "zh"));
	if (json_object_get(d, "types") == NULL)
		json_object_set_new(d, "types", json_array());
	return d;
}

static int
add_there(void *ctx, const json_t *seal, struct err *e)
{
	struct bulk *b = ctx;

	return json_object_set_new(
		   b->there, cli_text(seal, "id"), description(seal)) == 0
		   ? 0
		   : err_nomem(e);
}

/* The departments that the keeper knows, from the trust data. */
static int
read_departments(struct bulk *b, struct err *e)
{
	struct client_call call = {.method = "GET", .path = "/trust"};
	json_t *trust = NULL, *issuer, *d;
	size_t i, j;
	int rc = client_json(b->c->cli.client, &call, &trust, e);

	json_array_foreach (json_object_get(trust, "issuers"), i, issuer)
		json_array_foreach (
		    json_object_get(issuer, "departments"), j, d)
			json_object_set_new(
			    b->departments, cli_text(d, "code"), json_true());
	json_decref(trust);
	return rc;
}

/* 1 when the register has this very seal; -1 with *e when another one. */
static int
is_there(const struct bulk *b, const json_t *order, struct err *e)
{
	const char *id = cli_text(order, "id");
	const json_t *there = json_object_get(b->there, id);
	json_t *asked;
	int same;

	if (there == NULL)
		return 0;
	asked = description(order);
	same = json_equal(there, asked);
	json_decref(asked);
	if (same)
		return 1;
	err_set(e, ERR_INPUT, "seal_exists", "编号 %s 的印章已有，且内容不同",
	    "there is another seal with the id %s already", id);
	return -1;
}

/* A seal that is not there yet must be one that can be made: it is drawn, and
 * its row keeps it as it will be sent. */
static int
check_new(const struct bulk *b, struct seal_csv_row *row, struct err *e)
{
	json_t *order = row->order, *item = NULL;
	int rc;

	if (json_object_get(b->departments, cli_text(order, "department")) ==
	    NULL)
		return err_set(e, ERR_INPUT, "no_such_department",
		    "没有部门 %s", "there is no department %s",
		    cli_text(order, "department"));
	rc = seal_order_make(b->fonts, order, &item, e);
	if (rc == 0) {
		row->order = item;
		json_decref(order);
	}
	return rc;
}

/* Every line, before anything is made. */
static int
check_table(struct bulk *b, struct err *e)
{
	struct seal_csv_row *row;
	struct err why = ERR_INIT;
	size_t i;
	int there;

	for (i = 0; i < b->table.n; i++) {
		row = &b->table.rows[i];
		there = is_there(b, row->order, &why);
		b->existing += there > 0;
		if (there == 0)
			check_new(b, row, &why);
		if (why.class == ERR_INPUT)
			say_wrong(b, row->line, &why);
		else if (why.class != ERR_OK) {
			*e = why;
			return e->class;
		}
		err_clear(&why);
		say_progress(b, "已检查", "checked", i + 1);
	}
	if (b->wrong == 0)
		return 0;
	return err_set(e, ERR_INPUT, "csv_wrong_lines",
	    "%zu 行有误，没有制作任何印章；请改正后重新运行",
	    "%zu lines are wrong and no seal was made: mend them and run again",
	    b->wrong);
}

/* Make what is in the batch.  More follows: check_register asks at the end. */
static int
flush(struct bulk *b, struct err *e)
{
	json_t *action, *answer = NULL, *seal;
	size_t i;
	int rc = 0;

	if (json_array_size(b->batch) == 0)
		return 0;
	action =
	    json_pack("{s:s, s:O}", "action", "seal_make", "seals", b->batch);
	rc = action == NULL ? err_nomem(e)
			    : administer_act(b->c->adm, action, 1, &answer, e);
	json_array_foreach (json_object_get(answer, "seals"), i, seal)
		if (strcmp(cli_text(seal, "result"), "made") == 0)
			b->made++;
		else
			b->existing++;
	json_decref(action);
	json_decref(answer);
	json_array_clear(b->batch);
	b->batch_bytes = 0;
	if (rc == 0)
		say_progress(b, "已制作", "made", b->made + b->existing);
	return rc;
}

static int
add(struct bulk *b, json_t *item, struct err *e)
{
	char *text = json_dumps(item, JSON_COMPACT);
	size_t n = text == NULL ? 0 : strlen(text) + 1;
	int rc = 0;

	free(text);
	if (text == NULL)
		return err_nomem(e);
	if (json_array_size(b->batch) == BATCH_SEALS ||
	    b->batch_bytes + n > BATCH_BYTES)
		rc = flush(b, e);
	b->batch_bytes += n;
	json_array_append(b->batch, item);
	return rc;
}

static int
make_all(struct bulk *b, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < b->table.n && rc == 0; i++)
		if (json_object_get(b->there,
			cli_text(b->table.rows[i].order, "id")) == NULL)
			rc = add(b, b->table.rows[i].order, e);
	return rc == 0 ? flush(b, e) : rc;
}

/* The register has every seal of the table, each as the table says. */
static int
check_register(struct bulk *b, struct err *e)
{
	size_t i;
	int rc;

	json_object_clear(b->there);
	rc = seal_command_each(b->c, add_there, b, e);
	for (i = 0; i < b->table.n && rc == 0; i++)
		if (is_there(b, b->table.rows[i].order, e) != 1)
			rc = err_set(e, ERR_INTERNAL, "register_differs",
			    "登记后核对不一致：第 %u 行",
			    "the register does not have what line %u says",
			    b->table.rows[i].line);
	return rc;
}

static int
bulk(struct bulk *b, struct err *e)
{
	int rc;

	if ((rc = seal_command_fonts(b->c, &b->fonts, e)) != 0 ||
	    (rc = read_table(b, e)) != 0 ||
	    (rc = read_departments(b, e)) != 0 ||
	    (rc = seal_command_each(b->c, add_there, b, e)) != 0 ||
	    (rc = check_table(b, e)) != 0 || (rc = make_all(b, e)) != 0 ||
	    (rc = check_register(b, e)) != 0)
		return rc;
	printf(
	    "共 %zu 枚：新制 %zu，已有 %zu / %zu seals: %zu made, %zu there already\n",
	    b->table.n, b->made, b->existing, b->table.n, b->made, b->existing);
	return 0;
}

int
seal_bulk_verb(struct seal_command *c, struct err *e)
{
	struct bulk b = {.c = c};
	int rc;

	b.departments = json_object();
	b.there = json_object();
	b.batch = json_array();
	rc = bulk(&b, e);
	if (rc != 0 && b.made > 0)
		fprintf(stderr,
		    "没有做完：再次运行同一命令即可接着做 / not finished: "
		    "the same command once more goes on\n");
	json_decref(b.departments);
	json_decref(b.there);
	json_decref(b.batch);
	seal_csv_release(&b.table);
	font_set_free(b.fonts);
	return rc;
}
