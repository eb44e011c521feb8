/* service_seal.c - see service_seal.h. */
#include "certsvc/service_seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "certsvc/seal_png.h"
#include "certsvc/permission.h"
#include "certsvc/service_state.h"
#include "crypto/base/clock.h"

static int
not_found(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_such_seal", "没有这枚印章",
	    "there is no such seal");
}

/* Who looks wants to see what was made a moment ago, too. */
static void
refresh(struct service *s)
{
	struct err e = ERR_INIT;

	if (publish_is_stale(s))
		service_authority_changed(s, &e);
	err_clear(&e);
}

/* A misspelt state would find nothing, and look like an answer. */
static int
state_check(const char *state, struct err *e)
{
	static const char *const known[] = {
	    "active", "suspended", "lost", "destroyed"};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (state == NULL || strcmp(state, known[i]) == 0)
			return 0;
	return err_set(e, ERR_INPUT, "bad_query",
	    "印章状态须为 active、suspended、lost 或 destroyed",
	    "the state of a seal is active, suspended, lost or destroyed");
}

/* The seals that grants put on a type: {id: true}; NULL for no type. */
static json_t *
granted_for(const struct directory *d, const char *type)
{
	const struct directory_department *department;
	const struct directory_grant *g;
	json_t *ids;
	size_t i, j;

	if (type == NULL)
		return NULL;
	ids = json_object();
	for (i = 0; i < d->ndepartments; i++) {
		department = &d->departments[i];
		for (j = 0; j < department->ngrants; j++) {
			g = &department->grants[j];
			if (strcmp(g->type, type) == 0)
				json_object_set_new(ids, g->seal, json_true());
		}
	}
	return ids;
}

static int
matches(const struct directory_seal *seal, const struct service_seal_query *q,
    const json_t *granted)
{
	if (q->department != NULL &&
	    strcmp(seal->department->code, q->department) != 0)
		return 0;
	if (q->state != NULL && strcmp(seal->state, q->state) != 0)
		return 0;
	return q->type == NULL || directory_types_have(seal->types, q->type) ||
	       json_object_get(granted, seal->id) != NULL;
}

static json_t *
item_json(const struct directory_seal *seal)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:O}",
	    "id", seal->id, "zh", seal->zh, "en", seal->en, "state",
	    seal->state, "generation", seal->generation, "kind",
	    seal->picture.kind, "department", seal->department->code,
	    "department_zh", seal->department->zh, "department_en",
	    seal->department->en, "types", seal->types);
}

int
service_seals(struct service *s, const struct service_seal_query *q,
    json_t **answer, struct err *e)
{
	unsigned long limit = q->limit == 0 ? SERVICE_SEALS_PAGE : q->limit;
	json_t *items, *next = json_null(), *granted;
	const struct directory *d;
	size_t i;
	int rc = state_check(q->state, e);

	*answer = NULL;
	if (rc != 0)
		return rc;
	refresh(s);
	items = json_array();
	pthread_rwlock_rdlock(&s->directory_lock);
	d = s->directory;
	granted = granted_for(d, q->type);
	for (i = directory_seal_after(d, q->cursor); i < d->nseals; i++) {
		if (!matches(d->by_id[i], q, granted))
			continue;
		if (json_array_size(items) == limit) {
			next = json_incref(json_object_get(
			    json_array_get(items, limit - 1), "id"));
			break;
		}
		json_array_append_new(items, item_json(d->by_id[i]));
	}
	pthread_rwlock_unlock(&s->directory_lock);
	json_decref(granted);
	*answer = json_pack("{s:o, s:o}", "items", items, "next", next);
	return *answer == NULL ? err_nomem(e) : 0;
}

/* Whom the table lets use the seal beside its own types. */
static json_t *
authorised_json(const struct directory *d, const char *id)
{
	const struct directory_department *department;
	const struct directory_grant *g;
	json_t *list = json_array();
	size_t i, j;

	for (i = 0; i < d->ndepartments; i++) {
		department = &d->departments[i];
		for (j = 0; j < department->ngrants; j++) {
			g = &department->grants[j];
			if (strcmp(g->seal, id) == 0)
				json_array_append_new(list,
				    json_pack("{s:s, s:s, s:I}", "department",
					department->code, "type", g->type,
					"place", (json_int_t)g->place));
		}
	}
	return list;
}

/* A time of the keeper's, seconds, as answers write it. */
static void
time_text(json_t *object, const char *name)
{
	json_int_t t = json_integer_value(json_object_get(object, name));

	json_object_set_new(
	    object, name, t == 0 ? json_null() : answer_time(t));
}

static void
x509s_text(json_t *x509s)
{
	json_t *x;
	size_t i;

	json_array_foreach (x509s, i, x) {
		time_text(x, "not_before");
		time_text(x, "not_after");
		if (json_object_get(x, "revoked_since") != NULL)
			time_text(x, "revoked_since");
	}
}

/* All that the directory says, as an answer. */
static json_t *
seal_json(const struct directory *d, const struct directory_seal *seal)
{
	json_t *json = json_deep_copy(seal->json), *item = item_json(seal);

	json_object_update(json, item);
	json_decref(item);
	json_object_set_new(json, "authorised", authorised_json(d, seal->id));
	x509s_text(json_object_get(json, "x509s"));
	return json;
}

