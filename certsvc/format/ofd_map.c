/* ofd_map.c - see ofd_map.h. */
#include "certsvc/format/ofd_map.h"

#include <stdlib.h>
#include <string.h>

static struct ofd_map_slot *
slot_of(const struct ofd_map *map, uint32_t key)
{
	size_t i = key * 2654435761U >> 7;

	for (;; i++) {
		struct ofd_map_slot *slot = &map->slots[i & (map->nslots - 1)];

		if (slot->key == key || slot->key == 0)
			return slot;
	}
}

/* Twice the slots (256 at first). */
static int
grow(struct ofd_map *map)
{
	struct ofd_map bigger = {
	    .nslots = map->nslots == 0 ? 256 : 2 * map->nslots, .n = map->n};
	size_t i;

	bigger.slots = calloc(bigger.nslots, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return -1;
	for (i = 0; i < map->nslots; i++)
		if (map->slots[i].key != 0)
			*slot_of(&bigger, map->slots[i].key) = map->slots[i];
	free(map->slots);
	*map = bigger;
	return 0;
}

uint32_t *
ofd_map_at(struct ofd_map *map, uint32_t key)
{
	struct ofd_map_slot *slot;

	if (2 * map->n >= map->nslots && grow(map) != 0)
		return NULL;
	slot = slot_of(map, key);
	if (slot->key == 0) {
		slot->key = key;
		map->n++;
	}
	return &slot->value;
}

uint32_t
ofd_map_get(const struct ofd_map *map, uint32_t key)
{
	return map->nslots == 0 ? 0 : slot_of(map, key)->value;
}

void
ofd_map_release(struct ofd_map *map)
{
	free(map->slots);
	memset(map, 0, sizeof(*map));
}
