/* ses_seal_verify.c - see ses_seal.h: the maker's signature, the canonical
 * form, and who may use the seal. */
#include "crypto/ses_seal.h"

#include <pthread.h>
#include <string.h>

#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/ses_parts.h"
#include "crypto/signature.h"
#include "crypto/x509.h"

enum {
	CACHE_SIZE = 256
};

/* SHA-256 of seals whose maker's signature was found right.  A slot is chosen
 * by the digest, so that memory and the time of a look-up are bounded. */
static struct {
	pthread_mutex_t lock;
	uint8_t digests[CACHE_SIZE][DIGEST_SIZE];
	uint8_t used[CACHE_SIZE];
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int
cache_has(const uint8_t digest[DIGEST_SIZE])
{
	int found;

	pthread_mutex_lock(&cache.lock);
	found = cache.used[digest[0]] &&
		memcmp(cache.digests[digest[0]], digest, DIGEST_SIZE) == 0;
	pthread_mutex_unlock(&cache.lock);
	return found;
}

static void
cache_add(const uint8_t digest[DIGEST_SIZE])
{
	pthread_mutex_lock(&cache.lock);
	memcpy(cache.digests[digest[0]], digest, DIGEST_SIZE);
	cache.used[digest[0]] = 1;
	pthread_mutex_unlock(&cache.lock);
}

static int
bad_signature(struct err *e)
{
	return err_set(e, ERR_INPUT, "seal_bad_signature",
	    "电子印章的制章者签名不正确。",
	    "The seal maker's signature on the seal is wrong.");
}

/* V1 signs SEQUENCE { eSealInfo, cert, signatureAlgorithm } (GM/T 0031-2014,
 * 5.1), the others eSealInfo alone. */
static void
put_signed(struct buf *out, const struct ses_seal *seal)
{
	size_t mark;

	if (seal->version != SES_V1) {
		buf_add(out, seal->info.p, seal->info.n);
		return;
	}
	mark = der_begin(out, DER_SEQUENCE);
	buf_add(out, seal->info.p, seal->info.n);
	der_put(out, DER_OCTET_STRING, seal->maker);
	der_put(out, DER_OID, seal->algorithm);
	der_end(out, mark);
}

static int
check_signature(const struct ses_seal *seal, struct err *e)
{
	struct buf message = BUF_INIT;
	const struct x509 *maker;
	int r;

	if (x509_get(seal->maker, &maker, e) != 0)
		return bad_signature(e);
	put_signed(&message, seal);
	if (buf_failed(&message))
		r = err_nomem(e);
	else if (maker->alg != seal->alg)
		r = bad_signature(e);
	else
		r = signature_verify(
		    seal->alg, maker->point, buf_bytes(&message), seal->raw, e);
	buf_release(&message);
	x509_free(maker);
	return r == ERR_INPUT ? bad_signature(e) : r;
}

int
ses_seal_verify(const struct ses_seal *seal, struct err *e)
{
	uint8_t digest[DIGEST_SIZE];
	int r;

	if (seal->alg == 0)
		return err_set(e, ERR_INPUT, "unsupported_algorithm",
		    "电子印章使用了本程序不支持的签名算法。",
		    "The seal is signed with an algorithm not known here.");
	if (digest_sha256(seal->der, digest) != 0)
		return err_internal(e, "SHA-256");
	if (cache_has(digest))
		return 0;
	r = check_signature(seal, e);
	if (r == 0)
		cache_add(digest);
	return r;
}

/* The "signature" of the rebuilt form is the one that was read. */
static int
replay(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	const struct ses_seal *seal = ctx;

	(void)message;
	(void)e;
	memcpy(raw, seal->raw, SIGN_RAW_SIZE);
	return 0;
}

/* Texts with a NUL behind them, as a request has them. */
enum {
	TEXT_ID,
	TEXT_VENDOR,
	TEXT_NAME,
	TEXT_PICTURE_TYPE,
	TEXTS
};

static int
rebuild(const struct ses_seal *seal, struct buf *out, struct err *e)
{
	const struct bytes views[TEXTS] = {
	    [TEXT_ID] = seal->id,
	    [TEXT_VENDOR] = seal->vendor,
	    [TEXT_NAME] = seal->name,
	    [TEXT_PICTURE_TYPE] = seal->picture_type,
	};
	char texts[TEXTS][SES_TEXT_MAX + 1];
	struct bytes signers[SES_SIGNERS_MAX];
	struct ses_seal copy = *seal;
	struct ses_seal_request req = {.id = texts[TEXT_ID],
	    .vendor = texts[TEXT_VENDOR],
	    .name = texts[TEXT_NAME],
	    .picture_type = texts[TEXT_PICTURE_TYPE],
	    .type = seal->type,
	    .signers = signers,
	    .nsigners = seal->nsigners,
	    .created = seal->created,
	    .from = seal->from,
	    .until = seal->until,
	    .picture = seal->picture,
	    .width = seal->width,
	    .height = seal->height,
	    .maker = seal->maker,
	    .alg = seal->alg,
	    .sign = replay,
	    .sign_ctx = &copy};
	size_t i;

	for (i = 0; i < TEXTS; i++) {
		memcpy(texts[i], views[i].p, views[i].n);
		texts[i][views[i].n] = '\0';
	}
	for (i = 0; i < seal->nsigners; i++)
		if (ses_seal_signer(seal, i, &signers[i]) != 0)
			return err_internal(e, "ses_seal_signer");
	return ses_seal_build(&req, out, e);
}

int
ses_seal_canonical(const struct ses_seal *seal, struct err *e)
{
	struct buf again = BUF_INIT;
	int same;

	same = signature_is_canonical(seal->alg, seal->raw) &&
	       rebuild(seal, &again, e) == 0 &&
	       bytes_equal(seal->der, buf_bytes(&again));
	buf_release(&again);
	if (same)
		return 0;
	return err_set(e, ERR_INPUT, "seal_not_canonical",
	    "电子印章不是本系统的唯一格式。",
	    "The seal is not in the one form that we write.");
}

int
ses_seal_names(const struct ses_seal *seal, struct bytes x509, struct err *e)
{
	uint8_t digest[DIGEST_SIZE];
	struct bytes entry, wanted = x509;
	size_t i;

	if (seal->list == SES_LIST_DIGESTS) {
		if (digest_sm3(x509, digest) != 0)
			return err_internal(e, "SM3");
		wanted = (struct bytes){digest, sizeof(digest)};
	}
	for (i = 0; i < seal->nsigners; i++)
		if (ses_seal_signer(seal, i, &entry) == 0 &&
		    bytes_equal(entry, wanted))
			return 0;
	return err_set(e, ERR_INPUT, "signer_not_in_seal",
	    "签章人的证书不在电子印章的证书列表中；若证书已更新，请重新制作印章。",
	    "The seal does not name this signer's x509; if the x509 was "
	    "renewed, the seal must be made again.");
}
