/* verify_xml.c - the XML document of a certificate; see verify_parts.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/copy_field.h"
#include "certsvc/format/xml.h"
#include "certsvc/verify_parts.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	DAY = 86400 /* seconds */
};

static const char mark[] = "urn:certsvc:certificate:1";

/* Value of a header field, "" when it is missing. */
static const char *
header(const struct face *face, const char *name)
{
	const char *s = face_get(face, name);

	return s == NULL ? "" : s;
}

/* The face must be what the code speaks of, given out by one who may. */
static void
header_check(
    const struct face *face, const struct verify_code *code, struct verdict *v)
{
	const struct trust_department *department;
	const char *type = header(face, "ZZLXDM");

	if (strcmp(type, code->claims.type) != 0) {
		verdict_add(v, "contents_differ");
		return;
	}
	if (code->issuer == NULL)
		return;
	department =
	    trust_department_find(code->issuer, header(face, "ZZBFJGDM"));
	if (department == NULL || !trust_types_have(department->types, type))
		verdict_add(v, "not_authorised_for_type");
}

/* Validity as printed: whole days in China. */
static void
validity_check(const struct face *face, int64_t at, struct verdict *v)
{
	const char *from = header(face, "ZZYXQQSRQ");
	const char *to = header(face, "ZZYXQJZRQ");
	struct verdict_certificate *c = &v->certificate;
	char today[CLOCK_DATE_SIZE];
	int64_t t;

	clock_date_cst(today, at);
	if (clock_parse_date(from, &t) == 0) {
		c->valid_from = t;
		if (strcmp(from, today) > 0)
			verdict_add(v, "not_yet_valid");
	}
	if (clock_parse_date(to, &t) == 0) {
		c->valid_to = t + DAY; /* as the register and the code say it */
		if (strcmp(to, today) < 0)
			verdict_add(v, "expired");
	}
}

/* "YYYY-MM-DD HH:MM:SS" in China. */
static int
time_cst(const char *text, int64_t *t)
{
	char iso[32];

	if (strlen(text) != 19 || text[10] != ' ')
		return -1;
	snprintf(iso, sizeof(iso), "%.10sT%.8s+08:00", text, text + 11);
	return clock_parse(iso, t);
}

/* A purpose-bound copy says so, all of it, and has an end of its own. */
static void
copy_check(const struct face *face, const struct verify_code *code, int64_t at,
    struct verdict *v)
{
	struct verdict_copy *copy = &v->certificate.copy;
	const char *until = header(face, COPY_UNTIL);
	int64_t end;

	text_copy(
	    copy->purpose, sizeof(copy->purpose), header(face, COPY_PURPOSE));
	text_copy(copy->maker, sizeof(copy->maker), header(face, COPY_MAKER));
	text_copy(copy->made, sizeof(copy->made), header(face, COPY_MADE));
	text_copy(copy->until, sizeof(copy->until), until);
	copy->is_copy = copy->purpose[0] != '\0' || copy->maker[0] != '\0' ||
			copy->made[0] != '\0' || until[0] != '\0';
	/* Its code alone must not pass for the original's, nor for a sheet's;
	 * nor may a copy's code pass with an original's face. */
	if (copy->is_copy != (code->claims.copy.number != 0 &&
				 code->claims.copy.kind == QR_COPY_PURPOSE))
		verdict_add(v, "contents_differ");
	if (!copy->is_copy)
		return;
	if (copy->purpose[0] == '\0' || time_cst(until, &end) != 0) {
		verdict_add(v, "malformed");
		return;
	}
	v->certificate.valid_to = end + 1;
	if (at > end)
		verdict_add(v, "expired");
}

/* The public values of the face with their labels, when the type is known. */
static json_t *
fields_json(const struct face *face, const struct trust_type *type)
{
	const json_t *label;
	const char *value;
	json_t *list;
	size_t i;

	if (type == NULL)
		return NULL;
	list = json_array();
	for (i = 0; i < json_array_size(type->public_fields); i++) {
		label = json_array_get(type->public_fields, i);
		value = face_get(
		    face, json_string_value(json_object_get(label, "name")));
		if (value != NULL)
			json_array_append_new(list,
			    json_pack("{s:O,s:O,s:O,s:s}", "name",
				json_object_get(label, "name"), "zh",
				json_object_get(label, "zh"), "en",
				json_object_get(label, "en"), "value", value));
	}
	return list;
}

static void
face_describe(const struct face *face, const struct verify_options *opt,
    struct verdict *v)
{
	struct verdict_certificate *c = &v->certificate;

	text_copy(c->type_zh, sizeof(c->type_zh), header(face, "ZZMC"));
	text_copy(c->number, sizeof(c->number), header(face, "ZZBH"));
	text_copy(c->identifier, sizeof(c->identifier), header(face, "ZZBS"));
	text_copy(c->holder, sizeof(c->holder), header(face, "CZZT"));
	text_copy(c->department, sizeof(c->department), header(face, "ZZBFJG"));
	if (opt->trust != NULL)
		v->fields =
		    fields_json(face, trust_type_find(opt->trust, c->type));
}

/* Code and face together; 0, or -1 when the face is not what was signed. */
static int
code_and_face_check(struct bytes canonical, const struct face *face,
    const struct verify_options *opt, struct verify_code *code,
    struct verdict *v)
{
	uint8_t digest[FACE_DIGEST_SIZE];
	struct err e = ERR_INIT;

	if (face_digest(canonical, digest, &e) != 0) {
		verify_add_error(v, &e);
		return -1;
	}
	if (!verify_code_check(code, opt, v))
		return -1;
	if (memcmp(digest, code->claims.face_digest, sizeof(digest)) != 0) {
		verdict_add(v, "modified");
		return -1;
	}
	header_check(face, code, v);
	verify_code_describe(code, opt, v);
	json_decref(v->fields);
	v->fields = NULL;
	face_describe(face, opt, v);
	validity_check(face, opt->at, v);
	copy_check(face, code, opt->at, v);
	return 0;
}

int
verify_document(struct bytes xml, const struct verify_options *opt,
    struct face **face, struct verify_code *code, struct verdict *v)
{
	struct bytes canonical, qr;
	struct err e = ERR_INIT;

	if (xml_document_split(xml, &canonical, &qr, &e) != 0 ||
	    face_parse(canonical, face, &e) != 0) {
		verdict_add(v, "malformed");
		err_clear(&e);
		return -1;
	}
	if (verify_code_read(qr, code, v) == 0) {
		code->face = canonical;
		if (code_and_face_check(canonical, *face, opt, code, v) == 0)
			return 0;
		verify_code_release(code);
	}
	face_free(*face);
	*face = NULL;
	return -1;
}

void
verify_xml(
    struct bytes file, const struct verify_options *opt, struct verdict *v)
{
	struct verify_code code;
	struct face *face;

	snprintf(v->format, sizeof(v->format), "xml");
	if (memmem(file.p, file.n, mark, strlen(mark)) == NULL) {
		verdict_add(v, "no_signature");
		return;
	}
	if (verify_document(file, opt, &face, &code, v) != 0)
		return;
	verify_code_release(&code);
	face_free(face);
}
