/* ofd_xml_find.c - elements and attributes by name; see ofd_xml.h. */
#include "crypto/ofd_xml.h"

#include <stdlib.h>
#include <string.h>

void
ofd_xml_release(struct ofd_xml *x)
{
	free(x->nodes);
	free(x->attributes);
	free(x->decoded);
	memset(x, 0, sizeof(*x));
}

static int
is_named(const struct ofd_node *node, const char *name)
{
	return bytes_equal(node->name, bytes_str(name));
}

const struct ofd_node *
ofd_xml_root(const struct ofd_xml *x, const char *name)
{
	return x->n > 0 && is_named(&x->nodes[0], name) ? &x->nodes[0] : NULL;
}

static const struct ofd_node *
find_from(const struct ofd_xml *x, uint32_t i, const char *name)
{
	for (; i != 0; i = x->nodes[i].next)
		if (is_named(&x->nodes[i], name))
			return &x->nodes[i];
	return NULL;
}

const struct ofd_node *
ofd_xml_child(
    const struct ofd_xml *x, const struct ofd_node *node, const char *name)
{
	return node == NULL ? NULL : find_from(x, node->child, name);
}

const struct ofd_node *
ofd_xml_next(
    const struct ofd_xml *x, const struct ofd_node *node, const char *name)
{
	return find_from(x, node->next, name);
}

size_t
ofd_xml_count(
    const struct ofd_xml *x, const struct ofd_node *node, const char *name)
{
	size_t n = 0;

	for (node = ofd_xml_child(x, node, name); node != NULL;
	     node = ofd_xml_next(x, node, name))
		n++;
	return n;
}

int
ofd_xml_children_are(const struct ofd_xml *x, const struct ofd_node *node,
    const char *const *names)
{
	uint32_t i;
	size_t j;

	for (i = node->child; i != 0; i = x->nodes[i].next) {
		for (j = 0; names[j] != NULL; j++)
			if (is_named(&x->nodes[i], names[j]))
				break;
		if (names[j] == NULL)
			return 0;
	}
	return 1;
}

struct bytes
ofd_xml_attribute(
    const struct ofd_xml *x, const struct ofd_node *node, const char *name)
{
	const struct ofd_attribute *a = x->attributes + node->first_attribute;
	size_t i;

	for (i = 0; i < node->nattributes; i++)
		if (bytes_equal(a[i].name, bytes_str(name)))
			return a[i].value;
	return (struct bytes){NULL, 0};
}
