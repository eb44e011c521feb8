/* verify_qr.c - a printed code; see verify_parts.h. */
#include <stdio.h>
#include <string.h>

#include "certsvc/verify_parts.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	DAY = 86400,	   /* seconds */
	DAYS_MAX = 2932896 /* 9999-12-31 */
};

enum {
	FORM_FULL,
	FORM_REDUCED,
	REDUCED_VALUES = 3
};

int
verify_code_read(struct bytes text, struct verify_code *code, struct verdict *v)
{
	struct err e = ERR_INIT;
	int rc;

	memset(code, 0, sizeof(*code));
	rc = qr_text_read(text, &code->url, &code->bytes, &e);
	if (rc == 0)
		rc = cose_parse(buf_bytes(&code->bytes), &code->cose, &e);
	if (rc == 0 && code->cose.typ.n != 0)
		rc = err_set(&e, ERR_INPUT, "not_our_code", "不是证照二维码",
		    "not the code of a certificate");
	if (rc == 0)
		rc = qr_claims_read(code->cose.payload, &code->claims, &e);
	if (rc != 0) {
		verify_add_error(v, &e);
		verify_code_release(code);
	}
	err_clear(&e);
	return rc == 0 ? 0 : -1;
}

void
verify_code_release(struct verify_code *code)
{
	qr_claims_release(&code->claims);
	buf_release(&code->bytes);
}

/* May the key sign this type, and does its issuer give it out at all? */
static int
type_allowed(const struct trust_issuer *issuer, const struct trust_key *key,
    const char *type)
{
	size_t i;

	if (!trust_types_have(key->types, type))
		return 0;
	for (i = 0; i < issuer->ndepartments; i++)
		if (trust_types_have(issuer->departments[i].types, type))
			return 1;
	return 0;
}

static const char *
status_word(enum trust_status status)
{
	switch (status) {
	case TRUST_STATUS_VALID:
		return "valid";
	case TRUST_STATUS_REVOKED:
		return "revoked";
	case TRUST_STATUS_SUSPENDED:
		return "suspended";
	case TRUST_STATUS_SUPERSEDED:
		return "superseded";
	case TRUST_STATUS_NONE:
		break;
	}
	return "";
}

static void
status_check(const struct verify_code *code, const struct verify_options *opt,
    struct verdict *v)
{
	const struct trust_type *type =
	    trust_type_find(opt->trust, code->claims.type);
	enum trust_status status;
	int64_t as_of = 0;

	status = trust_status(opt->trust, code->issuer, code->claims.list,
	    code->claims.index, &as_of);
	snprintf(v->certificate.status, sizeof(v->certificate.status), "%s",
	    status_word(status));
	v->certificate.status_as_of = as_of;
	if (status == TRUST_STATUS_NONE)
		verdict_add(v, "status_unknown");
	else if (status != TRUST_STATUS_VALID)
		verdict_add(v, status_word(status));
	else if (type == NULL || opt->at - as_of > type->status_max_age)
		verdict_add(v, "status_stale");
}

static int
is_sheet(const struct qr_claims *claims)
{
	return claims->copy.number != 0 && claims->copy.kind == QR_COPY_SHEET;
}

/* The start of a day since 1970-01-01 in China. */
static int64_t
day_start(uint64_t day)
{
	return (int64_t)(day < DAYS_MAX ? day : DAYS_MAX) * DAY -
	       CLOCK_CST_OFFSET;
}

int64_t
verify_signed_from(const struct verify_code *code)
{
	return is_sheet(&code->claims) ? day_start(code->claims.copy.day)
				       : code->claims.issued;
}

int64_t
verify_signed_until(const struct verify_code *code)
{
	return is_sheet(&code->claims)
		   ? day_start(code->claims.copy.day) + DAY - 1
		   : code->claims.issued;
}

static void
dates_check(const struct verify_code *code, int64_t at, struct verdict *v)
{
	const struct qr_claims *claims = &code->claims;

	if (claims->issued > at + VERIFY_CLOCK_SKEW ||
	    verify_signed_from(code) > at + VERIFY_CLOCK_SKEW)
		verdict_add(v, "not_yet_valid");
	if (claims->expires != 0 && at >= claims->expires)
		verdict_add(v, "expired");
}

/* The key that signed, when it can be checked here; else NULL after saying
 * why. */
static const struct trust_key *
key_find(struct verify_code *code, const struct verify_options *opt,
    struct verdict *v)
{
	const struct trust_key *key = NULL;
	int demo = trust_number_is_demo(code->claims.issuer);

	if (opt->trust != NULL && demo && !trust_is_demo(opt->trust))
		verdict_add(v, "demo_not_accepted");
	if (opt->trust != NULL)
		code->issuer =
		    trust_issuer_find(opt->trust, code->claims.issuer);
	if (code->issuer != NULL)
		key = trust_code_key(code->issuer, code->cose.kid);
	if (key == NULL)
		verdict_add(v, "unknown_issuer");
	return key;
}

int
verify_code_check(struct verify_code *code, const struct verify_options *opt,
    struct verdict *v)
{
	struct err e = ERR_INIT;
	const struct trust_key *key = key_find(code, opt, v);
	const struct qr_claims *claims = &code->claims;
	struct bytes point;
	int rc;

