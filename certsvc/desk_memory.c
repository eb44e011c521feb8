/*
 * desk_memory.c - see desk_memory.h.
 *
 * A name goes to one of PROBES places by a keyed hash; when all are taken it
 * replaces the one used longest ago, so guesses at many names push out each
 * other's counts before those of a name that is guessed at.
 */
#include "certsvc/desk_memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "crypto/base/clock.h"

enum {
	PLACES = 16384,
	PROBES = 8
};

struct place {
	uint64_t name; /* keyed hash; 0 = free */
	int64_t used;
	struct lockout lock;
};

struct desk_memory {
	pthread_mutex_t lock;
	uint64_t key[2];
	int64_t started;
	struct place names[PLACES], sessions[PLACES];
};

struct desk_memory *
desk_memory_new(void)
{
	struct desk_memory *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	if (RAND_bytes((unsigned char *)m->key, sizeof(m->key)) != 1) {
		free(m);
		return NULL;
	}
	pthread_mutex_init(&m->lock, NULL);
	m->started = clock_now();
	return m;
}

void
desk_memory_free(struct desk_memory *m)
{
	if (m == NULL)
		return;
	pthread_mutex_destroy(&m->lock);
	free(m);
}

/* FNV-1a from a random start with a random finish; never 0. */
static uint64_t
hash(const struct desk_memory *m, const char *name)
{
	uint64_t h = 14695981039346656037u ^ m->key[0];

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * 1099511628211u;
	h ^= m->key[1];
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu;
	h ^= h >> 33;
	return h | 1;
}

/* The place of a name, and whether it is there already. */
static struct place *
find(struct place *places, uint64_t h, int *known)
{
	struct place *best = NULL;

	for (size_t i = 0; i < PROBES; i++) {
		struct place *p = &places[((h >> 1) + i) % PLACES];

		if (p->name == h) {
			*known = 1;
			return p;
		}
		if (best == NULL || p->used < best->used)
			best = p;
	}
	*known = 0;
	return best;
}

static struct place *
take(struct place *places, uint64_t h, int64_t now)
{
	int known;
	struct place *p = find(places, h, &known);

	if (!known) {
		memset(p, 0, sizeof(*p));
		p->name = h;
	}
	p->used = now;
	return p;
}

int64_t
desk_memory_try(struct desk_memory *m, const char *name,
    const struct lockout *kept, int64_t now, struct lockout *after)
{
	struct lockout *l;
	int64_t wait;

	pthread_mutex_lock(&m->lock);
	l = &take(m->names, hash(m, name), now)->lock;
	if (kept->until > l->until)
		l->until = kept->until;
	if (kept->level > l->level)
		l->level = kept->level;
	wait = lockout_wait(l, now);
	if (wait == 0)
		(void)lockout_try(l, now);
	*after = *l;
	pthread_mutex_unlock(&m->lock);
	return wait;
}

static struct place *
known(struct desk_memory *m, const char *name)
{
	int there;
	struct place *p = find(m->names, hash(m, name), &there);

	return there ? p : NULL;
}

void
desk_memory_take_back(struct desk_memory *m, const char *name)
{
	struct place *p;

	pthread_mutex_lock(&m->lock);
	if ((p = known(m, name)) != NULL)
		lockout_take_back(&p->lock);
	pthread_mutex_unlock(&m->lock);
}

void
desk_memory_reset(struct desk_memory *m, const char *name)
{
	struct place *p;

	pthread_mutex_lock(&m->lock);
	if ((p = known(m, name)) != NULL)
		lockout_reset(&p->lock);
	pthread_mutex_unlock(&m->lock);
}

int
desk_memory_live(struct desk_memory *m, const char *session, int64_t made,
    int64_t now, int64_t idle)
{
	uint64_t h = hash(m, session);
	int64_t before = made > m->started ? made : m->started;
	struct place *p;
	int there, live;

	pthread_mutex_lock(&m->lock);
	p = find(m->sessions, h, &there);
	if (there)
		before = p->used;
	live = now - before <= idle;
	if (live)
		(void)take(m->sessions, h, now);
	pthread_mutex_unlock(&m->lock);
	return live;
}
