/* trust_make.c - trust.json of this installation; see trust.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/public_field.h"
#include "certsvc/trust_parts.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "keys/seal_register.h"

static const char *const qr_forms[] = {"full", "reduced", "minimal"};

static const char *
text_of(const json_t *obj, const char *key)
{
	const char *s = json_string_value(json_object_get(obj, key));

	return s == NULL ? "" : s;
}

/* The English name, or the Chinese one when there is none. */
static const char *
english_of(const json_t *obj)
{
	const char *en = text_of(obj, "en");

	return en[0] != '\0' ? en : text_of(obj, "zh");
}

/* What codes of ours start with, without "https://". */
static json_t *
hosts_json(const char *public_url)
{
	static const char https[] = "https://";
	size_t n = sizeof(https) - 1;

	return json_pack("[s]",
	    strncmp(public_url, https, n) == 0 ? public_url + n : public_url);
}

static json_t *
departments_json(const json_t *directory)
{
	const json_t *in = json_object_get(directory, "departments"), *d;
	json_t *out = json_array();
	size_t i;

	for (i = 0; i < json_array_size(in); i++) {
		d = json_array_get(in, i);
		json_array_append_new(out,
		    json_pack("{s:s,s:s,s:s,s:O}", "code", text_of(d, "code"),
			"zh", text_of(d, "zh"), "en", english_of(d), "types",
			json_object_get(d, "types")));
	}
	return out;
}

/* Every grant by its seal: {seal: [{department, type, place}]}. */
static json_t *
grants_by_seal(const json_t *directory)
{
	const json_t *departments = json_object_get(directory, "departments");
	const json_t *grants, *grant;
	json_t *out = json_object(), *list;
	const char *seal;
	size_t i, j;

	for (i = 0; i < json_array_size(departments); i++) {
		grants =
		    json_object_get(json_array_get(departments, i), "grants");
		for (j = 0; j < json_array_size(grants); j++) {
			grant = json_array_get(grants, j);
			seal = text_of(grant, "seal");
			if ((list = json_object_get(out, seal)) == NULL) {
				list = json_array();
				json_object_set_new(out, seal, list);
			}
			json_array_append_new(list,
			    json_pack("{s:s,s:s,s:I}", "department",
				text_of(json_array_get(departments, i), "code"),
				"type", text_of(grant, "type"), "place",
				json_integer_value(
				    json_object_get(grant, "place"))));
		}
	}
	return out;
}

/* What a seal may stand on: at place 0 the types of its own department, at the
 * later ones what it is lent for. */
static void
uses_add(json_t *seal, const json_t *own_types, const json_t *grants)
{
	json_t *types, *lent = json_array(), *grant;
	size_t i;

	types = own_types == NULL ? json_array() : json_deep_copy(own_types);
	json_array_foreach (grants, i, grant) {
		if (json_integer_value(json_object_get(grant, "place")) > 0)
			json_array_append(lent, grant);
		else if (strcmp(text_of(grant, "department"),
			     text_of(seal, "department")) == 0 &&
			 !trust_types_have(types, text_of(grant, "type")))
			json_array_append(
			    types, json_object_get(grant, "type"));
	}
	json_object_set_new(seal, "types", types);
	if (json_array_size(lent) > 0)
		json_object_set(seal, "lent", lent);
	json_decref(lent);
}

/* A time of the directory, a number there, as trust.json writes it. */
static void
time_set(json_t *row, const char *name, const json_t *seconds)
{
	char time[CLOCK_RFC3339_SIZE];

	if (!json_is_integer(seconds))
		return;
	clock_rfc3339(time, json_integer_value(seconds));
	json_object_set_new(row, name, json_string(time));
}

static json_t *
signers_json(const json_t *x509s)
{
	json_t *out = json_array(), *row;
	const json_t *x509;
	size_t i;

	for (i = 0; i < json_array_size(x509s); i++) {
		x509 = json_array_get(x509s, i);
		row = json_pack("{s:s,s:s}", "sha256", text_of(x509, "sha256"),
		    "alg", text_of(x509, "alg"));
		time_set(row, "revoked_since",
		    json_object_get(x509, "revoked_since"));
		json_array_append_new(out, row);
	}
	return out;
}

static void
seal_add(json_t *out, const json_t *department, const json_t *seal,
    const json_t *grants)
{
	const char *id = text_of(seal, "id");
	json_t *row;

	row = json_pack("{s:s,s:s,s:s,s:s,s:o}", "id", id, "zh",
	    text_of(seal, "zh"), "en", english_of(seal), "department",
	    text_of(department, "code"), "x509s",
	    signers_json(json_object_get(seal, "x509s")));
	uses_add(
	    row, json_object_get(seal, "types"), json_object_get(grants, id));
	json_array_append_new(out, row);
}

