/* certificate_face.c - see certificate_face.h. */
#include "certsvc/certificate_face.h"

#include <string.h>

static const char open_end[] = "长期"; /* validity without an end */

const char *
certificate_value(
    const struct template *t, const struct face *fields, int field)
{
	return field < 0 ? NULL : face_get(fields, t->fields[field].name);
}

int
certificate_validity(const struct template *t, const struct face *fields,
    const char *issued, char from[CLOCK_DATE_SIZE], char to[CLOCK_DATE_SIZE],
    struct err *e)
{
	const char *start = certificate_value(t, fields, t->valid_from);
	const char *end = certificate_value(t, fields, t->valid_to);

	to[0] = '\0';
	memcpy(from, start != NULL && strlen(start) == 10 ? start : issued,
	    CLOCK_DATE_SIZE);
	if (end != NULL && strlen(end) == 10)
		memcpy(to, end, CLOCK_DATE_SIZE);
	else if (end == NULL &&
		 (t->valid_years || t->valid_months || t->valid_days) &&
		 clock_date_add(to, from, t->valid_years, t->valid_months,
		     t->valid_days - 1) != 0)
		return err_set(e, ERR_INPUT, "bad_date", "有效期超出范围",
		    "the validity is out of range");
	return 0;
}

/* 持证主体代码类型, GB/T 36903: credit code, citizen number, other. */
static const char *
holder_code_type(const struct template *t)
{
	enum datatype type;

	if (t->holder_code < 0)
		return NULL;
	type = t->fields[t->holder_code].type;
	return type == DATATYPE_USCC	  ? "001"
	       : type == DATATYPE_CITIZEN ? "111"
					  : "999";
}

struct header {
	const char *name, *value;
};

static int
add_header(struct face *face, const struct header *v, size_t n, struct err *e)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++)
		rc = face_add(face, v[i].name, v[i].value, e);
	return rc;
}

/* The template's own fields, but for those that are header fields already. */
static int
add_fields(struct face *face, const struct face *fields, struct err *e)
{
	const char *columns[FACE_COLUMNS_MAX], *values[FACE_COLUMNS_MAX];
	const struct face_field *f;
	size_t i, j, k;
	int rc = 0;

	for (i = 0; i < fields->nfields && rc == 0; i++) {
		f = &fields->fields[i];
		if (face_field(face, f->name) != NULL)
			continue;
		if (f->value != NULL)
			rc = face_add(face, f->name, f->value, e);
		for (j = 0; j < f->nrows && rc == 0; j++) {
			for (k = 0; k < f->rows[j].ncells; k++) {
				columns[k] = f->rows[j].cells[k].name;
				values[k] = f->rows[j].cells[k].value;
			}
			rc = face_add_row(face, f->name, columns, values,
			    f->rows[j].ncells, e);
		}
	}
	return rc;
}

static int
write_all(struct face *face, const struct template *t,
    const struct certificate_header *h, const struct face *fields,
    struct err *e)
{
	const struct header header[] = {
	    {"ZZMC", t->zh},
	    {"ZZLXDM", t->code},
	    {"ZZBH", h->number},
	    {"ZZBS", h->identifier},
	    {"ZZBFJG", h->department},
	    {"ZZBFJGDM", h->code},
	    {"ZZBFRQ", h->issued},
	    {"ZZYXQQSRQ", h->from},
	    {"ZZYXQJZRQ", h->to[0] ? h->to : open_end},
	    {"CZZT", certificate_value(t, fields, t->holder)},
	    {"CZZTDM", certificate_value(t, fields, t->holder_code)},
	    {"CZZTDMLX", holder_code_type(t)},
	};
	int rc;

	rc = add_header(face, header, sizeof(header) / sizeof(header[0]), e);
	return rc != 0 ? rc : add_fields(face, fields, e);
}

int
certificate_face_write(const struct template *t,
    const struct certificate_header *header, const struct face *fields,
    struct buf *out, struct err *e)
{
	struct face *face = face_new();
	int rc;

	if (face == NULL)
		return err_nomem(e);
	if ((rc = write_all(face, t, header, fields, e)) == 0)
		rc = face_write(face, out, e);
	face_free(face);
	return rc;
}
