/* desk_office.c - read an office's record; see desk_office.h. */
#include "certsvc/desk_office.h"

#include <stdlib.h>
#include <string.h>

#include "certsvc/region.h"
#include "certsvc/service_state.h"
#include "crypto/base/text.h"

enum {
	AREA_AT = 2, /* in a unified social credit code */
	AREA_LEN = 6
};

int
desk_office_id_ok(const char *id)
{
	size_t n = strlen(id);

	return n > 0 && n < OPERATOR_OFFICE_SIZE &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static int
damaged(struct err *e)
{
	return err_set(e, ERR_STORAGE, "record_damaged",
	    "机构记录已损坏，请从备份恢复",
	    "an office's record is damaged: restore from a backup");
}

static int
read_types(const json_t *list, struct desk_office *o, struct err *e)
{
	json_t *item;
	size_t i;

	o->types = calloc(json_array_size(list) + 1, sizeof(*o->types));
	if (o->types == NULL)
		return err_nomem(e);
	json_array_foreach (list, i, item) {
		struct desk_office_type *t = &o->types[o->ntypes++];
		json_int_t quota = 0;

		if (json_unpack(item, "{s:s, s?I}", "type", &t->code,
			"quota_day", &quota) != 0)
			return damaged(e);
		t->quota_day = (uint64_t)quota;
	}
	return 0;
}

static int
read_printer(json_t *item, struct desk_printer *p, struct err *e)
{
	const char *fingerprint = NULL;
	double dx = 0, dy = 0;

	if (json_unpack(item, "{s:s, s:s, s:s, s:s, s?s, s?s, s?F, s?F}", "id",
		&p->id, "zh", &p->zh, "uri", &p->uri, "media", &p->media,
		"stock", &p->stock, "fingerprint", &fingerprint, "dx", &dx,
		"dy", &dy) != 0)
		return damaged(e);
	p->dx = (float)dx;
	p->dy = (float)dy;
	p->pinned = fingerprint != NULL;
	if (p->pinned && text_unhex(p->fingerprint, 32, fingerprint,
			     strlen(fingerprint)) != 0)
		return damaged(e);
	return 0;
}

static int
read_printers(const json_t *list, struct desk_office *o, struct err *e)
{
	json_t *item;
	size_t i;
	int rc = 0;

	o->printers = calloc(json_array_size(list) + 1, sizeof(*o->printers));
	if (o->printers == NULL)
		return err_nomem(e);
	json_array_foreach (list, i, item)
		if (rc == 0)
			rc =
			    read_printer(item, &o->printers[o->nprinters++], e);
	return rc;
}

int
desk_office_read(const json_t *json, struct desk_office *o, struct err *e)
{
	json_int_t generation = 1;
	json_t *types = NULL, *printers = NULL;
	int rc;

	memset(o, 0, sizeof(*o));
	o->json = json_incref((json_t *)(uintptr_t)json);
	o->ticket = "";
	if (json_unpack(o->json,
		"{s:s, s:s, s?s, s:s, s:s, s?s, s?I, s:o, s?o}", "id", &o->id,
		"zh", &o->zh, "en", &o->en, "region", &o->region, "kind",
		&o->kind, "ticket", &o->ticket, "generation", &generation,
		"types", &types, "printers", &printers) != 0)
		return damaged(e);
	if (o->en == NULL)
		o->en = o->zh;
	o->generation = (uint64_t)generation;
	rc = read_types(types, o, e);
	return rc == 0 ? read_printers(printers, o, e) : rc;
}

int
desk_office_get(
    struct service *s, const char *id, struct desk_office *o, struct err *e)
{
	struct store_record r;
	json_t *json;
	int rc;

	memset(o, 0, sizeof(*o));
	rc = desk_office_id_ok(id)
		 ? s->ops->record_get(s->store, "office", id, 0, &r, e)
		 : ERR_NOT_FOUND;
	if (rc == ERR_NOT_FOUND)
		/* As for one that is somebody else's: who guesses learns
		 * nothing. */
		return err_set(e, ERR_NOT_FOUND, "not_found", "没有找到",
		    "there is no such thing");
	if (rc != 0)
		return rc;
	json = json_loadb((const char *)r.body.p, r.body.n, 0, NULL);
	rc = json == NULL ? damaged(e) : desk_office_read(json, o, e);
	o->version = r.version;
	o->closed = strcmp(r.state, "active") != 0;
	json_decref(json);
	store_record_release(&r);
	return rc;
}

void
desk_office_release(struct desk_office *o)
{
	json_decref(o->json);
	free(o->types);
	free(o->printers);
	memset(o, 0, sizeof(*o));
}

const struct desk_office_type *
desk_office_type(const struct desk_office *o, const char *code)
{
	for (size_t i = 0; i < o->ntypes; i++)
		if (strcmp(o->types[i].code, code) == 0)
			return &o->types[i];
	return NULL;
}

const struct desk_printer *
desk_office_printer(const struct desk_office *o, const char *id)
{
	for (size_t i = 0; i < o->nprinters; i++)
		if (strcmp(o->printers[i].id, id) == 0)
			return &o->printers[i];
	return NULL;
}

static json_t *
types_json(struct service *s, const struct desk_office *o)
{
	json_t *list = json_array();

	for (size_t i = 0; i < o->ntypes; i++) {
		const struct template *t =
		    template_find(&s->templates, o->types[i].code);
		json_int_t quota = (json_int_t)o->types[i].quota_day;

		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s, s:o, s:b}", "type",
			      o->types[i].code, "zh", t == NULL ? "" : t->zh,
			      "en", t == NULL ? "" : t->en, "quota_day",
			      quota == 0 ? json_null() : json_integer(quota),
			      "stock", t != NULL && t->print_stock));
	}
	return list;
}

json_t *
desk_office_json(struct service *s, const struct desk_office *o)
{
	json_t *printers = json_object_get(o->json, "printers");

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id",
	    o->id, "zh", o->zh, "en", o->en, "kind", o->kind, "region",
	    o->region, "state", o->closed ? "closed" : "active", "types",
	    types_json(s, o), "printers",
	    printers == NULL ? json_array() : json_incref(printers));
}

int
desk_office_finds(
    const struct desk_office *o, const struct store_certificate *certificate)
{
	char area[AREA_LEN + 1] = "";

	if (strlen(certificate->department) < AREA_AT + AREA_LEN)
		return 0;
	memcpy(area, certificate->department + AREA_AT, AREA_LEN);
	return desk_office_type(o, certificate->type) != NULL &&
	       region_ok(area) && region_covers(area, o->region);
}

int
desk_office_certificate(struct service *s, const struct service_operator *op,
    const char *id, struct store_certificate *c, struct err *e)
{
	struct desk_office o = {0};
	int rc = ERR_NOT_FOUND;

	memset(c, 0, sizeof(*c));
	if (lookup_id_ok(id))
		rc = s->ops->certificate_get(s->store, id, c, e);
	if (rc == 0)
		rc = desk_office_get(s, op->office, &o, e);
	if (rc == 0 && (c->copy_of[0] != '\0' || !desk_office_finds(&o, c)))
		rc = ERR_NOT_FOUND;
	desk_office_release(&o);
	return rc == ERR_NOT_FOUND ? lookup_not_found(e) : rc;
}
