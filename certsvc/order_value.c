/* order_value.c - see order_value.h. */
#include "certsvc/order_value.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/number.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

static const char forever[] = "长期";

enum {
	MONEY_DIGITS_MAX = 15 /* before the point */
};

static char *fault_set(struct value_fault *f, const char *code, const char *zh,
    const char *en, ...) __attribute__((format(printf, 3, 5)))
__attribute__((format(printf, 4, 5)));

/* Returns NULL, for the caller to pass on. */
static char *
fault_set(struct value_fault *f, const char *code, const char *zh,
    const char *en, ...)
{
	va_list ap;

	f->code = code;
	va_start(ap, en);
	vsnprintf(f->zh, sizeof(f->zh), zh, ap);
	va_end(ap);
	va_start(ap, en);
	vsnprintf(f->en, sizeof(f->en), en, ap);
	va_end(ap);
	return NULL;
}

static char *
copy(const char *s, struct value_fault *f)
{
	char *text = text_dup(s);

	return text ? text
		    : fault_set(f, "out_of_memory", "处理时内存不足",
			  "there was not enough memory");
}

/* Characters that people read, none of them invisible or reordering. */
static int
characters_ok(const char *s, struct value_fault *f)
{
	size_t len = strlen(s), pos = 0;
	int32_t cp;

	while (pos < len) {
		cp = text_utf8_next(s, len, &pos);
		if (cp < 0) {
			fault_set(f, "invalid_utf8", "不是有效的 UTF-8",
			    "is not valid UTF-8");
			return 0;
		}
		if (text_cp_forbidden((uint32_t)cp)) {
			fault_set(f, "forbidden_character",
			    "含有不允许的字符 U+%04X",
			    "has the character U+%04X, which is not allowed",
			    (unsigned int)cp);
			return 0;
		}
	}
	return 1;
}

static int
starts_with_blank(const char *s)
{
	return s[0] == ' ' || strncmp(s, "\u3000", 3) == 0 ||
	       strncmp(s, "\u00a0", 2) == 0;
}

static int
ends_with_blank(const char *s)
{
	size_t n = strlen(s);

	return s[n - 1] == ' ' || (n >= 3 && !strcmp(s + n - 3, "\u3000")) ||
	       (n >= 2 && !strcmp(s + n - 2, "\u00a0"));
}

static char *
text_value(
    const struct template_field *field, const char *s, struct value_fault *f)
{
	if (starts_with_blank(s) || ends_with_blank(s))
		return fault_set(f, "blank_around", "首尾不能有空格",
		    "has blanks before or after it");
	if (text_utf8_count(s, strlen(s)) > (long)field->maxlen)
		return fault_set(f, "too_long", "超过 %zu 个字符",
		    "has more than %zu characters", field->maxlen);
	if (field->regex != NULL && regexec(field->regex, s, 0, NULL, 0) != 0)
		return fault_set(
		    f, "bad_pattern", "格式不正确", "has the wrong form");
	return copy(s, f);
}

static char *
date_value(
    const struct template_field *field, const char *s, struct value_fault *f)
{
	int64_t t;

	if (field->forever && strcmp(s, forever) == 0)
		return copy(s, f);
	if (strlen(s) != CLOCK_DATE_SIZE - 1 || clock_parse_date(s, &t) != 0)
		return fault_set(f, "bad_date",
		    field->forever ? "应为真实的日期（YYYY-MM-DD）或“长期”"
				   : "应为真实的日期（YYYY-MM-DD）",
		    field->forever ? "must be a real date (YYYY-MM-DD) or 长期"
				   : "must be a real date (YYYY-MM-DD)");
	return copy(s, f);
}

/* Digits without leading zeros; "0" is one. */
static size_t
whole_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 1 && s[0] == '0' ? 0 : n;
}

static char *
money_value(const char *s, struct value_fault *f)
{
	size_t whole = whole_number(s), places = 0;
	char out[MONEY_DIGITS_MAX + 4];

	if (whole > 0 && s[whole] == '.') {
		places = strspn(s + whole + 1, "0123456789");
		if (places == 0 || places > 2)
			whole = 0;
	}
	if (whole == 0 || whole > MONEY_DIGITS_MAX ||
	    s[whole + (places ? places + 1 : 0)] != '\0')
		return fault_set(f, "bad_number",
		    "应为金额：元，至多两位小数，无前导零",
		    "must be an amount in yuan with at most two decimals and no leading zeros");
	snprintf(out, sizeof(out), "%.*s.%.*s%s", (int)whole, s, (int)places,
	    s + whole + (places ? 1 : 0),
	    places == 0	  ? "00"
	    : places == 1 ? "0"
			  : "");
	return copy(out, f);
}

