/* verdict_pack.c - a verdict between processes; see verdict.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/verdict.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	PACKED_MAX = 262144
};

int
verdict_pack(const struct verdict *v, struct buf *out, struct err *e)
{
	json_t *json = verdict_json(v);
	char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

	json_decref(json);
	if (text == NULL)
		return err_nomem(e);
	buf_add_str(out, text);
	free(text);
	return buf_failed(out) ? err_nomem(e) : 0;
}

/* Copy a string (or null: "") that fits; 0 or -1. */
static int
text_get(const json_t *json, const char *key, char *out, size_t size)
{
	const json_t *v = json_object_get(json, key);
	const char *s = json_string_value(v);

	out[0] = '\0';
	if (json_is_null(v))
		return 0;
	if (s == NULL || strlen(s) >= size)
		return -1;
	memcpy(out, s, strlen(s) + 1);
	return 0;
}

static int
time_get(const json_t *json, const char *key, int64_t *t)
{
	const json_t *v = json_object_get(json, key);

	*t = 0;
	if (json_is_null(v))
		return 0;
	return json_is_string(v) ? clock_parse(json_string_value(v), t) : -1;
}

/* Index of the word of a key among those that name() gives, or -1. */
static int
word_get(const json_t *json, const char *key, const char *(*name)(int))
{
	const char *s = json_string_value(json_object_get(json, key));
	int i;

	for (i = 0; s != NULL && name(i) != NULL; i++)
		if (strcmp(s, name(i)) == 0)
			return i;
	return -1;
}

static const char *
kind_name(int i)
{
	return verdict_word((enum verdict_kind)i);
}

static const char *
integrity_name(int i)
{
	return integrity_word((enum integrity)i);
}

static const char *
coverage_name(int i)
{
	return coverage_word((enum coverage)i);
}

static const char *
changes_name(int i)
{
	return changes_word((enum changes)i);
}

static const char *
trust_name(int i)
{
	return trust_word((enum trust_state)i);
}

static int
reasons_get(const json_t *list, struct verdict *v)
{
	const struct verdict_reason *r;
	const char *code;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > VERDICT_REASONS_MAX)
		return -1;
	for (i = 0; i < json_array_size(list); i++) {
		code = json_string_value(
		    json_object_get(json_array_get(list, i), "code"));
		r = code == NULL ? NULL : verdict_reason_find(code);
		if (r == NULL)
			return -1;
		verdict_add(v, r->code);
	}
	return 0;
}

static int
signature_get(const json_t *json, struct verdict_signature *s)
{
	int words[4];
	size_t i;

	words[0] = word_get(json, "integrity", integrity_name);
	words[1] = word_get(json, "coverage", coverage_name);
	words[2] = word_get(json, "changes", changes_name);
	words[3] = word_get(json, "trust", trust_name);
	for (i = 0; i < 4; i++)
		if (words[i] < 0)
			return -1;
	s->integrity = (enum integrity)words[0];
	s->coverage = (enum coverage)words[1];
	s->changes = (enum changes)words[2];
	s->trust = (enum trust_state)words[3];
	if (text_get(json, "level", s->level, sizeof(s->level)) != 0 ||
	    text_get(json, "algorithm", s->algorithm, sizeof(s->algorithm)) !=
		0 ||
	    text_get(json, "signer", s->signer, sizeof(s->signer)) != 0 ||
	    text_get(json, "seal", s->seal, sizeof(s->seal)) != 0)
		return -1;
	return time_get(json, "claimed_time", &s->claimed_time) != 0 ||
		       time_get(json, "proven_time", &s->proven_time) != 0
		   ? -1
		   : 0;
}

static int
signatures_get(const json_t *list, struct verdict *v)
{
	size_t i;

	if (!json_is_array(list) ||
	    json_array_size(list) > VERDICT_SIGNATURES_MAX)
		return -1;
	for (i = 0; i < json_array_size(list); i++)
		if (signature_get(json_array_get(list, i), &v->signatures[i]) !=
		    0)
			return -1;
	v->nsignatures = i;
	return 0;
}

