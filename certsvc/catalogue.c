/* catalogue.c - types and reasons for callers; see service.h. */
#include "certsvc/service_state.h"

#include "certsvc/reason.h"

static const char *
datatype_word(enum datatype type)
{
	static const char *const words[] = {[DATATYPE_TEXT] = "text",
	    [DATATYPE_DATE] = "date",
	    [DATATYPE_MONEY] = "money",
	    [DATATYPE_INTEGER] = "integer",
	    [DATATYPE_ENUM] = "enum",
	    [DATATYPE_CITIZEN] = "citizen",
	    [DATATYPE_USCC] = "uscc",
	    [DATATYPE_TABLE] = "table"};

	return words[type];
}

static const char *
disclosure_word(enum disclosure level)
{
	static const char *const words[] = {[DISCLOSURE_PUBLIC] = "public",
	    [DISCLOSURE_VERIFIER] = "verifier",
	    [DISCLOSURE_HOLDER] = "holder",
	    [DISCLOSURE_DEPARTMENT] = "department"};

	return words[level];
}

/* One field as a form needs it; columns of a table are no tables. */
static json_t *
column_json(const struct template_field *f)
{
	json_t *json, *values;
	size_t i;

	json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:I}", "id", f->id,
	    "name", f->name, "zh", f->zh, "en", f->en, "datatype",
	    datatype_word(f->type), "required", f->required, "max",
	    (json_int_t)f->maxlen);
	if (f->pattern != NULL)
		json_object_set_new(json, "pattern", json_string(f->pattern));
	if (f->nvalues > 0) {
		values = json_array();
		for (i = 0; i < f->nvalues; i++)
			json_array_append_new(
			    values, json_string(f->values[i]));
		json_object_set_new(json, "values", values);
	}
	return json;
}

static json_t *
field_json(const struct template_field *f)
{
	json_t *json = column_json(f), *columns;
	size_t i;

	json_object_set_new(
	    json, "disclosure", json_string(disclosure_word(f->level)));
	if (f->type != DATATYPE_TABLE)
		return json;
	columns = json_array();
	for (i = 0; i < f->ncolumns; i++)
		json_array_append_new(columns, column_json(&f->columns[i]));
	json_object_set_new(json, "columns", columns);
	return json;
}

static json_t *
type_json(const struct template *t)
{
	json_t *fields = json_array();
	size_t i;

	for (i = 0; i < t->nfields; i++)
		json_array_append_new(fields, field_json(&t->fields[i]));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s?, s:b, s:o,"
			 " s:o}",
	    "code", t->code, "folder", t->folder, "zh", t->zh, "en", t->en,
	    "kind", t->is_proof ? "proof" : "licence", "version",
	    (int)t->version, "effective_from", t->effective_from,
	    "effective_to", t->effective_to[0] ? t->effective_to : NULL,
	    "starts_pending", t->starts_pending, "variants", answer_variants(t),
	    "fields", fields);
}

static json_t *
actions_json(unsigned int actions)
{
	static const char *const names[] = {
	    "revoke", "suspend", "resume", "renew", "correct", "hand_over"};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (actions & 1u << i)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

static json_t *
reasons_json(void)
{
	size_t n, i;
	const struct reason *r = reason_table(&n);
	json_t *list = json_array();

	for (i = 0; i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s, s:o}", "code", r[i].code,
			      "zh", r[i].zh, "en", r[i].en, "actions",
			      actions_json(r[i].actions)));
	return list;
}

int
service_types(struct service *s, json_t **answer, struct err *e)
{
	json_t *items = json_array();
	size_t i;

	for (i = 0; i < s->templates.n; i++)
		json_array_append_new(items, type_json(s->templates.v[i]));
	*answer =
	    json_pack("{s:o, s:o}", "items", items, "reasons", reasons_json());
	return *answer == NULL ? err_nomem(e) : 0;
}
