/* pdf_xref.c - cross-reference sections of a PDF; see pdf_file.h. */
#include <string.h>

#include "crypto/pdf_file.h"

enum {
	ENTRY_SIZE = 20, /* bytes of one line of a table */
	TAIL_SIZE = 64,	 /* where the last startxref must be */
	WIDTHS = 3,	 /* fields of an entry in a stream */
	WIDTH_MAX = 7,	 /* bytes of such a field */
	XREF_BYTES_MAX = 8000000
};

/* "startxref N %%EOF" at pos; fills eof, end and startxref. */
static int
end_read(struct pdf_file *f, size_t pos, struct pdf_section *s, struct err *e)
{
	struct pdf_lexer lx = {f->bytes, pos, &f->arena};
	const uint8_t *p = f->bytes.p;
	uint64_t at;

	pdf_lexer_skip(&lx);
	if (!pdf_lexer_keyword(&lx, "startxref"))
		return pdf_malformed(e, lx.pos, "startxref");
	pdf_lexer_skip(&lx);
	if (pdf_lexer_uint(&lx, &at) != 0)
		return pdf_malformed(e, lx.pos, "startxref");
	while (lx.pos < f->bytes.n && pdf_is_space(p[lx.pos]))
		lx.pos++;
	if (f->bytes.n - lx.pos < 5 || memcmp(p + lx.pos, "%%EOF", 5) != 0)
		return pdf_malformed(e, lx.pos, "%%EOF");
	s->startxref = at;
	s->eof = s->end = lx.pos + 5;
	if (s->end < f->bytes.n && p[s->end] == '\r')
		s->end++;
	if (s->end < f->bytes.n && p[s->end] == '\n')
		s->end++;
	return 0;
}

/* One line "nnnnnnnnnn ggggg n" and its two-byte end. */
static int
line_read(
    struct pdf_file *f, size_t pos, struct pdf_entry *entry, struct err *e)
{
	struct pdf_lexer lx = {f->bytes, pos, &f->arena};
	const uint8_t *p = f->bytes.p + pos;
	uint64_t place, gen;
	int kind;

	if (f->bytes.n - pos < ENTRY_SIZE)
		return pdf_malformed(e, pos, "cross-reference");
	kind = p[17];
	if (pdf_lexer_uint(&lx, &place) != 0 || lx.pos != pos + 10 ||
	    p[10] != ' ')
		return pdf_malformed(e, pos, "cross-reference offset");
	lx.pos++;
	if (pdf_lexer_uint(&lx, &gen) != 0 || lx.pos != pos + 16 ||
	    p[16] != ' ' || gen > 65535 || (kind != 'n' && kind != 'f'))
		return pdf_malformed(e, pos, "cross-reference generation");
	if (memcmp(p + 18, "\r\n", 2) != 0 && memcmp(p + 18, " \n", 2) != 0 &&
	    memcmp(p + 18, " \r", 2) != 0)
		return pdf_malformed(e, pos, "cross-reference line end");
	entry->kind = kind == 'n' ? PDF_ENTRY_AT : PDF_ENTRY_FREE;
	entry->place = place;
	entry->gen = (uint32_t)gen;
	return 0;
}

/* One subsection "first count" and its lines. */
static int
subsection_read(struct pdf_file *f, struct pdf_lexer *lx, struct err *e)
{
	struct pdf_entry entry = {.section = f->nsections};
	uint64_t first, count, i;
	int rc;

	if (pdf_lexer_uint(lx, &first) != 0)
		return pdf_malformed(e, lx->pos, "cross-reference");
	pdf_lexer_skip(lx);
	if (pdf_lexer_uint(lx, &count) != 0)
		return pdf_malformed(e, lx->pos, "cross-reference");
	pdf_lexer_skip(lx);
	for (i = 0; i < count; i++, lx->pos += ENTRY_SIZE) {
		if ((rc = line_read(f, lx->pos, &entry, e)) != 0)
			return rc;
		if (first + i >= PDF_OBJECTS_MAX)
			return pdf_malformed(e, lx->pos, "object number");
		entry.num = (uint32_t)(first + i);
		if ((rc = pdf_entry_add(f, &entry, e)) != 0)
			return rc;
	}
	return 0;
}