static char *
integer_value(
    const struct template_field *field, const char *s, struct value_fault *f)
{
	size_t n = whole_number(s);

	if (n == 0 || s[n] != '\0')
		return fault_set(f, "bad_number", "应为不带前导零的非负整数",
		    "must be a whole number without sign or leading zeros");
	if (n > field->maxlen)
		return fault_set(f, "too_long", "超过 %zu 位数字",
		    "has more than %zu digits", field->maxlen);
	return copy(s, f);
}

static char *
enum_value(
    const struct template_field *field, const char *s, struct value_fault *f)
{
	size_t i;

	for (i = 0; i < field->nvalues; i++)
		if (strcmp(field->values[i], s) == 0)
			return copy(s, f);
	return fault_set(f, "bad_enum", "不是 %zu 个规定取值之一",
	    "is none of the %zu listed values", field->nvalues);
}

/* People type a small x. */
static char *
citizen_value(const char *s, struct value_fault *f)
{
	char upper[NUMBER_CITIZEN_LEN + 1];

	snprintf(upper, sizeof(upper), "%s", s);
	if (upper[NUMBER_CITIZEN_LEN - 1] == 'x')
		upper[NUMBER_CITIZEN_LEN - 1] = 'X';
	if (strlen(s) != NUMBER_CITIZEN_LEN || !number_citizen_ok(upper))
		return fault_set(f, "bad_check_digit",
		    "不是正确的公民身份号码（18 位，请核对地区、出生日期和校验码）",
		    "is no valid citizen number (18 characters; look at area, date of birth and check character)");
	return copy(upper, f);
}

static char *
uscc_value(const char *s, struct value_fault *f)
{
	if (!number_uscc_ok(s))
		return fault_set(f, "bad_check_digit",
		    "不是正确的统一社会信用代码（18 位大写，请核对校验码）",
		    "is no valid unified social credit code (18 capitals and digits; look at the check characters)");
	return copy(s, f);
}

static char *
string_value(
    const struct template_field *field, const char *s, struct value_fault *f)
{
	if (!characters_ok(s, f))
		return NULL;
	switch (field->type) {
	case DATATYPE_TEXT:
		return text_value(field, s, f);
	case DATATYPE_DATE:
		return date_value(field, s, f);
	case DATATYPE_MONEY:
		return money_value(s, f);
	case DATATYPE_INTEGER:
		return integer_value(field, s, f);
	case DATATYPE_ENUM:
		return enum_value(field, s, f);
	case DATATYPE_CITIZEN:
		return citizen_value(s, f);
	case DATATYPE_USCC:
		return uscc_value(s, f);
	case DATATYPE_TABLE:
		break;
	}
	return NULL;
}

char *
order_value(const struct template_field *field, const json_t *value,
    struct value_fault *f)
{
	int is_number =
	    field->type == DATATYPE_MONEY || field->type == DATATYPE_INTEGER;
	char digits[24];

	f->code = NULL;
	if (value == NULL || json_is_null(value))
		return NULL;
	if (is_number && json_is_integer(value)) {
		snprintf(digits, sizeof(digits), "%lld",
		    (long long)json_integer_value(value));
		return string_value(field, digits, f);
	}
	if (!json_is_string(value))
		/* A JSON fraction is binary: 0.1 is not what was typed. */
		return fault_set(f, "bad_type",
		    is_number ? "应为 JSON 字符串或整数" : "应为 JSON 字符串",
		    is_number ? "must be a JSON string or integer"
			      : "must be a JSON string");
	if (json_string_length(value) == 0)
		return NULL;
	return string_value(field, json_string_value(value), f);
}

/* Canonical numbers: the longer whole part is the greater. */
static int
number_compare(const char *left, const char *right)
{
	size_t a = strcspn(left, "."), b = strcspn(right, ".");
	int order;

	if (a != b)
		return a < b ? -1 : 1;
	order = strcmp(left, right);
	return order < 0 ? -1 : order > 0;
}

int
order_value_compare(enum datatype type, const char *left, const char *right)
{
	int a, b;

	if (type == DATATYPE_MONEY || type == DATATYPE_INTEGER)
		return number_compare(left, right);
	a = strcmp(left, forever) == 0;
	b = strcmp(right, forever) == 0;
	if (a || b)
		return a - b;
	a = strcmp(left, right);
	return a < 0 ? -1 : a > 0;
}
