/* layout_format.c - how values are written; see layout_format.h. */
#include "certsvc/layout_format.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum layout_format format;
} formats[] = {
    {"text", FORMAT_TEXT},
    {"date", FORMAT_DATE},
    {"date-dots", FORMAT_DATE_DOTS},
    {"money", FORMAT_MONEY},
    {"money-upper", FORMAT_MONEY_UPPER},
};

int
layout_format_find(const char *name, enum layout_format *format)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0) {
			*format = formats[i].format;
			return 0;
		}
	return -1;
}

/* "2026-11-22" */
static int
is_date(const char *v)
{
	size_t i;

	if (strlen(v) != 10)
		return 0;
	for (i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? v[i] != '-'
				     : !isdigit((unsigned char)v[i]))
			return 0;
	return 1;
}

static void
write_date(struct buf *out, const char *v)
{
	buf_add(out, v, 4);
	buf_add_str(out, "年");
	buf_printf(out, "%d月%d日", atoi(v + 5), atoi(v + 8));
}

static void
write_dots(struct buf *out, const char *v)
{
	buf_printf(out, "%.4s.%.2s.%.2s", v, v + 5, v + 8);
}

/*
 * Split "1234567.5": digits before the point (at most 16) and fen; 0 when it
 * is no such amount.
 */
static int
split_money(const char *v, size_t *whole, unsigned int *fen)
{
	size_t n = strspn(v, "0123456789");
	const char *p = v + n;

	*whole = n;
	*fen = 0;
	if (n == 0 || n > 16)
		return 0;
	if (*p == '\0')
		return 1;
	if (*p++ != '.' || !isdigit((unsigned char)*p))
		return 0;
	*fen = (unsigned int)(*p++ - '0') * 10;
	if (isdigit((unsigned char)*p))
		*fen += (unsigned int)(*p++ - '0');
	return *p == '\0';
}

static void
write_money(struct buf *out, const char *v, size_t whole, unsigned int fen)
{
	size_t i;

	for (i = 0; i < whole; i++) {
		if (i > 0 && (whole - i) % 3 == 0)
			buf_add_byte(out, ',');
		buf_add_byte(out, (uint8_t)v[i]);
	}
	buf_printf(out, ".%02u", fen);
}

static const char *const digits_zh[] = {
    "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};

/*
 * Four digits of one group of the number; *gap is set when a zero must be read
 * before the next digit that is not zero.  Returns 1 when it wrote any.
 */
static int
write_group(struct buf *out, const char *d, size_t n, int *gap, int begun)
{
	static const char *const units[] = {"", "拾", "佰", "仟"};
	int wrote = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (d[i] == '0') {
			*gap = 1;
			continue;
		}
		if (*gap && (begun || wrote))
			buf_add_str(out, "零");
		*gap = 0;
		wrote = 1;
		buf_add_str(out, digits_zh[d[i] - '0']);
		buf_add_str(out, units[n - 1 - i]);
	}
	return wrote;
}

/* Capital figures as on cheques (正确填写票据和结算凭证的基本规定). */
static void
write_upper(struct buf *out, const char *v, size_t whole, unsigned int fen)
{
	static const char *const groups[] = {"", "万", "亿", "万亿"};
	size_t at = 0, n, group = (whole + 3) / 4;
	int gap = 0, begun = 0;

	while (group-- > 0) {
		n = (whole - at - 1) % 4 + 1;
		if (write_group(out, v + at, n, &gap, begun)) {
			buf_add_str(out, groups[group]);
			begun = 1;
		}
		at += n;
	}
	if (!begun && fen == 0)
		buf_add_str(out, "零");
	if (begun || fen == 0)
		buf_add_str(out, "元");
	if (fen == 0) {
		buf_add_str(out, "整");
		return;
	}
	if (fen / 10 != 0)
		buf_printf(out, "%s角", digits_zh[fen / 10]);
	else if (begun)
		buf_add_str(out, "零");
	if (fen % 10 != 0)
		buf_printf(out, "%s分", digits_zh[fen % 10]);
	else
		buf_add_str(out, "整");
}

void
layout_format_value(
    struct buf *out, enum layout_format format, const char *value)
{
	unsigned int fen;
	size_t whole;

	if (format == FORMAT_DATE && is_date(value))
		write_date(out, value);
	else if (format == FORMAT_DATE_DOTS && is_date(value))
		write_dots(out, value);
	else if (format == FORMAT_MONEY && split_money(value, &whole, &fen))
		write_money(out, value, whole, fen);
	else if (format == FORMAT_MONEY_UPPER &&
		 split_money(value, &whole, &fen))
		write_upper(out, value, whole, fen);
	else
		buf_add_str(out, value);
}
