/* glyph_cache.c - one place for each hash; see glyph_cache.h. */
#include "certsvc/format/glyph_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	PLACES = 8192,	  /* a power of two */
	SOURCE_MAX = 1024 /* bytes of a glyph worth keeping: 16 MB at most */
};

struct place {
	uint8_t *bytes; /* owned: the glyph, then the rounded one; NULL: free */
	uint16_t nsource, nrounded;
	int16_t shift;
	uint8_t grid;
};

/* The process's one cache, guarded by the lock. */
static struct place places[PLACES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct place *
place_of(struct bytes glyph, uint8_t grid)
{
	uint64_t h = grid, word;
	size_t i;

	for (i = 0; i + 8 <= glyph.n; i += 8) {
		memcpy(&word, glyph.p + i, 8);
		h = (h ^ word) * 0x9E3779B97F4A7C15U;
		h ^= h >> 29;
	}
	return &places[(h ^ h >> 32) & (PLACES - 1)];
}

static int
recall(const struct place *place, struct bytes glyph, uint8_t grid, int *shift,
    struct buf *out)
{
	int found;

	pthread_mutex_lock(&lock);
	found = place->bytes != NULL && place->grid == grid &&
		place->nsource == glyph.n &&
		memcmp(place->bytes, glyph.p, glyph.n) == 0;
	if (found) {
		buf_add(out, place->bytes + glyph.n, place->nrounded);
		*shift = place->shift;
	}
	pthread_mutex_unlock(&lock);
	return found;
}

/* The newer glyph takes the place. */
static void
keep(struct place *place, struct bytes glyph, uint8_t grid, int shift,
    struct bytes rounded)
{
	uint8_t *bytes, *old;

	if (rounded.n > SOURCE_MAX || shift != (int16_t)shift ||
	    (bytes = malloc(glyph.n + rounded.n)) == NULL)
		return;
	memcpy(bytes, glyph.p, glyph.n);
	memcpy(bytes + glyph.n, rounded.p, rounded.n);
	pthread_mutex_lock(&lock);
	old = place->bytes;
	place->bytes = bytes;
	place->nsource = (uint16_t)glyph.n;
	place->nrounded = (uint16_t)rounded.n;
	place->shift = (int16_t)shift;
	place->grid = grid;
	pthread_mutex_unlock(&lock);
	free(old);
}

int
glyph_cache_round(struct bytes glyph, uint8_t grid, struct glyph_outline *work,
    struct buf *out)
{
	int worth = glyph.n >= 8 && glyph.n <= SOURCE_MAX, shift = 0;
	struct place *place = worth ? place_of(glyph, grid) : NULL;
	size_t start = out->n;

	if (worth && recall(place, glyph, grid, &shift, out))
		return shift;
	if (glyph_outline_read(glyph, work) != 0) {
		buf_add(out, glyph.p, glyph.n);
		return 0;
	}
	shift = glyph_outline_write(work, grid, out);
	if (worth && !buf_failed(out))
		keep(place, glyph, grid, shift,
		    (struct bytes){out->p + start, out->n - start});
	return shift;
}
