/* public_field.c - see public_field.h. */
#include "certsvc/public_field.h"

#include <string.h>

size_t
public_field_list(
    const struct template *t, struct public_field out[QR_VALUES_MAX])
{
	static const struct public_field number = {
	    "ZZBH", "证照编号", "Number", 0};
	const struct template_field *f;
	size_t i, n = 0;

	out[n++] = number;
	for (i = 0; i < t->nfields && n < QR_VALUES_MAX; i++) {
		f = &t->fields[i];
		if (f->level != DISCLOSURE_PUBLIC ||
		    f->type == DATATYPE_TABLE ||
		    strcmp(f->name, number.name) == 0)
			continue;
		out[n].name = f->name;
		out[n].zh = f->zh;
		out[n].en = f->en;
		out[n++].mask = f->type == DATATYPE_CITIZEN;
	}
	return n;
}
