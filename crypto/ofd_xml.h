/*
 * ofd_xml.h - the small part of XML 1.0 that the structure files of an OFD use
 * (GB/T 33190-2016): elements of one namespace, attributes, text.  What is read
 * here is well-formed for every XML reader and means the same to it; the rest
 * of XML (DTD, entities of one's own, processing instructions, other encodings
 * than UTF-8, namespaces bound anew inside) is refused.
 */
#ifndef CRYPTO_OFD_XML_H
#define CRYPTO_OFD_XML_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"

#define OFD_NAMESPACE "http://www.ofdspec.org/2016"

enum {
	OFD_XML_MAX = 4194304,	 /* bytes of a structure file */
	OFD_NODES_MAX = 65536,	 /* elements of one */
	OFD_DEPTH_MAX = 32,	 /* elements inside each other */
	OFD_ATTRIBUTES_MAX = 32, /* of one element */
	OFD_PREFIXES_MAX = 4	 /* bound to the namespace of OFD */
};

struct ofd_attribute {
	struct bytes name, value; /* with prefix; decoded */
};

/* Indices into the list of nodes; 0 (the root) stands for none. */
struct ofd_node {
	struct bytes name; /* without prefix; empty: of another namespace */
	struct bytes text; /* decoded, without blanks around it */
	size_t first_attribute, nattributes;
	uint32_t child, last, next, parent;
};

/* A file's elements in document order; views are into the text or `decoded`. */
struct ofd_xml {
	struct ofd_node *nodes;
	struct ofd_attribute *attributes;
	size_t n, capacity, nattributes, attributes_capacity;
	uint8_t *decoded;
	size_t ndecoded;
};

/*
 * Read a whole file; text must outlive x.  ERR_INPUT "ofd_malformed",
 * ERR_LIMIT "too_large".  x is to be released in any case.
 */
int ofd_xml_parse(struct bytes text, struct ofd_xml *x, struct err *e);
void ofd_xml_release(struct ofd_xml *x);

/* The root element when it has this name, else NULL. */
const struct ofd_node *ofd_xml_root(const struct ofd_xml *x, const char *name);

/* First child, or next sibling, of this name; NULL past the last. */
const struct ofd_node *ofd_xml_child(
    const struct ofd_xml *x, const struct ofd_node *node, const char *name);
const struct ofd_node *ofd_xml_next(
    const struct ofd_xml *x, const struct ofd_node *node, const char *name);
size_t ofd_xml_count(
    const struct ofd_xml *x, const struct ofd_node *node, const char *name);

/* 1 when every child element is one of these names (NULL-terminated). */
int ofd_xml_children_are(const struct ofd_xml *x, const struct ofd_node *node,
    const char *const *names);

/* Value of an attribute without prefix; p == NULL when there is none. */
struct bytes ofd_xml_attribute(
    const struct ofd_xml *x, const struct ofd_node *node, const char *name);

/* Parts of the reader (ofd_xml_text.c): only characters that XML allows, in
 * UTF-8; text with its references replaced, never longer than it was (0, or
 * -1). */
int ofd_xml_characters_ok(struct bytes text);
int ofd_xml_decode(struct bytes raw, int attribute, uint8_t *out, size_t *used);

#endif
