/*
 * x509_make.c - see x509.h: the x509s that our own CAs give, in our own DER, so
 * that the CA's key may be anywhere a signature can be asked for.
 */
#include "crypto/x509.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <string.h>

#include "crypto/base/text.h"
#include "crypto/der.h"
#include "crypto/der_value.h"
#include "crypto/signature.h"
#include "crypto/x509_private.h"

enum {
	SERIAL_SIZE = 16, /* random bytes */
	KEY_ID_SIZE = 20  /* RFC 7093, 2: the start of a SHA-256 */
};

#define VIEW(a) ((struct bytes){(a), sizeof(a)})

/* Whole OBJECT IDENTIFIERs (RFC 5280, 4.2.1). */
static const uint8_t oid_subject_key[] = {0x06, 0x03, 0x55, 0x1d, 0x0e};
static const uint8_t oid_key_usage[] = {0x06, 0x03, 0x55, 0x1d, 0x0f};
static const uint8_t oid_constraints[] = {0x06, 0x03, 0x55, 0x1d, 0x13};

/* BasicConstraints: SEQUENCE { cA, pathLenConstraint }. */
static const uint8_t ca_any[] = {0x30, 0x03, 0x01, 0x01, 0xff};
static const uint8_t ca_last[] = {
    0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01, 0x00};
static const uint8_t no_ca[] = {0x30, 0x00};
/* KeyUsage, a BIT STRING: keyCertSign and cRLSign; digitalSignature and
 * nonRepudiation; digitalSignature. */
static const uint8_t usage_ca[] = {0x03, 0x02, 0x01, 0x06};
static const uint8_t usage_signer[] = {0x03, 0x02, 0x06, 0xc0};
static const uint8_t usage_maker[] = {0x03, 0x02, 0x07, 0x80};

/* What each role may do, by its number. */
static const struct {
	struct bytes constraints, usage;
} roles[] = {
    [X509_ROOT] = {{ca_any, sizeof(ca_any)}, {usage_ca, sizeof(usage_ca)}},
    [X509_ISSUING] = {{ca_last, sizeof(ca_last)}, {usage_ca, sizeof(usage_ca)}},
    [X509_SIGNER] = {{no_ca, sizeof(no_ca)},
	{usage_signer, sizeof(usage_signer)}},
    [X509_MAKER] = {{no_ca, sizeof(no_ca)}, {usage_maker, sizeof(usage_maker)}},
};

int
x509_key_new(enum sign_alg alg, EVP_PKEY **key, struct err *e)
{
	*key = alg == SIGN_SM2 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2")
			       : EVP_EC_gen(algorithm_find(alg)->curve);
	return *key != NULL ? 0 : err_internal(e, "key generation");
}

/* What is being made. */
struct making {
	const struct x509_request *req;
	const struct x509 *issuer; /* NULL: self-signed */
	enum sign_alg alg;	   /* of the subject's key */
	uint8_t point[ALGORITHM_POINT_SIZE];
	struct x509_signer signer;
};

static void
put_serial(struct buf *out)
{
	uint8_t random[SERIAL_SIZE];

	if (RAND_bytes(random, sizeof(random)) != 1)
		out->failed = 1;
	/* Positive and of full length. */
	random[0] = (uint8_t)((random[0] & 0x7f) | 0x40);
	der_put_uint(out, VIEW(random));
}

static void
put_subject_key(struct buf *out, const struct making *m)
{
	uint8_t digest[DIGEST_SIZE];
	struct buf value = BUF_INIT;

	if (digest_sha256(VIEW(m->point), digest) != 0)
		out->failed = 1;
	der_put(&value, DER_OCTET_STRING, (struct bytes){digest, KEY_ID_SIZE});
	x509_put_extension(out, VIEW(oid_subject_key), 0, buf_bytes(&value));
	if (buf_failed(&value))
		out->failed = 1;
	buf_release(&value);
}

static void
put_extensions(struct buf *out, const struct making *m)
{
	size_t tagged = der_begin(out, DER_CONTEXT_CONSTRUCTED + 3);
	size_t list = der_begin(out, DER_SEQUENCE);

	x509_put_extension(
	    out, VIEW(oid_constraints), 1, roles[m->req->role].constraints);
	x509_put_extension(
	    out, VIEW(oid_key_usage), 1, roles[m->req->role].usage);
	put_subject_key(out, m);
	if (m->issuer != NULL)
		x509_put_authority(out, m->issuer->handle);
	der_end(out, list);
	der_end(out, tagged);
}

/* TBSCertificate (RFC 5280, 4.1). */
static int
put_tbs(struct buf *out, const struct making *m, struct err *e)
{
	const struct x509_request *req = m->req;
	const struct x509_name subject = {
	    .country = req->country,
	    .organisation = req->organisation,
	    .unit = req->unit,
	    .common_name = req->common_name,
	};
	size_t mark = der_begin(out, DER_SEQUENCE), inner;
	int r = 0;

	inner = der_begin(out, DER_CONTEXT_CONSTRUCTED);
	x509_put_number(out, 2); /* version 3 */
	der_end(out, inner);
	put_serial(out);
	x509_put_bytes(out, algorithm_find(m->signer.alg)->signature_id);
	if (m->issuer != NULL)
		x509_put_bytes(out, m->issuer->subject);
	else
		r = x509_put_name(out, &subject, e);
	inner = der_begin(out, DER_SEQUENCE);
	der_put_time(out, req->not_before);
	der_put_time(out, req->not_after);
	der_end(out, inner);
	if (r == 0)
		r = x509_put_name(out, &subject, e);
	x509_put_spki(out, m->alg, VIEW(m->point));
	put_extensions(out, m);
	der_end(out, mark);
	return r != 0 ? r : buf_failed(out) ? err_nomem(e) : 0;
}

/* The subject's key, and who signs: the issuer, or the subject itself. */
static int
prepare(struct making *m, const struct x509_request *req, struct err *e)
{
	int r;

	m->req = req;
	m->alg = signature_alg(req->key);
	if (m->alg == 0)
		return x509_bad_key(e);
	r = signature_point(m->alg, req->key, m->point, e);
	if (r == 0 && req->role != X509_ROOT)
		r = x509_get(req->issuer, &m->issuer, e);
	if (r != 0)
		return r;
	m->signer.alg = m->issuer != NULL ? m->issuer->alg : m->alg;
	m->signer.point = m->issuer != NULL ? m->issuer->point : VIEW(m->point);
	m->signer.sign = req->issuer_key != NULL ? x509_sign_key : req->sign;
	m->signer.ctx =
	    req->issuer_key != NULL ? (void *)req->issuer_key : req->sign_ctx;
	return m->signer.alg != 0 ? 0 : x509_bad_key(e);
}

void
x509_name_cut(char out[X509_NAME_SIZE], const char *text)
{
	size_t pos = 0, n = strlen(text), i;

	for (i = 0; i < X509_NAME_CHARACTERS && pos < n; i++)
		if (text_utf8_next(text, n, &pos) < 0)
			break;
	memcpy(out, text, pos);
	out[pos] = '\0';
}

int
x509_make(const struct x509_request *req, struct buf *out, struct err *e)
{
	struct making m = {.req = NULL};
	struct buf tbs = BUF_INIT;
	int r;

	r = prepare(&m, req, e);
	if (r == 0)
		r = put_tbs(&tbs, &m, e);
	if (r == 0)
		r = x509_put_signed(out, buf_bytes(&tbs), &m.signer, e);
	buf_release(&tbs);
	x509_free(m.issuer);
	return r;
}
