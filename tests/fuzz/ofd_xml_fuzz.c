/*
 * ofd_xml_fuzz.c - any bytes as a structure file of an OFD.  What our reader
 * takes, libxml2 must call well-formed and see the same elements, attributes
 * and text in.
 */
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "crypto/ofd_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
quiet(void *ctx, const char *format, ...)
{
	(void)ctx;
	(void)format;
}

static int
is_ofd(xmlNodePtr node)
{
	return node->ns != NULL &&
	       strcmp((const char *)node->ns->href, OFD_NAMESPACE) == 0;
}

static void
must(int ok)
{
	if (!ok)
		abort();
}

/* Blanks around it do not count. */
static struct bytes
trimmed(const char *text)
{
	struct bytes b = bytes_str(text);

	while (b.n > 0 && strchr(" \t\r\n", b.p[0]) != NULL) {
		b.p++;
		b.n--;
	}
	while (b.n > 0 && strchr(" \t\r\n", b.p[b.n - 1]) != NULL)
		b.n--;
	return b;
}

/* The text directly inside, however libxml2 cuts it. */
static void
compare_text(xmlNodePtr node, const struct ofd_node *ours)
{
	struct buf text = BUF_INIT;
	xmlNodePtr child;

	for (child = node->children; child != NULL; child = child->next)
		if (child->type == XML_TEXT_NODE ||
		    child->type == XML_CDATA_SECTION_NODE)
			buf_add_str(&text, (const char *)child->content);
	must(bytes_equal(trimmed(buf_cstr(&text)), ours->text));
	buf_release(&text);
}

static void
compare(xmlNodePtr node, const struct ofd_xml *x, uint32_t i)
{
	const struct ofd_node *ours = &x->nodes[i];
	const char *name = (const char *)node->name;
	xmlNodePtr child;
	xmlAttrPtr a;
	xmlChar *value;

	must(bytes_equal(ours->name, bytes_str(is_ofd(node) ? name : "")));
	compare_text(node, ours);
	for (a = node->properties; a != NULL; a = a->next) {
		if (a->ns != NULL || strchr((const char *)a->name, ':') != NULL)
			continue;
		value = xmlNodeListGetString(node->doc, a->children, 1);
		must(bytes_equal(
		    ofd_xml_attribute(x, ours, (const char *)a->name),
		    bytes_str(value == NULL ? "" : (const char *)value)));
		xmlFree(value);
	}
	i = ours->child;
	for (child = node->children; child != NULL; child = child->next) {
		if (child->type != XML_ELEMENT_NODE)
			continue;
		must(i != 0);
		compare(child, x, i);
		i = x->nodes[i].next;
	}
	must(i == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = ERR_INIT;
	struct ofd_xml x;
	xmlDocPtr doc;

	xmlSetGenericErrorFunc(NULL, quiet);
	if (ofd_xml_parse((struct bytes){data, size}, &x, &e) == 0) {
		doc = xmlReadMemory((const char *)data, (int)size, "x", NULL,
		    XML_PARSE_NONET | XML_PARSE_NOENT);
		must(doc != NULL);
		compare(xmlDocGetRootElement(doc), &x, 0);
		xmlFreeDoc(doc);
	}
	ofd_xml_release(&x);
	return 0;
}
