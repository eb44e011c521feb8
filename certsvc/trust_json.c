/* trust_json.c - trust.json into structs (docs/trust.md). */
#include <stdlib.h>
#include <string.h>

#include "certsvc/trust_parts.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/qr_claims.h"
#include "crypto/x509.h"

int
trust_bad(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "bad_trust",
	    "信任数据 trust.json 有误：%s", "trust data is wrong: %s", what);
}

int
trust_time_get(const json_t *obj, const char *key, int64_t *t)
{
	const json_t *v = json_object_get(obj, key);

	*t = 0;
	if (v == NULL)
		return 0;
	return json_is_string(v) ? clock_parse(json_string_value(v), t) : -1;
}

int
trust_strings_ok(const json_t *list, size_t max)
{
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > max)
		return 0;
	for (i = 0; i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)))
			return 0;
	return 1;
}

/* The x509 of a key in base64: its point must be there and fit its kid. */
static int
key_x509_read(struct trust_key *key, const char *base64, struct err *e)
{
	const struct x509 *x = NULL;
	struct buf der = BUF_INIT;
	int ok = 0;

	if (text_unbase64(&der, base64, strlen(base64)) == 0 &&
	    x509_get(buf_bytes(&der), &x, e) == 0) {
		ok = x->point.n == TRUST_POINT_SIZE &&
		     memcmp(x->kid, key->kid, COSE_KID_SIZE) == 0;
		key->alg = x->alg;
		if (ok)
			memcpy(key->point, x->point.p, TRUST_POINT_SIZE);
		x509_free(x);
	}
	buf_release(&der);
	return ok ? 0 : trust_bad(e, "x509 of a key");
}

static int
key_read(void *out, json_t *json, struct err *e)
{
	struct trust_key *key = out;
	const char *kid, *base64, *since = NULL, *revoked = NULL;
	json_t *types = NULL;

	if (json_unpack_ex(json, NULL, JSON_STRICT, "{s:s,s:s,s?o,s?s,s?s}",
		"kid", &kid, "x509", &base64, "types", &types, "not_before",
		&since, "revoked_since", &revoked) != 0 ||
	    text_unhex(key->kid, sizeof(key->kid), kid, strlen(kid)) != 0 ||
	    (types != NULL && !trust_strings_ok(types, TRUST_TYPES_MAX)) ||
	    trust_time_get(json, "not_before", &key->not_before) != 0 ||
	    trust_time_get(json, "revoked_since", &key->revoked_since) != 0)
		return trust_bad(e, "key");
	key->types = types;
	return key_x509_read(key, base64, e);
}

static int
department_read(void *out, json_t *json, struct err *e)
{
	struct trust_department *d = out;
	json_t *types;

	if (json_unpack_ex(json, NULL, JSON_STRICT, "{s:s,s:s,s:s,s:o}", "code",
		&d->code, "zh", &d->zh, "en", &d->en, "types", &types) != 0 ||
	    !trust_strings_ok(types, TRUST_TYPES_MAX))
		return trust_bad(e, "department");
	d->types = types;
	return 0;
}

static int
public_fields_ok(const json_t *fields)
{
	const char *name, *zh, *en;
	size_t i;

	if (!json_is_array(fields) || json_array_size(fields) > QR_VALUES_MAX)
		return 0;
	for (i = 0; i < json_array_size(fields); i++)
		if (json_unpack_ex(json_array_get(fields, i), NULL, JSON_STRICT,
			"{s:s,s:s,s:s}", "name", &name, "zh", &zh, "en",
			&en) != 0)
			return 0;
	return 1;
}

static int
type_read(void *out, json_t *json, struct err *e)
{
	struct trust_type *t = out;
	const char *qr;
	json_int_t age, version = 0, seals = 0;
	json_t *fields;

	if (json_unpack_ex(json, NULL, JSON_STRICT,
		"{s:s,s:s,s:s,s:s,s:I,s:o,s?I,s?I}", "code", &t->code, "zh",
		&t->zh, "en", &t->en, "qr", &qr, "status_max_age", &age,
		"public_fields", &fields, "template_version", &version, "seals",
		&seals) != 0 ||
	    age < 0 || version < 0 || seals < 0 || !public_fields_ok(fields))
		return trust_bad(e, "type");
	t->status_max_age = age;
	t->template_version = (uint64_t)version;
	t->seals = (size_t)seals;
	t->public_fields = fields;
	return 0;
}

