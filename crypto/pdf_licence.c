/* pdf_licence.c - the shape our own licences have; see pdf_signature.h. */
#include <stdlib.h>
#include <string.h>

#include "crypto/pdf_signature.h"

enum {
	NEW_OBJECTS = 3,    /* signature, picture, field */
	UPDATE_OBJECTS = 5, /* and the catalog and a page again */
	FIELD_KEYS = 9
};

/* Keys that no dictionary of a licence has: each can change what is shown, or
 * make a reader do something. */
static const char *const forbidden[] = {"A", "AA", "Alternates", "Collection",
    "JS", "JavaScript", "Movie", "NeedAppearances", "Next", "OC", "OCGs",
    "OCProperties", "OPI", "OpenAction", "Rendition", "RichMediaContent",
    "Sound", "Threads", "URI", "XFA"};

static const char *const field_keys[FIELD_KEYS] = {
    "Type", "Subtype", "FT", "T", "F", "P", "Rect", "V", "AP"};

/* The parts of the update. */
struct parts {
	const struct pdf_object *catalog, *old_catalog, *page, *old_page;
	const struct pdf_object *field;
};

struct span {
	size_t at, end;
};

static int
broken(struct err *e, const char *what)
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
		   : broken(e, "bytes outside of the listed objects");
}