/* A page of the keeper's uses. */
static int
uses_get(struct service *s, const char *id, uint64_t cursor, json_t **page,
    struct err *e)
{
	struct buf text = BUF_INIT;
	int rc = keeper_seal_uses(s->keeper, id, cursor, &text, e);

	if (rc == 0) {
		*page = json_loadb((const char *)text.p, text.n, 0, NULL);
		if (*page == NULL)
			rc = err_internal(e, "json_loadb");
	}
	buf_release(&text);
	return rc;
}

/* The counts of a seal as of now. */
static int
counts_add(struct service *s, const char *id, json_t *seal, struct err *e)
{
	json_t *page = NULL;
	int rc = uses_get(s, id, INT64_MAX, &page, e);

	if (rc == 0) {
		json_object_set(seal, "uses", json_object_get(page, "count"));
		json_object_set(
		    seal, "last_used", json_object_get(page, "last_used"));
		time_text(seal, "last_used");
	}
	json_decref(page);
	return rc;
}

int
service_seal(struct service *s, const char *id, json_t **answer, struct err *e)
{
	const struct directory_seal *seal;
	json_t *json = NULL;
	int rc;

	refresh(s);
	pthread_rwlock_rdlock(&s->directory_lock);
	seal = directory_seal_find(s->directory, id);
	if (seal != NULL)
		json = seal_json(s->directory, seal);
	pthread_rwlock_unlock(&s->directory_lock);
	if (json == NULL)
		return not_found(e);
	rc = counts_add(s, id, json, e);
	if (rc == 0)
		*answer = json;
	else
		json_decref(json);
	return rc;
}

static int
picture_write(const struct seal_picture *picture, const char *as,
    unsigned int dpi, struct buf *out, struct err *e)
{
	if (strcmp(as, "svg") == 0)
		return seal_picture_svg(picture, out, e);
	if (strcmp(as, "png") == 0)
		return seal_png(
		    picture, dpi == 0 ? SERVICE_SEAL_DPI : dpi, out, e);
	return err_set(e, ERR_INPUT, "bad_query", "图片格式须为 svg 或 png",
	    "a picture is svg or png");
}

int
service_seal_picture(struct service *s, const char *id, const char *as,
    unsigned int dpi, struct buf *out, struct err *e)
{
	const struct directory_seal *seal;
	struct seal_picture picture;
	int rc;

	refresh(s);
	pthread_rwlock_rdlock(&s->directory_lock);
	seal = directory_seal_find(s->directory, id);
	rc = seal == NULL
		 ? not_found(e)
		 : seal_picture_make(s->fonts, &seal->picture, &picture, e);
	pthread_rwlock_unlock(&s->directory_lock);
	if (rc != 0)
		return rc;
	rc = picture_write(&picture, as, dpi, out, e);
	seal_picture_release(&picture);
	return rc;
}

/* Whose the seal is: 1 the department's own, 0 another's; -1 none. */
static int
owned(struct service *s, const char *id, const char *department)
{
	const struct directory_seal *seal;
	int own = -1;

	refresh(s);
	pthread_rwlock_rdlock(&s->directory_lock);
	seal = directory_seal_find(s->directory, id);
	if (seal != NULL)
		own = strcmp(seal->department->code, department) == 0;
	pthread_rwlock_unlock(&s->directory_lock);
	return own;
}

/* A department may ask about every seal, its own people about its own ones. */
int
service_seal_check(struct service *s, const struct service_caller *caller,
    const char *id, struct err *e)
{
	const struct service_operator *op = caller->operator;
	struct permission_target target = {.department = NULL};
	int own, rc;

	if (op == NULL)
		return owned(s, id, "") < 0 ? not_found(e) : 0;
	if ((rc = permission_check_role(op, PERMISSION_SEE_SEALS, e)) != 0)
		return rc;
	own = owned(s, id, op->department);
	target.department = own == 1 ? op->department : NULL;
	rc = permission_check(op, PERMISSION_SEE_SEALS, &target, e);
	return rc == ERR_NOT_FOUND ? not_found(e) : rc;
}

/* The lines the caller may see, as answers write them. */
static json_t *
uses_json(json_t *page, const char *only)
{
	json_t *items = json_array(), *line, *copy;
	size_t i;

	json_array_foreach (json_object_get(page, "uses"), i, line) {
		if (only != NULL && strcmp(json_string_value(json_object_get(
					       line, "department")),
					only) != 0)
			continue;
		copy = json_copy(line);
		json_object_del(copy, "intent");
		time_text(copy, "time");
		json_array_append_new(items, copy);
	}
	return items;
}

int
service_seal_uses(struct service *s, const struct service_caller *caller,
    const char *id, uint64_t cursor, json_t **answer, struct err *e)
{
	const char *department =
	    caller->who == NULL ? "" : caller->who->department;
	int own, rc = service_seal_check(s, caller, id, e);
	json_t *page = NULL, *next;
	char text[24];

	if (rc != 0)
		return rc;
	own = caller->who == NULL || owned(s, id, department) == 1;
	if ((rc = uses_get(s, id, cursor, &page, e)) != 0)
		return rc;
	next = json_object_get(page, "cursor");
	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
	    json_integer_value(next));
	*answer = json_pack("{s:o, s:o}", "items",
	    uses_json(page, own ? NULL : department), "next",
	    next == NULL ? json_null() : json_string(text));
	json_decref(page);
	return *answer == NULL ? err_nomem(e) : 0;
}
