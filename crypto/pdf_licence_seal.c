/*
 * pdf_licence_seal.c - what the updates of a licence may hold: the first adds
 * the form with a field for every seal and fills the first one; each later one
 * fills the next.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/pdf_licence.h"

enum {
	SEAL_OBJECTS = 2, /* signature, picture */
	EMPTY_KEYS = 7,	  /* of a field without its seal */
	FIELD_FLAGS = 132 /* Print, Locked */
};

static const char *const filled[] = {"V", "AP"};

/* new is old with nothing changed but the keys listed added. */
static int
same_but(const struct pdf_value *old, const struct pdf_value *new,
    const char *const *keys, size_t n)
{
	const struct pdf_value *k, *was;
	size_t i;

	for (i = 0; i < n; i++)
		if (pdf_get(old, keys[i]) != NULL ||
		    pdf_get(new, keys[i]) == NULL)
			return 0;
	if (old->kind != PDF_DICT || new->kind != PDF_DICT ||
	    new->nitems != old->nitems + n)
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

static int
refers_to(const struct pdf_value *v, uint32_t num)
{
	return v != NULL && v->kind == PDF_REF && v->number == num;
}

static int
is_integer(const struct pdf_value *v, int64_t number)
{
	return v != NULL && v->kind == PDF_INT && v->number == number;
}

/* The object of a number in one section, or NULL. */
static const struct pdf_object *
object_in(const struct pdf_file *f, uint32_t num, size_t section)
{
	size_t i;

	for (i = 0; i < f->nobjects; i++)
		if (f->objects[i].section == section &&
		    f->objects[i].num == num)
			return &f->objects[i];
	return NULL;
}

/* Was the number in use before the section? */
static int
known_before(const struct pdf_file *f, uint32_t num, size_t section)
{
	size_t i;

	for (i = 0; i < f->nobjects; i++)
		if (f->objects[i].section > section && f->objects[i].num == num)
			return 1;
	return 0;
}

static size_t
objects_in(const struct pdf_file *f, size_t section)
{
	size_t i, n = 0;

	for (i = 0; i < f->nobjects; i++)
		n += f->objects[i].section == section;
	return n;
}

/*
 * Seal i: its signature is an object of its section, V of the field there, and
 * its picture a new object of that section.
 */
static int
seal_check(const struct pdf_licence *l, size_t i,
    const struct pdf_object *field, struct err *e)
{
	const struct pdf_signature *seal = &l->seals[i];
	size_t section = pdf_licence_section(l, i);
	const struct pdf_value *ap = pdf_get(field->value, "AP"), *n;
	const struct pdf_object *picture;

	n = pdf_get(ap, "N");
	picture = n == NULL || n->kind != PDF_REF
		      ? NULL
		      : object_in(l->f, (uint32_t)n->number, section);
	if (!seal->listed || seal->object->section != section ||
	    seal->object->value != seal->dict ||
	    known_before(l->f, seal->object->num, section) ||
	    !refers_to(pdf_get(field->value, "V"), seal->object->num))
		return pdf_licence_broken(e, "signature field");
	if (ap->nitems != 1 || picture == NULL || picture == seal->object ||
	    picture->stream.p == NULL ||
	    known_before(l->f, picture->num, section) ||
	    !pdf_is_name(pdf_get(picture->value, "Subtype"), "Form"))
		return pdf_licence_broken(e, "picture of a seal");
	return 0;
}

/* Sort the objects of the first update: catalog, pages, and *fresh new ones. */
static int
first_sort(struct pdf_licence *l, size_t *fresh, struct err *e)
{
	static const char *const catalog_keys[] = {"AcroForm", "Perms"};
	static const char *const page_keys[] = {"Annots"};
	size_t section = pdf_licence_section(l, 0), i;
	const struct pdf_object *obj, *old;

	for (i = 0; i < l->f->nobjects; i++) {
		obj = &l->f->objects[i];
		if (obj->section != section)
			continue;
		old = object_in(l->f, obj->num, section + 1);
		if (old == NULL) {
			(*fresh)++;
		} else if (pdf_is_name(pdf_get(obj->value, "Type"), "Page") &&
			   l->npages < PDF_SEALS_MAX) {
			l->pages[l->npages++] = obj;
			if (!same_but(old->value, obj->value, page_keys, 1))
				return pdf_licence_broken(
				    e, "page of the update");
		} else if (l->catalog == NULL &&
			   obj == pdf_file_catalog(l->f)) {
			l->catalog = obj;
			if (!same_but(old->value, obj->value, catalog_keys, 2))
				return pdf_licence_broken(
				    e, "catalog of the update");
		} else {
			return pdf_licence_broken(e, "objects of the update");
		}
	}
	return l->catalog != NULL
		   ? 0
		   : pdf_licence_broken(e, "objects of the update");
}

/* The form: as many fields as seals, and the certification by the first. */
static int
form_check(struct pdf_licence *l, struct err *e)
{
	const struct pdf_value *form = pdf_get(l->catalog->value, "AcroForm");
	const struct pdf_value *perms = pdf_get(l->catalog->value, "Perms");
	const struct pdf_value *fields = pdf_get(form, "Fields"), *item;
	size_t i, j;

	if (fields == NULL || fields->kind != PDF_ARRAY || form->nitems != 2 ||
	    !is_integer(pdf_get(form, "SigFlags"), 3) || perms->nitems != 1 ||
	    !refers_to(pdf_get(perms, "DocMDP"), l->seals[0].object->num))
		return pdf_licence_broken(e, "form");
	if (fields->nitems > l->n)
		return err_set(e, ERR_INPUT, "seal_missing",
		    "文件有 %zu 个签章域，只盖了 %zu 枚印章",
		    "the file has %zu seal fields and %zu seals",
		    fields->nitems, l->n);
	if (fields->nitems != l->n)
		return pdf_licence_broken(e, "form");
	for (i = 0, item = fields->first; i < l->n; i++, item = item->next) {
		l->fields[i] = item->kind != PDF_REF
				   ? NULL
				   : object_in(l->f, (uint32_t)item->number,
					 pdf_licence_section(l, 0));
		if (l->fields[i] == NULL)
			return pdf_licence_broken(e, "form");
		for (j = 0; j < i; j++)
			if (l->fields[j] == l->fields[i])
				return pdf_licence_broken(e, "form");
	}
	return 0;
}

/* Field i as the first seal wrote it: its own name, shown and printed. */
static int
field_check(const struct pdf_licence *l, size_t i, struct err *e)
{
	static const char *const keys[EMPTY_KEYS] = {
	    "Type", "Subtype", "FT", "T", "F", "P", "Rect"};
	const struct pdf_value *field = l->fields[i]->value;
	const struct pdf_value *name = pdf_get(field, "T");
	char want[32];
	size_t k;

	snprintf(want, sizeof(want), "Seal%zu", i + 1);
	for (k = 0; k < EMPTY_KEYS; k++)
		if (pdf_get(field, keys[k]) == NULL)
			return pdf_licence_broken(e, "signature field");
	if (field->nitems != EMPTY_KEYS + (i == 0 ? 2 : 0) ||
	    !pdf_is_name(pdf_get(field, "Subtype"), "Widget") ||
	    !pdf_is_name(pdf_get(field, "FT"), "Sig") ||
	    !is_integer(pdf_get(field, "F"), FIELD_FLAGS) ||
	    name->kind != PDF_STRING ||
	    !bytes_equal(name->text, bytes_str(want)))
		return pdf_licence_broken(e, "signature field");
	return 0;
}

/* Each updated page shows its own fields, and each field is on one. */
static int
pages_check(const struct pdf_licence *l, struct err *e)
{
	const struct pdf_value *annots, *item;
	size_t i, k, shown = 0;

	for (i = 0; i < l->npages; i++) {
		annots = pdf_get(l->pages[i]->value, "Annots");
		if (annots->kind != PDF_ARRAY || annots->nitems == 0)
			return pdf_licence_broken(e, "page of the update");
		item = annots->first;
		for (k = 0; k < l->n; k++) {
			if (!refers_to(pdf_get(l->fields[k]->value, "P"),
				l->pages[i]->num))
				continue;
			if (!refers_to(item, l->fields[k]->num))
				return pdf_licence_broken(
				    e, "page of the update");
			item = item->next;
			shown++;
		}
		if (item != NULL)
			return pdf_licence_broken(e, "page of the update");
	}
	return shown == l->n ? 0 : pdf_licence_broken(e, "page of the update");
}

/* The first seal certifies: no changes, or further seals only (P of DocMDP);
 * the others do not. */
static int
certification_check(const struct pdf_licence *l, struct err *e)
{
	const struct pdf_value *list = pdf_get(l->seals[0].dict, "Reference");
	const struct pdf_value *reference, *params;
	size_t i;

	reference = list != NULL && list->kind == PDF_ARRAY && list->nitems == 1
			? list->first
			: NULL;
	params = pdf_get(reference, "TransformParams");
	if (!pdf_is_name(pdf_get(reference, "TransformMethod"), "DocMDP") ||
	    !is_integer(pdf_get(params, "P"), l->n > 1 ? 2 : 1))
		return pdf_licence_broken(e, "certification");
	for (i = 1; i < l->n; i++)
		if (pdf_get(l->seals[i].dict, "Reference") != NULL)
			return pdf_licence_broken(e, "certification");
	return 0;
}

/* Update i > 0: signature, picture, and its field with both in it. */
static int
later_check(const struct pdf_licence *l, size_t i, struct err *e)
{
	size_t section = pdf_licence_section(l, i);
	const struct pdf_object *field;

	field = object_in(l->f, l->fields[i]->num, section);
	if (objects_in(l->f, section) != SEAL_OBJECTS + 1 || field == NULL)
		return pdf_licence_broken(e, "objects of the update");
	if (!same_but(l->fields[i]->value, field->value, filled, 2))
		return pdf_licence_broken(e, "signature field");
	return seal_check(l, i, field, e);
}

int
pdf_licence_seals(struct pdf_licence *l, struct err *e)
{
	size_t i, fresh = 0;
	int rc;

	if ((rc = first_sort(l, &fresh, e)) != 0 ||
	    (rc = form_check(l, e)) != 0)
		return rc;
	if (fresh != SEAL_OBJECTS + l->n)
		return pdf_licence_broken(e, "objects of the update");
	for (i = 0; i < l->n; i++)
		if ((rc = field_check(l, i, e)) != 0)
			return rc;
	if ((rc = pages_check(l, e)) != 0 ||
	    (rc = seal_check(l, 0, l->fields[0], e)) != 0)
		return rc;
	for (i = 1; i < l->n; i++)
		if ((rc = later_check(l, i, e)) != 0)
			return rc;
	return certification_check(l, e);
}
