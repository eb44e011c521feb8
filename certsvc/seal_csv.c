/* seal_csv.c - see seal_csv.h. */
#include "certsvc/seal_csv.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/csv.h"
#include "certsvc/seal_order.h"

enum value {
	VALUE_TEXT,
	VALUE_NUMBER,
	VALUE_FLAG,
	VALUE_LIST /* of words with blanks between */
};

/* Columns: the name of the member, the same in Chinese. */
static const struct column {
	const char *name, *zh;
	enum value value;
	int required;
} columns[] = {
    {"id", "编号", VALUE_TEXT, 1},
    {"department", "部门代码", VALUE_TEXT, 1},
    {"zh", "名称", VALUE_TEXT, 1},
    {"en", "英文名称", VALUE_TEXT, 0},
    {"kind", "形状", VALUE_TEXT, 1},
    {"arc", "环形文字", VALUE_TEXT, 0},
    {"below", "横排文字", VALUE_TEXT, 0},
    {"code", "防伪编码", VALUE_TEXT, 0},
    {"text", "文字", VALUE_TEXT, 0},
    {"diameter", "直径", VALUE_NUMBER, 0},
    {"width", "宽", VALUE_NUMBER, 0},
    {"height", "高", VALUE_NUMBER, 0},
    {"colour", "颜色", VALUE_TEXT, 0},
    {"star", "五角星", VALUE_FLAG, 0},
    {"frame", "边框", VALUE_FLAG, 0},
    {"types", "证照类型", VALUE_LIST, 0},
    {"years", "年限", VALUE_NUMBER, 0},
};

enum {
	COLUMNS = sizeof(columns) / sizeof(columns[0]),
	DIGITS_MAX = 9
};

/* A table being read. */
struct reading {
	struct csv csv;
	const struct column *place[CSV_COLUMNS_MAX];
	json_t *seen; /* owned: {id: line} */
	struct seal_csv *out;
};

static const struct column *
column_find(const char *name)
{
	size_t i;

	for (i = 0; i < COLUMNS; i++)
		if (strcmp(columns[i].name, name) == 0 ||
		    strcmp(columns[i].zh, name) == 0)
			return &columns[i];
	return NULL;
}

static int
bad_column(struct err *e, const char *name, const char *zh, const char *en)
{
	return err_set(e, ERR_INPUT, "csv_malformed",
	    "第 1 行：%2$s“%1$.40s”%3$.0s", "line 1: %3$s \"%1$.40s\"%2$.0s",
	    name, zh, en);
}

static int
read_head(struct reading *r, struct err *e)
{
	const struct column *found[COLUMNS] = {NULL};
	struct csv_row row;
	size_t i, k;
	int rc;

	if ((rc = csv_next(&r->csv, &row, e)) <= 0)
		return rc < 0 ? e->class : 0;
	for (i = 0; i < row.n; i++) {
		r->place[i] = column_find(row.fields[i]);
		if (r->place[i] == NULL)
			return bad_column(
			    e, row.fields[i], "没有这一列", "no such column");
		k = (size_t)(r->place[i] - columns);
		if (found[k] != NULL)
			return bad_column(
			    e, row.fields[i], "重复的列", "a column twice");
		found[k] = r->place[i];
	}
	for (i = 0; i < COLUMNS; i++)
		if (columns[i].required && found[i] == NULL)
			return bad_column(e, columns[i].name, "缺少列",
			    "a column is missing");
	return 0;
}

/* Digits, and perhaps a point and digits. */
static json_t *
number_json(const char *s)
{
	size_t whole = strspn(s, "0123456789"), part;

	if (whole == 0 || whole > DIGITS_MAX)
		return NULL;
	if (s[whole] == '\0')
		return json_integer(strtoll(s, NULL, 10));
	part = strspn(s + whole + 1, "0123456789");
	if (s[whole] != '.' || part == 0 || part > DIGITS_MAX ||
	    s[whole + 1 + part] != '\0')
		return NULL;
	return json_real(strtod(s, NULL));
}

static json_t *
flag_json(const char *s)
{
	static const char *const yes[] = {"true", "1", "是", "有"},
				 *const no[] = {"false", "0", "否", "无"};
	size_t i;

	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcmp(s, yes[i]) == 0)
			return json_true();
		if (strcmp(s, no[i]) == 0)
			return json_false();
	}
	return NULL;
}

static json_t *
list_json(const char *s)
{
	json_t *list = json_array();
	size_t n;

	while (*s != '\0') {
		n = strcspn(s, " ");
		if (n > 0)
			json_array_append_new(list, json_stringn(s, n));
		s += n + (s[n] == ' ');
	}
	return list;
}

