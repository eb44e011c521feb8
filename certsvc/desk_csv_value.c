/* desk_csv_value.c - see desk_csv_value.h. */
#include "certsvc/desk_csv_value.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/desk_office.h"
#include "certsvc/desk_operator.h"
#include "certsvc/region.h"
#include "crypto/base/text.h"

enum {
	TEXT_MAX = 60, /* bytes: a ticket's name has 63, an operator's too */
	QUOTA_MAX = 1000000
};

/* A word of ours and what it is called. */
struct word {
	const char *word, *zh;
};

static json_t *
refuse(struct desk_csv_why *why, const char *zh, const char *en)
{
	*why = (struct desk_csv_why){zh, en};
	return NULL;
}

static json_t *
word_json(const struct word *words, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].word, s) == 0 ||
		    strcmp(words[i].zh, s) == 0)
			return json_string(words[i].word);
	return NULL;
}

json_t *
desk_csv_office_id(const char *s, struct desk_csv_why *why)
{
	if (desk_office_id_ok(s))
		return json_string(s);
	return refuse(why, "须为 1 至 31 个小写字母、数字或连字符",
	    "must be 1 to 31 of a-z, 0-9 and -");
}

/* What nobody sees would be printed all the same. */
json_t *
desk_csv_text(const char *s, struct desk_csv_why *why)
{
	size_t pos = 0, len = strlen(s);
	int32_t cp;

	if (len == 0 || len > TEXT_MAX)
		return refuse(why, "过长（最多 60 字节，约 20 个汉字）",
		    "is too long (at most 60 bytes)");
	if (s[0] == ' ' || s[len - 1] == ' ')
		return refuse(
		    why, "首尾有空格", "has blanks at its beginning or end");
	while (pos < len) {
		cp = text_utf8_next(s, len, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp))
			return refuse(why, "含有不允许的字符",
			    "has characters that are not allowed");
	}
	return json_string(s);
}

json_t *
desk_csv_office_name(const char *s, struct desk_csv_why *why)
{
	return desk_csv_text(s, why);
}

json_t *
desk_csv_office_kind(const char *s, struct desk_csv_why *why)
{
	static const struct word words[] = {{"centre", "中心"},
	    {"station", "站"}, {"point", "点"}, {"partner", "合作网点"}};
	json_t *word = word_json(words, sizeof(words) / sizeof(words[0]), s);

	if (word != NULL)
		return word;
	return refuse(why,
	    "须为 centre（中心）、station（站）、point（点）或 partner（合作网点）",
	    "must be centre, station, point or partner");
}

json_t *
desk_csv_region(const char *s, struct desk_csv_why *why)
{
	if (region_ok(s))
		return json_string(s);
	return refuse(why, "行政区划代码须为 6、9 或 12 位数字",
	    "must be an area code of 6, 9 or 12 digits");
}

json_t *
desk_csv_login(const char *s, struct desk_csv_why *why)
{
	if (desk_operator_name_ok(s))
		return json_string(s);
	return refuse(why,
	    "须为 2 至 63 个小写字母、数字、点、下划线或连字符，以字母开头",
	    "must be 2 to 63 of a-z, 0-9, dot, underscore and hyphen, a letter first");
}

json_t *
desk_csv_role(const char *s, struct desk_csv_why *why)
{
	static const struct word words[] = {{"clerk", "窗口人员"},
	    {"custodian", "印章保管员"}, {"department_admin", "部门管理员"},
	    {"auditor", "审计员"}, {"regional_admin", "区域管理员"}};
	json_t *word = word_json(words, sizeof(words) / sizeof(words[0]), s);

	if (word != NULL)
		return word;
	return refuse(why,
	    "须为 clerk（窗口人员）、custodian（印章保管员）、department_admin（部门管理员）、auditor（审计员）或 regional_admin（区域管理员）",
	    "must be clerk, custodian, department_admin, auditor or regional_admin");
}

/* One "code" or "code:quota" of n bytes. */
static json_t *
type_json(const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);
	size_t code = colon == NULL ? n : (size_t)(colon - s);
	size_t digits = colon == NULL ? 0 : n - code - 1;
	json_t *type;
	long quota;

	if (code == 0 || code > 64 ||
	    (colon != NULL && (digits == 0 || digits > 7 ||
				  strspn(colon + 1, "0123456789") < digits)))
		return NULL;
	type = json_pack("{s:o}", "type", json_stringn(s, code));
	if (colon != NULL && type != NULL) {
		quota = strtol(colon + 1, NULL, 10);
		if (quota > QUOTA_MAX) {
			json_decref(type);
			return NULL;
		}
		if (quota > 0)
			json_object_set_new(
			    type, "quota_day", json_integer(quota));
	}
	return type;
}

json_t *
desk_csv_types(const char *s, struct desk_csv_why *why)
{
	json_t *list = json_array(), *type;
	size_t n;

	while (*s != '\0') {
		n = strcspn(s, " ");
		type = n == 0 ? NULL : type_json(s, n);
		if (n > 0 && (type == NULL || json_array_size(list) ==
						  DESK_OFFICE_TYPES_MAX)) {
			json_decref(type);
			json_decref(list);
			return refuse(why,
			    "须为证照类型代码或目录名，用空格分开，最多 256 个；每日限量写作 代码:数量",
			    "must be codes or folders of at most 256 types with blanks between; a limit a day is written CODE:NUMBER");
		}
		if (type != NULL)
			json_array_append_new(list, type);
		s += n + (s[n] == ' ');
	}
	return list;
}

static int
wrong_place(struct err *e, const char *zh, const char *en)
{
	return err_set(e, ERR_INPUT, "bad_value", "%s%.0s", "%.0s%s", zh, en);
}

int
desk_csv_check_place(const json_t *order, struct err *e)
{
	const char *word = json_string_value(json_object_get(order, "role"));
	int role = word == NULL ? -1 : operator_role_find(word);
	int office = json_object_get(order, "office") != NULL;
	int region = json_object_get(order, "region") != NULL;
	int department = json_object_get(order, "department") != NULL;

	if (role == ROLE_CLERK)
		return office && !region && !department
			   ? 0
			   : wrong_place(e, "窗口人员须填写机构，且只填写机构",
				 "a clerk has an office, and nothing else");
	if (role == ROLE_CUSTODIAN || role == ROLE_DEPARTMENT_ADMIN)
		return department && !office && !region
			   ? 0
			   : wrong_place(e,
				 "该岗位须填写部门代码，且只填写部门代码",
				 "this role has a department, and nothing else");
	return region && !office && !department
		   ? 0
		   : wrong_place(e, "该岗位须填写区划，且只填写区划",
			 "this role has a region, and nothing else");
}
