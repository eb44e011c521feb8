/*
 * ofd_map.h - numbers to numbers, for the glyphs and characters of a font: open
 * addressing, no removal.
 */
#ifndef CERTSVC_FORMAT_OFD_MAP_H
#define CERTSVC_FORMAT_OFD_MAP_H

#include <stddef.h>
#include <stdint.h>

struct ofd_map_slot {
	uint32_t key, value; /* key 0: free */
};

struct ofd_map {
	struct ofd_map_slot *slots; /* owned */
	size_t nslots, n;	    /* nslots: a power of two, or 0 */
};

/* The value's place for a key (never 0), made with value 0 when new; NULL when
 * out of memory.  Valid until the next call. */
uint32_t *ofd_map_at(struct ofd_map *map, uint32_t key);

/* The value for a key, or 0. */
uint32_t ofd_map_get(const struct ofd_map *map, uint32_t key);

void ofd_map_release(struct ofd_map *map);

#endif
