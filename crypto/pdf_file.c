/* pdf_file.c - all objects of a PDF; see pdf_file.h. */
#include "crypto/pdf_file.h"

#include <stdlib.h>
#include <string.h>

enum {
	OBJECT_STREAM_MAX = 16777216, /* bytes of one object stream */
	INNER_MAX = 4096,	      /* objects of one object stream */
	ENTRIES_MAX = PDF_OBJECTS_MAX
};

int
pdf_entry_add(struct pdf_file *f, const struct pdf_entry *entry, struct err *e)
{
	struct pdf_entry *grown;
	size_t cap = f->nentries;

	if (f->nentries >= ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "too_large",
		    "PDF 的对象超过 %d 个", "the PDF has over %d objects",
		    ENTRIES_MAX);
	/* The capacity is always a power of two from 64 on. */
	if (cap == 0 || (cap >= 64 && (cap & (cap - 1)) == 0)) {
		cap = cap == 0 ? 64 : cap * 2;
		grown = realloc(f->entries, cap * sizeof(*grown));
		if (grown == NULL)
			return err_nomem(e);
		f->entries = grown;
	}
	f->entries[f->nentries++] = *entry;
	if (entry->num >= f->numbers)
		f->numbers = entry->num + 1;
	return 0;
}

/* Length of a stream: an integer, or a reference to a bare integer object. */
static int
length_read(struct pdf_file *f, const struct pdf_value *v, size_t *length,
    struct err *e)
{
	struct pdf_lexer lx = {f->bytes, 0, &f->arena};
	const struct pdf_entry *entry;
	struct pdf_value *value;
	uint64_t n;
	int rc;

	if (v != NULL && v->kind == PDF_REF) {
		if (f->newest == NULL || (size_t)v->number >= f->numbers ||
		    f->newest[v->number] == 0)
			return pdf_malformed(e, 0, "Length");
		entry = &f->entries[f->newest[v->number] - 1];
		if (entry->kind != PDF_ENTRY_AT || entry->place >= f->bytes.n)
			return pdf_malformed(e, 0, "Length");
		lx.pos = entry->place;
		if (pdf_lexer_uint(&lx, &n) != 0 || n != entry->num)
			return pdf_malformed(e, lx.pos, "Length");
		pdf_lexer_skip(&lx);
		if (pdf_lexer_uint(&lx, &n) != 0 || n != entry->gen)
			return pdf_malformed(e, lx.pos, "Length");
		pdf_lexer_skip(&lx);
		if (!pdf_lexer_keyword(&lx, "obj"))
			return pdf_malformed(e, lx.pos, "Length");
		if ((rc = pdf_lexer_value(&lx, &value, e)) != 0)
			return rc;
		v = value;
	}
	if (!pdf_uint(v, f->bytes.n, &n))
		return pdf_malformed(e, 0, "Length");
	*length = n;
	return 0;
}

/* The data after the keyword "stream", up to past "endstream". */
static int
stream_data_read(struct pdf_file *f, struct pdf_lexer *lx,
    struct pdf_object *obj, struct err *e)
{
	size_t length;
	int rc;

	if (obj->value->kind != PDF_DICT)
		return pdf_malformed(e, lx->pos, "stream");
	rc = length_read(f, pdf_get(obj->value, "Length"), &length, e);
	if (rc != 0)
		return rc;
	if (lx->pos < lx->in.n && lx->in.p[lx->pos] == '\r')
		lx->pos++;
	if (lx->pos >= lx->in.n || lx->in.p[lx->pos] != '\n' ||
	    lx->in.n - lx->pos - 1 < length)
		return pdf_malformed(e, lx->pos, "stream");
	obj->stream = (struct bytes){lx->in.p + lx->pos + 1, length};
	lx->pos += 1 + length;
	if (lx->pos < lx->in.n && lx->in.p[lx->pos] == '\r')
		lx->pos++;
	if (lx->pos < lx->in.n && lx->in.p[lx->pos] == '\n')
		lx->pos++;
	if (!pdf_lexer_keyword(lx, "endstream"))
		return pdf_malformed(e, lx->pos, "endstream");
	return 0;
}