	if (key == NULL) {
		dates_check(code, opt->at, v);
		return 1;
	}
	point = (struct bytes){key->point, sizeof(key->point)};
	/* A key never verifies by another algorithm than its own. */
	rc = key->alg == code->cose.alg ? cose_verify(&code->cose, point, &e)
					: -1;
	err_clear(&e);
	if (rc != 0) {
		verdict_add(v, "bad_signature");
		return 0;
	}
	if (!trust_host_ok(code->issuer, code->url))
		verdict_add(v, "foreign_host");
	if ((key->revoked_since != 0 &&
		verify_signed_until(code) >= key->revoked_since) ||
	    verify_signed_until(code) < key->not_before)
		verdict_add(v, "issuer_key_revoked");
	if (!type_allowed(code->issuer, key, claims->type))
		verdict_add(v, "not_authorised_for_type");
	if (!opt->status_later)
		status_check(code, opt, v);
	dates_check(code, opt->at, v);
	return 1;
}

static json_t *
value_json(const json_t *label, const char *value)
{
	return json_pack("{s:O?,s:O?,s:O?,s:s}", "name",
	    json_object_get(label, "name"), "zh", json_object_get(label, "zh"),
	    "en", json_object_get(label, "en"), "value", value);
}

/* Values with the labels that the trust knows for this type. */
static json_t *
values_json(const struct qr_claims *claims, const struct trust_type *type)
{
	const json_t *labels = type == NULL ? NULL : type->public_fields;
	json_t *list = json_array();
	size_t i;

	/* Another version of the type has other fields: no labels then. */
	if (claims->form != FORM_FULL ||
	    json_array_size(labels) != claims->nvalues)
		labels = NULL;
	for (i = 0; i < claims->nvalues; i++)
		json_array_append_new(list,
		    value_json(json_array_get(labels, i), claims->values[i]));
	return list;
}

/* Number and holder: their places depend on the form. */
static void
names_describe(const struct qr_claims *claims, const struct trust_type *type,
    struct verdict_certificate *c)
{
	const json_t *labels = type == NULL ? NULL : type->public_fields;
	const char *name;
	size_t i;

	if (claims->form == FORM_REDUCED && claims->nvalues == REDUCED_VALUES) {
		text_copy(c->type_zh, sizeof(c->type_zh), claims->values[0]);
		text_copy(c->number, sizeof(c->number), claims->values[1]);
		text_copy(c->holder, sizeof(c->holder), claims->values[2]);
	}
	if (claims->form != FORM_FULL ||
	    json_array_size(labels) != claims->nvalues)
		return;
	for (i = 0; i < claims->nvalues; i++) {
		name = json_string_value(
		    json_object_get(json_array_get(labels, i), "name"));
		if (strcmp(name, "ZZBH") == 0)
			text_copy(
			    c->number, sizeof(c->number), claims->values[i]);
		else if (strcmp(name, "CZZT") == 0)
			text_copy(
			    c->holder, sizeof(c->holder), claims->values[i]);
	}
}

static void
day_text(char out[CLOCK_DATE_SIZE], uint64_t day)
{
	if (day < DAYS_MAX)
		clock_date_cst(out, day_start(day));
}

static void
sheet_describe(const struct qr_copy *copy, struct verdict_sheet *sheet)
{
	sheet->number = copy->number;
	text_copy(sheet->office, sizeof(sheet->office), copy->office);
	day_text(sheet->day, copy->day);
}

/* All that a code says of a copy; what it is for stands on its face alone. */
static void
copy_describe(const struct qr_claims *claims, struct verdict_copy *copy)
{
	copy->is_copy = 1;
	text_copy(copy->maker, sizeof(copy->maker), claims->copy.office);
	day_text(copy->made, claims->copy.day);
	if (claims->expires != 0)
		clock_date_cst(copy->until, claims->expires - 1);
}

void
verify_code_describe(const struct verify_code *code,
    const struct verify_options *opt, struct verdict *v)
{
	struct verdict_certificate *c = &v->certificate;
	const struct qr_claims *claims = &code->claims;
	const struct trust_type *type =
	    opt->trust == NULL ? NULL
			       : trust_type_find(opt->trust, claims->type);
	struct buf id = BUF_INIT;

	c->known = 1;
	text_base32(&id, (struct bytes){claims->cti, sizeof(claims->cti)});
	text_copy(c->id, sizeof(c->id), buf_cstr(&id));
	buf_release(&id);
	text_copy(c->type, sizeof(c->type), claims->type);
	names_describe(claims, type, c);
	if (type != NULL) {
		text_copy(c->type_zh, sizeof(c->type_zh), type->zh);
		text_copy(c->type_en, sizeof(c->type_en), type->en);
	}
	c->issued = claims->issued;
	c->valid_to = claims->expires;
	memcpy(c->face_digest, claims->face_digest, sizeof(c->face_digest));
	if (is_sheet(claims)) {
		sheet_describe(&claims->copy, &c->sheet);
	} else if (claims->copy.number != 0) {
		c->copy_number = claims->copy.number;
		copy_describe(claims, &c->copy);
	}
	if (v->fields == NULL)
		v->fields = values_json(claims, type);
}

void
verify_qr(
    struct bytes text, const struct verify_options *opt, struct verdict *v)
{
	struct verify_code code;

	if (verify_code_read(text, &code, v) != 0)
		return;
	if (verify_code_check(&code, opt, v))
		verify_code_describe(&code, opt, v);
	verify_code_release(&code);
}
