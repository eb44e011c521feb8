/* x509.c - see x509.h: parsing and the cache. */
#include "crypto/x509.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/base/clock.h"
#include "crypto/base/text.h"
#include "crypto/der.h"
#include "crypto/sm2.h"

enum {
	CACHE_SIZE = 256
};

/* Decoding costs twice a signature check, so the last ones are kept. */
static struct {
	pthread_mutex_t lock;
	struct x509 *entries[CACHE_SIZE];
	size_t next;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int
malformed(struct err *e)
{
	ERR_clear_error();
	return err_set(e, ERR_INPUT, "malformed_x509", "密钥证书格式不正确。",
	    "The x509 is not well formed.");
}

/* Reader past version, at the serial number. */
static int
enter_tbs(struct bytes der, struct der *tbs)
{
	struct der d, outer;
	struct bytes version;

	der_init(&d, der);
	if (der_enter(&d, DER_SEQUENCE, &outer) != 0 || !der_at_end(&d) ||
	    der_enter(&outer, DER_SEQUENCE, tbs) != 0)
		return -1;
	if (der_peek(tbs) != DER_CONTEXT_CONSTRUCTED)
		return 0;
	return der_get(tbs, DER_CONTEXT_CONSTRUCTED, &version);
}

int
x509_identity(struct bytes der, struct bytes *issuer, struct bytes *serial)
{
	struct bytes algorithm;
	struct der tbs;

	return enter_tbs(der, &tbs) == 0 &&
		       der_get_whole(&tbs, DER_INTEGER, serial) == 0 &&
		       serial->n <= X509_SERIAL_MAX + 3 &&
		       der_get(&tbs, DER_SEQUENCE, &algorithm) == 0 &&
		       der_get_whole(&tbs, DER_SEQUENCE, issuer) == 0
		   ? 0
		   : -1;
}

/* Subject, and the point with the key's id. */
static int
read_key(struct x509 *x)
{
	const struct algorithm *a;
	struct bytes skip, spki;
	uint8_t digest[DIGEST_SIZE];
	struct der tbs;

	if (enter_tbs(x->der, &tbs) != 0 ||
	    der_get(&tbs, DER_INTEGER, &skip) != 0 ||
	    der_get(&tbs, DER_SEQUENCE, &skip) != 0 ||
	    der_get(&tbs, DER_SEQUENCE, &skip) != 0 ||
	    der_get(&tbs, DER_SEQUENCE, &skip) != 0 ||
	    der_get_whole(&tbs, DER_SEQUENCE, &x->subject) != 0 ||
	    der_get_whole(&tbs, DER_SEQUENCE, &spki) != 0)
		return -1;
	if (digest_sha256(spki, digest) != 0)
		return -1;
	memcpy(x->kid, digest, sizeof(x->kid));
	a = algorithm_by_spki(spki, &x->point);
	if (a != NULL)
		x->alg = a->alg;
	return 0;
}

static int
read_time(const ASN1_TIME *time, int64_t *t)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return -1;
	*t = clock_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * 86400 +
	     tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
	return 0;
}

/* RFC 4514, but with UTF-8 left as it is. */
static char *
name_text(const X509_NAME *name)
{
	unsigned long flags =
	    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
	struct buf text = BUF_INIT;
	BIO *bio = BIO_new(BIO_s_mem());
	char *p, *copy = NULL;
	long n;

	if (bio != NULL && X509_NAME_print_ex(bio, name, 0, flags) >= 0) {
		n = BIO_get_mem_data(bio, &p);
		if (n > 0)
			buf_add(&text, p, (size_t)n);
		if (text_utf8_count((const char *)text.p, text.n) >= 0)
			copy = text_dup(buf_cstr(&text));
	}
	BIO_free(bio);
	buf_release(&text);
	return copy;
}

/*
 * OpenSSL 3.0 verifies an SM2 signature under the identifier found in the x509
 * itself, and takes the empty one when there is none.  It must not be there
 * for other signatures: they would fail.
 */
static int
set_identifier(X509 *handle)
{
	ASN1_OCTET_STRING *id;

	if (X509_get_signature_nid(handle) != NID_SM2_with_SM3)
		return 0;
	id = ASN1_OCTET_STRING_new();
	if (id == NULL ||
	    ASN1_OCTET_STRING_set(id, (const unsigned char *)SM2_IDENTIFIER,
		(int)sizeof(SM2_IDENTIFIER) - 1) != 1) {
		ASN1_OCTET_STRING_free(id);
		return -1;
	}
	X509_set0_distinguishing_id(handle, id);
	return 0;
}