/* An x509 by its digest. */
static int
digest_read(void *out, json_t *json, struct err *e)
{
	const char *hex = json_string_value(json);

	if (hex == NULL || text_unhex(out, 32, hex, strlen(hex)) != 0)
		return trust_bad(e, "digest of an x509");
	return 0;
}

/* A kind of list in trust.json. */
struct kind {
	size_t size; /* of one element */
	size_t max;
	int (*read)(void *out, json_t *json, struct err *e);
	int (*compare)(const void *a, const void *b); /* NULL: twins are fine */
};

static int
key_compare(const void *a, const void *b)
{
	const struct trust_key *x = a, *y = b;

	return memcmp(x->kid, y->kid, COSE_KID_SIZE);
}

static int
seal_compare(const void *a, const void *b)
{
	const struct trust_seal *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static int
type_compare(const void *a, const void *b)
{
	const struct trust_type *x = a, *y = b;

	return strcmp(x->code, y->code);
}

/* Departments are looked up by their code. */
static int
department_compare(const void *a, const void *b)
{
	const struct trust_department *x = a, *y = b;

	return strcmp(x->code, y->code);
}

static int
issuer_compare(const void *a, const void *b)
{
	const struct trust_issuer *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static const struct kind kind_key = {
    sizeof(struct trust_key), TRUST_KEYS_MAX, key_read, key_compare};
static const struct kind kind_seal = {sizeof(struct trust_seal),
    TRUST_SEALS_MAX, trust_json_seal_read, seal_compare};
static const struct kind kind_department = {sizeof(struct trust_department),
    TRUST_DEPARTMENTS_MAX, department_read, department_compare};
static const struct kind kind_digest = {
    32, TRUST_DIGESTS_MAX, digest_read, NULL};
static const struct kind kind_type = {
    sizeof(struct trust_type), TRUST_TYPES_MAX, type_read, type_compare};

/*
 * Sort, and refuse two of one name: which of them is found would decide what is
 * believed, as with a key that is revoked in one row and not in the other.
 */
static int
twins_refuse(const struct kind *kind, uint8_t *items, size_t n, struct err *e)
{
	size_t i;

	if (kind->compare == NULL)
		return 0;
	qsort(items, n, kind->size, kind->compare);
	for (i = 1; i < n; i++)
		if (kind->compare(items + (i - 1) * kind->size,
			items + i * kind->size) == 0)
			return trust_bad(e, "two rows of one name");
	return 0;
}

/* Read a list; *out is a new array of *n elements, sorted. */
static int
list_read(const json_t *list, const struct kind *kind, void **out, size_t *n,
    struct err *e)
{
	size_t i, count = json_array_size(list);
	uint8_t *items;
	int rc;

	if (!json_is_array(list) || count > kind->max)
		return trust_bad(e, "list");
	items = calloc(count + 1, kind->size);
	if (items == NULL)
		return err_nomem(e);
	*out = items;
	*n = count;
	for (i = 0; i < count; i++) {
		rc = kind->read(
		    items + i * kind->size, json_array_get(list, i), e);
		if (rc != 0)
			return rc;
	}
	return twins_refuse(kind, items, count, e);
}

const struct trust_department *
trust_department_find(const struct trust_issuer *issuer, const char *code)
{
	struct trust_department key = {.code = code};

	return bsearch(&key, issuer->departments, issuer->ndepartments,
	    sizeof(key), department_compare);
}

/* The lists of an issuer, in the order of issuer_read's json_unpack. */
enum {
	LIST_DEPARTMENTS,
	LIST_CODE_KEYS,
	LIST_STATUS_KEYS,
	LIST_SEALS,
	LIST_MAKERS,
	LIST_CRL_ISSUERS,
	LISTS
};

static int
issuer_lists_read(
    struct trust_issuer *issuer, json_t *const lists[LISTS], struct err *e)
{
	static const struct kind *const kinds[LISTS] = {&kind_department,
	    &kind_key, &kind_key, &kind_seal, &kind_digest, &kind_digest};
	size_t *const counts[LISTS] = {&issuer->ndepartments,
	    &issuer->ncode_keys, &issuer->nstatus_keys, &issuer->nseals,
	    &issuer->nmakers, &issuer->ncrl_issuers};
	void *items[LISTS] = {NULL};
	int rc = 0, i;

	for (i = 0; i < LISTS && rc == 0; i++)
		if (lists[i] != NULL)
			rc = list_read(
			    lists[i], kinds[i], &items[i], counts[i], e);
	issuer->departments = items[LIST_DEPARTMENTS];
	issuer->code_keys = items[LIST_CODE_KEYS];
	issuer->status_keys = items[LIST_STATUS_KEYS];
	issuer->seals = items[LIST_SEALS];
	issuer->makers = items[LIST_MAKERS];
	issuer->crl_issuers = items[LIST_CRL_ISSUERS];
	return rc;
}

static int
issuer_read(void *out, json_t *json, struct err *e)
{
	struct trust_issuer *issuer = out;
	json_t *lists[LISTS] = {NULL}, *hosts;
	json_int_t number;

	if (json_unpack_ex(json, NULL, JSON_STRICT,
		"{s:I,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s?o}", "number", &number,
		"zh", &issuer->zh, "en", &issuer->en, "hosts", &hosts,
		"departments", &lists[LIST_DEPARTMENTS], "code_keys",
		&lists[LIST_CODE_KEYS], "status_keys", &lists[LIST_STATUS_KEYS],
		"seals", &lists[LIST_SEALS], "makers", &lists[LIST_MAKERS],
		"crl_issuers", &lists[LIST_CRL_ISSUERS]) != 0 ||
	    number <= 0 || !trust_strings_ok(hosts, TRUST_HOSTS_MAX))
		return trust_bad(e, "issuer");
	issuer->number = (uint64_t)number;
	issuer->hosts = hosts;
	return issuer_lists_read(issuer, lists, e);
}

static const struct kind kind_issuer = {sizeof(struct trust_issuer),
    TRUST_ISSUERS_MAX, issuer_read, issuer_compare};

/* The CAs with lists of all issuers, for the check of a chain. */
static int
crl_issuers_join(struct trust *trust, struct err *e)
{
	const struct trust_issuer *issuer;
	size_t i, n = 0;

	for (i = 0; i < trust->nissuers; i++)
		n += trust->issuers[i].ncrl_issuers;
	trust->crl_issuers = calloc(n + 1, sizeof(*trust->crl_issuers));
	if (trust->crl_issuers == NULL)
		return err_nomem(e);
	for (i = 0; i < trust->nissuers; i++) {
		issuer = &trust->issuers[i];
		if (issuer->ncrl_issuers == 0)
			continue;
		memcpy(trust->crl_issuers + trust->ncrl_issuers,
		    issuer->crl_issuers,
		    issuer->ncrl_issuers * sizeof(*issuer->crl_issuers));
		trust->ncrl_issuers += issuer->ncrl_issuers;
	}
	return 0;
}

int
trust_json_read(struct trust *trust, struct err *e)
{
	const char *made;
	json_t *issuers, *types;
	json_int_t version;
	void *p = NULL;
	int rc;

	if (json_unpack(trust->root, "{s:I}", "version", &version) != 0)
		return trust_bad(e, "version");
	if (version != TRUST_VERSION)
		return err_set(e, ERR_INPUT, "unsupported_version",
		    "信任数据的版本是 %d，本程序只读版本 %d：请更新程序或重新取得信任数据",
		    "trust data has version %d, this program reads %d: update the program or get the data again",
		    (int)version, TRUST_VERSION);
	if (json_unpack_ex(trust->root, NULL, JSON_STRICT,
		"{s:I,s:s,s:b,s:o,s:o}", "version", &version, "made", &made,
		"demo", &trust->demo, "issuers", &issuers, "types",
		&types) != 0 ||
	    clock_parse(made, &trust->made) != 0)
		return trust_bad(e, "head");
	rc = list_read(issuers, &kind_issuer, &p, &trust->nissuers, e);
	trust->issuers = p;
	if (rc != 0)
		return rc;
	p = NULL;
	rc = list_read(types, &kind_type, &p, &trust->ntypes, e);
	trust->types = p;
	if (rc == 0)
		rc = crl_issuers_join(trust, e);
	return rc == 0 ? trust_index_make(trust, e) : rc;
}
