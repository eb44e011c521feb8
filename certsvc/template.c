/* template.c - questions about a template; see template.h. */
#include "certsvc/template.h"

#include <stdlib.h>
#include <string.h>

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

size_t
template_public_fields(const struct template *t,
    const char *names[TEMPLATE_PUBLIC_MAX], uint8_t mask[TEMPLATE_PUBLIC_MAX])
{
	const struct template_field *field;
	size_t i, n = 0;

	names[n] = "ZZBH";
	mask[n++] = 0;
	for (i = 0; i < t->nfields && n < TEMPLATE_PUBLIC_MAX; i++) {
		field = &t->fields[i];
		if (field->level != DISCLOSURE_PUBLIC)
			continue;
		names[n] = field->name;
		mask[n++] = field->type == DATATYPE_CITIZEN;
	}
	return n;
}

struct number_face {
	const struct template *t;
	const struct face *face;
};

static const char *
number_field(void *ctx, const char *id)
{
	const struct number_face *nf = ctx;
	const struct template_field *field = template_field_find(nf->t, id);

	return field ? face_get(nf->face, field->name) : NULL;
}

int
template_number(const struct template *t, const struct face *face,
    const char *date, uint64_t sequence, struct buf *out, struct err *e)
{
	struct number_face nf = {t, face};
	struct number_source source = {date, sequence, number_field, &nf};

	return number_write(t->number, &source, out, e);
}

int
template_number_scope(const struct template *t, const struct face *face,
    const char *date, char scope[NUMBER_SCOPE_SIZE], struct err *e)
{
	struct number_face nf = {t, face};
	struct number_source source = {date, 0, number_field, &nf};

	return number_scope(t->number, t->code, &source, scope, e);
}
