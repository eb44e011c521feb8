/* pdf_signature.c - finding signatures; see pdf_signature.h. */
#include "crypto/pdf_signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"

enum {
	FIELD_DEPTH_MAX = 16,
	FIELDS_MAX = 10000
};

struct search {
	const struct pdf_file *file;
	struct pdf_signature *list;
	size_t n;
	int over;
};

static int
looks_signed(const struct pdf_value *v)
{
	const struct pdf_value *type = pdf_get(v, "Type");

	return pdf_get(v, "ByteRange") != NULL || pdf_is_name(type, "Sig") ||
	       pdf_is_name(type, "DocTimeStamp");
}

/* Look at v and at everything in it (depth is limited by the parser). */
static void
values_search(
    struct search *s, const struct pdf_object *obj, const struct pdf_value *v)
{
	const struct pdf_value *item;

	if (v->kind != PDF_DICT && v->kind != PDF_ARRAY)
		return;
	if (v->kind == PDF_DICT && looks_signed(v)) {
		if (s->n == PDF_SIGNATURES_MAX) {
			s->over = 1;
			return;
		}
		s->list[s->n].object = obj;
		s->list[s->n++].dict = v;
	}
	for (item = v->first; item != NULL; item = item->next)
		values_search(s, obj, item);
}

/* The four numbers, when they are direct, in order and inside the file. */
static int
ranges_read(const struct pdf_file *f, const struct pdf_value *v,
    struct pdf_ranges *ranges)
{
	uint64_t n[4];
	size_t i;

	if (v == NULL || v->kind != PDF_ARRAY || v->nitems != 4)
		return -1;
	for (i = 0, v = v->first; i < 4; i++, v = v->next)
		if (!pdf_uint(v, f->bytes.n, &n[i]))
			return -1;
	if (n[0] != 0 || n[1] == 0 || n[2] <= n[1] || n[3] == 0 ||
	    n[3] > f->bytes.n - n[2])
		return -1;
	ranges->gap = n[1];
	ranges->resume = n[2];
	ranges->rest = n[3];
	return 0;
}

static int
is_hex(struct bytes v)
{
	size_t i;

	for (i = 0; i < v.n; i++)
		if (!((v.p[i] >= '0' && v.p[i] <= '9') ||
			(v.p[i] >= 'A' && v.p[i] <= 'F') ||
			(v.p[i] >= 'a' && v.p[i] <= 'f')))
			return 0;
	return v.n > 0 && v.n % 2 == 0;
}

static enum pdf_coverage
coverage_of(const struct pdf_file *f, size_t end)
{
	size_t i;

	if (end == f->bytes.n)
		return PDF_COVERS_FILE;
	for (i = 0; i < f->nsections; i++)
		if (end == f->sections[i].eof || end == f->sections[i].end)
			return PDF_COVERS_REVISION;
	return PDF_COVERS_PART;
}

/* /M, "D:YYYYMMDDHHmmSS" and "Z" or "+HH'mm'"; 0 when it is not one. */
static int64_t
time_read(const struct pdf_value *v)
{
	char in[24], out[32];
	int64_t t;

	if (v == NULL || v->kind != PDF_STRING || v->text.n < 17 ||
	    v->text.n >= sizeof(in))
		return 0;
	memset(in, 0, sizeof(in));
	memcpy(in, v->text.p, v->text.n);
	if (strncmp(in, "D:", 2) != 0)
		return 0;
	if (in[16] == 'Z')
		snprintf(out, sizeof(out), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ",
		    in + 2, in + 6, in + 8, in + 10, in + 12, in + 14);
	else if (v->text.n >= 22 && in[19] == '\'')
		snprintf(out, sizeof(out),
		    "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.3s:%.2s", in + 2, in + 6,
		    in + 8, in + 10, in + 12, in + 14, in + 16, in + 20);
	else
		return 0;
	return clock_parse(out, &t) == 0 ? t : 0;
}

