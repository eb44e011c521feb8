/* seal_register_apply.c - a record of the register put in force in memory. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/evp.h>

#include "keys/seal_register_parts.h"

/* One record on its way into the index. */
struct applied {
	struct seal_register *r;
	const struct seal_frame *frame;
	int64_t at; /* its offset in the file */
	const struct seal_record *record;
};

static int
no_memory(void)
{
	struct err ignored = ERR_INIT;

	return err_nomem(&ignored);
}

/* A view of the record's body as a place in the file. */
static struct seal_place
place_of(const struct applied *a, struct bytes v)
{
	struct seal_place place = {0, 0};

	if (v.n > 0) {
		place.offset = a->at + 4 + (v.p - a->frame->body.p);
		place.n = v.n;
	}
	return place;
}

/* An x509 that is given once more counts once: it is the newest now. */
static void
drop_same(struct seal_row *row, const struct seal_x509 *newest)
{
	size_t i, n = 0;

	for (i = 0; i < row->nx509s; i++)
		if (row->x509s[i].generation != newest->generation ||
		    memcmp(row->x509s[i].sha256, newest->sha256,
			sizeof(newest->sha256)) != 0)
			row->x509s[n++] = row->x509s[i];
	row->x509s[n++] = *newest;
	row->nx509s = n;
}

static int
add_x509(const struct applied *a, struct seal_row *row,
    const struct seal_record_x509 *from)
{
	struct seal_x509 *grown, x;

	grown = realloc(row->x509s, (row->nx509s + 1) * sizeof(*grown));
	if (grown == NULL)
		return no_memory();
	row->x509s = grown;
	memset(&x, 0, sizeof(x));
	x.alg = from->alg;
	x.generation = a->record->generation;
	x.not_before = from->not_before;
	x.not_after = from->not_after;
	x.der = place_of(a, from->der);
	x.issuers = place_of(a, from->issuers);
	if (EVP_Digest(from->der.p, from->der.n, x.sha256, NULL, EVP_sha256(),
		NULL) != 1)
		return no_memory();
	drop_same(row, &x);
	return 0;
}

static int
add_x509s(const struct applied *a, struct seal_row *row)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < a->record->nx509s; i++)
		rc = add_x509(a, row, &a->record->x509s[i]);
	return rc;
}

/* The secret may not sign any more. */
static int
bury(struct seal_register *r, struct seal_row *row)
{
	struct seal_place *grown;

	if (row->secret.n == 0)
		return 0;
	seal_keys_forget(r, row->id);
	grown = realloc(r->dead, (r->ndead + 1) * sizeof(*grown));
	if (grown == NULL)
		return no_memory();
	r->dead = grown;
	r->dead[r->ndead++] = row->secret;
	memset(&row->secret, 0, sizeof(row->secret));
	return 0;
}

/* Append a type to a list of n that does not have it yet. */
static int
add_type(char (**types)[SEAL_TYPE_SIZE], size_t *n, const char *type)
{
	char(*grown)[SEAL_TYPE_SIZE];
	size_t i;

	for (i = 0; i < *n; i++)
		if (strcmp((*types)[i], type) == 0)
			return 0;
	grown = realloc(*types, (*n + 1) * sizeof(*grown));
	if (grown == NULL)
		return no_memory();
	*types = grown;
	memset(grown[*n], 0, SEAL_TYPE_SIZE);
	memcpy(grown[*n], type, strlen(type));
	++*n;
	return 0;
}

static int
set_types(struct seal_row *row, const json_t *types)
{
	const char *type;
	size_t i;
	int rc = 0;

	if (!json_is_array(types) || json_array_size(types) > SEAL_TYPES_MAX)
		return -1;
	row->ntypes = 0;
	for (i = 0; rc == 0 && i < json_array_size(types); i++) {
		type = json_string_value(json_array_get(types, i));
		if (type == NULL || strlen(type) >= SEAL_TYPE_SIZE)
			return -1;
		rc = add_type(&row->types, &row->ntypes, type);
	}
	return rc;
}

