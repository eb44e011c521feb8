/* cli_desk.c - see cli_desk.h. */
#include "api/cli_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certsvc/csv.h"
#include "certsvc/region.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"

enum {
	PROGRESS_PARTS = 50,
	AREA_AT = 2, /* in a unified social credit code */
	AREA_LEN = 6
};

int
desk_each(struct client *client, const char *path,
    int (*each)(void *ctx, const json_t *item, struct err *e), void *ctx,
    struct err *e)
{
	struct client_call call = {.method = "GET", .path = path};
	struct buf next = BUF_INIT;
	json_t *page = NULL, *item;
	const char *cursor;
	size_t i;
	int rc;

	do {
		rc = client_json(client, &call, &page, e);
		json_array_foreach (json_object_get(page, "items"), i, item)
			if (rc == 0)
				rc = each(ctx, item, e);
		cursor = json_string_value(json_object_get(page, "next"));
		buf_reset(&next);
		if (cursor != NULL)
			buf_printf(&next, "%s?cursor=%s", path, cursor);
		json_decref(page);
		page = NULL;
		call.path = buf_cstr(&next);
	} while (rc == 0 && next.n > 0 && call.path != NULL);
	buf_release(&next);
	return rc;
}

int
desk_types(struct client *client, json_t **types, struct err *e)
{
	struct client_call call = {.method = "GET", .path = "/v1/types"};
	json_t *answer = NULL, *item, *code;
	size_t i;
	int rc = client_json(client, &call, &answer, e);

	*types = json_object();
	json_array_foreach (json_object_get(answer, "items"), i, item) {
		code = json_object_get(item, "code");
		json_object_set(*types, cli_text(item, "code"), code);
		json_object_set(*types, cli_text(item, "folder"), code);
	}
	json_decref(answer);
	return rc;
}

int
desk_resolve_types(const json_t *types, json_t *order, struct err *e)
{
	json_t *item, *code;
	size_t i;

	json_array_foreach (json_object_get(order, "types"), i, item) {
		code = json_object_get(types, cli_text(item, "type"));
		if (code == NULL)
			return err_set(e, ERR_INPUT, "unknown_type",
			    "没有证照类型 %s", "there is no type %s",
			    cli_text(item, "type"));
		json_object_set(item, "type", code);
	}
	return 0;
}

int
desk_departments(struct client *client, json_t **departments, struct err *e)
{
	struct client_call call = {.method = "GET", .path = "/trust"};
	json_t *trust = NULL, *issuer, *d;
	size_t i, j;
	int rc = client_json(client, &call, &trust, e);

	*departments = json_object();
	json_array_foreach (json_object_get(trust, "issuers"), i, issuer)
		json_array_foreach (
		    json_object_get(issuer, "departments"), j, d)
			json_object_set_new(
			    *departments, cli_text(d, "code"), json_true());
	json_decref(trust);
	return rc;
}

int
desk_check_region(
    const json_t *departments, const char *region, int around, struct err *e)
{
	char area[AREA_LEN + 1] = "";
	const char *code;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)departments, code, value) {
		if (strlen(code) < AREA_AT + AREA_LEN)
			continue;
		memcpy(area, code + AREA_AT, AREA_LEN);
		if (region_ok(area) &&
		    (region_covers(area, region) ||
			(around && region_covers(region, area))))
			return 0;
	}
	(void)value;
	return err_set(e, ERR_INPUT, "foreign_region",
	    "区划 %s 不在任何部门的管辖范围内，请检查代码",
	    "the region %s is in no department's area: check the code", region);
}

static void
say_wrong(void *ctx, unsigned int line, const struct err *why)
{
	(void)ctx;
	fprintf(stderr, "第 %u 行：%s\nline %u: %s (%s)\n", line, why->zh, line,
	    why->en, why->code);
}

int
desk_read_table(const char *file, enum desk_csv_kind kind,
    struct desk_csv *table, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = file_read(file, CSV_SIZE_MAX, &text, e);

	memset(table, 0, sizeof(*table));
	if (rc == 0)
		rc = desk_csv_read(
		    buf_bytes(&text), kind, say_wrong, NULL, table, e);
	buf_release(&text);
	return rc;
}

size_t
desk_check_rows(const struct desk_csv *table, desk_check_fn check, void *ctx)
{
	struct err why = ERR_INIT;
	size_t i, wrong = table->wrong;

	for (i = 0; i < table->n; i++)
		if (check(ctx, table->rows[i].order, &why) != 0) {
			wrong++;
			say_wrong(NULL, table->rows[i].line, &why);
			err_clear(&why);
		}
	return wrong;
}

void
desk_progress(size_t n, size_t all)
{
	if (n < all && n % (all / PROGRESS_PARTS + 1) != 0)
		return;
	fprintf(stderr, "已登记 / registered %zu / %zu%s", n, all,
	    isatty(2) && n < all ? "\r" : "\n");
}