static json_t *
seals_json(const json_t *directory)
{
	const json_t *departments = json_object_get(directory, "departments");
	const json_t *d, *seals;
	json_t *out = json_array(), *grants = grants_by_seal(directory);
	size_t i, j;

	for (i = 0; i < json_array_size(departments); i++) {
		d = json_array_get(departments, i);
		seals = json_object_get(d, "seals");
		for (j = 0; j < json_array_size(seals); j++)
			seal_add(out, d, json_array_get(seals, j), grants);
	}
	json_decref(grants);
	return out;
}

/* A list of the directory as it is, or an empty one. */
static json_t *
list_json(const json_t *directory, const char *name)
{
	json_t *list = json_object_get(directory, name);

	return list == NULL ? json_array() : json_incref(list);
}

/* Keys as the keeper gives them; times may be numbers there. */
static json_t *
keys_json(const json_t *keys)
{
	json_t *out = json_array(), *row;
	size_t i;

	for (i = 0; i < json_array_size(keys); i++) {
		row = json_copy(json_array_get(keys, i));
		/* The x509 itself says it. */
		json_object_del(row, "alg");
		time_set(row, "not_before", json_object_get(row, "not_before"));
		time_set(row, "revoked_since",
		    json_object_get(row, "revoked_since"));
		json_array_append_new(out, row);
	}
	return out;
}

static json_t *
fields_json(const struct template *t)
{
	struct public_field fields[QR_VALUES_MAX];
	json_t *out = json_array();
	size_t i, n = public_field_list(t, fields);

	for (i = 0; i < n; i++)
		json_array_append_new(
		    out, json_pack("{s:s,s:s,s:s}", "name", fields[i].name,
			     "zh", fields[i].zh, "en", fields[i].en));
	return out;
}

static json_t *
types_json(const struct template_set *types)
{
	const struct template *t;
	json_t *out = json_array();
	size_t i;

	for (i = 0; i < types->n; i++) {
		t = types->v[i];
		json_array_append_new(
		    out, json_pack("{s:s,s:s,s:s,s:s,s:I,s:o,s:I,s:I}", "code",
			     t->code, "zh", t->zh, "en", t->en, "qr",
			     qr_forms[t->qr], "status_max_age",
			     (json_int_t)t->status_max_age, "public_fields",
			     fields_json(t), "template_version",
			     (json_int_t)t->version, "seals",
			     (json_int_t)t->nseals));
	}
	return out;
}

/* What the keeper gives to one seal a verifier must take. */
_Static_assert(
    (int)SEAL_X509S_MAX <= (int)TRUST_SIGNERS_MAX, "x509s of a seal");

int
trust_make(const json_t *directory, const struct template_set *types,
    const char *public_url, int64_t made, struct buf *json, struct err *e)
{
	const json_t *issuer = json_object_get(directory, "issuer");
	json_int_t number =
	    json_integer_value(json_object_get(issuer, "number"));
	char time[CLOCK_RFC3339_SIZE];
	json_t *out;
	char *text;

	clock_rfc3339(time, made);
	out = json_pack(
	    "{s:i,s:s,s:b,s:[{s:I,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}],s:o}",
	    "version", TRUST_VERSION, "made", time, "demo",
	    trust_number_is_demo((uint64_t)number), "issuers", "number", number,
	    "zh", text_of(issuer, "zh"), "en", english_of(issuer), "hosts",
	    hosts_json(public_url), "departments", departments_json(directory),
	    "code_keys", keys_json(json_object_get(directory, "code_keys")),
	    "status_keys", keys_json(json_object_get(directory, "status_keys")),
	    "seals", seals_json(directory), "makers",
	    list_json(directory, "makers"), "crl_issuers",
	    list_json(directory, "crl_issuers"), "types", types_json(types));
	text = out == NULL ? NULL : json_dumps(out, JSON_INDENT(1));
	json_decref(out);
	if (text == NULL)
		return err_set(e, ERR_INTERNAL, "bad_directory",
		    "密钥目录不完整，无法生成信任数据",
		    "the keeper's directory is incomplete: no trust data can be made");
	buf_add_str(json, text);
	buf_add_byte(json, '\n');
	free(text);
	return buf_failed(json) ? err_nomem(e) : 0;
}
