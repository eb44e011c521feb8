/* crl.c - see crl.h: the cache, the signature, looking up. */
#include "crypto/crl.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/crl_private.h"
#include "crypto/digest.h"
#include "crypto/signature.h"

enum {
	CACHE_SIZE = 32,
	HASH_BITS_MIN = 256 /* of signatures that OpenSSL checks for us */
};

static struct {
	pthread_mutex_t lock;
	struct crl *entries[CACHE_SIZE];
	size_t next;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void
crl_destroy(struct crl *crl)
{
	if (crl == NULL)
		return;
	free(crl->entries);
	free(crl);
}

/* The DER lives behind the struct in one allocation. */
static struct crl *
crl_new(struct bytes der, const uint8_t digest[DIGEST_SIZE], struct err *e)
{
	struct crl *crl = calloc(1, sizeof(*crl) + der.n);
	uint8_t *copy;

	if (crl == NULL) {
		err_nomem(e);
		return NULL;
	}
	copy = (uint8_t *)(crl + 1);
	memcpy(copy, der.p, der.n);
	memcpy(crl->digest, digest, sizeof(crl->digest));
	crl->der.p = copy;
	crl->der.n = der.n;
	if (crl_parse(crl, e) != 0) {
		crl_destroy(crl);
		return NULL;
	}
	return crl;
}

static struct crl *
cache_find(const uint8_t digest[DIGEST_SIZE])
{
	struct crl *crl = NULL;
	size_t i;

	pthread_mutex_lock(&cache.lock);
	for (i = 0; i < CACHE_SIZE && crl == NULL; i++)
		if (cache.entries[i] != NULL &&
		    memcmp(cache.entries[i]->digest, digest, DIGEST_SIZE) == 0)
			crl = cache.entries[i];
	if (crl != NULL)
		crl->refs++;
	pthread_mutex_unlock(&cache.lock);
	return crl;
}

/* One reference stays with the cache, one goes to the caller. */
static void
cache_add(struct crl *crl)
{
	struct crl **slot, *old;

	pthread_mutex_lock(&cache.lock);
	slot = &cache.entries[cache.next++ % CACHE_SIZE];
	old = *slot;
	*slot = crl;
	crl->refs = 2;
	pthread_mutex_unlock(&cache.lock);
	crl_free(old);
}

int
crl_get(struct bytes der, const struct crl **out, struct err *e)
{
	uint8_t digest[DIGEST_SIZE];
	struct crl *crl;

	*out = NULL;
	if (der.n == 0 || der.n > CRL_DER_MAX)
		return crl_malformed(e);
	if (digest_sha256(der, digest) != 0)
		return err_internal(e, "SHA-256");
	crl = cache_find(digest);
	if (crl == NULL) {
		crl = crl_new(der, digest, e);
		if (crl == NULL)
			return e->class;
		cache_add(crl);
	}
	*out = crl;
	return 0;
}

/* Handed out as const because it is shared; what changes is under the lock. */
static struct crl *mutable(const struct crl *crl)
{
	struct crl *mine;

	memcpy(&mine, &crl, sizeof(mine));
	return mine;
}

void
crl_share(const struct crl *crl)
{
	pthread_mutex_lock(&cache.lock);
	mutable(crl)->refs++;
	pthread_mutex_unlock(&cache.lock);
}

void
crl_free(const struct crl *crl)
{
	unsigned int refs;

	if (crl == NULL)
		return;
	pthread_mutex_lock(&cache.lock);
	refs = --mutable(crl)->refs;
	pthread_mutex_unlock(&cache.lock);
	if (refs == 0)
		crl_destroy(mutable(crl));
}

void
crl_about(const struct crl *crl, struct crl_info *info)
{
	info->issuer = crl->issuer;
	info->number = crl->number;
	info->this_update = crl->this_update;
	info->next_update = crl->next_update;
	info->nentries = crl->nentries;
}

int
crl_is_newer(const struct crl_info *info, const struct crl_info *other)
{
	return info->this_update > other->this_update ||
	       (info->this_update == other->this_update &&
		   info->number > other->number);
}

int
crl_entry(const struct crl *crl, size_t i, struct crl_entry *entry)
{
	if (i >= crl->nentries)
		return -1;
	*entry = crl->entries[i];
	return 0;
}

static int
verify_ours(const struct crl *crl, const struct algorithm *a,
    const struct x509 *issuer, struct err *e)
{
	uint8_t raw[SIGN_RAW_SIZE];

	if (a->alg != issuer->alg || signature_from_der(crl->value, raw) != 0)
		memset(raw, 0, sizeof(raw)); /* never good */
	/* Others' ECDSA signatures have a high s half of the time. */
	signature_make_canonical(a->alg, raw);
	return signature_verify(a->alg, issuer->point, crl->tbs, raw, e);
}

/* RSA and other curves: OpenSSL's, with a digest of 256 bits at least. */
static int
verify_others(const struct crl *crl, const struct x509 *issuer)
{
	const unsigned char *p = crl->der.p;
	X509_CRL *handle = d2i_X509_CRL(NULL, &p, (long)crl->der.n);
	EVP_PKEY *key = X509_get0_pubkey(issuer->handle);
	const EVP_MD *md;
	int digest, good;

	good = handle != NULL && key != NULL &&
	       OBJ_find_sigid_algs(
		   X509_CRL_get_signature_nid(handle), &digest, NULL) == 1 &&
	       (md = EVP_get_digestbynid(digest)) != NULL &&
	       EVP_MD_get_size(md) * 8 >= HASH_BITS_MIN &&
	       X509_CRL_verify(handle, key) == 1;
	X509_CRL_free(handle);
	ERR_clear_error();
	return good ? 0 : -1;
}

/* Was it found good with this x509 before? */
static int
is_known(const struct crl *crl, const struct x509 *issuer)
{
	int known;

	pthread_mutex_lock(&cache.lock);
	known = crl->verified &&
		memcmp(crl->verified_by, issuer->digest, DIGEST_SIZE) == 0;
	pthread_mutex_unlock(&cache.lock);
	return known;
}

static void
remember(const struct crl *crl, const struct x509 *issuer)
{
	struct crl *mine = mutable(crl);

	pthread_mutex_lock(&cache.lock);
	mine->verified = 1;
	memcpy(mine->verified_by, issuer->digest, DIGEST_SIZE);
	pthread_mutex_unlock(&cache.lock);
}

int
crl_verify(const struct crl *crl, const struct x509 *issuer, struct err *e)
{
	const struct algorithm *a = algorithm_by_signature_id(crl->algorithm);
	int good;

	if (is_known(crl, issuer))
		return 0;
	good = issuer->may_crl && bytes_equal(crl->issuer, issuer->subject) &&
	       (a != NULL ? verify_ours(crl, a, issuer, e)
			  : verify_others(crl, issuer)) == 0;
	if (!good)
		return err_set(e, ERR_INPUT, "bad_signature",
		    "吊销列表的签名与签发机构不符。",
		    "The signature of the list of revoked x509s is not its "
		    "issuer's.");
	remember(crl, issuer);
	return 0;
}

int
crl_find(const struct crl *crl, struct bytes serial, int64_t *revoked,
    enum crl_reason *reason)
{
	const struct crl_entry key = {.serial = serial, .revoked = INT64_MIN};
	size_t low = 0, high = crl->nentries, middle;
	const struct crl_entry *hit;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (crl_compare(&crl->entries[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == crl->nentries)
		return 0;
	hit = &crl->entries[low];
	if (!bytes_equal(hit->serial, serial))
		return 0;
	*revoked = hit->revoked;
	*reason = hit->reason;
	return 1;
}
