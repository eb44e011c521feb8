/* template_field.c - what one field of a template may say. */
#include "certsvc/template_field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/text_form.h"
#include "crypto/base/text.h"

enum {
	TEXT_MAX = 4000,       /* code points of one text */
	COLUMN_TEXT_MAX = 200, /* code points of one cell */
	DIGITS_MAX = 15	       /* digits of an integer */
};

void
template_fields_unique(
    struct template_source *s, const struct template_field *fields, size_t n)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++) {
			if (strcmp(fields[i].id, fields[j].id) == 0)
				err_add(s->e, "duplicate_id",
				    template_source_at(s, fields[i].line),
				    "字段标识 %s 重复",
				    "the id %s is used twice", fields[i].id);
			if (strcmp(fields[i].name, fields[j].name) == 0)
				err_add(s->e, "duplicate_name",
				    template_source_at(s, fields[i].line),
				    "短名 %s 重复", "the name %s is used twice",
				    fields[i].name);
		}
	}
}

int
template_text_ok(const char *s)
{
	size_t len = strlen(s), pos = 0;
	int32_t cp;

	while (pos < len) {
		cp = text_utf8_next(s, len, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp))
			return 0;
	}
	return text_is_nfc(s);
}

static void
values_check(struct template_source *s, const struct template_field *field)
{
	size_t i, j;

	if (field->type == DATATYPE_ENUM && field->nvalues == 0)
		err_add(s->e, "enum_without_values",
		    template_source_at(s, field->line), "枚举字段 %s 没有取值",
		    "the enum %s has no values", field->id);
	if (field->type != DATATYPE_ENUM && field->nvalues > 0)
		err_add(s->e, "unexpected_values",
		    template_source_at(s, field->line),
		    "字段 %s 不是枚举，不应有 value",
		    "field %s is no enum and has values", field->id);
	for (i = 0; i < field->nvalues; i++) {
		if (!template_text_ok(field->values[i]))
			err_add(s->e, "forbidden_character",
			    template_source_at(s, field->line),
			    "字段 %s 的第 %zu 个取值含有不允许的字符或不是 NFC 形式",
			    "field %s: value %zu has characters that are not allowed, or is not in NFC",
			    field->id, i + 1);
		for (j = 0; j < i; j++)
			if (strcmp(field->values[i], field->values[j]) == 0)
				err_add(s->e, "duplicate_value",
				    template_source_at(s, field->line),
				    "字段 %s 的取值 %s 重复",
				    "field %s has the value %s twice",
				    field->id, field->values[i]);
	}
}

/* "^(pattern)$", compiled. */
static void
pattern_check(struct template_source *s, struct template_field *field)
{
	char anchored[256], why[128];
	int rc;

	if (field->pattern == NULL)
		return;
	if (field->type != DATATYPE_TEXT) {
		err_add(s->e, "unexpected_pattern",
		    template_source_at(s, field->line),
		    "只有文本字段可以有 pattern，字段 %s 不是文本",
		    "only a text has a pattern; field %s is none", field->id);
		return;
	}
	snprintf(anchored, sizeof(anchored), "^(%s)$", field->pattern);
	if ((field->regex = calloc(1, sizeof(*field->regex))) == NULL) {
		s->nomem = 1;
		return;
	}
	/* A group that the pattern closes itself would escape the anchors. */
	rc = regcomp(field->regex, field->pattern, REG_EXTENDED | REG_NOSUB);
	if (rc == 0) {
		regfree(field->regex);
		rc = regcomp(field->regex, anchored, REG_EXTENDED | REG_NOSUB);
	}
	if (rc == 0)
		return;
	regerror(rc, field->regex, why, sizeof(why));
	free(field->regex);
	field->regex = NULL;
	err_add(s->e, "bad_regex", template_source_at(s, field->line),
	    "字段 %s 的正则表达式不正确：%s",
	    "field %s has a bad regular expression: %s", field->id, why);
}

static size_t
max_allowed(const struct template_field *field, int is_column)
{
	if (field->type == DATATYPE_TABLE)
		return FACE_ROWS_MAX;
	if (field->type == DATATYPE_INTEGER)
		return DIGITS_MAX;
	if (field->type == DATATYPE_TEXT)
		return is_column ? COLUMN_TEXT_MAX : TEXT_MAX;
	return 100;
}

static void
limits_check(
    struct template_source *s, const struct template_field *field, int column)
{
	if (field->maxlen == 0 || field->maxlen > max_allowed(field, column))
		err_add(s->e, "bad_max", template_source_at(s, field->line),
		    "字段 %s 的 max 应在 1 到 %zu 之间",
		    "the max of field %s must be from 1 to %zu", field->id,
		    max_allowed(field, column));
	if (field->forever && field->type != DATATYPE_DATE)
		err_add(s->e, "unexpected_forever",
		    template_source_at(s, field->line),
		    "只有日期可以为长期，字段 %s 不是日期",
		    "only a date can be open; field %s is none", field->id);
}

static void
columns_check(struct template_source *s, const struct template_field *field)
{
	size_t i;

	if (field->type == DATATYPE_TABLE && field->ncolumns == 0)
		err_add(s->e, "table_without_columns",
		    template_source_at(s, field->line), "表格 %s 没有列",
		    "the table %s has no columns", field->id);
	if (field->type != DATATYPE_TABLE && field->ncolumns > 0)
		err_add(s->e, "unexpected_columns",
		    template_source_at(s, field->line),
		    "字段 %s 不是表格，不应有 column",
		    "field %s is no table and has columns", field->id);
	if (field->type == DATATYPE_TABLE && field->level == DISCLOSURE_PUBLIC)
		err_add(s->e, "public_table",
		    template_source_at(s, field->line),
		    "表格 %s 不能公开：二维码中放不下",
		    "the table %s cannot be public: it does not ride in a code",
		    field->id);
	template_fields_unique(s, field->columns, field->ncolumns);
	for (i = 0; i < field->ncolumns; i++)
		if (field->columns[i].type == DATATYPE_TABLE)
			err_add(s->e, "nested_table",
			    template_source_at(s, field->columns[i].line),
			    "表格的列 %s 不能又是表格",
			    "column %s of a table cannot be a table",
			    field->columns[i].id);
}

static void
single_check(
    struct template_source *s, struct template_field *field, int column)
{
	values_check(s, field);
	pattern_check(s, field);
	limits_check(s, field, column);
}

void
template_field_check(struct template_source *s, struct template_field *field)
{
	size_t i;

	single_check(s, field, 0);
	columns_check(s, field);
	for (i = 0; i < field->ncolumns; i++)
		single_check(s, &field->columns[i], 1);
}
