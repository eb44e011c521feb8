/* verdict.c - adding reasons, ordering, JSON; see verdict.h. */
#include "certsvc/verdict.h"

#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"

static const char *const kinds[] = {
    "valid", "invalid", "indeterminate", "unsigned", "unreadable"};

/* How bad each kind is: invalid is worst, then unreadable, unsigned,
 * indeterminate. */
static const int badness[] = {0, 4, 1, 2, 3};

const char *
verdict_word(enum verdict_kind kind)
{
	return (size_t)kind < sizeof(kinds) / sizeof(kinds[0]) ? kinds[kind]
							       : NULL;
}

const char *
integrity_word(enum integrity i)
{
	static const char *const words[] = {"broken", "intact"};

	return (size_t)i < 2 ? words[i] : NULL;
}

const char *
coverage_word(enum coverage c)
{
	static const char *const words[] = {
	    "unclear", "partial", "revision", "whole_file"};

	return (size_t)c < 4 ? words[c] : NULL;
}

const char *
changes_word(enum changes c)
{
	static const char *const words[] = {"none", "permitted", "forbidden"};

	return (size_t)c < 3 ? words[c] : NULL;
}

const char *
trust_word(enum trust_state t)
{
	static const char *const words[] = {
	    "unknown", "trusted", "untrusted", "expired", "revoked"};

	return (size_t)t < 5 ? words[t] : NULL;
}

int
verdict_worst(int a, int b)
{
	if (a < 0 || a > 4)
		return a;
	if (b < 0 || b > 4)
		return b;
	return badness[a] >= badness[b] ? a : b;
}

void
verdict_add(struct verdict *v, const char *code)
{
	const struct verdict_reason *reason = verdict_reason_find(code);
	size_t i;

	if (reason == NULL)
		reason = verdict_reason_find("not_valid");
	v->kind =
	    (enum verdict_kind)verdict_worst((int)v->kind, (int)reason->kind);
	for (i = 0; i < v->nreasons; i++)
		if (v->reasons[i] == reason->code)
			return;
	if (v->nreasons < VERDICT_REASONS_MAX)
		v->reasons[v->nreasons++] = reason->code;
}

static json_t *
text_or_null(const char *s)
{
	return s[0] == '\0' ? json_null() : json_string(s);
}

static json_t *
time_or_null(int64_t t)
{
	char s[CLOCK_RFC3339_SIZE];

	if (t == 0)
		return json_null();
	clock_rfc3339(s, t);
	return json_string(s);
}

static json_t *
reasons_json(const struct verdict *v)
{
	const struct verdict_reason *r;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < v->nreasons; i++) {
		r = verdict_reason_find(v->reasons[i]);
		json_array_append_new(
		    list, json_pack("{s:s,s:s,s:s,s:{s:s,s:s}}", "code",
			      r->code, "text_zh", r->zh, "text_en", r->en,
			      "next", "zh", r->next_zh, "en", r->next_en));
	}
	return list;
}

static json_t *
copy_json(const struct verdict_copy *copy)
{
	if (!copy->is_copy)
		return json_null();
	return json_pack("{s:o,s:o,s:o,s:o}", "purpose",
	    text_or_null(copy->purpose), "maker", text_or_null(copy->maker),
	    "made", text_or_null(copy->made), "until",
	    text_or_null(copy->until));
}

static json_t *
sheet_json(const struct verdict_sheet *sheet)
{
	if (sheet->number == 0)
		return json_null();
	return json_pack("{s:I,s:o,s:o,s:o}", "number",
	    (json_int_t)sheet->number, "office", text_or_null(sheet->office),
	    "day", text_or_null(sheet->day), "purpose",
	    text_or_null(sheet->purpose));
}

static json_t *
certificate_json(const struct verdict *v)
{
	const struct verdict_certificate *c = &v->certificate;
	struct buf digest = BUF_INIT;
	json_t *out;

	if (!c->known)
		return json_null();
	text_hex(
	    &digest, (struct bytes){c->face_digest, sizeof(c->face_digest)});
	out = json_pack(
	    "{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,"
	    "s:s,s:I,s:o,s:o,s:O?}",
	    "id", text_or_null(c->id), "type", text_or_null(c->type), "type_zh",
	    text_or_null(c->type_zh), "type_en", text_or_null(c->type_en),
	    "number", text_or_null(c->number), "identifier",
	    text_or_null(c->identifier), "holder", text_or_null(c->holder),
	    "department", text_or_null(c->department), "status",
	    text_or_null(c->status), "status_as_of",
	    time_or_null(c->status_as_of), "superseded_by",
	    text_or_null(c->superseded_by), "superseded_by_number",
	    text_or_null(c->superseded_by_number), "issued",
	    time_or_null(c->issued), "valid_from", time_or_null(c->valid_from),
	    "valid_to", time_or_null(c->valid_to), "face_digest",
	    buf_cstr(&digest), "copy_number", (json_int_t)c->copy_number,
	    "copy", copy_json(&c->copy), "sheet", sheet_json(&c->sheet),
	    "fields", v->fields);
	buf_release(&digest);
	return out;
}

static json_t *
signatures_json(const struct verdict *v)
{
	const struct verdict_signature *s;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < v->nsignatures; i++) {
		s = &v->signatures[i];
		json_array_append_new(list,
		    json_pack("{s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o}",
			"integrity", integrity_word(s->integrity), "coverage",
			coverage_word(s->coverage), "changes",
			changes_word(s->changes), "trust", trust_word(s->trust),
			"level", text_or_null(s->level), "algorithm",
			text_or_null(s->algorithm), "signer",
			text_or_null(s->signer), "seal", text_or_null(s->seal),
			"claimed_time", time_or_null(s->claimed_time),
			"proven_time", time_or_null(s->proven_time)));
	}
	return list;
}

json_t *
verdict_json(const struct verdict *v)
{
	return json_pack("{s:s,s:o,s:o,s:o,s:o}", "verdict",
	    verdict_word(v->kind), "format", text_or_null(v->format), "reasons",
	    reasons_json(v), "certificate", certificate_json(v), "signatures",
	    signatures_json(v));
}

void
verdict_release(struct verdict *v)
{
	json_decref(v->fields);
	memset(v, 0, sizeof(*v));
}
