/* pdf_update.c - incremental update of a PDF; see pdf_update.h. */
#include "crypto/pdf_update.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"

static int
not_ours(struct err *e)
{
	return err_set(e, ERR_INPUT, "pdf_not_ours",
	    "此 PDF 不能追加签章：结构与本系统生成的文件不同",
	    "this PDF cannot take a seal: it is not built as ours are");
}

int
pdf_update_start(struct pdf_update *u, const struct pdf_file *file,
    struct buf *out, struct err *e)
{
	uint64_t size;

	if (file->sections[0].is_stream ||
	    !pdf_uint(pdf_get(file->sections[0].trailer, "Size"),
		PDF_OBJECTS_MAX - PDF_UPDATE_OBJECTS_MAX, &size) ||
	    size < file->numbers)
		return not_ours(e);
	memset(u, 0, sizeof(*u));
	u->file = file;
	u->out = out;
	u->next = (uint32_t)size;
	buf_add(out, file->bytes.p, file->bytes.n);
	if (file->bytes.p[file->bytes.n - 1] != '\n')
		buf_add_byte(out, '\n');
	return 0;
}

uint32_t
pdf_update_number(struct pdf_update *u)
{
	return u->next++;
}

void
pdf_update_open(struct pdf_update *u, uint32_t num, uint32_t gen)
{
	if (u->nobjects < PDF_UPDATE_OBJECTS_MAX) {
		u->objects[u->nobjects].num = num;
		u->objects[u->nobjects].gen = gen;
		u->objects[u->nobjects].at = u->out->n;
	}
	u->nobjects++;
	buf_printf(u->out, "%u %u obj\n", num, gen);
}

void
pdf_update_close(struct pdf_update *u)
{
	buf_add_str(u->out, "\nendobj\n");
}

static int
listed(const struct pdf_value *key, const char *const *keys, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (bytes_equal(key->text, bytes_str(keys[i])))
			return 1;
	return 0;
}

void
pdf_update_dict(struct pdf_update *u, const struct pdf_value *dict,
    const char *const *keys, struct buf *const *values, size_t n)
{
	const struct pdf_value *k;
	size_t i;

	buf_add_str(u->out, "<<\n");
	for (k = dict->first; k != NULL; k = k->next->next) {
		if (listed(k, keys, n))
			continue;
		buf_add(u->out, k->raw.p, k->raw.n);
		buf_add_byte(u->out, ' ');
		buf_add(u->out, k->next->raw.p, k->next->raw.n);
		buf_add_byte(u->out, '\n');
	}
	for (i = 0; i < n; i++) {
		buf_printf(u->out, "/%s ", keys[i]);
		buf_add_buf(u->out, values[i]);
		buf_add_byte(u->out, '\n');
	}
	buf_add_str(u->out, ">>");
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Lines of the table, contiguous numbers in one subsection. */
static void
table_write(struct pdf_update *u)
{
	size_t i, j;

	qsort(u->objects, u->nobjects, sizeof(u->objects[0]), by_number);
	buf_add_str(u->out, "xref\n0 1\n0000000000 65535 f \n");
	for (i = 0; i < u->nobjects; i = j) {
		for (j = i + 1; j < u->nobjects &&
				u->objects[j].num == u->objects[j - 1].num + 1;)
			j++;
		buf_printf(u->out, "%u %zu\n", u->objects[i].num, j - i);
		for (; i < j; i++)
			buf_printf(u->out, "%010zu %05u n \n", u->objects[i].at,
			    u->objects[i].gen);
	}
}

static void
trailer_copy(struct pdf_update *u, const char *key)
{
	const struct pdf_value *v = pdf_get(u->file->sections[0].trailer, key);

	if (v == NULL)
		return;
	buf_printf(u->out, "/%s ", key);
	buf_add(u->out, v->raw.p, v->raw.n);
	buf_add_byte(u->out, '\n');
}

int
pdf_update_finish(struct pdf_update *u, struct err *e)
{
	size_t at = u->out->n;

	if (u->nobjects > PDF_UPDATE_OBJECTS_MAX)
		return err_internal(e, "pdf_update");
	table_write(u);
	buf_printf(u->out, "trailer\n<<\n/Size %u\n/Prev %zu\n", u->next,
	    u->file->sections[0].at);
	trailer_copy(u, "Root");
	trailer_copy(u, "Info");
	trailer_copy(u, "ID");
	buf_printf(u->out, ">>\nstartxref\n%zu\n%%%%EOF\n", at);
	return buf_failed(u->out) ? err_nomem(e) : 0;
}

static int
is_ascii(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s < 0x20 || *s > 0x7e)
			return 0;
	return 1;
}

static void
utf16_write(struct buf *out, const char *s)
{
	size_t len = strlen(s), pos = 0;
	int32_t cp;

	buf_add_str(out, "<FEFF");
	while (pos < len) {
		cp = text_utf8_next(s, len, &pos);
		if (cp < 0) {
			pos++;
			cp = 0xfffd;
		}
		if (cp >= 0x10000)
			buf_printf(out, "%04X%04X",
			    0xd800u + (uint32_t)((cp - 0x10000) >> 10),
			    0xdc00u + (uint32_t)((cp - 0x10000) & 0x3ff));
		else
			buf_printf(out, "%04X", (uint32_t)cp);
	}
	buf_add_byte(out, '>');
}

void
pdf_text_write(struct buf *out, const char *utf8)
{
	const char *s;

	if (!is_ascii(utf8)) {
		utf16_write(out, utf8);
		return;
	}
	buf_add_byte(out, '(');
	for (s = utf8; *s != '\0'; s++) {
		if (*s == '(' || *s == ')' || *s == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, (uint8_t)*s);
	}
	buf_add_byte(out, ')');
}

void
pdf_real_write(struct buf *out, double v)
{
	long long milli = llround(v * 1000);

	buf_printf(out, "%s%lld.%03lld", milli < 0 ? "-" : "",
	    llabs(milli) / 1000, llabs(milli) % 1000);
}
