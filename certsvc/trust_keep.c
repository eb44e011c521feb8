/* trust_keep.c - what earlier trust data let seals stand on; see trust.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/trust_parts.h"

/* The first issuer of a trust.json: its own. */
static json_t *
issuer_of(const json_t *root)
{
	return json_array_get(json_object_get(root, "issuers"), 0);
}

static json_t *
parse(struct bytes text)
{
	return json_loadb(
	    (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
}

/* The rows of a list by their name: {name: row}. */
static json_t *
rows_by(const json_t *issuer, const char *list, const char *name)
{
	json_t *out = json_object(), *row;
	size_t i;

	json_array_foreach (json_object_get(issuer, list), i, row)
		json_object_set(
		    out, json_string_value(json_object_get(row, name)), row);
	return out;
}

static int
has(const json_t *list, const json_t *value)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), value))
			return 1;
	return 0;
}

/* Add to row->name what before has there and row has not. */
static void
keep_list(json_t *row, const json_t *before, const char *name)
{
	json_t *list = json_object_get(row, name), *value;
	size_t i;

	json_array_foreach (json_object_get(before, name), i, value) {
		if (has(list, value))
			continue;
		if (list == NULL) {
			list = json_array();
			json_object_set_new(row, name, list);
		}
		json_array_append(list, value);
	}
}

static void
keep_rows(
    const json_t *issuer, const json_t *old, const char *list, const char *name)
{
	json_t *before = rows_by(old, list, name), *row, *was;
	size_t i;

	json_array_foreach (json_object_get(issuer, list), i, row) {
		was = json_object_get(
		    before, json_string_value(json_object_get(row, name)));
		keep_list(row, was, "types");
		keep_list(row, was, "lent");
	}
	json_decref(before);
}

int
trust_keep(struct bytes before, struct buf *json, struct err *e)
{
	json_t *old = parse(before), *now = parse(buf_bytes(json));
	json_t *issuer = issuer_of(now), *was = issuer_of(old);
	char *text = NULL;
	int rc = 0;

	if (json_equal(json_object_get(old, "version"),
		json_object_get(now, "version")) &&
	    json_equal(json_object_get(was, "number"),
		json_object_get(issuer, "number"))) {
		keep_rows(issuer, was, "departments", "code");
		keep_rows(issuer, was, "seals", "id");
		text = json_dumps(now, JSON_INDENT(1));
		if (text == NULL)
			rc = err_nomem(e);
	}
	if (text != NULL) {
		buf_reset(json);
		buf_add_str(json, text);
		buf_add_byte(json, '\n');
		rc = buf_failed(json) ? err_nomem(e) : 0;
	}
	free(text);
	json_decref(old);
	json_decref(now);
	return rc;
}
