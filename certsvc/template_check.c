/*
 * template_check.c - the rules of a template that an XSD cannot say: names and
 * roles, checks across fields, validity, number.  Those of single fields are in
 * template_field.c.
 */
#include "certsvc/template_source.h"

#include <string.h>

#include "crypto/copy_field.h"
#include "certsvc/layout_spec.h"
#include "certsvc/number.h"
#include "certsvc/template_field.h"
#include "crypto/qr_claims.h"

/* Names that the service fills in itself (docs/architecture.md). */
static const char *const reserved[] = {"ZZMC", "ZZLXDM", "ZZBH", "ZZBS",
    "ZZBFJG", "ZZBFJGDM", "ZZBFRQ", "CZZTDMLX", COPY_MADE, COPY_MAKER,
    COPY_PURPOSE, COPY_UNTIL};

static void
identity_check(struct template_source *s)
{
	const struct template *t = s->t;

	if (!number_type_ok(t->code))
		err_add(s->e, "bad_type_code",
		    template_source_at(s, s->root_line),
		    "证照类型代码 %s 前 18 位的校验码不正确",
		    "the first 18 characters of type code %s fail their check",
		    t->code);
	if (t->effective_to[0] != '\0' &&
	    strcmp(t->effective_to, t->effective_from) < 0)
		err_add(s->e, "effective_reversed",
		    template_source_at(s, s->root_line),
		    "失效日期 %s 早于生效日期 %s",
		    "effective-to %s is before effective-from %s",
		    t->effective_to, t->effective_from);
	if (t->formats == 0)
		err_add(s->e, "no_format",
		    template_source_at(s, s->formats_line),
		    "至少应选择一种文件格式", "at least one format is needed");
}

/* A name of the standard belongs to one role, and the role to that name. */
static void
role_check(
    struct template_source *s, int index, const char *name, const char *role)
{
	const struct template_field *named = template_field_named(s->t, name);
	const struct template_field *field =
	    index >= 0 ? &s->t->fields[index] : NULL;

	if (field != NULL && strcmp(field->name, name) != 0)
		err_add(s->e, "bad_role", template_source_at(s, field->line),
		    "字段 %s 用作 %s，其短名应为 %s",
		    "field %s is used as %s: its name must be %s", field->id,
		    role, name);
	else if (field == NULL && named != NULL)
		err_add(s->e, "bad_role", template_source_at(s, named->line),
		    "字段 %s 的短名为 %s，但未在模板中用作 %s",
		    "field %s is named %s, but is not used as %s", named->id,
		    name, role);
}

static void
roles_check(struct template_source *s)
{
	const struct template *t = s->t;

	role_check(s, t->holder, "CZZT", "holder name");
	role_check(s, t->holder_code, "CZZTDM", "holder code");
	role_check(s, t->valid_from, "ZZYXQQSRQ", "validity from");
	role_check(s, t->valid_to, "ZZYXQJZRQ", "validity to");
}

static void
holder_check(struct template_source *s)
{
	const struct template *t = s->t;
	const struct template_field *name, *code;

	if (t->holder < 0)
		return;
	name = &t->fields[t->holder];
	if (name->type != DATATYPE_TEXT || !name->required ||
	    name->level == DISCLOSURE_DEPARTMENT)
		err_add(s->e, "bad_holder",
		    template_source_at(s, s->holder_line),
		    "持证主体字段 %s 应为必填的文本，且显示在照面上",
		    "the holder's field %s must be a required text on the face",
		    name->id);
	if (t->holder_code < 0)
		return;
	code = &t->fields[t->holder_code];
	if ((code->type != DATATYPE_CITIZEN && code->type != DATATYPE_USCC &&
		code->type != DATATYPE_TEXT) ||
	    code->level == DISCLOSURE_DEPARTMENT)
		err_add(s->e, "bad_holder",
		    template_source_at(s, s->holder_line),
		    "持证主体代码字段 %s 应为公民身份号码、统一社会信用代码或文本，且显示在照面上",
		    "the holder's code %s must be a citizen number, a credit code or a text on the face",
		    code->id);
}

static void
validity_field_check(struct template_source *s, int index, int may_be_open)
{
	const struct template_field *field;

	if (index < 0)
		return;
	field = &s->t->fields[index];
	if (field->type != DATATYPE_DATE || !field->required ||
	    field->level == DISCLOSURE_DEPARTMENT ||
	    (field->forever && !may_be_open))
		err_add(s->e, "bad_validity",
		    template_source_at(s, s->validity_line),
		    "有效期字段 %s 应为照面上必填的日期（起始日期不得为长期）",
		    "the validity's field %s must be a required date on the face (its start cannot be open)",
		    field->id);
}

static void
validity_check(struct template_source *s)
{
	const struct template *t = s->t;

	validity_field_check(s, t->valid_from, 0);
	validity_field_check(s, t->valid_to, 1);
	if (t->valid_to >= 0 &&
	    (t->valid_years || t->valid_months || t->valid_days))
		err_add(s->e, "bad_validity",
		    template_source_at(s, s->validity_line),
		    "有效期不能既由字段给出又按年月日计算",
		    "the validity comes from a field or from years, months and days, not both");
}

/* Which fields have an order between them. */
static int
comparable(const struct template_field *a, const struct template_field *b)
{
	return a->type == b->type &&
	       (a->type == DATATYPE_DATE || a->type == DATATYPE_MONEY ||
		   a->type == DATATYPE_INTEGER);
}

