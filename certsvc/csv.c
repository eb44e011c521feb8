/* csv.c - see csv.h. */
#include "certsvc/csv.h"

#include <string.h>

#include "crypto/base/text.h"

static int
bad(struct err *e, const char *zh, const char *en)
{
	err_set(e, ERR_INPUT, "csv_malformed", "CSV 格式有误：%s%.0s",
	    "the CSV is not well formed: %.0s%s", zh, en);
	return -1;
}

static int
bad_text(struct err *e, unsigned int line, const char *zh, const char *en)
{
	return err_set(e, ERR_INPUT, "csv_malformed",
	    "CSV 格式有误：第 %1$u 行%2$s%3$.0s",
	    "the CSV is not well formed: line %1$u %2$.0s%3$s", line, zh, en);
}

/* Only characters, tabs and line ends. */
static int
check_text(struct bytes in, struct err *e)
{
	unsigned int line = 1;
	size_t pos = 0;
	int32_t c;

	while (pos < in.n) {
		c = text_utf8_next((const char *)in.p, in.n, &pos);
		if (c < 0)
			return bad_text(e, line,
			    "不是 UTF-8 编码（请把文件另存为 UTF-8）",
			    "is not UTF-8 (save the file as UTF-8)");
		if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') ||
		    c == 0x7f)
			return bad_text(
			    e, line, "含有控制字符", "has control characters");
		line += c == '\n';
	}
	return 0;
}

int
csv_open(struct csv *csv, struct bytes in, struct err *e)
{
	static const char mark[] = "\xef\xbb\xbf";

	memset(csv, 0, sizeof(*csv));
	csv->in = in;
	csv->line = 1;
	if (in.n >= 3 && memcmp(in.p, mark, 3) == 0)
		csv->pos = 3;
	if (in.n > CSV_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "too_large",
		    "CSV 文件超过 %d 字节", "the CSV file is over %d bytes",
		    CSV_SIZE_MAX);
	if (csv->pos == in.n) {
		bad(e, "文件是空的", "the file is empty");
		return e->class;
	}
	return check_text(in, e);
}

void
csv_release(struct csv *csv)
{
	buf_release(&csv->text);
}

/* Byte at the place, or 0 at the end. */
static char
at(const struct csv *csv)
{
	return csv->pos < csv->in.n ? (char)csv->in.p[csv->pos] : '\0';
}

/* Past a line end at the place: 1, or 0 when there is none. */
static int
line_end(struct csv *csv)
{
	if (at(csv) == '\r' && csv->pos + 1 < csv->in.n &&
	    csv->in.p[csv->pos + 1] == '\n')
		csv->pos++;
	if (at(csv) != '\n')
		return 0;
	csv->pos++;
	csv->line++;
	return 1;
}

static void
skip_line(struct csv *csv)
{
	while (csv->pos < csv->in.n && !line_end(csv))
		csv->pos++;
}

/* A field in quotation marks; the place is behind the first of them. */
static int
quoted(struct csv *csv, struct err *e)
{
	char c;

	for (;;) {
		if (csv->pos == csv->in.n)
			return bad(e, "引号没有结束",
			    "a quotation mark is not closed");
		c = at(csv);
		csv->pos++;
		if (c == '\n')
			csv->line++;
		if (c == '"' && at(csv) != '"')
			return 0;
		if (c == '"')
			csv->pos++;
		buf_add_byte(&csv->text, (uint8_t)c);
	}
}

/* A field as it stands, up to a comma or the end of the line. */
static int
plain(struct csv *csv, struct err *e)
{
	char c;

	while ((c = at(csv)) != '\0' && c != ',' && c != '\n' && c != '\r') {
		if (c == '"')
			return bad(e, "引号只能在字段的开头和结尾",
			    "a quotation mark inside a field");
		buf_add_byte(&csv->text, (uint8_t)c);
		csv->pos++;
	}
	return 0;
}

/* One field with its NUL; its place in the text goes into *start. */
static int
field(struct csv *csv, size_t *start, struct err *e)
{
	int rc;

	*start = csv->text.n;
	if (at(csv) == '"') {
		csv->pos++;
		rc = quoted(csv, e);
	} else {
		rc = plain(csv, e);
	}
	if (rc == 0 && csv->text.n - *start > CSV_FIELD_MAX)
		rc = bad(e, "字段太长", "a field is too long");
	buf_add_byte(&csv->text, 0);
	return rc;
}

/* All fields of the row, and past its end. */
static int
fields(
    struct csv *csv, size_t starts[CSV_COLUMNS_MAX], size_t *n, struct err *e)
{
	for (*n = 0;;) {
		if (*n == CSV_COLUMNS_MAX)
			return bad(e, "列数太多", "too many columns");
		if (field(csv, &starts[(*n)++], e) != 0)
			return -1;
		if (csv->pos == csv->in.n || line_end(csv))
			return 0;
		if (at(csv) != ',')
			return bad(e, "字段后面应是逗号或换行",
			    "a comma or the end of the line must follow a field");
		csv->pos++;
	}
}

static int
row_check(struct csv *csv, const struct csv_row *row, struct err *e)
{
	if (row->n == 1 && row->fields[0][0] == '\0')
		return bad(e, "空行", "an empty line");
	if (csv->ncolumns == 0)
		csv->ncolumns = row->n;
	if (row->n != csv->ncolumns)
		return bad(e, "列数与标题行不同",
		    "another number of fields than the first line has");
	return 1;
}

int
csv_next(struct csv *csv, struct csv_row *row, struct err *e)
{
	size_t starts[CSV_COLUMNS_MAX], i;
	unsigned int line = csv->line;

	row->line = line;
	row->n = 0;
	if (csv->pos == csv->in.n)
		return 0;
	buf_reset(&csv->text);
	if (fields(csv, starts, &row->n, e) != 0) {
		/* Nothing more of the line; an open quotation mark took all. */
		if (csv->line == line)
			skip_line(csv);
		return -1;
	}
	if (buf_failed(&csv->text)) {
		err_nomem(e);
		csv->pos = csv->in.n;
		return -1;
	}
	for (i = 0; i < row->n; i++)
		row->fields[i] = (const char *)csv->text.p + starts[i];
	return row_check(csv, row, e);
}
