/* desk_csv.c - see desk_csv.h. */
#include "certsvc/desk_csv.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/csv.h"
#include "certsvc/desk_csv_value.h"

enum {
	COLUMNS_MAX = 6
};

static const struct table {
	struct desk_csv_column columns[COLUMNS_MAX];
	size_t n;
} tables[] = {
    [DESK_CSV_OFFICES] = {{{"id", "编号", desk_csv_office_id, 1},
			      {"zh", "名称", desk_csv_office_name, 1},
			      {"en", "英文名称", desk_csv_text, 0},
			      {"region", "区划", desk_csv_region, 1},
			      {"kind", "类别", desk_csv_office_kind, 1},
			      {"types", "证照类型", desk_csv_types, 1}},
	6},
    [DESK_CSV_OPERATORS] = {{{"name", "登录名", desk_csv_login, 1},
				{"zh", "姓名", desk_csv_text, 0},
				{"role", "岗位", desk_csv_role, 1},
				{"office", "机构", desk_csv_office_id, 0},
				{"region", "区划", desk_csv_region, 0},
				{"department", "部门代码", desk_csv_text, 0}},
	6},
};

struct reading {
	struct csv csv;
	enum desk_csv_kind kind;
	const struct desk_csv_column *place[CSV_COLUMNS_MAX];
	json_t *seen; /* owned: {id: line} */
	struct desk_csv *out;
};

static const struct desk_csv_column *
column_find(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->columns[i].name, name) == 0 ||
		    strcmp(table->columns[i].zh, name) == 0)
			return &table->columns[i];
	return NULL;
}

static int
bad_head(struct err *e, const char *name, const char *zh, const char *en)
{
	return err_set(e, ERR_INPUT, "csv_malformed",
	    "第 1 行：%2$s“%1$.40s”%3$.0s", "line 1: %3$s \"%1$.40s\"%2$.0s",
	    name, zh, en);
}

static int
read_head(struct reading *r, struct err *e)
{
	const struct table *table = &tables[r->kind];
	int found[COLUMNS_MAX] = {0};
	struct csv_row row;
	size_t i;
	int more = csv_next(&r->csv, &row, e);

	if (more <= 0)
		return more < 0 ? e->class : 0;
	for (i = 0; i < row.n; i++) {
		r->place[i] = column_find(table, row.fields[i]);
		if (r->place[i] == NULL)
			return bad_head(
			    e, row.fields[i], "没有这一列", "no such column");
		if (found[r->place[i] - table->columns]++)
			return bad_head(
			    e, row.fields[i], "重复的列", "a column twice");
	}
	for (i = 0; i < table->n; i++)
		if (table->columns[i].required && !found[i])
			return bad_head(e, table->columns[i].name, "缺少列",
			    "a column is missing");
	return 0;
}

static int
bad_value(struct err *e, size_t at, const struct desk_csv_column *column,
    const struct desk_csv_why *why)
{
	return err_set(e, ERR_INPUT, "bad_value",
	    "第 %1$zu 列“%3$s”%2$.0s：%4$s%5$.0s",
	    "column %1$zu (%2$s)%3$.0s: %5$s%4$.0s", at + 1, column->name,
	    column->zh, why->zh, why->en);
}

static int
fill(const struct reading *r, const struct csv_row *row, json_t *order,
    struct err *e)
{
	static const struct desk_csv_why missing = {
	    "必须填写", "must not be empty"};
	const struct desk_csv_column *column;
	struct desk_csv_why why;
	json_t *value;
	size_t i;

	for (i = 0; i < row->n; i++) {
		column = r->place[i];
		if (row->fields[i][0] == '\0') {
			if (column->required)
				return bad_value(e, i, column, &missing);
			continue;
		}
		value = column->read(row->fields[i], &why);
		if (value == NULL)
			return bad_value(e, i, column, &why);
		if (json_object_set_new(order, column->name, value) != 0)
			return err_nomem(e);
	}
	return r->kind == DESK_CSV_OPERATORS ? desk_csv_check_place(order, e)
					     : 0;
}

static int
check_seen(struct reading *r, const struct csv_row *row, const json_t *order,
    struct err *e)
{
	const char *key = r->kind == DESK_CSV_OFFICES ? "id" : "name";
	const char *id = json_string_value(json_object_get(order, key));
	const json_t *before = json_object_get(r->seen, id);

	if (before != NULL)
		return err_set(e, ERR_INPUT, "id_twice", "%s 与第 %d 行相同",
		    "%s is in line %d already", id,
		    (int)json_integer_value(before));
	return json_object_set_new(r->seen, id, json_integer(row->line)) == 0
		   ? 0
		   : err_nomem(e);
}

static int
add(struct reading *r, const struct csv_row *row, json_t *order, struct err *e)
{
	struct desk_csv *out = r->out;
	struct desk_csv_row *grown;

	if (out->n == DESK_CSV_ROWS_MAX)
		return err_set(e, ERR_LIMIT, "too_large", "超过 %d 行",
		    "over %d lines", DESK_CSV_ROWS_MAX);
	if (out->n % 1024 == 0) {
		grown = realloc(out->rows, (out->n + 1024) * sizeof(*grown));
		if (grown == NULL)
			return err_nomem(e);
		out->rows = grown;
	}
	out->rows[out->n++] = (struct desk_csv_row){row->line, order};
	return 0;
}

/* One line; ERR_INPUT when it is wrong. */
static int
read_row(struct reading *r, const struct csv_row *row, struct err *e)
{
	json_t *order = json_object();
	int rc = order == NULL ? err_nomem(e) : fill(r, row, order, e);

	if (rc == 0)
		rc = check_seen(r, row, order, e);
	if (rc == 0)
		rc = add(r, row, order, e);
	if (rc != 0)
		json_decref(order);
	return rc;
}

static int
read_rows(struct reading *r, desk_csv_wrong_fn wrong, void *ctx, struct err *e)
{
	struct csv_row row;
	struct err why = ERR_INIT;
	int more, rc = 0;

	while (rc == 0 && (more = csv_next(&r->csv, &row, &why)) != 0) {
		rc = more < 0 ? why.class : read_row(r, &row, &why);
		if (rc == ERR_INPUT) {
			r->out->wrong++;
			wrong(ctx, row.line, &why);
			err_clear(&why);
			rc = 0;
		}
	}
	if (rc != 0)
		*e = why;
	return rc;
}

int
desk_csv_read(struct bytes text, enum desk_csv_kind kind,
    desk_csv_wrong_fn wrong, void *ctx, struct desk_csv *out, struct err *e)
{
	struct reading *r = calloc(1, sizeof(*r));
	int rc;

	memset(out, 0, sizeof(*out));
	if (r == NULL)
		return err_nomem(e);
	r->kind = kind;
	r->out = out;
	r->seen = json_object();
	rc = csv_open(&r->csv, text, e);
	if (rc == 0)
		rc = read_head(r, e);
	if (rc == 0)
		rc = read_rows(r, wrong, ctx, e);
	csv_release(&r->csv);
	json_decref(r->seen);
	free(r);
	return rc;
}

void
desk_csv_release(struct desk_csv *csv)
{
	for (size_t i = 0; i < csv->n; i++)
		json_decref(csv->rows[i].order);
	free(csv->rows);
	memset(csv, 0, sizeof(*csv));
}
