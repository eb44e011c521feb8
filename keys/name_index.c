/* name_index.c - see name_index.h. */
#include "keys/name_index.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a: names are an administrator's, nobody floods this table. */
static size_t
hash(const char *name)
{
	uint64_t h = 14695981039346656037u;

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * 1099511628211u;
	return (size_t)(h ^ (h >> 32));
}

/* Where the name is, or the free slot where it belongs. */
static uint32_t *
slot_of(const struct name_index *x, const char *name)
{
	size_t at = hash(name) & (x->nslots - 1);

	while (x->slots[at] != 0 &&
	       strcmp(x->name(x->ctx, x->slots[at] - 1), name) != 0)
		at = (at + 1) & (x->nslots - 1);
	return &x->slots[at];
}

long
name_index_find(const struct name_index *x, const char *name)
{
	return x->nslots == 0 ? -1 : (long)*slot_of(x, name) - 1;
}

static int
grow(struct name_index *x)
{
	struct name_index more = *x;
	size_t i;

	more.nslots = x->nslots ? 2 * x->nslots : 64;
	more.slots = calloc(more.nslots, sizeof(*more.slots));
	if (more.slots == NULL)
		return -1;
	for (i = 0; i < x->nslots; i++)
		if (x->slots[i] != 0)
			*slot_of(&more, x->name(x->ctx, x->slots[i] - 1)) =
			    x->slots[i];
	free(x->slots);
	*x = more;
	return 0;
}

int
name_index_add(struct name_index *x, uint32_t number)
{
	if (2 * (x->n + 1) > x->nslots && grow(x) != 0)
		return -1;
	*slot_of(x, x->name(x->ctx, number)) = number + 1;
	x->n++;
	return 0;
}

void
name_index_release(struct name_index *x)
{
	free(x->slots);
	x->slots = NULL;
	x->nslots = x->n = 0;
}
