/* caller.c - credentials and the memory of the keeper's answers; see caller.h.
 */
#include "api/caller.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"

enum {
	REMEMBERED = 256, /* answers; a power of two */
	REMEMBER_MS = 1000
};

struct entry {
	uint8_t key[SHA256_DIGEST_LENGTH];
	int64_t until; /* ms; 0 = free */
	struct keeper_caller who;
};

struct callers {
	pthread_mutex_t lock;
	struct keeper *keeper;
	uint64_t version; /* of the authority table, as last seen */
	struct entry v[REMEMBERED];
};

struct callers *
callers_new(struct keeper *keeper)
{
	struct callers *callers = calloc(1, sizeof(*callers));

	if (callers == NULL)
		return NULL;
	pthread_mutex_init(&callers->lock, NULL);
	callers->keeper = keeper;
	return callers;
}

static void
forget(struct callers *callers)
{
	for (size_t i = 0; i < REMEMBERED; i++) {
		keeper_caller_release(&callers->v[i].who);
		memset(&callers->v[i], 0, sizeof(callers->v[i]));
	}
}

void
callers_free(struct callers *callers)
{
	if (callers == NULL)
		return;
	forget(callers);
	pthread_mutex_destroy(&callers->lock);
	free(callers);
}

void
callers_forget(struct callers *callers)
{
	pthread_mutex_lock(&callers->lock);
	forget(callers);
	pthread_mutex_unlock(&callers->lock);
}

static int
bad_credential(struct err *e)
{
	return err_set(e, ERR_UNKNOWN, "bad_credential",
	    "接口密钥不正确、已停用或不允许从该地址使用",
	    "the API key is wrong, revoked, or not allowed from this address");
}

/* "id<separator>secret" -> cred */
static int
split(const char *s, size_t n, char separator, struct keeper_credential *cred,
    struct err *e)
{
	const char *at = memchr(s, separator, n);
	size_t id = at == NULL ? 0 : (size_t)(at - s);
	size_t secret = at == NULL ? 0 : n - id - 1;

	if (id == 0 || id >= sizeof(cred->id) || secret == 0 ||
	    secret >= sizeof(cred->secret) || memchr(s, '\0', n) != NULL)
		return bad_credential(e);
	memcpy(cred->id, s, id);
	cred->id[id] = '\0';
	memcpy(cred->secret, at + 1, secret);
	cred->secret[secret] = '\0';
	return 0;
}

int
caller_credential(
    const char *authorization, struct keeper_credential *cred, struct err *e)
{
	struct buf text = BUF_INIT;
	int rc;

	memset(cred, 0, sizeof(*cred));
	if (authorization == NULL)
		return err_set(e, ERR_UNKNOWN, "credential_missing",
		    "请提供接口密钥：Authorization: Bearer 编号.密钥",
		    "show an API key: Authorization: Bearer id.secret");
	if (strncasecmp(authorization, "Bearer ", 7) == 0)
		return split(
		    authorization + 7, strlen(authorization + 7), '.', cred, e);
	if (strncasecmp(authorization, "Basic ", 6) != 0)
		return bad_credential(e);
	if (text_unbase64(
		&text, authorization + 6, strlen(authorization + 6)) != 0 ||
	    text.n == 0)
		rc = bad_credential(e);
	else
		rc = split((const char *)text.p, text.n, ':', cred, e);
	buf_wipe(&text);
	return rc;
}

static void
entry_key(const struct keeper_credential *cred, const char *address,
    uint8_t key[SHA256_DIGEST_LENGTH])
{
	uint8_t text[KEEPER_ID_SIZE + KEEPER_SECRET_SIZE + 48] = {0};
	size_t n = strlen(address);

	memcpy(text, cred->id, strlen(cred->id));
	memcpy(text + KEEPER_ID_SIZE, cred->secret, strlen(cred->secret));
	memcpy(text + KEEPER_ID_SIZE + KEEPER_SECRET_SIZE, address,
	    n < 48 ? n : 48);
	SHA256(text, sizeof(text), key);
	OPENSSL_cleanse(text, sizeof(text));
}

/* Deep copy; -1 when out of memory. */
static int
caller_copy(const struct keeper_caller *from, struct keeper_caller *to)
{
	*to = *from;
	to->ntypes = 0;
	to->types =
	    calloc(from->ntypes == 0 ? 1 : from->ntypes, sizeof(*to->types));
	while (
	    to->types != NULL && to->ntypes < from->ntypes &&
	    (to->types[to->ntypes] = text_dup(from->types[to->ntypes])) != NULL)
		to->ntypes++;
	if (to->types != NULL && to->ntypes == from->ntypes)
		return 0;
	keeper_caller_release(to);
	return -1;
}

static struct entry *
entry_of(struct callers *callers, const uint8_t key[SHA256_DIGEST_LENGTH])
{
	return &callers->v[key[0] & (REMEMBERED - 1)];
}

int
caller_known(struct callers *callers, const struct keeper_credential *cred,
    const char *address, struct keeper_caller *who)
{
	uint8_t key[SHA256_DIGEST_LENGTH];
	struct entry *entry;
	int known;

	entry_key(cred, address, key);
	pthread_mutex_lock(&callers->lock);
	entry = entry_of(callers, key);
	known = entry->until > clock_monotonic_ms() &&
		CRYPTO_memcmp(entry->key, key, sizeof(key)) == 0 &&
		caller_copy(&entry->who, who) == 0;
	pthread_mutex_unlock(&callers->lock);
	return known;
}

static void
remember(struct callers *callers, const struct keeper_credential *cred,
    const char *address, const struct keeper_caller *who, int64_t asked)
{
	uint8_t key[SHA256_DIGEST_LENGTH];
	struct entry *entry;

	entry_key(cred, address, key);
	pthread_mutex_lock(&callers->lock);
	if (who->authority_version > callers->version) {
		forget(callers);
		callers->version = who->authority_version;
	}
	/* An older answer that overtook a change must not be kept. */
	if (who->authority_version == callers->version) {
		entry = entry_of(callers, key);
		keeper_caller_release(&entry->who);
		memset(entry, 0, sizeof(*entry));
		if (caller_copy(who, &entry->who) == 0) {
			memcpy(entry->key, key, sizeof(key));
			entry->until = asked + REMEMBER_MS;
		}
	}
	pthread_mutex_unlock(&callers->lock);
}

int
caller_identify(struct callers *callers, const struct keeper_credential *cred,
    const char *address, struct keeper_caller *who, struct err *e)
{
	int64_t asked = clock_monotonic_ms();
	int rc;

	if (caller_known(callers, cred, address, who))
		return 0;
	rc = keeper_identify(callers->keeper, cred, address, who, e);
	if (rc == 0)
		remember(callers, cred, address, who, asked);
	/* One answer for every cause, whoever found it. */
	return rc == ERR_UNKNOWN ? bad_credential(e) : rc;
}
