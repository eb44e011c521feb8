/* desk_list.c - see desk_list.h. */
#include "certsvc/desk_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "certsvc/service_state.h"

static int
read_cursor(const char *cursor, uint64_t *before, struct err *e)
{
	char *end;

	*before = 0;
	if (cursor == NULL)
		return 0;
	*before = strtoull(cursor, &end, 10);
	if (cursor[0] >= '1' && cursor[0] <= '9' && *end == '\0')
		return 0;
	return err_set(e, ERR_INPUT, "bad_query", "查询条件有误：cursor",
	    "the query is wrong: cursor");
}

static int
add(struct service *s, const struct store_record *r, desk_list_fn fn, void *ctx,
    json_t *items, struct err *e)
{
	json_t *item = NULL;
	int rc = fn(s, ctx, r, &item, e);

	if (rc != 0 || item == NULL)
		return rc;
	return json_array_append_new(items, item) == 0 ? 0 : err_nomem(e);
}

int
desk_list(struct service *s, struct store_record_query *q, const char *cursor,
    desk_list_fn fn, void *ctx, json_t **answer, struct err *e)
{
	struct store_record_page page = {0};
	json_t *items;
	char next[24];
	int rc;

	*answer = NULL;
	if ((rc = read_cursor(cursor, &q->before, e)) != 0 ||
	    (rc = s->ops->record_list(s->store, q, &page, e)) != 0)
		return rc;
	items = json_array();
	for (size_t i = 0; i < page.n && rc == 0; i++)
		rc = add(s, &page.v[i], fn, ctx, items, e);
	snprintf(next, sizeof(next), "%llu", (unsigned long long)page.next);
	if (rc == 0) {
		*answer = json_pack("{s:O, s:s?}", "items", items, "next",
		    page.next != 0 ? next : NULL);
		rc = *answer == NULL ? err_nomem(e) : 0;
	}
	json_decref(items);
	store_record_page_release(&page);
	return rc;
}
