/* directory_read.c - the keeper's directory from its JSON; see directory.h. */
#include <stdlib.h>
#include <string.h>

#include "certsvc/directory.h"
#include "crypto/base/text.h"

static int
bad(struct err *e, const char *what)
{
	return err_set(e, ERR_INTERNAL, "bad_directory",
	    "密钥进程给出的目录有误：%s", "the keeper's directory is wrong: %s",
	    what);
}

/*
 * A seal's drawing parameters ride beside its own members.  A seal that cannot
 * be drawn (an imported one has a picture of its own) does no harm to others:
 * drawing it says why.
 */
static int
read_seal(json_t *json, struct directory_seal *seal, struct err *e)
{
	static const char *const others[] = {"id", "zh", "en", "state",
	    "generation", "types", "uses", "last_used", "x509s", NULL};
	struct err why = ERR_INIT;

	if (json_unpack(json, "{s:s, s:s, s:s, s:s, s:I, s:o}", "id", &seal->id,
		"zh", &seal->zh, "en", &seal->en, "state", &seal->state,
		"generation", &seal->generation, "types", &seal->types) != 0)
		return bad(e, "seal");
	seal->json = json;
	if (seal_definition_read(json, others, &seal->picture, &why) != 0)
		seal->picture = (struct seal_definition){.kind = "none"};
	err_clear(&why);
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
	for (; d->nseals < n && rc == 0; d->nseals++) {
		d->seals[d->nseals].department = d;
		rc = read_seal(
		    json_array_get(list, d->nseals), &d->seals[d->nseals], e);
	}
	return rc;
}

static int
read_grants(struct directory_department *d, json_t *list, struct err *e)
{
	size_t n = json_array_size(list);
	struct directory_grant *g;
	json_int_t place;

	d->grants = calloc(n ? n : 1, sizeof(*d->grants));
	if (d->grants == NULL)
		return err_nomem(e);
	for (; d->ngrants < n; d->ngrants++) {
		g = &d->grants[d->ngrants];
		place = 0;
		if (json_unpack(json_array_get(list, d->ngrants),
			"{s:s, s:s, s?I}", "type", &g->type, "seal", &g->seal,
			"place", &place) != 0)
			return bad(e, "grant");
		g->place = (unsigned int)place;
	}
	return 0;
}

static int
read_department(json_t *json, struct directory_department *d, struct err *e)
{
	json_t *seals, *grants;
	int rc;

	if (json_unpack(json, "{s:s, s:s, s:s, s:o, s:o, s:o}", "code",
		&d->code, "zh", &d->zh, "en", &d->en, "types", &d->types,
		"seals", &seals, "grants", &grants) != 0)
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
code_order(const void *a, const void *b)
{
	const struct directory_department *const *x = a, *const *y = b;

	return strcmp((*x)->code, (*y)->code);
}

static int
id_order(const void *a, const void *b)
{
	const struct directory_seal *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

/* Views for searching, and room for the seal objects. */
static int
sort(struct directory *d, struct err *e)
{
	struct directory_department *department;
	size_t i, j, n = 0;

	for (i = 0; i < d->ndepartments; i++)
		n += d->departments[i].nseals;
	d->by_code = calloc(d->ndepartments + 1, sizeof(*d->by_code));
	d->by_id = calloc(n + 1, sizeof(*d->by_id));
	d->objects = calloc(n + 1, sizeof(*d->objects));
	if (d->by_code == NULL || d->by_id == NULL || d->objects == NULL)
		return err_nomem(e);
	for (i = 0; i < d->ndepartments; i++) {
		department = &d->departments[i];
		d->by_code[i] = department;
		for (j = 0; j < department->nseals; j++) {
			department->seals[j].number = d->nseals;
			d->by_id[d->nseals++] = &department->seals[j];
		}
	}
	qsort(d->by_code, d->ndepartments, sizeof(*d->by_code), code_order);
	qsort(d->by_id, d->nseals, sizeof(*d->by_id), id_order);
	return 0;
}

static int
fill(struct directory *d, struct err *e)
{
	json_int_t number, version;
	const char *intent;
	json_t *departments;
	int rc;

	if (json_unpack(d->json,
		"{s:{s:I, s:s, s:s, s?b}, s:o, s:o, s:o, s:I, s:I, s:{s:s}}",
		"issuer", "number", &number, "zh", &d->issuer_zh, "en",
		&d->issuer_en, "demo", &d->demo, "departments", &departments,
		"roots", &d->roots, "x509s", &d->x509s, "authority_version",
		&version, "seals_version", &d->seals_version, "journal",
		"intent", &intent) != 0)
		return bad(e, "members");
	d->issuer_number = (uint64_t)number;
	d->authority_version = (uint64_t)version;
	d->journal_has_intent =
	    text_unhex(d->journal_intent, sizeof(d->journal_intent), intent,
		strlen(intent)) == 0;
	rc = read_departments(d, departments, e);
	return rc == 0 ? sort(d, e) : rc;
}

int
directory_parse(struct bytes json, struct directory **out, struct err *e)
{
	struct directory *d = calloc(1, sizeof(*d));
	int rc;

	*out = NULL;
	if (d == NULL)
		return err_nomem(e);
	pthread_mutex_init(&d->objects_lock, NULL);
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
