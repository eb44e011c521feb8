/* digest.c - see digest.h. */
#include "crypto/digest.h"

#include <openssl/evp.h>

#include <pthread.h>
#include <string.h>

/* Fetching costs more than hashing a short message. */
static struct {
	pthread_once_t once;
	EVP_MD *sha256, *sm3;
} fetched = {.once = PTHREAD_ONCE_INIT};

static void
fetch(void)
{
	fetched.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	fetched.sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
}

/* OpenSSL's object, for its own calls; it stays.  NULL when there is none. */
static const EVP_MD *
digest_md(enum digest_alg alg)
{
	pthread_once(&fetched.once, fetch);
	return alg == DIGEST_SM3 ? fetched.sm3 : fetched.sha256;
}

int
digest_bytes(enum digest_alg alg, struct bytes v, uint8_t out[DIGEST_SIZE])
{
	const EVP_MD *md = digest_md(alg);

	return md != NULL && EVP_Digest(v.p, v.n, out, NULL, md, NULL) == 1
		   ? 0
		   : -1;
}

int
digest_sha256(struct bytes v, uint8_t out[DIGEST_SIZE])
{
	return digest_bytes(DIGEST_SHA256, v, out);
}

int
digest_sm3(struct bytes v, uint8_t out[DIGEST_SIZE])
{
	return digest_bytes(DIGEST_SM3, v, out);
}

void
digest_begin(struct digest *d, enum digest_alg alg)
{
	const EVP_MD *md = digest_md(alg);

	d->ctx = md != NULL ? EVP_MD_CTX_new() : NULL;
	if (d->ctx != NULL && EVP_DigestInit_ex(d->ctx, md, NULL) != 1)
		digest_release(d);
}

void
digest_add(struct digest *d, struct bytes v)
{
	if (d->ctx != NULL && EVP_DigestUpdate(d->ctx, v.p, v.n) != 1)
		digest_release(d);
}

int
digest_so_far(const struct digest *d, uint8_t out[DIGEST_SIZE])
{
	struct digest copy = {EVP_MD_CTX_new()};

	if (d->ctx == NULL || copy.ctx == NULL ||
	    EVP_MD_CTX_copy_ex(copy.ctx, d->ctx) != 1)
		digest_release(&copy);
	return digest_finish(&copy, out);
}

int
digest_finish(struct digest *d, uint8_t out[DIGEST_SIZE])
{
	int done = d->ctx != NULL && EVP_DigestFinal_ex(d->ctx, out, NULL) == 1;

	digest_release(d);
	return done ? 0 : -1;
}

void
digest_release(struct digest *d)
{
	EVP_MD_CTX_free(d->ctx);
	d->ctx = NULL;
}

int
digest_among(const uint8_t (*list)[DIGEST_SIZE], size_t n,
    const uint8_t digest[DIGEST_SIZE])
{
	size_t i;

	for (i = 0; i < n; i++)
		if (memcmp(list[i], digest, DIGEST_SIZE) == 0)
			return 1;
	return 0;
}