static int
has_revocation_address(X509 *handle)
{
	STACK_OF(OPENSSL_STRING) *ocsp = X509_get1_ocsp(handle);
	int found =
	    sk_OPENSSL_STRING_num(ocsp) > 0 ||
	    X509_get_ext_by_NID(handle, NID_crl_distribution_points, -1) >= 0;

	X509_email_free(ocsp);
	return found;
}

static int
read_handle(struct x509 *x)
{
	const unsigned char *p = x->der.p;
	uint32_t usage;

	x->handle = d2i_X509(NULL, &p, (long)x->der.n);
	if (x->handle == NULL || p != x->der.p + x->der.n ||
	    set_identifier(x->handle) != 0)
		return -1;
	/* X509_check_ca also makes OpenSSL cache the extensions, so that later
	 * calls only read. */
	x->ca = X509_check_ca(x->handle) == 1;
	if ((X509_get_extension_flags(x->handle) & EXFLAG_INVALID) != 0)
		return -1;
	usage = X509_get_key_usage(x->handle);
	x->may_sign =
	    usage != UINT32_MAX &&
	    (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
	x->may_crl = x->ca && usage != UINT32_MAX && (usage & KU_CRL_SIGN) != 0;
	x->promises = has_revocation_address(x->handle);
	x->text = name_text(X509_get_subject_name(x->handle));
	return x->text != NULL &&
		       read_time(X509_get0_notBefore(x->handle),
			   &x->not_before) == 0 &&
		       read_time(
			   X509_get0_notAfter(x->handle), &x->not_after) == 0
		   ? 0
		   : -1;
}

static void
x509_destroy(struct x509 *x)
{
	if (x == NULL)
		return;
	X509_free(x->handle);
	free(x->text);
	free(x);
}

/* The DER lives behind the struct in one allocation. */
static struct x509 *
x509_parse(struct bytes der, const uint8_t digest[32])
{
	struct x509 *x = calloc(1, sizeof(*x) + der.n);
	uint8_t *copy;

	if (x == NULL)
		return NULL;
	copy = (uint8_t *)(x + 1);
	memcpy(copy, der.p, der.n);
	memcpy(x->digest, digest, sizeof(x->digest));
	x->der.p = copy;
	x->der.n = der.n;
	if (x509_identity(x->der, &x->issuer, &x->serial) != 0 ||
	    read_key(x) != 0 || read_handle(x) != 0) {
		x509_destroy(x);
		return NULL;
	}
	return x;
}

static struct x509 *
cache_find(const uint8_t digest[32])
{
	struct x509 *x = NULL;
	size_t i;

	pthread_mutex_lock(&cache.lock);
	for (i = 0; i < CACHE_SIZE && x == NULL; i++)
		if (cache.entries[i] != NULL &&
		    memcmp(cache.entries[i]->digest, digest, 32) == 0)
			x = cache.entries[i];
	if (x != NULL)
		x->refs++;
	pthread_mutex_unlock(&cache.lock);
	return x;
}

/* One reference stays with the cache, one goes to the caller. */
static void
cache_add(struct x509 *x)
{
	struct x509 **slot, *old;

	pthread_mutex_lock(&cache.lock);
	slot = &cache.entries[cache.next++ % CACHE_SIZE];
	old = *slot;
	*slot = x;
	x->refs = 2;
	pthread_mutex_unlock(&cache.lock);
	x509_free(old);
}

int
x509_get(struct bytes der, const struct x509 **out, struct err *e)
{
	uint8_t digest[DIGEST_SIZE];
	struct x509 *x;

	*out = NULL;
	if (der.n == 0 || der.n > X509_DER_MAX)
		return malformed(e);
	if (digest_sha256(der, digest) != 0)
		return err_internal(e, "SHA-256");
	x = cache_find(digest);
	if (x == NULL) {
		x = x509_parse(der, digest);
		if (x == NULL)
			return malformed(e);
		cache_add(x);
	}
	*out = x;
	return 0;
}

/* Handed out as const because it is shared; only the count changes. */
static unsigned int
count_holders(const struct x509 *x, int change)
{
	struct x509 *mine;
	unsigned int refs;

	memcpy(&mine, &x, sizeof(mine));
	pthread_mutex_lock(&cache.lock);
	refs = mine->refs += (unsigned int)change;
	pthread_mutex_unlock(&cache.lock);
	return refs;
}

void
x509_share(const struct x509 *x)
{
	count_holders(x, 1);
}

void
x509_free(const struct x509 *x)
{
	struct x509 *mine;

	if (x == NULL || count_holders(x, -1) > 0)
		return;
	memcpy(&mine, &x, sizeof(mine));
	x509_destroy(mine);
}
