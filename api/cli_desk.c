/* cli_desk.c - see cli_desk.h. */
#include "api/cli_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certsvc/csv.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"

enum {
	PROGRESS_PARTS = 50
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

void
desk_say_wrong(unsigned int line, const struct err *why)
{
	fprintf(stderr, "第 %u 行：%s\nline %u: %s (%s)\n", line, why->zh, line,
	    why->en, why->code);
}

static void
say_wrong(void *ctx, unsigned int line, const struct err *why)
{
	(void)ctx;
	desk_say_wrong(line, why);
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

void
desk_progress(size_t n, size_t all)
{
	if (n < all && n % (all / PROGRESS_PARTS + 1) != 0)
		return;
	fprintf(stderr, "已登记 / registered %zu / %zu%s", n, all,
	    isatty(2) && n < all ? "\r" : "\n");
}
