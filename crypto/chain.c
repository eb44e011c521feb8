/* chain.c - see chain.h. */
#include "crypto/chain.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <pthread.h>
#include <string.h>

#include "crypto/x509.h"

enum {
	CACHE_SIZE = 128,
	DEPTH_MAX = 6,
	SECURITY_LEVEL = 2 /* 112 bits: no SHA-1, no RSA below 2048 */
};

/* A good path stays good inside the common validity of its x509s. */
struct cached_path {
	uint8_t digest[DIGEST_SIZE];
	int64_t from, until; /* from == until: empty slot */
};

static struct {
	pthread_mutex_t lock;
	struct cached_path paths[CACHE_SIZE];
	size_t next;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The x509s of one check, parsed. */
struct chain {
	const struct x509 *x509s[CHAIN_X509S_MAX];
	size_t nx509s;
	const struct x509 *anchors[CHAIN_ANCHORS_MAX];
	size_t nanchors;
};

static void
chain_release(struct chain *chain)
{
	size_t i;

	for (i = 0; i < chain->nx509s; i++)
		x509_free(chain->x509s[i]);
	for (i = 0; i < chain->nanchors; i++)
		x509_free(chain->anchors[i]);
}

static int
chain_load(struct chain *chain, const struct chain_request *req, struct err *e)
{
	int r;

	if (req->nx509s == 0 || req->nx509s > CHAIN_X509S_MAX ||
	    req->nanchors > CHAIN_ANCHORS_MAX)
		return err_set(e, ERR_LIMIT, "too_many_x509s",
		    "密钥证书数目超出限制：%zu 与 %zu。",
		    "The number of x509s is over the limit: %zu and %zu.",
		    req->nx509s, req->nanchors);
	for (; chain->nx509s < req->nx509s; chain->nx509s++) {
		r = x509_get(
		    req->x509s[chain->nx509s], &chain->x509s[chain->nx509s], e);
		if (r != 0)
			return r;
	}
	for (; chain->nanchors < req->nanchors; chain->nanchors++) {
		r = x509_get(req->anchors[chain->nanchors],
		    &chain->anchors[chain->nanchors], e);
		if (r != 0)
			return r;
	}
	return 0;
}

/* Digest over the digests of all; the number of x509s keeps the two lists
 * apart. */
static int
chain_digest(const struct chain *chain, uint8_t digest[DIGEST_SIZE])
{
	struct buf all = BUF_INIT;
	size_t i;
	int done;

	buf_add_byte(&all, (uint8_t)chain->nx509s);
	for (i = 0; i < chain->nx509s; i++)
		buf_add(&all, chain->x509s[i]->digest, DIGEST_SIZE);
	for (i = 0; i < chain->nanchors; i++)
		buf_add(&all, chain->anchors[i]->digest, DIGEST_SIZE);
	done = !buf_failed(&all) && EVP_Q_digest(NULL, "SHA256", NULL, all.p,
					all.n, digest, NULL) == 1;
	buf_release(&all);
	return done ? 0 : -1;
}

static int
cache_has(const uint8_t digest[DIGEST_SIZE], int64_t at)
{
	const struct cached_path *p;
	size_t i;
	int found = 0;

	pthread_mutex_lock(&cache.lock);
	for (i = 0; i < CACHE_SIZE && !found; i++) {
		p = &cache.paths[i];
		found = p->from < p->until && p->from <= at && at <= p->until &&
			memcmp(p->digest, digest, DIGEST_SIZE) == 0;
	}
	pthread_mutex_unlock(&cache.lock);
	return found;
}

static void
cache_add(const uint8_t digest[DIGEST_SIZE], int64_t from, int64_t until)
{
	struct cached_path *p;

	pthread_mutex_lock(&cache.lock);
	p = &cache.paths[cache.next++ % CACHE_SIZE];
	memcpy(p->digest, digest, DIGEST_SIZE);
	p->from = from;
	p->until = until;
	pthread_mutex_unlock(&cache.lock);
}

/* The common validity of the path that OpenSSL found. */
static int
read_window(X509_STORE_CTX *ctx, int64_t *from, int64_t *until)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	const struct x509 *x;
	struct buf der = BUF_INIT;
	unsigned char *p;
	int i, n, r = 0;

