/* template.c - questions about a template; see template.h. */
#include "certsvc/template.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/layout_spec.h"

static void
field_release(struct template_field *field)
{
	size_t i;

	for (i = 0; i < field->nvalues; i++)
		free(field->values[i]);
	free(field->values);
	for (i = 0; i < field->ncolumns; i++)
		field_release(&field->columns[i]);
	free(field->columns);
	if (field->regex != NULL)
		regfree(field->regex);
	free(field->regex);
	free(field->pattern);
	free(field->id);
	free(field->zh);
	free(field->en);
}

void
template_free(struct template *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->nfields; i++)
		field_release(&t->fields[i]);
	free(t->fields);
	for (i = 0; i < t->nchecks; i++) {
		free(t->checks[i].zh);
		free(t->checks[i].en);
	}
	free(t->checks);
	for (i = 0; i < t->nvariants; i++) {
		free(t->variants[i].id);
		free(t->variants[i].zh);
		free(t->variants[i].en);
		layout_spec_free(t->variants[i].layout);
	}
	free(t->number);
	free(t->folder);
	free(t->zh);
	free(t->en);
	free(t);
}

const struct template_field *
template_field_find(const struct template *t, const char *id)
{
	size_t i;

	for (i = 0; i < t->nfields; i++)
		if (strcmp(t->fields[i].id, id) == 0)
			return &t->fields[i];
	return NULL;
}

const struct template_field *
template_field_named(const struct template *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->nfields; i++)
		if (strcmp(t->fields[i].name, name) == 0)
			return &t->fields[i];
	return NULL;
}
