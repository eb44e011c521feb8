/*
 * template_read.c - template.xml to struct template.  The tree has passed the
 * XSD when it gets here, so that elements and attributes are where they belong.
 */
#include "certsvc/template_source.h"

#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "certsvc/layout_spec.h"
#include "crypto/base/text.h"

static const char *const datatypes[] = {"text", "date", "money", "integer",
    "enum", "citizen", "uscc", "table", NULL};
static const char *const levels[] = {
    "public", "verifier", "holder", "department", NULL};
static const char *const operators[] = {"lt", "le", "eq", "requires", NULL};
static const char *const backgrounds[] = {"none", "lines", NULL};
static const char *const forms[] = {"full", "reduced", "minimal", NULL};

/* The attribute as an owned string, or NULL when it is not there. */
static char *
attribute(struct template_source *s, xmlNodePtr node, const char *name)
{
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
	char *copy;

	if (value == NULL)
		return NULL;
	copy = text_dup((const char *)value);
	xmlFree(value);
	if (copy == NULL)
		s->nomem = 1;
	return copy;
}

static void
attribute_into(xmlNodePtr node, const char *name, char *out, size_t size)
{
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);

	snprintf(out, size, "%s", value ? (const char *)value : "");
	xmlFree(value);
}

static int
attribute_int(xmlNodePtr node, const char *name)
{
	char text[16];

	attribute_into(node, name, text, sizeof(text));
	return (int)strtol(text, NULL, 10);
}

static int
attribute_is_true(xmlNodePtr node, const char *name)
{
	char text[16];

	attribute_into(node, name, text, sizeof(text));
	return strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
}

