/* order_check.c - all fields of an order against its template; see order.h. */
#include "certsvc/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/order_value.h"

struct checking {
	const struct template *t;
	json_t *fields;
	struct face *face;
	char **values; /* owned; canonical text of each single field */
	struct err *e;
	size_t wrong;
	int hard; /* the class of a failure that no caller can mend */
};

/* Where in the order, as a JSON Pointer. */
struct place {
	char pointer[ERR_POINTER_SIZE];
};

static struct place
place_field(const char *id)
{
	struct place p;

	snprintf(p.pointer, sizeof(p.pointer), "/fields/%.80s", id);
	return p;
}

static struct place
place_row(const char *id, size_t row)
{
	struct place p;

	snprintf(p.pointer, sizeof(p.pointer), "/fields/%.48s/%zu", id, row);
	return p;
}

static struct place
place_cell(const char *id, size_t row, const char *column)
{
	struct place p;

	snprintf(p.pointer, sizeof(p.pointer), "/fields/%.40s/%zu/%.40s", id,
	    row, column);
	return p;
}

/* "label + what is wrong" in both languages. */
static void
wrong(struct checking *c, const struct template_field *field,
    const struct place *place, const struct value_fault *f)
{
	if (strcmp(f->code, "out_of_memory") == 0) {
		c->hard = ERR_INTERNAL;
		return;
	}
	err_add(c->e, f->code, place->pointer, "“%s”%.0s%s%.0s",
	    "%.0s“%s” %.0s%s", field->zh, field->en, f->zh, f->en);
	c->wrong++;
}

static void
wrong_simply(struct checking *c, const struct template_field *field,
    const struct place *place, const char *code, const char *zh, const char *en)
{
	struct value_fault f;

	f.code = code;
	snprintf(f.zh, sizeof(f.zh), "%s", zh);
	snprintf(f.en, sizeof(f.en), "%s", en);
	wrong(c, field, place, &f);
}

/* RFC 6901: ~ and / of a member's name are escaped; it may be cut short. */
static void
escape(const char *key, char *out, size_t size)
{
	size_t n = 0;

	for (; *key != '\0' && n + 3 < size; key++) {
		if (*key == '~' || *key == '/') {
			out[n++] = '~';
			out[n++] = *key == '~' ? '0' : '1';
		} else if ((unsigned char)*key >= 0x20 &&
			   (unsigned char)*key < 0x7f) {
			out[n++] = *key;
		} else {
			out[n++] = '?';
		}
	}
	out[n] = '\0';
}

static int
is_known(const struct template_field *fields, size_t n, const char *key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(fields[i].id, key) == 0)
			return 1;
	return 0;
}

/* Members of the object that are no field or column. */
static void
unknown_check(struct checking *c, json_t *object,
    const struct template_field *fields, size_t n, const char *prefix)
{
	char pointer[ERR_POINTER_SIZE], name[48];
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		if (is_known(fields, n, key))
			continue;
		escape(key, name, sizeof(name));
		snprintf(pointer, sizeof(pointer), "%.70s/%s", prefix, name);
		err_add(c->e, "unknown_field", pointer, "该类型没有这个字段",
		    "this type has no such field");
		c->wrong++;
	}
}

/* One value or cell; NULL when absent or wrong. */
static char *
single(struct checking *c, const struct template_field *field,
    const json_t *value, const struct place *place)
{
	struct value_fault f;
	char *text = order_value(field, value, &f);

	if (text == NULL && f.code != NULL)
		wrong(c, field, place, &f);
	else if (text == NULL && field->required)
		wrong_simply(
		    c, field, place, "missing", "必须填写", "is required");
	return text;
}

static void
row_store(struct checking *c, const struct template_field *field, size_t row,
    char *const *cells)
{
	const char *names[FACE_COLUMNS_MAX], *values[FACE_COLUMNS_MAX];
	struct place place = place_row(field->id, row);
	size_t i, filled = 0;

	for (i = 0; i < field->ncolumns; i++) {
		names[i] = field->columns[i].name;
		values[i] = cells[i];
		filled += cells[i] != NULL;
	}
	if (filled == 0)
		wrong_simply(
		    c, field, &place, "missing", "有空行", "has an empty row");
	if (c->wrong > 0 || c->hard != 0 ||
	    field->level == DISCLOSURE_DEPARTMENT)
		return;
	c->hard = face_add_row(
	    c->face, field->name, names, values, field->ncolumns, c->e);
}