int
pdf_object_read(
    struct pdf_file *f, size_t at, struct pdf_object *obj, struct err *e)
{
	struct pdf_lexer lx = {f->bytes, at, &f->arena};
	uint64_t num, gen;
	int rc;

	memset(obj, 0, sizeof(*obj));
	if (at >= f->bytes.n || pdf_lexer_uint(&lx, &num) != 0 ||
	    num >= PDF_OBJECTS_MAX)
		return pdf_malformed(e, at, "object number");
	pdf_lexer_skip(&lx);
	if (pdf_lexer_uint(&lx, &gen) != 0 || gen > 65535)
		return pdf_malformed(e, at, "object generation");
	pdf_lexer_skip(&lx);
	if (!pdf_lexer_keyword(&lx, "obj"))
		return pdf_malformed(e, at, "obj");
	if ((rc = pdf_lexer_value(&lx, &obj->value, e)) != 0)
		return rc;
	pdf_lexer_skip(&lx);
	if (pdf_lexer_keyword(&lx, "stream") &&
	    (rc = stream_data_read(f, &lx, obj, e)) != 0)
		return rc;
	pdf_lexer_skip(&lx);
	if (!pdf_lexer_keyword(&lx, "endobj"))
		return pdf_malformed(e, lx.pos, "endobj");
	obj->num = (uint32_t)num;
	obj->gen = (uint32_t)gen;
	obj->at = at;
	obj->end = lx.pos;
	return 0;
}

/* Newest entry of each number; a number twice in one section is refused. */
static int
newest_index(struct pdf_file *f, struct err *e)
{
	size_t i, *seen;
	int rc = 0;

	f->newest = calloc(f->numbers + 1, sizeof(*f->newest));
	f->latest = calloc(f->numbers + 1, sizeof(*f->latest));
	seen = calloc(f->numbers + 1, sizeof(*seen));
	if (f->newest == NULL || f->latest == NULL || seen == NULL)
		rc = err_nomem(e);
	for (i = 0; rc == 0 && i < f->nentries; i++) {
		const struct pdf_entry *entry = &f->entries[i];

		if (seen[entry->num] == entry->section + 1)
			rc = pdf_malformed(
			    e, entry->place, "object number twice");
		seen[entry->num] = entry->section + 1;
		if (f->newest[entry->num] == 0)
			f->newest[entry->num] = (uint32_t)(i + 1);
	}
	free(seen);
	return rc;
}

static void
object_keep(struct pdf_file *f, const struct pdf_object *obj, size_t entry)
{
	f->objects[f->nobjects++] = *obj;
	if (f->newest[obj->num] == entry + 1)
		f->latest[obj->num] = (uint32_t)f->nobjects;
}

static int
plain_objects_read(struct pdf_file *f, struct err *e)
{
	const struct pdf_entry *entry;
	struct pdf_object obj;
	size_t i;
	int rc;

	for (i = 0; i < f->nentries; i++) {
		entry = &f->entries[i];
		if (entry->kind != PDF_ENTRY_AT)
			continue;
		if ((rc = pdf_object_read(f, entry->place, &obj, e)) != 0)
			return rc;
		if (obj.num != entry->num || obj.gen != entry->gen)
			return pdf_malformed(e, obj.at, "object number");
		obj.section = entry->section;
		object_keep(f, &obj, i);
	}
	return 0;
}

/* Object `entry->index` of the inflated object stream `data`. */
static int
inner_object_read(struct pdf_file *f, const struct pdf_object *container,
    struct bytes data, const struct pdf_entry *entry, struct pdf_object *obj,
    struct err *e)
{
	struct pdf_lexer lx = {data, 0, &f->arena};
	uint64_t n, first, i, num = 0, at = 0;

	if (!pdf_uint(pdf_get(container->value, "N"), INNER_MAX, &n) ||
	    !pdf_uint(pdf_get(container->value, "First"), data.n, &first) ||
	    entry->index >= n)
		return pdf_malformed(e, container->at, "object stream");
	for (i = 0; i <= entry->index; i++) {
		pdf_lexer_skip(&lx);
		if (pdf_lexer_uint(&lx, &num) != 0)
			return pdf_malformed(e, container->at, "ObjStm");
		pdf_lexer_skip(&lx);
		if (pdf_lexer_uint(&lx, &at) != 0)
			return pdf_malformed(e, container->at, "ObjStm");
	}
	if (num != entry->num || at >= data.n - first)
		return pdf_malformed(e, container->at, "ObjStm");
	lx.pos = first + at;
	memset(obj, 0, sizeof(*obj));
	obj->num = entry->num;
	obj->section = entry->section;
	return pdf_lexer_value(&lx, &obj->value, e);
}

