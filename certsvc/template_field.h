/* template_field.h - checks of one field; private to certsvc/template*.c. */
#ifndef CERTSVC_TEMPLATE_FIELD_H
#define CERTSVC_TEMPLATE_FIELD_H

#include "certsvc/template_source.h"

/* Check a field with its columns, and compile its patterns. */
void template_field_check(
    struct template_source *s, struct template_field *field);

/* No id and no name twice. */
void template_fields_unique(
    struct template_source *s, const struct template_field *fields, size_t n);

#endif
