/*
 * status_cache.h - public states of certificates looked up lately, so that a
 * busy counter's questions do not go to the database each time.  Whoever
 * changes a status says so here after it is durable and before it is
 * acknowledged; then no later answer is older than an acknowledgement.
 */
#ifndef CERTSVC_STATUS_CACHE_H
#define CERTSVC_STATUS_CACHE_H

#include <pthread.h>
#include <stdint.h>

#include "certsvc/store/store.h"

enum {
	STATUS_CACHE_PLACES = 8192 /* a power of two */
};

/* What anybody may know of a certificate that is not superseded. */
struct status_known {
	char id[STORE_ID_SIZE];
	char type[STORE_CODE_SIZE];
	enum store_status status;
	int64_t since, valid_to; /* UTC seconds; valid_to 0 = no end */
};

/* Zeroes and an initialised lock are an empty cache. */
struct status_cache {
	pthread_mutex_t lock;
	uint64_t changes; /* counts status_cache_forget */
	struct status_known v[STATUS_CACHE_PLACES];
};

/*
 * 1 and *known when the id is there.  Else 0 and *mark, which must be taken
 * before the database is read and given to status_cache_put: what was read
 * before a change is then not kept after it.
 */
int status_cache_get(struct status_cache *cache, const char *id,
    struct status_known *known, uint64_t *mark);
void status_cache_put(struct status_cache *cache,
    const struct status_known *known, uint64_t mark);

/* Every status may have changed. */
void status_cache_clear(struct status_cache *cache);

/* The status of a certificate changed, or may have. */
void status_cache_forget(struct status_cache *cache, const char *id);

#endif
