/*
 * rate.c - token buckets; see rate.h.
 *
 * The table never grows: a name goes to one of PROBES places, and when all are
 * taken it replaces the fullest bucket, which loses the least (a full bucket is
 * the same as none).  The hash is keyed, so that nobody can choose collisions.
 */
#include "api/rate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

enum {
	PLACES = 8192,
	PROBES = 8
};

struct bucket {
	uint64_t name; /* keyed hash; 0 = free */
	double tokens;
	int64_t at; /* ms */
};

struct rate {
	pthread_mutex_t lock;
	double per_second, burst;
	uint64_t key;
	struct bucket v[PLACES];
};

struct rate *
rate_new(double per_second, double burst)
{
	struct rate *rate = calloc(1, sizeof(*rate));

	if (rate == NULL ||
	    RAND_bytes((unsigned char *)&rate->key, sizeof(rate->key)) != 1) {
		free(rate);
		return NULL;
	}
	pthread_mutex_init(&rate->lock, NULL);
	rate->per_second = per_second;
	rate->burst = burst;
	return rate;
}

void
rate_free(struct rate *rate)
{
	if (rate == NULL)
		return;
	pthread_mutex_destroy(&rate->lock);
	free(rate);
}

/* FNV-1a from a random start, then a finaliser; never 0. */
static uint64_t
hash(const struct rate *rate, const char *name)
{
	uint64_t h = 14695981039346656037u ^ rate->key;

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * 1099511628211u;
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu;
	h ^= h >> 33;
	return h | 1;
}

static void
refill(const struct rate *rate, struct bucket *b, int64_t now_ms)
{
	b->tokens += (double)(now_ms - b->at) / 1000.0 * rate->per_second;
	if (b->tokens > rate->burst)
		b->tokens = rate->burst;
	b->at = now_ms;
}

static struct bucket *
find(struct rate *rate, const char *name, int64_t now_ms)
{
	uint64_t h = hash(rate, name);
	struct bucket *best = NULL;

	for (size_t i = 0; i < PROBES; i++) {
		struct bucket *b = &rate->v[((h >> 1) + i) % PLACES];

		if (b->name != 0)
			refill(rate, b, now_ms);
		if (b->name == h)
			return b;
		if (b->name == 0) {
			best = b;
			break;
		}
		if (best == NULL || b->tokens > best->tokens)
			best = b;
	}
	best->name = h;
	best->tokens = rate->burst;
	best->at = now_ms;
	return best;
}

static unsigned int
look(struct rate *rate, const char *name, int64_t now_ms, double take)
{
	struct bucket *b;
	unsigned int wait = 0;

	if (rate->per_second <= 0)
		return 0;
	pthread_mutex_lock(&rate->lock);
	b = find(rate, name, now_ms);
	if (b->tokens >= 1)
		b->tokens -= take;
	else
		wait = 1 + (unsigned int)((1 - b->tokens) / rate->per_second);
	pthread_mutex_unlock(&rate->lock);
	return wait;
}

unsigned int
rate_take(struct rate *rate, const char *name, int64_t now_ms)
{
	return look(rate, name, now_ms, 1);
}

unsigned int
rate_peek(struct rate *rate, const char *name, int64_t now_ms)
{
	return look(rate, name, now_ms, 0);
}
