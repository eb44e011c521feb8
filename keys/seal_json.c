/* seal_json.c - see seal_json.h. */
#include "keys/seal_json.h"

#include <inttypes.h>
#include <string.h>

#include "crypto/algorithm.h"
#include "crypto/base/text.h"

static json_t *
hex_json(const uint8_t sha256[32])
{
	struct buf text = BUF_INIT;
	json_t *v;

	text_hex(&text, (struct bytes){sha256, 32});
	v = buf_failed(&text) ? NULL : json_string(buf_cstr(&text));
	buf_release(&text);
	return v;
}

static json_t *
x509_json(const struct seal_x509 *x)
{
	json_t *out = json_pack("{s:o,s:s,s:I,s:I,s:I}", "sha256",
	    hex_json(x->sha256), "alg", algorithm_find(x->alg)->name,
	    "generation", (json_int_t)x->generation, "not_before",
	    (json_int_t)x->not_before, "not_after", (json_int_t)x->not_after);

	if (out != NULL && x->revoked_since != 0)
		json_object_set_new(out, "revoked_since",
		    json_integer((json_int_t)x->revoked_since));
	return out;
}

static json_t *
x509s_json(const struct seal_row *row)
{
	json_t *list = json_array();
	size_t i = row->nx509s;

	while (i-- > 0)
		json_array_append_new(list, x509_json(&row->x509s[i]));
	return list;
}

static json_t *
lasting_json(const struct seal_row *row)
{
	json_t *meta = json_loads(row->meta, 0, NULL);
	json_t *out = json_copy(json_object_get(meta, "drawing"));
	static const char *const own[] = {"zh", "en", "types"};
	size_t i;

	if (out == NULL) {
		json_decref(meta);
		return NULL;
	}
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		json_object_set(out, own[i], json_object_get(meta, own[i]));
	json_decref(meta);
	json_object_set_new(out, "id", json_string(row->id));
	json_object_set_new(
	    out, "state", json_string(seal_state_name(row->state)));
	json_object_set_new(
	    out, "generation", json_integer((json_int_t)row->generation));
	json_object_set_new(out, "x509s", x509s_json(row));
	return out;
}

json_t *
seal_json(const struct seal_row *row)
{
	json_t *out = lasting_json(row);

	json_object_set_new(out, "uses", json_integer((json_int_t)row->uses));
	json_object_set_new(
	    out, "last_used", json_integer((json_int_t)row->last_used));
	return out;
}

int
seal_json_write(struct seal_row *row, struct buf *out)
{
	json_t *json;

	if (row->text == NULL) {
		json = lasting_json(row);
		row->text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
		json_decref(json);
	}
	if (row->text == NULL)
		return -1;
	buf_add(out, row->text, strlen(row->text) - 1);
	buf_printf(out, ",\"uses\":%" PRIu64 ",\"last_used\":%" PRId64 "}",
	    row->uses, row->last_used);
	return 0;
}
