/* status_cache.c - one place for each hash of an id; see status_cache.h. */
#include "certsvc/status_cache.h"

#include <string.h>

/* Ids are random, yet the one who asks chooses what to ask: a collision only
 * costs a look-up. */
static struct status_known *
place_of(struct status_cache *cache, const char *id)
{
	uint32_t h = 2166136261U;

	for (; *id != '\0'; id++)
		h = (h ^ (uint8_t)*id) * 16777619U;
	return &cache->v[(h ^ h >> 15) & (STATUS_CACHE_PLACES - 1)];
}

int
status_cache_get(struct status_cache *cache, const char *id,
    struct status_known *known, uint64_t *mark)
{
	const struct status_known *place = place_of(cache, id);
	int found;

	pthread_mutex_lock(&cache->lock);
	found = strcmp(place->id, id) == 0;
	if (found)
		*known = *place;
	*mark = cache->changes;
	pthread_mutex_unlock(&cache->lock);
	return found;
}

void
status_cache_put(
    struct status_cache *cache, const struct status_known *known, uint64_t mark)
{
	struct status_known *place = place_of(cache, known->id);

	pthread_mutex_lock(&cache->lock);
	if (cache->changes == mark)
		*place = *known;
	pthread_mutex_unlock(&cache->lock);
}

void
status_cache_forget(struct status_cache *cache, const char *id)
{
	struct status_known *place = place_of(cache, id);

	pthread_mutex_lock(&cache->lock);
	cache->changes++;
	if (strcmp(place->id, id) == 0)
		memset(place, 0, sizeof(*place));
	pthread_mutex_unlock(&cache->lock);
}

void
status_cache_clear(struct status_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	cache->changes++;
	memset(cache->v, 0, sizeof(cache->v));
	pthread_mutex_unlock(&cache->lock);
}