static json_t *
value_json(enum value value, const char *s)
{
	size_t n = strlen(s);

	/* What nobody sees would be drawn all the same. */
	if (s[0] == ' ' || s[0] == '\t' || s[n - 1] == ' ' || s[n - 1] == '\t')
		return NULL;
	switch (value) {
	case VALUE_TEXT:
		return json_string(s);
	case VALUE_NUMBER:
		return number_json(s);
	case VALUE_FLAG:
		return flag_json(s);
	case VALUE_LIST:
		return list_json(s);
	}
	return NULL;
}

static int
bad_value(struct err *e, const struct column *column)
{
	return err_set(e, ERR_INPUT, "bad_value",
	    "%s（%s）的值不合规定，或首尾有空格",
	    "the value of %s (%s) is not well formed, or has blanks at its "
	    "ends",
	    column->name, column->zh);
}

/* Empty fields are members that are not there. */
static int
order_fill(const struct reading *r, const struct csv_row *row, json_t *order,
    struct err *e)
{
	json_t *value;
	size_t i;

	for (i = 0; i < row->n; i++) {
		if (row->fields[i][0] == '\0')
			continue;
		value = value_json(r->place[i]->value, row->fields[i]);
		if (value == NULL)
			return bad_value(e, r->place[i]);
		if (json_object_set_new(order, r->place[i]->name, value) != 0)
			return err_nomem(e);
	}
	return seal_order_check(order, e);
}

static int
seen_check(
    struct reading *r, const struct csv_row *row, const char *id, struct err *e)
{
	const json_t *before = json_object_get(r->seen, id);

	if (before != NULL)
		return err_set(e, ERR_INPUT, "id_twice",
		    "编号 %s 与第 %d 行相同", "the id %s is that of line %d",
		    id, (int)json_integer_value(before));
	return json_object_set_new(r->seen, id, json_integer(row->line)) == 0
		   ? 0
		   : err_nomem(e);
}

static int
row_add(
    struct reading *r, const struct csv_row *row, json_t *order, struct err *e)
{
	struct seal_csv *out = r->out;
	struct seal_csv_row *grown;

	if (out->n == SEAL_CSV_ROWS_MAX)
		return err_set(e, ERR_LIMIT, "too_large", "超过 %d 行",
		    "over %d lines", SEAL_CSV_ROWS_MAX);
	if (out->n % 1024 == 0) {
		grown = realloc(out->rows, (out->n + 1024) * sizeof(*grown));
		if (grown == NULL)
			return err_nomem(e);
		out->rows = grown;
	}
	out->rows[out->n++] = (struct seal_csv_row){row->line, order};
	return 0;
}

/* One line; ERR_INPUT when it is wrong. */
static int
row_read(struct reading *r, const struct csv_row *row, struct err *e)
{
	json_t *order = json_object();
	int rc = order == NULL ? err_nomem(e) : order_fill(r, row, order, e);

	if (rc == 0)
		rc = seen_check(
		    r, row, json_string_value(json_object_get(order, "id")), e);
	if (rc == 0)
		rc = row_add(r, row, order, e);
	if (rc != 0)
		json_decref(order);
	return rc;
}

static int
rows_read(struct reading *r, seal_csv_wrong_fn wrong, void *ctx, struct err *e)
{
	struct csv_row row;
	struct err why = ERR_INIT;
	int more, rc = 0;

	while (rc == 0 && (more = csv_next(&r->csv, &row, &why)) != 0) {
		rc = more < 0 ? why.class : row_read(r, &row, &why);
		if (rc == ERR_INPUT) {
			r->out->wrong++;
			wrong(ctx, row.line, &why);
			err_clear(&why);
			rc = 0;
		}
	}
	if (rc != 0) {
		*e = why;
		return rc;
	}
	err_clear(&why);
	return 0;
}

int
seal_csv_read(struct bytes text, seal_csv_wrong_fn wrong, void *ctx,
    struct seal_csv *out, struct err *e)
{
	struct reading *r = calloc(1, sizeof(*r));
	int rc;

	memset(out, 0, sizeof(*out));
	if (r == NULL)
		return err_nomem(e);
	r->out = out;
	r->seen = json_object();
	rc = csv_open(&r->csv, text, e);
	if (rc == 0)
		rc = read_head(r, e);
	if (rc == 0)
		rc = rows_read(r, wrong, ctx, e);
	csv_release(&r->csv);
	json_decref(r->seen);
	free(r);
	return rc;
}

void
seal_csv_release(struct seal_csv *csv)
{
	size_t i;

	for (i = 0; i < csv->n; i++)
		json_decref(csv->rows[i].order);
	free(csv->rows);
	memset(csv, 0, sizeof(*csv));
}