/* The inflated bytes of an object stream, kept in the arena. */
static int
container_open(struct pdf_file *f, const struct pdf_object *container,
    struct bytes *data, struct err *e)
{
	struct buf out = BUF_INIT;
	uint8_t *copy;
	int rc;

	rc = pdf_file_stream(f, container, OBJECT_STREAM_MAX, &out, e);
	if (rc == 0) {
		copy = pdf_arena_alloc(&f->arena, out.n);
		if (copy != NULL && out.n > 0)
			memcpy(copy, out.p, out.n);
		*data = (struct bytes){copy, out.n};
		rc = copy == NULL ? err_nomem(e) : 0;
	}
	buf_release(&out);
	return rc;
}

/*
 * The container an entry names.  It must be the newest object of its number
 * and not newer than the entry: a file that replaces object streams is refused.
 */
static const struct pdf_object *
container_find(const struct pdf_file *f, const struct pdf_entry *entry)
{
	const struct pdf_object *obj;

	if (entry->place >= f->numbers)
		return NULL;
	obj = pdf_file_object(f, (int64_t)entry->place);
	if (obj == NULL || obj->section < entry->section ||
	    obj->stream.p == NULL ||
	    !pdf_is_name(pdf_get(obj->value, "Type"), "ObjStm"))
		return NULL;
	return obj;
}

static int
inner_objects_read(struct pdf_file *f, struct err *e)
{
	const struct pdf_object *container = NULL, *next;
	const struct pdf_entry *entry;
	struct bytes data = {NULL, 0};
	struct pdf_object obj;
	size_t i;
	int rc;

	for (i = 0; i < f->nentries; i++) {
		entry = &f->entries[i];
		if (entry->kind != PDF_ENTRY_IN)
			continue;
		next = container_find(f, entry);
		if (next == NULL)
			return pdf_malformed(e, 0, "ObjStm");
		if (next != container &&
		    (rc = container_open(f, next, &data, e)) != 0)
			return rc;
		container = next;
		rc = inner_object_read(f, container, data, entry, &obj, e);
		if (rc != 0)
			return rc;
		object_keep(f, &obj, i);
	}
	return 0;
}

static int
header_ok(struct bytes b)
{
	return b.n > PDF_HEADER_SIZE && memcmp(b.p, "%PDF-", 5) == 0 &&
	       (b.p[5] == '1' || b.p[5] == '2') && b.p[6] == '.' &&
	       b.p[7] >= '0' && b.p[7] <= '9' &&
	       (b.p[8] == '\n' || b.p[8] == '\r');
}

int
pdf_file_open(struct bytes bytes, struct pdf_file **out, struct err *e)
{
	struct pdf_file *f;
	int rc;

	if (bytes.n > PDF_FILE_MAX)
		return err_set(e, ERR_LIMIT, "too_large", "文件超过 %d 字节",
		    "the file is over %d bytes", PDF_FILE_MAX);
	if (!header_ok(bytes))
		return pdf_malformed(e, 0, "header");
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return err_nomem(e);
	f->bytes = bytes;
	rc = pdf_xref_read(f, e);
	if (rc == 0)
		rc = newest_index(f, e);
	if (rc == 0) {
		f->objects = calloc(f->nentries + 1, sizeof(*f->objects));
		rc = f->objects == NULL ? err_nomem(e) : 0;
	}
	if (rc == 0)
		rc = plain_objects_read(f, e);
	if (rc == 0)
		rc = inner_objects_read(f, e);
	if (rc != 0) {
		pdf_file_free(f);
		return rc;
	}
	*out = f;
	return 0;
}

void
pdf_file_free(struct pdf_file *f)
{
	if (f == NULL)
		return;
	pdf_arena_release(&f->arena);
	free(f->entries);
	free(f->objects);
	free(f->latest);
	free(f->newest);
	free(f);
}
