/*
 * template_schema.c - template bytes to a tree that passed the XSD.
 */
#include "certsvc/template_source.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlschemas.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct template_schema {
	xmlSchemaPtr xsd;
};

static void
silent(void *ctx, xmlErrorPtr error)
{
	(void)ctx;
	(void)error;
}

int
template_schema_read(
    const char *path, struct template_schema **schema, struct err *e)
{
	xmlSchemaParserCtxtPtr ctx;

	xmlInitParser();
	*schema = NULL;
	if (access(path, R_OK) != 0)
		return err_set(e, ERR_NOT_FOUND, "schema_missing",
		    "找不到模板格式文件 %s；类型目录应与 template.xsd、layout.xsd 放在同一目录下",
		    "the schema %s is missing; a type's folder stands beside template.xsd and layout.xsd",
		    path);
	if ((*schema = calloc(1, sizeof(**schema))) == NULL)
		return err_nomem(e);
	if ((ctx = xmlSchemaNewParserCtxt(path)) != NULL) {
		xmlSchemaSetParserStructuredErrors(ctx, silent, NULL);
		(*schema)->xsd = xmlSchemaParse(ctx);
		xmlSchemaFreeParserCtxt(ctx);
	}
	if ((*schema)->xsd != NULL)
		return 0;
	template_schema_free(*schema);
	*schema = NULL;
	return err_set(e, ERR_INTERNAL, "schema_damaged",
	    "模板格式文件 %s 已损坏", "the schema %s is damaged", path);
}

void
template_schema_free(struct template_schema *schema)
{
	if (schema == NULL)
		return;
	xmlSchemaFree(schema->xsd);
	free(schema);
}

const char *
template_source_at(struct template_source *s, int line)
{
	s->wrong++;
	snprintf(s->at, sizeof(s->at), "%.100s:%d", s->file, line);
	return s->at;
}

/* What a newcomer needs to hear, by libxml2's number of the rule. */
static const struct explanation {
	int error;
	const char *code, *zh;
} explanations[] = {
    {XML_SCHEMAV_ELEMENT_CONTENT, "bad_element",
	"此处的元素不合规（缺少元素、元素多余或顺序不对）"},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_4, "missing_attribute", "缺少必需的属性"},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, "unknown_attribute", "有未知的属性"},
    {XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2, "unknown_attribute", "有未知的属性"},
    {XML_SCHEMAV_CVC_ENUMERATION_VALID, "bad_value", "取值不在允许的范围内"},
    {XML_SCHEMAV_CVC_PATTERN_VALID, "bad_value", "取值的格式不对"},
    {XML_SCHEMAV_CVC_ELT_1, "bad_element", "根元素不是 template"},
    {0, "bad_value", "不符合模板格式"},
};

/* libxml2's sentences end with a line break and spell out the namespace. */
static void
tidy(const char *message, char *out, size_t size)
{
	static const char namespace[] = "{urn:certsvc:template:1}";
	size_t n = 0;

	if (message == NULL)
		message = "";
	while (*message != '\0' && n + 1 < size) {
		if (strncmp(message, namespace, strlen(namespace)) == 0)
			message += strlen(namespace);
		else if (*message == '\n' || *message == '\r')
			message++;
		else
			out[n++] = *message++;
	}
	out[n] = '\0';
}

static void
on_invalid(void *ctx, xmlErrorPtr error)
{
	const struct explanation *x = explanations;
	struct template_source *s = ctx;
	char text[300];

	/* A bad value is reported twice: by its rule and by its type. */
	if (error->code == XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 &&
	    s->wrong > 0 && s->e->nitems > 0) {
		const struct err_item *last = &s->e->items[s->e->nitems - 1];
		const char *colon = strrchr(last->pointer, ':');

		if (colon != NULL && atoi(colon + 1) == error->line)
			return;
	}
	while (x->error != 0 && x->error != error->code)
		x++;
	tidy(error->message, text, sizeof(text));
	err_add(s->e, x->code, template_source_at(s, error->line), "%s：%s",
	    "%.0s%s", x->zh, text);
}

static void
on_malformed(void *ctx, xmlErrorPtr error)
{
	struct template_source *s = ((xmlParserCtxtPtr)ctx)->_private;
	char text[300];

	if (error->level == XML_ERR_WARNING)
		return;
	tidy(error->message, text, sizeof(text));
	err_add(s->e, "not_well_formed", template_source_at(s, error->line),
	    "不是格式良好的 XML：%s", "not well-formed XML: %s", text);
}

/* Entities come with a document type: none is accepted. */
static void
on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
	xmlParserCtxtPtr parser = ctx;
	struct template_source *s = parser->_private;

	(void)name;
	(void)external;
	(void)system;
	err_add(s->e, "doctype", template_source_at(s, parser->input->line),
	    "模板中不允许出现 DOCTYPE", "a template has no DOCTYPE");
	xmlStopParser(parser);
}

static xmlDocPtr
tree_read(struct bytes xml, struct template_source *s)
{
	xmlParserCtxtPtr parser = xmlNewParserCtxt();
	xmlDocPtr doc;

	if (parser == NULL) {
		s->nomem = 1;
		return NULL;
	}
	parser->_private = s;
	parser->sax->serror = on_malformed;
	parser->sax->internalSubset = on_doctype;
	doc = xmlCtxtReadMemory(parser, (const char *)xml.p, (int)xml.n, NULL,
	    NULL, XML_PARSE_NONET | XML_PARSE_NOCDATA);
	xmlFreeParserCtxt(parser);
	return doc;
}

static xmlNodePtr
node_after(xmlNodePtr node, xmlNodePtr top)
{
	if (node->type == XML_ELEMENT_NODE && node->children != NULL)
		return node->children;
	while (node != top && node->next == NULL)
		node = node->parent;
	return node == top ? NULL : node->next;
}

/* xsi:schemaLocation would make the validator load another file. */
static void
foreign_attributes_check(xmlDocPtr doc, struct template_source *s)
{
	xmlNodePtr top = xmlDocGetRootElement(doc), node;
	xmlAttrPtr a;

	for (node = top; node != NULL; node = node_after(node, top)) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		for (a = node->properties; a != NULL; a = a->next)
			if (a->ns != NULL)
				err_add(s->e, "unknown_attribute",
				    template_source_at(
					s, (int)xmlGetLineNo(node)),
				    "不允许带前缀的属性 %s",
				    "attributes with a prefix are not allowed: %s",
				    (const char *)a->name);
	}
}

static void
validate(const struct template_schema *schema, xmlDocPtr doc,
    struct template_source *s)
{
	xmlSchemaValidCtxtPtr ctx = xmlSchemaNewValidCtxt(schema->xsd);

	if (ctx == NULL) {
		s->nomem = 1;
		return;
	}
	xmlSchemaSetValidStructuredErrors(ctx, on_invalid, s);
	if (xmlSchemaValidateDoc(ctx, doc) != 0 && s->wrong == 0)
		s->nomem = 1;
	xmlSchemaFreeValidCtxt(ctx);
}

xmlDocPtr
template_schema_parse(const struct template_schema *schema, struct bytes xml,
    struct template_source *s)
{
	xmlDocPtr doc = tree_read(xml, s);

	if (doc != NULL && s->wrong == 0)
		foreign_attributes_check(doc, s);
	if (doc != NULL && s->wrong == 0)
		validate(schema, doc, s);
	if (doc != NULL && s->wrong == 0 && !s->nomem)
		return doc;
	if (doc == NULL && s->wrong == 0)
		s->nomem = 1;
	xmlFreeDoc(doc);
	return NULL;
}