static void
row_check(struct checking *c, const struct template_field *field, size_t row,
    json_t *object)
{
	char *cells[FACE_COLUMNS_MAX] = {NULL};
	struct place place = place_row(field->id, row);
	size_t i;

	if (!json_is_object(object)) {
		wrong_simply(c, field, &place, "bad_type",
		    "的每一行应为 JSON 对象", "must have JSON objects as rows");
		return;
	}
	unknown_check(
	    c, object, field->columns, field->ncolumns, place.pointer);
	for (i = 0; i < field->ncolumns; i++) {
		place = place_cell(field->id, row, field->columns[i].id);
		cells[i] = single(c, &field->columns[i],
		    json_object_get(object, field->columns[i].id), &place);
	}
	row_store(c, field, row, cells);
	for (i = 0; i < field->ncolumns; i++)
		free(cells[i]);
}

static void
table_check(
    struct checking *c, const struct template_field *field, json_t *value)
{
	struct place place = place_field(field->id);
	struct value_fault f;
	json_t *row;
	size_t i;

	if (value != NULL && !json_is_null(value) && !json_is_array(value)) {
		wrong_simply(c, field, &place, "bad_type", "应为 JSON 数组",
		    "must be a JSON array");
		return;
	}
	if (json_array_size(value) == 0 && field->required)
		wrong_simply(
		    c, field, &place, "missing", "必须填写", "is required");
	if (json_array_size(value) > field->maxlen) {
		f.code = "too_many_rows";
		snprintf(f.zh, sizeof(f.zh), "超过 %zu 行", field->maxlen);
		snprintf(f.en, sizeof(f.en), "has more than %zu rows",
		    field->maxlen);
		wrong(c, field, &place, &f);
		return;
	}
	json_array_foreach (value, i, row)
		row_check(c, field, i, row);
}

static void
field_check(struct checking *c, size_t i)
{
	const struct template_field *field = &c->t->fields[i];
	json_t *value = json_object_get(c->fields, field->id);
	struct place place = place_field(field->id);

	if (field->type == DATATYPE_TABLE) {
		table_check(c, field, value);
		return;
	}
	c->values[i] = single(c, field, value, &place);
	if (c->wrong == 0 && c->hard == 0 &&
	    field->level != DISCLOSURE_DEPARTMENT)
		c->hard = face_add(c->face, field->name, c->values[i], c->e);
}

static int
holds(const struct checking *c, const struct template_check *check)
{
	const char *left = c->values[check->left];
	const char *right = c->values[check->right];
	int order;

	if (check->op == CHECK_REQUIRES)
		return left == NULL || right != NULL;
	if (left == NULL || right == NULL)
		return 1;
	order =
	    order_value_compare(c->t->fields[check->left].type, left, right);
	switch (check->op) {
	case CHECK_LT:
		return order < 0;
	case CHECK_LE:
		return order <= 0;
	case CHECK_EQ:
		return order == 0;
	case CHECK_REQUIRES:
		break;
	}
	return 1;
}

static void
checks_check(struct checking *c)
{
	const struct template_check *check;
	struct place place;
	size_t i;

	for (i = 0; i < c->t->nchecks; i++) {
		check = &c->t->checks[i];
		if (holds(c, check))
			continue;
		place = place_field(c->t->fields[check->right].id);
		err_add(c->e, "check_failed", place.pointer, "%s%.0s", "%.0s%s",
		    check->zh, check->en);
		c->wrong++;
	}
}

/* The caller's face must not keep half an order. */
static void
face_empty(struct face *face)
{
	struct face *spare = face_new();
	struct face old = *face;

	if (spare == NULL)
		return;
	*face = *spare;
	*spare = old;
	face_free(spare);
}

static void
all_check(struct checking *c)
{
	size_t i;

	unknown_check(c, c->fields, c->t->fields, c->t->nfields, "/fields");
	for (i = 0; i < c->t->nfields; i++)
		field_check(c, i);
	checks_check(c);
}

int
order_check(const struct order *order, const struct template *t,
    struct face *face, struct err *e)
{
	struct checking c = {t, order->fields, face, NULL, e, 0, 0};
	size_t i;
	int rc;

	c.values = calloc(t->nfields ? t->nfields : 1, sizeof(char *));
	if (c.values == NULL)
		return err_nomem(e);
	all_check(&c);
	for (i = 0; i < t->nfields; i++)
		free(c.values[i]);
	free(c.values);
	rc = c.hard;
	if (rc == ERR_INTERNAL)
		rc = err_nomem(e);
	else if (rc == 0 && c.wrong > 0)
		rc = err_set(e, ERR_INPUT, "fields_invalid",
		    "有 %zu 处填写错误", "%zu fields are wrong", c.wrong);
	if (rc != 0)
		face_empty(face);
	return rc;
}
