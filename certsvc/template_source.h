/*
 * template_source.h - a template.xml while it is being read.  Private to
 * certsvc/template*.c and their tests.
 */
#ifndef CERTSVC_TEMPLATE_SOURCE_H
#define CERTSVC_TEMPLATE_SOURCE_H

#include <libxml/tree.h>

#include "certsvc/template.h"

struct template_schema;

/* Compile an XSD file.  ERR_NOT_FOUND "schema_missing", ERR_INTERNAL when it
 * is no schema. */
int template_schema_read(
    const char *path, struct template_schema **schema, struct err *e);
void template_schema_free(struct template_schema *schema);

struct template_source {
	const char *file;   /* as errors name it: folder/template.xml */
	struct template *t; /* what has been read so far */
	struct err *e;
	size_t wrong; /* mistakes found */
	int nomem;    /* an allocation failed */
	/* lines of what has no struct of its own */
	int root_line, number_line, holder_line, validity_line, formats_line,
	    print_line;
	int variant_line[TEMPLATE_VARIANTS_MAX];
	char at[ERR_POINTER_SIZE];
};

/* "file:line", for the pointer of a mistake; counts it. */
const char *template_source_at(struct template_source *s, int line);

/*
 * Bytes -> tree that passed the schema; NULL when there is a mistake (counted)
 * or no memory.  No document type, no entities, no network, no attributes of
 * foreign namespaces.  Caller frees with xmlFreeDoc.
 */
xmlDocPtr template_schema_parse(const struct template_schema *schema,
    struct bytes xml, struct template_source *s);

/* The rules an XSD cannot say (template_check.c). */
void template_rules_check(struct template_source *s);
/* Those of what an office prints (template_print.c): each page has a quiet
 * place for the print line. */
void template_print_check(struct template_source *s);

/*
 * Read template bytes.  file is what errors name; folder goes into the
 * template.  ERR_INPUT "template_invalid" with items.
 */
int template_parse(struct bytes xml, const char *file, const char *folder,
    const struct template_schema *schema, struct template **out, struct err *e);

/* 1 when it becomes a face value as it is: NFC, allowed characters only. */
int template_text_ok(const char *s);

#endif