static void
details_read(const struct pdf_file *f, struct pdf_signature *s)
{
	const struct pdf_value *contents = pdf_get(s->dict, "Contents");
	const struct pdf_value *subfilter = pdf_get(s->dict, "SubFilter");

	s->claimed_time = time_read(pdf_get(s->dict, "M"));
	if (subfilter != NULL && subfilter->kind == PDF_NAME)
		s->subfilter = subfilter->text;
	if (contents == NULL || contents->kind != PDF_STRING ||
	    contents->raw.n < 4 || contents->raw.p[0] != '<' ||
	    s->object->at == 0)
		return;
	s->hex = (struct bytes){contents->raw.p + 1, contents->raw.n - 2};
	s->contents = contents->text;
	if (ranges_read(f, pdf_get(s->dict, "ByteRange"), &s->ranges) != 0 ||
	    !is_hex(s->hex) || contents->raw.p != f->bytes.p + s->ranges.gap ||
	    contents->raw.n != s->ranges.resume - s->ranges.gap)
		return;
	s->coverage = coverage_of(f, s->ranges.resume + s->ranges.rest);
}

/* Count the fields whose value is a signature and mark its dictionary. */
static void
fields_walk(const struct search *s, struct pdf_value *ref, int is_sig,
    int depth, size_t *budget, size_t *count)
{
	const struct pdf_value *field = pdf_file_resolve(s->file, ref), *v;
	struct pdf_value *kid;
	const struct pdf_value *kids, *type;
	size_t i;

	if (field == NULL || depth > FIELD_DEPTH_MAX || *budget == 0)
		return;
	(*budget)--;
	type = pdf_file_get(s->file, field, "FT");
	is_sig = type != NULL ? pdf_is_name(type, "Sig") : is_sig;
	v = pdf_file_get(s->file, field, "V");
	if (is_sig && v != NULL) {
		(*count)++;
		for (i = 0; i < s->n; i++)
			if (s->list[i].dict == v)
				s->list[i].listed++;
	}
	kids = pdf_file_get(s->file, field, "Kids");
	for (kid = kids == NULL ? NULL : kids->first; kid != NULL;
	     kid = kid->next)
		fields_walk(s, kid, is_sig, depth + 1, budget, count);
}

static size_t
fields_mark(const struct search *s)
{
	const struct pdf_object *catalog = pdf_file_catalog(s->file);
	const struct pdf_value *form, *fields;
	struct pdf_value *item;
	size_t budget = FIELDS_MAX, count = 0, i;

	form = catalog == NULL
		   ? NULL
		   : pdf_file_get(s->file, catalog->value, "AcroForm");
	fields = pdf_file_get(s->file, form, "Fields");
	for (item = fields == NULL ? NULL : fields->first; item != NULL;
	     item = item->next)
		fields_walk(s, item, 0, 0, &budget, &count);
	for (i = 0; i < s->n; i++)
		s->list[i].listed = s->list[i].listed == 1;
	return count;
}

static int
by_coverage(const void *a, const void *b)
{
	const struct pdf_signature *x = a, *y = b;
	size_t xe = x->ranges.resume + x->ranges.rest;
	size_t ye = y->ranges.resume + y->ranges.rest;

	return (xe > ye) - (xe < ye);
}

int
pdf_signatures_find(const struct pdf_file *f,
    struct pdf_signature list[PDF_SIGNATURES_MAX], size_t *n, size_t *fields,
    struct err *e)
{
	struct search s = {.file = f, .list = list};
	size_t i;

	memset(list, 0, PDF_SIGNATURES_MAX * sizeof(list[0]));
	for (i = 0; i < f->nobjects; i++)
		values_search(&s, &f->objects[i], f->objects[i].value);
	if (s.over)
		return err_set(e, ERR_LIMIT, "too_large",
		    "PDF 的签名超过 %d 个", "the PDF has over %d signatures",
		    PDF_SIGNATURES_MAX);
	for (i = 0; i < s.n; i++)
		details_read(f, &list[i]);
	*fields = fields_mark(&s);
	if (s.n > 1)
		qsort(list, s.n, sizeof(list[0]), by_coverage);
	*n = s.n;
	return 0;
}