static int
table_read(struct pdf_file *f, struct pdf_section *s, struct err *e)
{
	struct pdf_lexer lx = {f->bytes, s->at, &f->arena};
	int rc;

	if (!pdf_lexer_keyword(&lx, "xref"))
		return pdf_malformed(e, s->at, "xref");
	for (pdf_lexer_skip(&lx); !pdf_lexer_keyword(&lx, "trailer");
	     pdf_lexer_skip(&lx))
		if ((rc = subsection_read(f, &lx, e)) != 0)
			return rc;
	if ((rc = pdf_lexer_value(&lx, &s->trailer, e)) != 0)
		return rc;
	if (s->trailer->kind != PDF_DICT ||
	    pdf_get(s->trailer, "XRefStm") != NULL)
		return pdf_malformed(e, lx.pos, "trailer");
	return end_read(f, lx.pos, s, e);
}

static uint64_t
field(const uint8_t *p, size_t width, uint64_t missing)
{
	uint64_t v = 0;
	size_t i;

	if (width == 0)
		return missing;
	for (i = 0; i < width; i++)
		v = v << 8 | p[i];
	return v;
}

/* Add one entry of a cross-reference stream. */
static int
stream_entry_add(struct pdf_file *f, const struct pdf_section *s,
    const uint64_t v[WIDTHS], uint64_t num, struct err *e)
{
	struct pdf_entry entry = {.section = f->nsections};

	if (num >= PDF_OBJECTS_MAX || v[0] > PDF_ENTRY_IN ||
	    v[1] > PDF_FILE_MAX * 512ull || v[2] > PDF_OBJECTS_MAX)
		return pdf_malformed(e, s->at, "cross-reference stream");
	entry.kind = (enum pdf_entry_kind)v[0];
	entry.num = (uint32_t)num;
	entry.place = v[1];
	if (entry.kind == PDF_ENTRY_IN)
		entry.index = v[2];
	else
		entry.gen = (uint32_t)v[2];
	return pdf_entry_add(f, &entry, e);
}

/* Entries first .. first + count - 1 from *data, which moves on. */
static int
stream_range_read(struct pdf_file *f, const struct pdf_section *s,
    const uint64_t w[WIDTHS], const uint64_t range[2], struct bytes *data,
    struct err *e)
{
	size_t size = w[0] + w[1] + w[2];
	uint64_t v[WIDTHS], i;
	int rc;

	for (i = 0; i < range[1]; i++) {
		if (data->n < size)
			return pdf_malformed(
			    e, s->at, "cross-reference stream");
		v[0] = field(data->p, w[0], PDF_ENTRY_AT);
		v[1] = field(data->p + w[0], w[1], 0);
		v[2] = field(data->p + w[0] + w[1], w[2], 0);
		data->p += size;
		data->n -= size;
		if ((rc = stream_entry_add(f, s, v, range[0] + i, e)) != 0)
			return rc;
	}
	return 0;
}

static int
widths_read(const struct pdf_value *dict, uint64_t w[WIDTHS])
{
	const struct pdf_value *v = pdf_get(dict, "W");
	size_t i;

	if (v == NULL || v->kind != PDF_ARRAY || v->nitems != WIDTHS)
		return -1;
	for (i = 0, v = v->first; i < WIDTHS; i++, v = v->next)
		if (!pdf_uint(v, WIDTH_MAX, &w[i]))
			return -1;
	return w[0] + w[1] + w[2] > 0 ? 0 : -1;
}

static int
stream_ranges_read(struct pdf_file *f, const struct pdf_section *s,
    struct bytes data, struct err *e)
{
	const struct pdf_value *index = pdf_get(s->trailer, "Index"), *v;
	uint64_t w[WIDTHS], range[2] = {0, 0};
	int rc;

