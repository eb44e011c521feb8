/* directory.c - see directory.h. */
#include "certsvc/directory.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/base/text.h"

static int
bad(struct err *e, const char *what)
{
	return err_set(e, ERR_INTERNAL, "bad_directory",
	    "密钥进程给出的目录有误：%s", "the keeper's directory is wrong: %s",
	    what);
}

/* A seal's drawing parameters ride beside its own members. */
static int
read_seal(json_t *json, struct directory_seal *seal, struct err *e)
{
	static const char *const others[] = {"id", "zh", "en", "state",
	    "generation", "types", "uses", "last_used", "x509s", NULL};
	struct err why = ERR_INIT;
	int rc;

	if (json_unpack(json, "{s:s, s:s, s:s, s:s, s:o}", "id", &seal->id,
		"zh", &seal->zh, "en", &seal->en, "state", &seal->state,
		"types", &seal->types) != 0)
		return bad(e, "seal");
	rc = seal_definition_read(json, others, &seal->picture, &why);
	if (rc != 0)
		rc = bad(e, why.code);
	err_clear(&why);
	if (rc != 0)
		return rc;
	seal->drawn = seal_once_new();
	return seal->drawn == NULL ? err_nomem(e) : 0;
}

static int
read_seals(struct directory_department *d, json_t *list, struct err *e)
{
	size_t n = json_array_size(list);
	int rc = 0;

	d->seals = calloc(n ? n : 1, sizeof(*d->seals));
	if (d->seals == NULL)
		return err_nomem(e);
	for (; d->nseals < n && rc == 0; d->nseals++)
		rc = read_seal(
		    json_array_get(list, d->nseals), &d->seals[d->nseals], e);
	return rc;
}

static int
read_grants(struct directory_department *d, json_t *list, struct err *e)
{
	size_t n = json_array_size(list);
	struct directory_grant *g;

	d->grants = calloc(n ? n : 1, sizeof(*d->grants));
	if (d->grants == NULL)
		return err_nomem(e);
	for (; d->ngrants < n; d->ngrants++) {
		g = &d->grants[d->ngrants];
		if (json_unpack(json_array_get(list, d->ngrants), "{s:s, s:s}",
			"type", &g->type, "seal", &g->seal) != 0)
			return bad(e, "grant");
	}
	return 0;
}

static int
read_department(json_t *json, struct directory_department *d, struct err *e)
{
	json_t *seals, *grants;
	int rc;

	if (json_unpack(json, "{s:s, s:s, s:s, s:o, s:o}", "code", &d->code,
		"zh", &d->zh, "en", &d->en, "seals", &seals, "grants",
		&grants) != 0)
		return bad(e, "department");
	if ((rc = read_seals(d, seals, e)) != 0)
		return rc;
	return read_grants(d, grants, e);
}

static int
read_departments(struct directory *d, json_t *list, struct err *e)
{
	size_t n = json_array_size(list);
	int rc = 0;

	d->departments = calloc(n ? n : 1, sizeof(*d->departments));
	if (d->departments == NULL)
		return err_nomem(e);
	for (; d->ndepartments < n && rc == 0; d->ndepartments++)
		rc = read_department(json_array_get(list, d->ndepartments),
		    &d->departments[d->ndepartments], e);
	return rc;
}

static int
fill(struct directory *d, struct err *e)
{
	json_int_t number, version;
	const char *intent;
	json_t *departments;

	if (json_unpack(d->json,
		"{s:{s:I, s:s, s:s, s?b}, s:o, s?o, s?o, s:I, s:{s:s}}",
		"issuer", "number", &number, "zh", &d->issuer_zh, "en",
		&d->issuer_en, "demo", &d->demo, "departments", &departments,
		"roots", &d->roots, "x509s", &d->x509s, "authority_version",
		&version, "journal", "intent", &intent) != 0)
		return bad(e, "members");
	if (d->roots == NULL) {
		d->roots = json_pack("[O]", json_object_get(d->json, "root"));
		json_object_set_new(d->json, "roots", d->roots);
	}
	d->issuer_number = (uint64_t)number;
	d->authority_version = (uint64_t)version;
	d->journal_has_intent =
	    text_unhex(d->journal_intent, sizeof(d->journal_intent), intent,
		strlen(intent)) == 0;
	return read_departments(d, departments, e);
}

int
directory_parse(struct bytes json, struct directory **out, struct err *e)
{
	struct directory *d = calloc(1, sizeof(*d));
	int rc;

	*out = NULL;
	if (d == NULL)
		return err_nomem(e);
	d->json = json_loadb(
	    (const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	rc = d->json == NULL ? bad(e, "JSON") : fill(d, e);
	if (rc != 0) {
		directory_free(d);
		return rc;
	}
	*out = d;
	return 0;
}

static void
release_department(struct directory_department *d)
{
	size_t i;

	for (i = 0; i < d->nseals; i++)
		seal_once_free(d->seals[i].drawn);
	free(d->seals);
	free(d->grants);
}

void
directory_free(struct directory *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; d->departments != NULL && i < d->ndepartments; i++)
		release_department(&d->departments[i]);
	free(d->departments);
	json_decref(d->json);
	free(d);
}

const struct directory_department *
directory_department_find(const struct directory *d, const char *code)
{
	size_t i;

	for (i = 0; i < d->ndepartments; i++)
		if (strcmp(d->departments[i].code, code) == 0)
			return &d->departments[i];
	return NULL;
}

const struct directory_seal *
directory_seal_find(const struct directory_department *d, const char *id)
{
	size_t i;

	for (i = 0; i < d->nseals; i++)
		if (strcmp(d->seals[i].id, id) == 0)
			return &d->seals[i];
	return NULL;
}

static int
names_type(const json_t *types, const char *type)
{
	const json_t *one;
	size_t i;

	json_array_foreach (types, i, one)
		if (strcmp(json_string_value(one), type) == 0)
			return 1;
	return 0;
}

const struct directory_seal *
directory_seal_for(const struct directory_department *d, const char *type)
{
	const struct directory_seal *seal;
	size_t i;

	for (i = 0; i < d->ngrants; i++) {
		seal = directory_seal_find(d, d->grants[i].seal);
		if (strcmp(d->grants[i].type, type) == 0 && seal != NULL)
			return seal;
	}
	for (i = 0; i < d->nseals; i++)
		if (names_type(d->seals[i].types, type))
			return &d->seals[i];
	return NULL;
}