/* The texts of a certificate. */
static int
texts_get(const json_t *json, struct verdict_certificate *c)
{
	const struct {
		const char *key;
		char *out;
		size_t size;
	} texts[] = {{"id", c->id, sizeof(c->id)},
	    {"type", c->type, sizeof(c->type)},
	    {"type_zh", c->type_zh, sizeof(c->type_zh)},
	    {"type_en", c->type_en, sizeof(c->type_en)},
	    {"number", c->number, sizeof(c->number)},
	    {"identifier", c->identifier, sizeof(c->identifier)},
	    {"holder", c->holder, sizeof(c->holder)},
	    {"department", c->department, sizeof(c->department)},
	    {"status", c->status, sizeof(c->status)},
	    {"superseded_by", c->superseded_by, sizeof(c->superseded_by)},
	    {"superseded_by_number", c->superseded_by_number,
		sizeof(c->superseded_by_number)}};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (text_get(json, texts[i].key, texts[i].out, texts[i].size) !=
		    0)
			return -1;
	return 0;
}

static int
copy_get(const json_t *json, struct verdict_copy *copy)
{
	if (json_is_null(json))
		return 0;
	copy->is_copy = 1;
	return !json_is_object(json) ||
		       text_get(json, "purpose", copy->purpose,
			   sizeof(copy->purpose)) != 0 ||
		       text_get(json, "maker", copy->maker,
			   sizeof(copy->maker)) != 0 ||
		       text_get(json, "made", copy->made, sizeof(copy->made)) !=
			   0 ||
		       text_get(
			   json, "until", copy->until, sizeof(copy->until)) != 0
		   ? -1
		   : 0;
}

static int
sheet_get(const json_t *json, struct verdict_sheet *sheet)
{
	const json_t *number = json_object_get(json, "number");

	if (json_is_null(json))
		return 0;
	if (!json_is_integer(number) || json_integer_value(number) <= 0)
		return -1;
	sheet->number = (uint64_t)json_integer_value(number);
	return text_get(json, "office", sheet->office, sizeof(sheet->office)) !=
			   0 ||
		       text_get(json, "day", sheet->day, sizeof(sheet->day)) !=
			   0 ||
		       text_get(json, "purpose", sheet->purpose,
			   sizeof(sheet->purpose)) != 0
		   ? -1
		   : 0;
}

static int
certificate_get(const json_t *json, struct verdict *v)
{
	struct verdict_certificate *c = &v->certificate;
	const json_t *copy = json_object_get(json, "copy_number");
	const json_t *fields = json_object_get(json, "fields");
	const char *hex =
	    json_string_value(json_object_get(json, "face_digest"));

	if (json_is_null(json))
		return 0;
	if (!json_is_object(json) || texts_get(json, c) != 0 || hex == NULL ||
	    text_unhex(c->face_digest, sizeof(c->face_digest), hex,
		strlen(hex)) != 0 ||
	    !json_is_integer(copy) || json_integer_value(copy) < 0)
		return -1;
	c->copy_number = (uint64_t)json_integer_value(copy);
	c->known = 1;
	if (time_get(json, "status_as_of", &c->status_as_of) != 0 ||
	    time_get(json, "issued", &c->issued) != 0 ||
	    time_get(json, "valid_from", &c->valid_from) != 0 ||
	    time_get(json, "valid_to", &c->valid_to) != 0 ||
	    copy_get(json_object_get(json, "copy"), &c->copy) != 0 ||
	    sheet_get(json_object_get(json, "sheet"), &c->sheet) != 0)
		return -1;
	if (!json_is_null(fields))
		v->fields = json_deep_copy(fields);
	return 0;
}

/* Fill *v and compare with what verdict_json makes of it. */
static int
object_get(const json_t *json, struct verdict *v)
{
	json_t *again;
	int same;

	if (text_get(json, "format", v->format, sizeof(v->format)) != 0 ||
	    reasons_get(json_object_get(json, "reasons"), v) != 0 ||
	    certificate_get(json_object_get(json, "certificate"), v) != 0 ||
	    signatures_get(json_object_get(json, "signatures"), v) != 0 ||
	    word_get(json, "verdict", kind_name) != (int)v->kind)
		return -1;
	again = verdict_json(v);
	same = again != NULL && json_equal(again, json);
	json_decref(again);
	return same ? 0 : -1;
}

int
verdict_unpack(struct bytes packed, struct verdict *v, struct err *e)
{
	json_t *json = NULL;
	int rc = -1;

	memset(v, 0, sizeof(*v));
	if (packed.n <= PACKED_MAX)
		json = json_loadb((const char *)packed.p, packed.n,
		    JSON_REJECT_DUPLICATES, NULL);
	if (json != NULL)
		rc = object_get(json, v);
	json_decref(json);
	if (rc == 0)
		return 0;
	verdict_release(v);
	return err_set(e, ERR_INPUT, "malformed", "核验结果无法读取",
	    "the verdict cannot be read");
}
