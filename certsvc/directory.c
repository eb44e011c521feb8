/* directory.c - finding things in the keeper's directory; see directory.h. */
#include "certsvc/directory.h"

#include <stdlib.h>
#include <string.h>

void
directory_free(struct directory *d)
{
	struct directory_department *department;
	size_t i, j;

	if (d == NULL)
		return;
	for (i = 0; d->departments != NULL && i < d->ndepartments; i++) {
		department = &d->departments[i];
		for (j = 0; j < department->nseals; j++)
			seal_once_free(department->seals[j].drawn);
		free(department->seals);
		free(department->grants);
	}
	for (i = 0; d->objects != NULL && i < d->nseals; i++)
		buf_release(&d->objects[i]);
	free(d->departments);
	free(d->by_code);
	free(d->by_id);
	free(d->objects);
	pthread_mutex_destroy(&d->objects_lock);
	json_decref(d->json);
	free(d);
}

/* The first seal whose id is not before `id`. */
static size_t
seal_place(const struct directory *d, const char *id)
{
	size_t low = 0, high = d->nseals, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(d->by_id[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct directory_seal *
directory_seal_find(const struct directory *d, const char *id)
{
	size_t i = seal_place(d, id);

	return i < d->nseals && strcmp(d->by_id[i]->id, id) == 0 ? d->by_id[i]
								 : NULL;
}

size_t
directory_seal_after(const struct directory *d, const char *id)
{
	size_t i = seal_place(d, id == NULL ? "" : id);

	return i < d->nseals && id != NULL && strcmp(d->by_id[i]->id, id) == 0
		   ? i + 1
		   : i;
}

static int
code_compare(const void *key, const void *element)
{
	const struct directory_department *const *d = element;

	return strcmp(key, (*d)->code);
}

const struct directory_department *
directory_department_find(const struct directory *d, const char *code)
{
	const struct directory_department **found;

	found = bsearch(code, d->by_code, d->ndepartments, sizeof(*d->by_code),
	    code_compare);
	return found == NULL ? NULL : *found;
}

int
directory_types_have(const json_t *types, const char *code)
{
	const char *one;
	size_t i;

	for (i = 0; i < json_array_size(types); i++) {
		one = json_string_value(json_array_get(types, i));
		if (one != NULL && strcmp(one, code) == 0)
			return 1;
	}
	return 0;
}

static int
is_active(const struct directory_seal *seal)
{
	return strcmp(seal->state, "active") == 0;
}

/* What the grants name, by preference an active seal. */
static const struct directory_seal *
granted(const struct directory *d,
    const struct directory_department *department, const char *type,
    unsigned int place)
{
	const struct directory_seal *seal, *found = NULL;
	const struct directory_grant *g;
	size_t i;

	for (i = 0; i < department->ngrants; i++) {
		g = &department->grants[i];
		if (g->place != place || strcmp(g->type, type) != 0)
			continue;
		seal = directory_seal_find(d, g->seal);
		if (seal != NULL && is_active(seal))
			return seal;
		found = found == NULL ? seal : found;
	}
	return found;
}

const struct directory_seal *
directory_seal_for(const struct directory *d,
    const struct directory_department *department, const char *type,
    unsigned int place)
{
	const struct directory_seal *seal,
	    *found = granted(d, department, type, place);
	size_t i;

	if (place != 0)
		return found;
	for (i = 0; i < department->nseals; i++) {
		if (found != NULL && is_active(found))
			return found;
		seal = &department->seals[i];
		if (directory_types_have(seal->types, type) &&
		    (found == NULL || is_active(seal)))
			found = seal;
	}
	return found;
}

int
directory_seal_object(struct directory *d, const struct directory_seal *seal,
    struct keeper *keeper, struct buf *out, struct err *e)
{
	struct buf *kept = &d->objects[seal->number], fresh = BUF_INIT;
	int rc = 0;

	pthread_mutex_lock(&d->objects_lock);
	buf_add_buf(out, kept);
	pthread_mutex_unlock(&d->objects_lock);
	if (out->n > 0)
		return 0;
	rc = keeper_seal_object(keeper, seal->id, &fresh, e);
	if (rc == 0) {
		buf_add_buf(out, &fresh);
		pthread_mutex_lock(&d->objects_lock);
		buf_release(kept);
		*kept = fresh;
		pthread_mutex_unlock(&d->objects_lock);
		rc = buf_failed(out) ? err_nomem(e) : 0;
	}
	return rc;
}

void
directory_seal_forget(struct directory *d, const struct directory_seal *seal)
{
	pthread_mutex_lock(&d->objects_lock);
	buf_release(&d->objects[seal->number]);
	pthread_mutex_unlock(&d->objects_lock);
}

static int
text_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static int
picture_same(const struct seal_definition *a, const struct seal_definition *b)
{
	return text_same(a->kind, b->kind) && text_same(a->arc, b->arc) &&
	       text_same(a->below, b->below) && a->diameter == b->diameter &&
	       a->width == b->width && a->height == b->height &&
	       text_same(a->text, b->text) && text_same(a->code, b->code) &&
	       text_same(a->colour, b->colour) && a->starless == b->starless &&
	       a->frameless == b->frameless;
}

void
directory_adopt(struct directory *d, struct directory *old)
{
	struct directory_seal *seal, *was;
	struct seal_once *drawn;
	size_t i, j;

	for (i = 0, j = 0; i < d->nseals && j < old->nseals; i++) {
		seal = d->by_id[i];
		while (
		    j < old->nseals && strcmp(old->by_id[j]->id, seal->id) < 0)
			j++;
		if (j == old->nseals ||
		    strcmp(old->by_id[j]->id, seal->id) != 0)
			continue;
		was = old->by_id[j];
		if (picture_same(&seal->picture, &was->picture)) {
			drawn = seal->drawn;
			seal->drawn = was->drawn;
			was->drawn = drawn;
		}
		if (d->seals_version == old->seals_version) {
			d->objects[seal->number] = old->objects[was->number];
			old->objects[was->number] = (struct buf)BUF_INIT;
		}
	}
}