static int
set_meta(struct seal_row *row, struct bytes text)
{
	json_t *meta = json_loadb(
	    (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	const char *department =
	    json_string_value(json_object_get(meta, "department"));
	int rc = -1;

	/* Its mac says that we wrote it, as JSON. */
	if (meta == NULL)
		return no_memory();
	if (department != NULL && strlen(department) < SEAL_ID_SIZE &&
	    (row->department[0] == '\0' ||
		strcmp(row->department, department) == 0)) {
		memcpy(row->department, department, strlen(department));
		rc = set_types(row, json_object_get(meta, "types"));
	}
	json_decref(meta);
	if (rc != 0)
		return rc;
	free(row->meta);
	row->meta = strndup((const char *)text.p, text.n);
	return row->meta != NULL ? 0 : no_memory();
}

static const char *
row_name(const void *ctx, uint32_t number)
{
	return ((const struct seal_register *)ctx)->rows[number].id;
}

static const char *
department_name(const void *ctx, uint32_t number)
{
	return ((const struct seal_register *)ctx)->departments[number].code;
}

/* An empty row with the id; its number, or -1. */
static long
new_row(struct seal_register *r, const char *id)
{
	struct seal_row *grown;
	size_t cap;

	if (r->nrows % 256 == 0) {
		cap = r->nrows + 256;
		grown = realloc(r->rows, cap * sizeof(*grown));
		if (grown == NULL)
			return -1;
		r->rows = grown;
	}
	memset(&r->rows[r->nrows], 0, sizeof(*r->rows));
	memcpy(r->rows[r->nrows].id, id, SEAL_ID_SIZE);
	r->by_id.name = row_name;
	r->by_id.ctx = r;
	if (name_index_add(&r->by_id, (uint32_t)r->nrows) != 0)
		return -1;
	return (long)r->nrows++;
}

static struct seal_department *
department_of(struct seal_register *r, const char *code)
{
	long at = name_index_find(&r->by_department, code);
	struct seal_department *grown;

	if (at >= 0)
		return &r->departments[at];
	grown = realloc(r->departments, (r->ndepartments + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	r->departments = grown;
	memset(&grown[r->ndepartments], 0, sizeof(*grown));
	memcpy(grown[r->ndepartments].code, code, strlen(code));
	r->by_department.name = department_name;
	r->by_department.ctx = r;
	if (name_index_add(&r->by_department, (uint32_t)r->ndepartments) != 0)
		return NULL;
	return &grown[r->ndepartments++];
}

/* Enter a row into its department's list, or its types once more. */
static int
enter(struct seal_register *r, const struct seal_row *row, int first)
{
	struct seal_department *d = department_of(r, row->department);
	uint32_t *grown;
	size_t i;
	int rc = 0;

	if (d == NULL)
		return no_memory();
	if (first) {
		grown = realloc(d->rows, (d->nrows + 1) * sizeof(*grown));
		if (grown == NULL)
			return no_memory();
		d->rows = grown;
		grown[d->nrows++] = (uint32_t)(row - r->rows);
	}
	for (i = 0; rc == 0 && i < row->ntypes; i++)
		rc = add_type(&d->types, &d->ntypes, row->types[i]);
	return rc;
}

static int
fill_row(const struct applied *a, struct seal_row *row)
{
	uint8_t digest[32];
	int rc;

	rc = set_meta(row, a->record->meta);
	if (rc == 0)
		rc = bury(a->r, row);
	if (rc == 0)
		rc = add_x509s(a, row);
	if (rc == 0 && EVP_Digest(a->frame->secret.p, a->frame->secret.n,
			   digest, NULL, EVP_sha256(), NULL) != 1)
		rc = no_memory();
	if (rc != 0)
		return rc;
	row->state = SEAL_ACTIVE;
	row->reason[0] = '\0';
	row->generation = a->record->generation;
	row->object = place_of(a, a->record->object);
	row->secret.offset = a->at + 8 + (int64_t)a->frame->body.n;
	row->secret.n = a->frame->secret.n;
	row->secret_whole = memcmp(digest, a->record->secret_digest, 32) == 0;
	row->tested = 0;
	return 0;
}

static int
apply_made(const struct applied *a, struct seal_row *row)
{
	int first = row == NULL, rc;
	long at;

	if (a->record->generation != (first ? 1 : row->generation + 1) ||
	    a->record->generation > SEAL_GENERATIONS_MAX ||
	    (!first && row->state != SEAL_ACTIVE && row->state != SEAL_LOST))
		return -1;
	if (first && a->r->nrows >= SEAL_REGISTER_MAX)
		return -1;
	if (first) {
		at = new_row(a->r, a->record->id);
		if (at < 0)
			return no_memory();
		row = &a->r->rows[at];
		row->made = a->record->time;
	}
	rc = fill_row(a, row);
	if (rc == 0)
		rc = enter(a->r, row, first);
	row->changed = a->record->time;
	return rc;
}

/* Lost and destroyed: no x509 that was good till now is good any more. */
static void
revoke(const struct applied *a, struct seal_row *row)
{
	size_t i;

	for (i = 0; i < row->nx509s; i++)
		if (row->x509s[i].revoked_since == 0) {
			row->x509s[i].revoked_since = a->record->time;
			row->x509s[i].revoked_for = a->record->state;
		}
}

static int
apply_state(const struct applied *a, struct seal_row *row)
{
	enum seal_state from, to = a->record->state;
	int gone = to == SEAL_LOST || to == SEAL_DESTROYED;

	if (row == NULL || row->generation != a->record->generation)
		return -1;
	from = row->state;
	if (from == to || from == SEAL_DESTROYED ||
	    (from == SEAL_LOST && to != SEAL_DESTROYED))
		return -1;
	row->state = to;
	row->changed = a->record->time;
	memcpy(row->reason, a->record->reason, sizeof(row->reason));
	if (!gone)
		return 0;
	revoke(a, row);
	return bury(a->r, row);
}

static int
apply_changed(const struct applied *a, struct seal_row *row)
{
	if (row == NULL || row->generation != a->record->generation ||
	    row->secret.n == 0)
		return -1;
	if (a->record->object.n > 0)
		row->object = place_of(a, a->record->object);
	row->changed = a->record->time;
	row->tested = 0;
	return add_x509s(a, row);
}

static void
forget_text(struct seal_row *row)
{
	free(row->text);
	row->text = NULL;
}

int
seal_register_apply(
    struct seal_register *r, const struct seal_frame *frame, int64_t at)
{
	static int (*const apply[])(
	    const struct applied *a, struct seal_row *row) = {
	    [SEAL_RECORD_MADE] = apply_made,
	    [SEAL_RECORD_STATE] = apply_state,
	    [SEAL_RECORD_CHANGED] = apply_changed,
	};
	struct seal_record record;
	struct applied a = {r, frame, at, &record};
	int rc;

	if (seal_record_read(frame->body, &record) != 0 ||
	    (frame->secret.n > 0) != (record.kind == SEAL_RECORD_MADE))
		return -1;
	rc = apply[record.kind](&a, seal_register_find(r, record.id));
	if (rc != 0)
		return rc;
	forget_text(seal_register_find(r, record.id));
	r->version++;
	return 0;
}
