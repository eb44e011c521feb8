/* pdf_licence.c - the shape our own licences have; see pdf_signature.h. */
#include "crypto/pdf_licence.h"

#include <stdlib.h>

/* Keys that no dictionary of a licence has: each can change what is shown, or
 * make a reader do something. */
static const char *const forbidden[] = {"A", "AA", "Alternates", "Collection",
    "JS", "JavaScript", "Movie", "NeedAppearances", "Next", "OC", "OCGs",
    "OCProperties", "OPI", "OpenAction", "Rendition", "RichMediaContent",
    "Sound", "Threads", "URI", "XFA"};

struct span {
	size_t at, end;
};

int
pdf_licence_broken(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "profile",
	    "不符合本系统证照的文件结构：%s",
	    "the file is not built as our licences are: %s", what);
}

static int
by_place(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static size_t
spans_collect(const struct pdf_file *f, struct span *spans)
{
	size_t i, n = 0;

	for (i = 0; i < f->nobjects; i++)
		spans[n++] = (struct span){f->objects[i].at, f->objects[i].end};
	for (i = 0; i < f->nsections; i++)
		spans[n++] =
		    (struct span){f->sections[i].at, f->sections[i].end};
	qsort(spans, n, sizeof(*spans), by_place);
	return n;
}

/* Past the header line and one comment line of high bytes. */
static size_t
header_end(struct bytes b)
{
	size_t pos = PDF_HEADER_SIZE;

	if (pos < b.n && b.p[pos] == '\n')
		pos++;
	if (pos < b.n && b.p[pos] == '%')
		while (pos < b.n && b.p[pos] != '\n' && b.p[pos] != '\r')
			pos++;
	return pos;
}

/* Every byte is in the header, an object, a section, or is a blank. */
static int
tiles_check(const struct pdf_file *f, struct err *e)
{
	struct span *spans;
	size_t i, n, pos = header_end(f->bytes);
	int ok = 1;

	spans = calloc(f->nobjects + f->nsections, sizeof(*spans));
	if (spans == NULL)
		return err_nomem(e);
	n = spans_collect(f, spans);
	for (i = 0; ok && i < n; i++) {
		for (; pos < spans[i].at; pos++)
			if (!pdf_is_space(f->bytes.p[pos]))
				break;
		ok = pos == spans[i].at;
		pos = spans[i].end;
	}
	free(spans);
	return ok && pos == f->bytes.n
		   ? 0
		   : pdf_licence_broken(
			 e, "bytes outside of the listed objects");
}

/* The trailer of an update is the first one's, with /Prev and another /Size. */
static int
trailer_same(const struct pdf_value *first, const struct pdf_value *update)
{
	const struct pdf_value *k, *v;

	if (update->nitems != first->nitems + 1 ||
	    pdf_get(update, "Prev") == NULL || pdf_get(first, "Prev") != NULL)
		return 0;
	for (k = first->first; k != NULL; k = k->next->next) {
		if (bytes_equal(k->text, bytes_str("Size")))
			continue;
		for (v = update->first; v != NULL; v = v->next->next)
			if (bytes_equal(v->text, k->text))
				break;
		if (v == NULL || !bytes_equal(v->next->raw, k->next->raw))
			return 0;
	}
	return pdf_get(update, "Size") != NULL;
}

/* No update frees an object. */
static int
entries_check(const struct pdf_licence *l, struct err *e)
{
	const struct pdf_entry *entry;
	size_t i;

	for (i = 0; i < l->f->nentries; i++) {
		entry = &l->f->entries[i];
		if (entry->section < l->n && entry->kind == PDF_ENTRY_FREE &&
		    entry->num != 0)
			return pdf_licence_broken(e, "freed object");
	}
	return 0;
}

/* The unsigned file and an update for each seal, which ends where the seal's
 * byte range does. */
static int
sections_check(const struct pdf_licence *l, struct err *e)
{
	const struct pdf_file *f = l->f;
	const struct pdf_section *s;
	const struct pdf_object *obj;
	const struct pdf_ranges *ranges;
	size_t i;

	if (f->nsections != l->n + 1)
		return pdf_licence_broken(e, "number of revisions");
	for (i = 0; i <= l->n; i++) {
		s = &f->sections[i];
		if (s->is_stream || s->startxref != s->at ||
		    (i < l->n &&
			!trailer_same(f->sections[l->n].trailer, s->trailer)))
			return pdf_licence_broken(e, "cross-reference section");
	}
	for (i = 0; i < l->n; i++) {
		ranges = &l->seals[i].ranges;
		if (ranges->resume + ranges->rest !=
		    f->sections[pdf_licence_section(l, i)].end)
			return pdf_licence_broken(e, "coverage");
	}
	for (i = 0; i < f->nobjects; i++) {
		obj = &f->objects[i];
		if (obj->at == 0 || obj->at >= f->sections[obj->section].at ||
		    (obj->section < l->n &&
			obj->at < f->sections[obj->section + 1].end))
			return pdf_licence_broken(e, "place of an object");
	}
	return entries_check(l, e);
}

static int
value_allowed(const struct pdf_value *v)
{
	const struct pdf_value *item;
	size_t i;

	if (v->kind == PDF_DICT)
		for (i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
			if (pdf_get(v, forbidden[i]) != NULL)
				return 0;
	if (v->kind == PDF_DICT || v->kind == PDF_ARRAY)
		for (item = v->first; item != NULL; item = item->next)
			if (!value_allowed(item))
				return 0;
	return 1;
}

static int
has_fields(const struct pdf_licence *l, const struct pdf_object *obj)
{
	size_t i;

	for (i = 0; i < l->npages; i++)
		if (l->pages[i] == obj)
			return 1;
	return 0;
}

/* No active content, no external data, no annotation but the seals'. */
static int
content_check(const struct pdf_licence *l, struct err *e)
{
	const struct pdf_file *f = l->f;
	const struct pdf_object *obj;
	const struct pdf_value *names;
	size_t i;

	for (i = 0; i < f->nobjects; i++) {
		obj = &f->objects[i];
		if (!value_allowed(obj->value))
			return pdf_licence_broken(e, "active content");
		if (obj->stream.p != NULL && pdf_get(obj->value, "F") != NULL)
			return pdf_licence_broken(e, "external data");
		if (!has_fields(l, obj) &&
		    pdf_get(obj->value, "Annots") != NULL)
			return pdf_licence_broken(e, "annotations");
	}
	names = pdf_file_get(f, l->catalog->value, "Names");
	if (names != NULL &&
	    (names->nitems != 1 || pdf_get(names, "EmbeddedFiles") == NULL))
		return pdf_licence_broken(e, "names");
	return 0;
}

/* Mark the objects v refers to; newly marked ones go on the stack. */
static void
references_mark(const struct pdf_file *f, const struct pdf_value *v,
    uint8_t *marked, uint32_t *stack, size_t *depth)
{
	const struct pdf_value *item;

	if (v->kind == PDF_REF && pdf_file_object(f, v->number) != NULL &&
	    !marked[v->number]) {
		marked[v->number] = 1;
		stack[(*depth)++] = (uint32_t)v->number;
	}
	if (v->kind == PDF_DICT || v->kind == PDF_ARRAY)
		for (item = v->first; item != NULL; item = item->next)
			references_mark(f, item, marked, stack, depth);
}

/* Every object of the newest revision is used by it. */
static int
reachable_check(const struct pdf_file *f, struct err *e)
{
	uint8_t *marked = calloc(f->numbers + 1, 1);
	uint32_t *stack = calloc(f->numbers + 1, sizeof(*stack));
	size_t depth = 0, i;
	int rc = 0;

	if (marked == NULL || stack == NULL) {
		rc = err_nomem(e);
	} else {
		references_mark(
		    f, f->sections[0].trailer, marked, stack, &depth);
		while (depth > 0)
			references_mark(f,
			    pdf_file_object(f, stack[--depth])->value, marked,
			    stack, &depth);
		for (i = 0; rc == 0 && i < f->numbers; i++)
			if (f->latest[i] != 0 && !marked[i])
				rc = pdf_licence_broken(e, "unused object");
	}
	free(marked);
	free(stack);
	return rc;
}

int
pdf_licence_check(const struct pdf_file *f, const struct pdf_signature *seals,
    size_t n, struct err *e)
{
	struct pdf_licence l = {.f = f, .seals = seals, .n = n};
	int rc;

	if (n == 0 || n > PDF_SEALS_MAX ||
	    seals[n - 1].coverage != PDF_COVERS_FILE)
		return pdf_licence_broken(e, "coverage");
	if ((rc = sections_check(&l, e)) != 0 ||
	    (rc = tiles_check(f, e)) != 0 ||
	    (rc = pdf_licence_seals(&l, e)) != 0 ||
	    (rc = content_check(&l, e)) != 0)
		return rc;
	return reachable_check(f, e);
}