	*from = INT64_MIN;
	*until = INT64_MAX;
	for (i = 0; i < sk_X509_num(path) && r == 0; i++) {
		buf_reset(&der);
		n = i2d_X509(sk_X509_value(path, i), NULL);
		p = n > 0 ? buf_extend(&der, (size_t)n) : NULL;
		if (p == NULL || i2d_X509(sk_X509_value(path, i), &p) != n ||
		    x509_get(buf_bytes(&der), &x, &(struct err)ERR_INIT) != 0) {
			r = -1;
			break;
		}
		*from = x->not_before > *from ? x->not_before : *from;
		*until = x->not_after < *until ? x->not_after : *until;
		x509_free(x);
	}
	buf_release(&der);
	return r;
}

/* Stacks of OpenSSL handles; NULL when out of memory. */
static STACK_OF(X509) * stack_of(const struct x509 *const *list, size_t n)
{
	STACK_OF(X509) *stack = sk_X509_new_null();
	size_t i;

	for (i = 0; i < n && stack != NULL; i++)
		if (sk_X509_push(stack, list[i]->handle) <= 0) {
			sk_X509_free(stack);
			stack = NULL;
		}
	return stack;
}

/* Ask OpenSSL; returns an X509_V_ code, or -1.  Validity is checked at `at`
 * unless flags say otherwise. */
static int
ask(const struct chain *chain, int64_t at, unsigned long flags,
    int64_t window[2])
{
	STACK_OF(X509) * others, *anchors;
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int code = -1;

	others = stack_of(chain->x509s + 1, chain->nx509s - 1);
	anchors = stack_of(chain->anchors, chain->nanchors);
	if (store != NULL && ctx != NULL && others != NULL && anchors != NULL &&
	    X509_STORE_CTX_init(ctx, store, chain->x509s[0]->handle, others) ==
		1) {
		X509_STORE_CTX_set0_trusted_stack(ctx, anchors);
		param = X509_STORE_CTX_get0_param(ctx);
		X509_VERIFY_PARAM_set_flags(
		    param, X509_V_FLAG_PARTIAL_CHAIN | flags);
		X509_VERIFY_PARAM_set_depth(param, DEPTH_MAX);
		X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
		if ((flags & X509_V_FLAG_NO_CHECK_TIME) == 0)
			X509_VERIFY_PARAM_set_time(param, (time_t)at);
		code = X509_verify_cert(ctx) == 1
			   ? X509_V_OK
			   : X509_STORE_CTX_get_error(ctx);
		if (code == X509_V_OK &&
		    read_window(ctx, &window[0], &window[1]) != 0)
			code = -1;
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_free(others);
	sk_X509_free(anchors);
	ERR_clear_error();
	return code;
}

static int
decide(const struct chain *chain, int64_t at, enum chain_trust *trust,
    struct err *e)
{
	uint8_t digest[DIGEST_SIZE];
	int64_t window[2];
	int code;

	*trust = CHAIN_UNTRUSTED;
	if (!chain->x509s[0]->may_sign || chain->x509s[0]->ca)
		return 0;
	if (chain_digest(chain, digest) != 0)
		return err_internal(e, "SHA-256");
	if (cache_has(digest, at)) {
		*trust = CHAIN_TRUSTED;
		return 0;
	}
	code = ask(chain, at, 0, window);
	if (code == X509_V_OK) {
		cache_add(digest, window[0], window[1]);
		*trust = CHAIN_TRUSTED;
		return 0;
	}
	/* Only a path that is good but for its dates is called expired. */
	code =
	    code < 0 ? code : ask(chain, at, X509_V_FLAG_NO_CHECK_TIME, window);
	if (code < 0)
		return err_internal(e, "X509_verify_cert");
	if (code == X509_V_OK)
		*trust = at < window[0] ? CHAIN_NOT_YET_VALID : CHAIN_EXPIRED;
	return 0;
}

int
chain_check(
    const struct chain_request *req, struct chain_result *result, struct err *e)
{
	struct chain chain = {.nx509s = 0};
	int r;

	memset(result, 0, sizeof(*result));
	r = chain_load(&chain, req, e);
	if (r == 0)
		r = decide(&chain, req->at, &result->trust, e);
	chain_release(&chain);
	return r;
}