static void
checks_check(struct template_source *s)
{
	const struct template *t = s->t;
	const struct template_check *c;
	const struct template_field *a, *b;
	size_t i;
	int ok;

	for (i = 0; i < t->nchecks; i++) {
		c = &t->checks[i];
		a = &t->fields[c->left];
		b = &t->fields[c->right];
		if (a->type == DATATYPE_TABLE || b->type == DATATYPE_TABLE)
			ok = 0;
		else if (c->op == CHECK_REQUIRES)
			ok = 1;
		else if (c->op == CHECK_EQ)
			ok = a->type == b->type;
		else
			ok = comparable(a, b);
		if (!ok || a == b)
			err_add(s->e, "bad_check",
			    template_source_at(s, c->line),
			    "字段 %s 与 %s 不能这样比较（lt、le 只用于两个日期、金额或整数）",
			    "fields %s and %s cannot be compared so (lt and le take two dates, two amounts or two integers)",
			    a->id, b->id);
	}
}

static int
number_field_ok(void *ctx, const char *id)
{
	const struct template_field *field = template_field_find(ctx, id);

	return field != NULL && field->required &&
	       field->type != DATATYPE_TABLE &&
	       field->level == DISCLOSURE_PUBLIC;
}

static void
number_check(struct template_source *s)
{
	struct err why = ERR_INIT;

	if (number_pattern_check(s->t->number, number_field_ok, s->t, &why) !=
	    0)
		err_add(s->e, why.code, template_source_at(s, s->number_line),
		    "%s%.0s", "%.0s%s", why.zh, why.en);
	else if (!template_text_ok(s->t->number))
		err_add(s->e, "forbidden_character",
		    template_source_at(s, s->number_line),
		    "证照编号规则含有不允许的字符",
		    "the number pattern has characters that are not allowed");
}

static int
is_reserved(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(name, reserved[i]) == 0)
			return 1;
	return 0;
}

static void
fields_check(struct template_source *s)
{
	const struct template *t = s->t;
	size_t i, npublic = 1;

	template_fields_unique(s, t->fields, t->nfields);
	for (i = 0; i < t->nfields; i++) {
		if (is_reserved(t->fields[i].name))
			err_add(s->e, "reserved_name",
			    template_source_at(s, t->fields[i].line),
			    "短名 %s 由系统填写，模板不能使用",
			    "the name %s is filled in by the service",
			    t->fields[i].name);
		template_field_check(s, &t->fields[i]);
		npublic += t->fields[i].level == DISCLOSURE_PUBLIC;
	}
	if (npublic > QR_VALUES_MAX)
		err_add(s->e, "too_many_public",
		    template_source_at(s, s->root_line), "公开字段超过 %d 个",
		    "more than %d public fields", QR_VALUES_MAX - 1);
}

/* Does the face have this value, or this column of a table? */
static int
on_face(const struct template *t, const struct layout_binding *b)
{
	const struct template_field *field = template_field_named(t, b->field);
	size_t i;

	if (field == NULL)
		return b->column == NULL &&
		       (is_reserved(b->field) ||
			   strcmp(b->field, "ZZYXQQSRQ") == 0 ||
			   strcmp(b->field, "ZZYXQJZRQ") == 0);
	if (field->level == DISCLOSURE_DEPARTMENT)
		return 0;
	if (b->column == NULL || field->type != DATATYPE_TABLE)
		return b->column == NULL && field->type != DATATYPE_TABLE;
	for (i = 0; i < field->ncolumns; i++)
		if (strcmp(field->columns[i].name, b->column) == 0)
			return 1;
	return 0;
}

static void
layout_check(
    struct template_source *s, const struct layout_spec *layout, int line)
{
	const struct layout_binding *b;
	size_t i;

	for (i = 0; i < layout->nbindings; i++) {
		b = &layout->bindings[i];
		if (!on_face(s->t, b))
			err_add(s->e, "layout_field",
			    template_source_at(s, b->line),
			    "版面使用的 %s%s%s 不在照面上",
			    "the layout shows %s%s%s, which is not on the face",
			    b->field, b->column ? "/" : "",
			    b->column ? b->column : "");
	}
	if (layout->nseals == 0)
		err_add(s->e, "no_seal", template_source_at(s, line),
		    "版面没有印章位置", "the layout has no place for a seal");
	if (s->t->nseals == 0)
		s->t->nseals = layout->nseals;
	if (layout->nseals != s->t->nseals)
		err_add(s->e, "seal_places", template_source_at(s, line),
		    "各样式的印章位置数量不同",
		    "the variants have different numbers of seal places");
	if (!layout->has_qr)
		err_add(s->e, "no_qr", template_source_at(s, line),
		    "版面没有二维码位置",
		    "the layout has no place for the code");
}

static void
variants_check(struct template_source *s)
{
	const struct template *t = s->t;
	size_t i, j;

	for (i = 0; i < t->nvariants; i++) {
		if (t->variants[i].layout != NULL)
			layout_check(
			    s, t->variants[i].layout, s->variant_line[i]);
		for (j = 0; j < i; j++)
			if (strcmp(t->variants[i].id, t->variants[j].id) == 0)
				err_add(s->e, "duplicate_variant",
				    template_source_at(s, s->variant_line[i]),
				    "样式 %s 重复", "variant %s is given twice",
				    t->variants[i].id);
	}
}

void
template_rules_check(struct template_source *s)
{
	identity_check(s);
	fields_check(s);
	roles_check(s);
	holder_check(s);
	validity_check(s);
	checks_check(s);
	number_check(s);
	variants_check(s);
	template_print_check(s);
}