static int
sections_check(const struct pdf_file *f, struct err *e)
{
	const struct pdf_section *s;
	const struct pdf_object *obj;
	size_t i;

	if (f->nsections != 2)
		return broken(e, "number of revisions");
	for (i = 0; i < 2; i++) {
		s = &f->sections[i];
		if (s->is_stream || s->startxref != s->at)
			return broken(e, "cross-reference section");
	}
	for (i = 0; i < f->nobjects; i++) {
		obj = &f->objects[i];
		if (obj->at == 0 || obj->at >= f->sections[obj->section].at ||
		    (obj->section == 0 && obj->at < f->sections[1].end))
			return broken(e, "place of an object");
	}
	return 0;
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

/* No active content, no external data, no annotation but the seal's. */
static int
content_check(
    const struct pdf_file *f, const struct parts *parts, struct err *e)
{
	const struct pdf_object *obj;
	const struct pdf_value *names;
	size_t i;

	for (i = 0; i < f->nobjects; i++) {
		obj = &f->objects[i];
		if (!value_allowed(obj->value))
			return broken(e, "active content");
		if (obj->stream.p != NULL && pdf_get(obj->value, "F") != NULL)
			return broken(e, "external data");
		if (obj != parts->page && pdf_get(obj->value, "Annots") != NULL)
			return broken(e, "annotations");
	}
	names = pdf_file_get(f, parts->catalog->value, "Names");
	if (names != NULL &&
	    (names->nitems != 1 || pdf_get(names, "EmbeddedFiles") == NULL))
		return broken(e, "names");
	return 0;
}

/* new is old with nothing changed but the keys listed. */
static int
same_but(const struct pdf_value *old, const struct pdf_value *new,
    const char *const *keys, size_t n)
{
	const struct pdf_value *k, *was;
	size_t added = 0, i;

	for (i = 0; i < n; i++) {
		if (pdf_get(old, keys[i]) != NULL ||
		    pdf_get(new, keys[i]) == NULL)
			return 0;
		added++;
	}
	if (new->nitems != old->nitems + added)
		return 0;
	for (k = old->first; k != NULL; k = k->next->next) {
		for (was = new->first; was != NULL; was = was->next->next)
			if (bytes_equal(was->text, k->text))
				break;
		if (was == NULL || !bytes_equal(was->next->raw, k->next->raw))
			return 0;
	}
	return 1;
}

static const struct pdf_object *
old_object(const struct pdf_file *f, uint32_t num)
{
	size_t i;

	for (i = 0; i < f->nobjects; i++)
		if (f->objects[i].section == 1 && f->objects[i].num == num)
			return &f->objects[i];
	return NULL;
}

/* Sort the objects of the update into their parts. */
static int
parts_find(const struct pdf_file *f, const struct pdf_signature *sig,
    struct parts *parts, struct err *e)
{
	const struct pdf_object *obj, *old;
	size_t i, total = 0, fresh = 0;

	memset(parts, 0, sizeof(*parts));
	parts->catalog = pdf_file_catalog(f);
	for (i = 0; i < f->nobjects; i++) {
		obj = &f->objects[i];
		if (obj->section != 0)
			continue;
		if (++total > UPDATE_OBJECTS)
			break;
		old = old_object(f, obj->num);
		if (old == NULL)
			fresh++;
		else if (obj == parts->catalog)
			parts->old_catalog = old;
		else {
			parts->page = obj;
			parts->old_page = old;
		}
		if (pdf_is_name(pdf_get(obj->value, "Subtype"), "Widget"))
			parts->field = obj;
	}
	if (total != UPDATE_OBJECTS || fresh != NEW_OBJECTS ||
	    parts->old_catalog == NULL || parts->page == NULL ||
	    parts->field == NULL || sig->object->section != 0 ||
	    sig->object->value != sig->dict ||
	    !pdf_is_name(pdf_get(parts->page->value, "Type"), "Page"))
		return broken(e, "objects of the update");
	return 0;
}

/* 1 when v is a list of one reference to object num. */
static int
only_item(const struct pdf_value *v, uint32_t num)
{
	return v != NULL && v->kind == PDF_ARRAY && v->nitems == 1 &&
	       v->first->kind == PDF_REF && v->first->number == num;
}

static int
refers_to(const struct pdf_value *v, uint32_t num)
{
	return v != NULL && v->kind == PDF_REF && v->number == num;
}

static int
field_check(const struct pdf_file *f, const struct pdf_signature *sig,
    const struct parts *parts, struct err *e)
{
	static const char *const catalog_keys[] = {"AcroForm", "Perms"};
	static const char *const page_keys[] = {"Annots"};
	const struct pdf_value *form =
	    pdf_get(parts->catalog->value, "AcroForm");
	const struct pdf_value *field = parts->field->value;
	size_t i;

	for (i = 0; i < FIELD_KEYS; i++)
		if (pdf_get(field, field_keys[i]) == NULL)
			return broken(e, "signature field");
	if (field->nitems != FIELD_KEYS || !sig->listed ||
	    !refers_to(pdf_get(field, "V"), sig->object->num) ||
	    !refers_to(pdf_get(field, "P"), parts->page->num) ||
	    pdf_file_get(f, pdf_get(field, "AP"), "N") == NULL)
		return broken(e, "signature field");
	if (!same_but(parts->old_catalog->value, parts->catalog->value,
		catalog_keys, 2) ||
	    !same_but(parts->old_page->value, parts->page->value, page_keys, 1))
		return broken(e, "catalog or page of the update");
	if (!only_item(pdf_get(form, "Fields"), parts->field->num) ||
	    form->nitems != 2 ||
	    !only_item(
		pdf_get(parts->page->value, "Annots"), parts->field->num) ||
	    !refers_to(
		pdf_get(pdf_get(parts->catalog->value, "Perms"), "DocMDP"),
		sig->object->num))
		return broken(e, "form");
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
				rc = broken(e, "unused object");
	}
	free(marked);
	free(stack);
	return rc;
}

int
pdf_licence_check(
    const struct pdf_file *f, const struct pdf_signature *sig, struct err *e)
{
	struct parts parts;
	int rc;

	if (sig->coverage != PDF_COVERS_FILE)
		return broken(e, "coverage");
	if ((rc = sections_check(f, e)) != 0 || (rc = tiles_check(f, e)) != 0 ||
	    (rc = parts_find(f, sig, &parts, e)) != 0 ||
	    (rc = field_check(f, sig, &parts, e)) != 0 ||
	    (rc = content_check(f, &parts, e)) != 0)
		return rc;
	return reachable_check(f, e);
}