	if (widths_read(s->trailer, w) != 0 ||
	    !pdf_uint(pdf_get(s->trailer, "Size"), PDF_OBJECTS_MAX, &range[1]))
		return pdf_malformed(e, s->at, "cross-reference stream");
	if (index == NULL)
		return stream_range_read(f, s, w, range, &data, e);
	if (index->kind != PDF_ARRAY || index->nitems % 2 != 0)
		return pdf_malformed(e, s->at, "Index");
	for (v = index->first; v != NULL; v = v->next->next) {
		if (!pdf_uint(v, PDF_OBJECTS_MAX, &range[0]) ||
		    !pdf_uint(v->next, PDF_OBJECTS_MAX, &range[1]))
			return pdf_malformed(e, s->at, "Index");
		rc = stream_range_read(f, s, w, range, &data, e);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
stream_read(struct pdf_file *f, struct pdf_section *s, struct err *e)
{
	struct pdf_object obj;
	struct buf data = BUF_INIT;
	int rc;

	if ((rc = pdf_object_read(f, s->at, &obj, e)) != 0)
		return rc;
	if (obj.stream.p == NULL ||
	    !pdf_is_name(pdf_get(obj.value, "Type"), "XRef"))
		return pdf_malformed(e, s->at, "cross-reference stream");
	s->is_stream = 1;
	s->trailer = obj.value;
	rc = pdf_file_stream(f, &obj, XREF_BYTES_MAX, &data, e);
	if (rc == 0)
		rc = stream_ranges_read(f, s, buf_bytes(&data), e);
	buf_release(&data);
	return rc != 0 ? rc : end_read(f, obj.end, s, e);
}

static int
section_read(struct pdf_file *f, size_t at, struct err *e)
{
	struct pdf_section *s = &f->sections[f->nsections];
	size_t i;
	int rc;

	for (i = 0; i < f->nsections; i++)
		if (f->sections[i].at == at)
			return pdf_malformed(e, at, "Prev loop");
	if (f->nsections == PDF_SECTIONS_MAX || at >= f->bytes.n)
		return pdf_malformed(e, at, "cross-reference section");
	s->at = at;
	s->first = f->nentries;
	rc = f->bytes.p[at] == 'x' ? table_read(f, s, e) : stream_read(f, s, e);
	if (rc != 0)
		return rc;
	s->count = f->nentries - s->first;
	f->nsections++;
	if (pdf_get(s->trailer, "Encrypt") != NULL)
		return err_set(e, ERR_INPUT, "encrypted", "PDF 已加密",
		    "the PDF is encrypted");
	return 0;
}

/* Offset of the newest section: the file must end with its startxref. */
static int
last_startxref(struct pdf_file *f, size_t *at, struct err *e)
{
	struct pdf_section s;
	size_t n = f->bytes.n, from = n < TAIL_SIZE ? 0 : n - TAIL_SIZE, i;
	int rc;

	for (i = n < 9 ? 0 : n - 9; i > from; i--)
		if (memcmp(f->bytes.p + i, "startxref", 9) == 0)
			break;
	if (i <= from)
		return pdf_malformed(e, n, "startxref");
	if ((rc = end_read(f, i, &s, e)) != 0)
		return rc;
	if (s.end != n)
		return pdf_malformed(e, s.end, "bytes after %%EOF");
	*at = s.startxref;
	return 0;
}

int
pdf_xref_read(struct pdf_file *f, struct err *e)
{
	const struct pdf_value *prev;
	uint64_t next;
	size_t at = 0;
	int rc;

	if ((rc = last_startxref(f, &at, e)) != 0)
		return rc;
	for (;;) {
		if ((rc = section_read(f, at, e)) != 0)
			return rc;
		prev = pdf_get(f->sections[f->nsections - 1].trailer, "Prev");
		if (prev == NULL)
			return 0;
		if (!pdf_uint(prev, f->bytes.n, &next))
			return pdf_malformed(e, at, "Prev");
		at = next;
	}
}