/* Place of the attribute's value in a list of words. */
static int
attribute_word(xmlNodePtr node, const char *name, const char *const *words)
{
	char text[16];
	int i;

	attribute_into(node, name, text, sizeof(text));
	for (i = 0; words[i] != NULL; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	return 0;
}

static xmlNodePtr
child(xmlNodePtr node, const char *name)
{
	for (node = node ? node->children : NULL; node != NULL;
	     node = node->next)
		if (node->type == XML_ELEMENT_NODE &&
		    strcmp((const char *)node->name, name) == 0)
			return node;
	return NULL;
}

static xmlNodePtr
sibling(xmlNodePtr node, const char *name)
{
	for (node = node ? node->next : NULL; node != NULL; node = node->next)
		if (node->type == XML_ELEMENT_NODE &&
		    strcmp((const char *)node->name, name) == 0)
			return node;
	return NULL;
}

static size_t
children(xmlNodePtr node, const char *name)
{
	size_t n = 0;

	for (node = child(node, name); node != NULL; node = sibling(node, name))
		n++;
	return n;
}

/* n zeroed structs, or NULL; none for n = 0. */
static void *
array(struct template_source *s, size_t n, size_t size)
{
	void *p = n ? calloc(n, size) : NULL;

	if (n > 0 && p == NULL)
		s->nomem = 1;
	return p;
}

static void
values_read(
    struct template_source *s, xmlNodePtr node, struct template_field *field)
{
	xmlChar *text;

	field->values = array(s, children(node, "value"), sizeof(char *));
	for (node = child(node, "value"); node != NULL && !s->nomem;
	     node = sibling(node, "value")) {
		text = xmlNodeGetContent(node);
		field->values[field->nvalues] = text_dup((const char *)text);
		xmlFree(text);
		if (field->values[field->nvalues++] == NULL)
			s->nomem = 1;
	}
}

/* Longest value when the template says nothing. */
static size_t
default_max(enum datatype type)
{
	switch (type) {
	case DATATYPE_TEXT:
		return 200;
	case DATATYPE_INTEGER:
		return 15;
	case DATATYPE_TABLE:
		return 100;
	case DATATYPE_MONEY:
		return 18;
	case DATATYPE_DATE:
		return 10;
	case DATATYPE_CITIZEN:
	case DATATYPE_USCC:
		return 18;
	case DATATYPE_ENUM:
		break;
	}
	return 100;
}

/* A field or a column. */
static void
rules_read(
    struct template_source *s, xmlNodePtr node, struct template_field *field)
{
	field->line = (int)xmlGetLineNo(node);
	attribute_into(node, "name", field->name, sizeof(field->name));
	field->id = attribute(s, node, "id");
	field->zh = attribute(s, node, "zh");
	field->en = attribute(s, node, "en");
	field->type = (enum datatype)attribute_word(node, "type", datatypes);
	field->required = attribute_is_true(node, "required");
	field->forever = attribute_is_true(node, "forever");
	field->pattern = attribute(s, node, "pattern");
	field->maxlen = xmlHasProp(node, (const xmlChar *)"max") != NULL
			    ? (size_t)attribute_int(node, "max")
			    : default_max(field->type);
	values_read(s, node, field);
}

static void
field_read(
    struct template_source *s, xmlNodePtr node, struct template_field *field)
{
	rules_read(s, node, field);
	field->level =
	    (enum disclosure)attribute_word(node, "disclosure", levels);
	field->columns =
	    array(s, children(node, "column"), sizeof(*field->columns));
	for (node = child(node, "column"); node != NULL && !s->nomem;
	     node = sibling(node, "column")) {
		rules_read(s, node, &field->columns[field->ncolumns]);
		field->columns[field->ncolumns++].level = field->level;
	}
}

static void
fields_read(struct template_source *s, xmlNodePtr node)
{
	struct template *t = s->t;

	t->fields = array(s, children(node, "field"), sizeof(*t->fields));
	for (node = child(node, "field"); node != NULL && !s->nomem;
	     node = sibling(node, "field"))
		field_read(s, node, &t->fields[t->nfields++]);
}

/* Index of the field that an attribute names; -1 when there is no such
 * attribute, or no such field (a mistake). */
static int
reference(struct template_source *s, xmlNodePtr node, const char *name)
{
	const struct template_field *field;
	char id[48];

	if (xmlHasProp(node, (const xmlChar *)name) == NULL)
		return -1;
	attribute_into(node, name, id, sizeof(id));
	if ((field = template_field_find(s->t, id)) != NULL)
		return (int)(field - s->t->fields);
	err_add(s->e, "unknown_field",
	    template_source_at(s, (int)xmlGetLineNo(node)),
	    "%s 引用的字段 %s 不存在",
	    "%s names the field %s, which is not there", name, id);
	return -1;
}

static void
checks_read(struct template_source *s, xmlNodePtr node)
{
	struct template *t = s->t;
	struct template_check *check;
	int left, right;

	if (node == NULL)
		return;
	t->checks = array(s, children(node, "check"), sizeof(*t->checks));
	for (node = child(node, "check"); node != NULL && !s->nomem;
	     node = sibling(node, "check")) {
		left = reference(s, node, "left");
		right = reference(s, node, "right");
		if (left < 0 || right < 0)
			continue;
		check = &t->checks[t->nchecks++];
		check->left = (size_t)left;
		check->right = (size_t)right;
		check->op = attribute_word(node, "op", operators);
		check->zh = attribute(s, node, "zh");
		check->en = attribute(s, node, "en");
		check->line = (int)xmlGetLineNo(node);
	}
}

static void
validity_read(struct template_source *s, xmlNodePtr node)
{
	struct template *t = s->t;

	s->validity_line = (int)xmlGetLineNo(node);
	t->valid_from = reference(s, node, "from");
	t->valid_to = reference(s, node, "to");
	t->valid_years = attribute_int(node, "years");
	t->valid_months = attribute_int(node, "months");
	t->valid_days = attribute_int(node, "days");
	t->starts_pending = attribute_is_true(node, "pending");
}

/* The attribute holds words of the algorithm table; none is ES256. */
static void
codes_read(struct template *t, xmlNodePtr node)
{
	static const char *const words[] = {
	    "ES256", "SM2", "ES256 SM2", "SM2 ES256", NULL};
	static const enum sign_alg algs[][TEMPLATE_CODES_MAX] = {{SIGN_ES256},
	    {SIGN_SM2}, {SIGN_ES256, SIGN_SM2}, {SIGN_SM2, SIGN_ES256}};
	int word = attribute_word(node, "algorithms", words);

	memcpy(t->codes, algs[word], sizeof(t->codes));
	t->ncodes = t->codes[1] == 0 ? 1 : 2;
}

static void
policy_read(struct template_source *s, xmlNodePtr root)
{
	struct template *t = s->t;
	xmlNodePtr node;

	t->qr = (enum qr_form)attribute_word(child(root, "qr"), "form", forms);
	codes_read(t, child(root, "qr"));
	t->status_max_age =
	    attribute_int(child(root, "status"), "max-age-hours") *
	    (int64_t)3600;
	node = child(root, "formats");
	s->formats_line = (int)xmlGetLineNo(node);
	t->formats = (attribute_is_true(node, "pdf") ? TEMPLATE_PDF : 0u) |
		     (attribute_is_true(node, "ofd") ? TEMPLATE_OFD : 0u) |
		     (attribute_is_true(node, "xml") ? TEMPLATE_XML : 0u);
	node = child(root, "print");
	s->print_line = (int)xmlGetLineNo(node);
	t->print_originals = attribute_int(node, "originals");
	t->print_copies = attribute_is_true(node, "copies");
	t->print_background =
	    attribute_word(node, "background", backgrounds) == 1;
	t->print_stock = attribute_is_true(node, "stock");
}

/* Its mistakes are items already; they count. */
static void
layout_read(struct template_source *s, xmlNodePtr node,
    struct template_variant *variant)
{
	size_t before = s->e->nitems;

	if (layout_spec_read(node, s->file, &variant->layout, s->e) == 0)
		return;
	s->wrong += s->e->nitems - before;
	if (s->e->class == ERR_INTERNAL || s->e->nitems == before)
		s->nomem = 1;
}

static void
variants_read(struct template_source *s, xmlNodePtr node)
{
	struct template *t = s->t;
	struct template_variant *v;

	for (node = child(node, "variant");
	     node != NULL && t->nvariants < TEMPLATE_VARIANTS_MAX;
	     node = sibling(node, "variant")) {
		s->variant_line[t->nvariants] = (int)xmlGetLineNo(node);
		v = &t->variants[t->nvariants++];
		v->id = attribute(s, node, "id");
		v->zh = attribute(s, node, "zh");
		v->en = attribute(s, node, "en");
		layout_read(s, child(node, "layout"), v);
	}
}

static void
root_read(struct template_source *s, xmlNodePtr root)
{
	static const char *const kinds[] = {"licence", "proof", NULL};
	struct template *t = s->t;
	xmlNodePtr node;

	s->root_line = (int)xmlGetLineNo(root);
	attribute_into(root, "code", t->code, sizeof(t->code));
	t->is_proof = attribute_word(root, "kind", kinds);
	t->version = (unsigned int)attribute_int(root, "version");
	attribute_into(root, "effective-from", t->effective_from,
	    sizeof(t->effective_from));
	attribute_into(
	    root, "effective-to", t->effective_to, sizeof(t->effective_to));
	node = child(root, "name");
	t->zh = attribute(s, node, "zh");
	t->en = attribute(s, node, "en");
	node = child(root, "number");
	s->number_line = (int)xmlGetLineNo(node);
	t->number = attribute(s, node, "pattern");
	fields_read(s, child(root, "fields"));
	if (s->nomem)
		return;
	node = child(root, "holder");
	s->holder_line = (int)xmlGetLineNo(node);
	t->holder = reference(s, node, "name");
	t->holder_code = reference(s, node, "code");
	validity_read(s, child(root, "validity"));
	policy_read(s, root);
	checks_read(s, child(root, "checks"));
	variants_read(s, child(root, "variants"));
}

static int
source_verdict(struct template_source *s)
{
	if (s->nomem)
		return err_nomem(s->e);
	if (s->wrong == 0)
		return 0;
	return err_set(s->e, ERR_INPUT, "template_invalid",
	    "模板 %s 有 %zu 处错误", "the template %s has %zu mistakes",
	    s->file, s->wrong);
}

int
template_parse(struct bytes xml, const char *file, const char *folder,
    const struct template_schema *schema, struct template **out, struct err *e)
{
	struct template_source s;
	xmlDocPtr doc;
	int rc;

	*out = NULL;
	memset(&s, 0, sizeof(s));
	s.file = file;
	s.e = e;
	if ((s.t = calloc(1, sizeof(*s.t))) == NULL ||
	    (s.t->folder = text_dup(folder)) == NULL)
		s.nomem = 1;
	if (!s.nomem && EVP_Digest(xml.p, xml.n, s.t->digest, NULL,
			    EVP_sha256(), NULL) != 1)
		s.nomem = 1;
	if (!s.nomem && (doc = template_schema_parse(schema, xml, &s))) {
		root_read(&s, xmlDocGetRootElement(doc));
		if (!s.nomem)
			template_rules_check(&s);
		xmlFreeDoc(doc);
	}
	if ((rc = source_verdict(&s)) == 0)
		*out = s.t;
	else
		template_free(s.t);
	return rc;
}
