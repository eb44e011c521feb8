/*
 * ofd_digest.c - SM3 of what a package holds, see ofd_file.h.  Documents of one
 * type share the page behind their text, which packs to a thirtieth; its digest
 * is remembered by the SHA-256 of its packed bytes, which is all that decides
 * what they inflate to.  Nothing is remembered that was not inflated and hashed
 * here before.
 */
#include <pthread.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/ofd_file.h"

enum {
	CACHE_SIZE = 64,
	SIZE_MIN = 16384, /* bytes of content worth remembering */
	RATIO_MIN = 4	  /* content to packed bytes: hashing those is cheap */
};

struct known {
	uint8_t packed[DIGEST_SIZE]; /* SHA-256 */
	uint32_t size, crc;	     /* of the content; size 0: empty slot */
	uint8_t sm3[DIGEST_SIZE];
};

static struct {
	pthread_mutex_t lock;
	struct known entries[CACHE_SIZE];
	size_t next;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Worth asking the cache?  Then `key` says for what. */
static int
is_worth(const struct zip_entry *entry, struct known *key)
{
	*key = (struct known){.size = entry->size, .crc = entry->crc};
	return entry->method == ZIP_DEFLATED && entry->size >= SIZE_MIN &&
	       entry->size / RATIO_MIN >= entry->packed.n &&
	       digest_sha256(entry->packed, key->packed) == 0;
}

static int
cache_find(const struct known *key, uint8_t sm3[DIGEST_SIZE])
{
	const struct known *k;
	size_t i;
	int found = 0;

	pthread_mutex_lock(&cache.lock);
	for (i = 0; i < CACHE_SIZE && !found; i++) {
		k = &cache.entries[i];
		found = k->size == key->size && k->crc == key->crc &&
			memcmp(k->packed, key->packed, DIGEST_SIZE) == 0;
		if (found)
			memcpy(sm3, k->sm3, DIGEST_SIZE);
	}
	pthread_mutex_unlock(&cache.lock);
	return found;
}

static void
cache_add(const struct known *key)
{
	pthread_mutex_lock(&cache.lock);
	cache.entries[cache.next++ % CACHE_SIZE] = *key;
	pthread_mutex_unlock(&cache.lock);
}

int
ofd_file_sm3(struct ofd_file *f, struct zip_entry *entry,
    const uint8_t **digest, struct err *e)
{
	size_t i = (size_t)(entry - f->zip->entries);
	struct bytes content;
	struct known key;
	int rc, worth;

	*digest = f->sm3[i];
	if (f->hashed[i])
		return 0;
	worth = is_worth(entry, &key);
	if (worth && cache_find(&key, f->sm3[i])) {
		f->hashed[i] = 1;
		return 0;
	}
	if ((rc = zip_file_content(f->zip, entry, &content, e)) != 0)
		return rc;
	if (digest_sm3(content, f->sm3[i]) != 0)
		return err_internal(e, "SM3");
	f->hashed[i] = 1;
	if (worth) {
		memcpy(key.sm3, f->sm3[i], DIGEST_SIZE);
		cache_add(&key);
	}
	return 0;
}
