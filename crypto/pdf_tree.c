/* pdf_tree.c - references, pages and attachments; see pdf_file.h. */
#include <string.h>

#include "crypto/pdf_file.h"

enum {
	PAGE_DEPTH_MAX = 32,
	ATTACHMENTS_MAX = 16
};

const struct pdf_object *
pdf_file_object(const struct pdf_file *f, int64_t number)
{
	if (number <= 0 || (uint64_t)number >= f->numbers ||
	    f->latest[number] == 0)
		return NULL;
	return &f->objects[f->latest[number] - 1];
}

struct pdf_value *
pdf_file_resolve(const struct pdf_file *f, struct pdf_value *v)
{
	const struct pdf_object *obj;

	if (v == NULL || v->kind != PDF_REF)
		return v;
	/* A cross-reference stream is read before there is any table. */
	if (f->latest == NULL)
		return NULL;
	obj = pdf_file_object(f, v->number);
	if (obj == NULL || obj->gen != v->gen || obj->value->kind == PDF_REF)
		return NULL;
	return obj->value;
}

struct pdf_value *
pdf_file_get(
    const struct pdf_file *f, const struct pdf_value *v, const char *key)
{
	return pdf_file_resolve(f, pdf_get(v, key));
}

const struct pdf_object *
pdf_file_catalog(const struct pdf_file *f)
{
	const struct pdf_value *root = pdf_get(f->sections[0].trailer, "Root");
	const struct pdf_object *obj;

	if (root == NULL || root->kind != PDF_REF)
		return NULL;
	obj = pdf_file_object(f, root->number);
	if (obj == NULL || !pdf_is_name(pdf_get(obj->value, "Type"), "Catalog"))
		return NULL;
	return obj;
}

/* Walk the page tree down to page *n, counting the leaves passed. */
static const struct pdf_object *
page_find(const struct pdf_file *f, const struct pdf_value *ref, size_t *n,
    int depth, size_t *budget)
{
	const struct pdf_object *obj, *page;
	const struct pdf_value *kids, *kid;

	if (ref == NULL || ref->kind != PDF_REF || depth > PAGE_DEPTH_MAX ||
	    (*budget)-- == 0)
		return NULL;
	obj = pdf_file_object(f, ref->number);
	if (obj == NULL)
		return NULL;
	if (pdf_is_name(pdf_get(obj->value, "Type"), "Page"))
		return (*n)-- == 0 ? obj : NULL;
	kids = pdf_file_get(f, obj->value, "Kids");
	if (kids == NULL || kids->kind != PDF_ARRAY)
		return NULL;
	for (kid = kids->first; kid != NULL && *budget > 0; kid = kid->next) {
		page = page_find(f, kid, n, depth + 1, budget);
		if (page != NULL)
			return page;
	}
	return NULL;
}

const struct pdf_object *
pdf_file_page(const struct pdf_file *f, size_t n)
{
	const struct pdf_object *catalog = pdf_file_catalog(f);
	size_t budget = PDF_OBJECTS_MAX;

	if (catalog == NULL)
		return NULL;
	return page_find(f, pdf_get(catalog->value, "Pages"), &n, 0, &budget);
}

/* A text string equals an ASCII name: as it is, or in UTF-16BE with its mark
 * (ISO 32000-1, 7.9.2.2). */
static int
text_is(struct bytes text, const char *name)
{
	size_t i, n = strlen(name);

	if (bytes_equal(text, bytes_str(name)))
		return 1;
	if (text.n != 2 + 2 * n || text.p[0] != 0xfe || text.p[1] != 0xff)
		return 0;
	for (i = 0; i < n; i++)
		if (text.p[2 + 2 * i] != 0 ||
		    text.p[3 + 2 * i] != (uint8_t)name[i])
			return 0;
	return 1;
}

static int
file_name_is(
    const struct pdf_file *f, const struct pdf_value *spec, const char *name)
{
	const struct pdf_value *v = pdf_file_get(f, spec, "UF");

	if (v == NULL)
		v = pdf_file_get(f, spec, "F");
	return v != NULL && v->kind == PDF_STRING && text_is(v->text, name);
}

static const struct pdf_object *
embedded_file(const struct pdf_file *f, const struct pdf_value *spec)
{
	const struct pdf_value *ref = pdf_get(pdf_file_get(f, spec, "EF"), "F");

	if (ref == NULL || ref->kind != PDF_REF)
		return NULL;
	return pdf_file_object(f, ref->number);
}

int
pdf_file_attachment(struct pdf_file *f, const char *name, size_t max,
    struct buf *out, struct err *e)
{
	const struct pdf_object *catalog = pdf_file_catalog(f), *found = NULL;
	const struct pdf_value *af, *spec;
	struct pdf_value *item;
	size_t matches = 0;

	af = catalog == NULL ? NULL : pdf_file_get(f, catalog->value, "AF");
	if (af != NULL &&
	    (af->kind != PDF_ARRAY || af->nitems > ATTACHMENTS_MAX))
		return pdf_malformed(e, catalog->at, "AF");
	for (item = af == NULL ? NULL : af->first; item != NULL;
	     item = item->next) {
		spec = pdf_file_resolve(f, item);
		if (spec != NULL && file_name_is(f, spec, name)) {
			matches++;
			found = embedded_file(f, spec);
		}
	}
	if (matches == 0)
		return err_set(e, ERR_NOT_FOUND, "no_attachment",
		    "PDF 没有附件 %s", "the PDF has no attachment %s", name);
	if (matches > 1 || found == NULL)
		return pdf_malformed(e, catalog->at, "attachment");
	return pdf_file_stream(f, found, max, out, e);
}
