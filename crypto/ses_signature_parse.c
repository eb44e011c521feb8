/* ses_signature_parse.c - see ses_signature.h: the strict reader, the
 * signature itself, and the canonical form. */
#include "crypto/ses_signature.h"

#include <string.h>

#include "crypto/cms_oids.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/ses_parts.h"
#include "crypto/signature.h"
#include "crypto/x509.h"

enum {
	VERSION_MAX = 255
};

static int
malformed(struct err *e)
{
	return err_set(e, ERR_INPUT, "ses_malformed",
	    "电子签章数据的格式不符合 GB/T 38540。",
	    "The signature of the seal is not as GB/T 38540 demands.");
}

/* Ours among the extensions; an unknown critical one cannot be accepted. */
static int
read_extensions(struct der *tbs, struct ses_signature *s)
{
	struct ses_extension x;
	struct bytes *to;
	struct der list;

	if (ses_get_extensions(tbs, &s->extensions) != 0)
		return -1;
	der_init(&list, s->extensions);
	while (!der_at_end(&list)) {
		if (ses_get_extension(&list, &x) != 0)
			return -1;
		to = bytes_equal(x.oid, cms_oid_face_digest) ? &s->face_digest
		     : bytes_equal(x.oid, ses_oid_face_sm3)  ? &s->face_sm3
		     : bytes_equal(x.oid, ses_oid_package_digest)
			 ? &s->package_digest
			 : NULL;
		if (to == NULL ? x.critical : x.value.n != DIGEST_SIZE)
			return -1;
		if (to != NULL)
			*to = x.value;
	}
	return 0;
}

/* V1 keeps the time, or a timestamp token, inside a BIT STRING. */
static int
read_time_v1(struct der *tbs, struct ses_signature *s)
{
	struct bytes content;
	struct der d;

	if (der_get_bits(tbs, &content) != 0)
		return -1;
	der_init(&d, content);
	if (der_peek(&d) == DER_SEQUENCE) {
		s->timestamp = content;
		s->time = -1;
		return 0;
	}
	return der_get_time(&d, &s->time) == 0 && der_at_end(&d) ? 0 : -1;
}

/* The signer's x509 and the algorithm: in toSign (V1) or behind it. */
static int
read_signer(struct der *d, struct ses_signature *s, struct ses_value *v)
{
	return der_get(d, DER_OCTET_STRING, &s->x509) == 0 && s->x509.n > 0 &&
		       s->x509.n <= X509_DER_MAX && ses_get_algorithm(d, v) == 0
		   ? 0
		   : -1;
}

/* dataHash and propertyInfo. */
static int
read_document(struct der *tbs, struct ses_signature *s)
{
	return der_get_bits(tbs, &s->document_digest) == 0 &&
		       s->document_digest.n == DIGEST_SIZE &&
		       ses_get_ascii(tbs, DER_IA5_STRING, &s->property) == 0
		   ? 0
		   : -1;
}

/* toSign behind version and seal. */
static int
read_rest(struct der *tbs, struct ses_signature *s, struct ses_value *v)
{
	if (s->version == SES_V1)
		return read_time_v1(tbs, s) == 0 &&
			       read_document(tbs, s) == 0 &&
			       read_signer(tbs, s, v) == 0 && der_at_end(tbs)
			   ? 0
			   : -1;
	if (der_get_time(tbs, &s->time) != 0 || read_document(tbs, s) != 0 ||
	    (!der_at_end(tbs) && read_extensions(tbs, s) != 0))
		return -1;
	return der_at_end(tbs) ? 0 : -1;
}

static int
read_timestamp(struct der *d, struct ses_signature *s)
{
	struct der tagged;

	return der_enter(d, DER_CONTEXT_CONSTRUCTED, &tagged) == 0 &&
		       der_get_bits(&tagged, &s->timestamp) == 0 &&
		       der_at_end(&tagged)
		   ? 0
		   : -1;
}

/* What follows toSign. */
static int
read_value(struct der *outer, struct ses_signature *s, struct ses_value *v)
{
	if (s->version != SES_V1 && read_signer(outer, s, v) != 0)
		return -1;
	if (ses_get_value(outer, v) != 0)
		return -1;
	s->algorithm = v->oid;
	s->alg = v->alg;
	s->value = v->value;
	memcpy(s->raw, v->raw, sizeof(s->raw));
	if (s->version != SES_V1 && !der_at_end(outer) &&
	    read_timestamp(outer, s) != 0)
		return -1;
	return der_at_end(outer) ? 0 : -1;
}

/* toSign's version is its seal's; V1 makers write what they like. */
static int
version_fits(unsigned int version, const struct ses_seal *seal)
{
	return seal->version == SES_V1 || version == seal->version;
}

int
ses_signature_parse(struct bytes der, struct ses_signature *s, struct err *e)
{
	struct der d, outer, tbs;
	struct bytes seal;
	struct ses_value v;
	unsigned int version;
	int r;

	memset(s, 0, sizeof(*s));
	memset(&v, 0, sizeof(v));
	s->der = der;
	der_init(&d, der);
	if (der.n > SES_SIGNATURE_MAX ||
	    der_enter(&d, DER_SEQUENCE, &outer) != 0 || !der_at_end(&d))
		return malformed(e);
	tbs = outer;
	if (der_get_whole(&outer, DER_SEQUENCE, &s->tbs) != 0 ||
	    der_enter(&tbs, DER_SEQUENCE, &tbs) != 0 ||
	    ses_get_number(&tbs, VERSION_MAX, &version) != 0 ||
	    der_get_whole(&tbs, DER_SEQUENCE, &seal) != 0)
		return malformed(e);
	r = ses_seal_parse(seal, &s->seal, e);
	if (r != 0)
		return r;
	s->version = s->seal.version;
	return version_fits(version, &s->seal) && read_rest(&tbs, s, &v) == 0 &&
		       read_value(&outer, s, &v) == 0
		   ? 0
		   : malformed(e);
}

static int
bad_signature(struct err *e)
{
	return err_set(e, ERR_INPUT, "ses_bad_signature",
	    "电子签章的签名不正确。", "The signature of the seal is wrong.");
}

int
ses_signature_verify(const struct ses_signature *s, struct err *e)
{
	const struct x509 *signer;
	int r;

	if (s->alg == 0)
		return err_set(e, ERR_INPUT, "unsupported_algorithm",
		    "电子签章使用了本程序不支持的签名算法。",
		    "The seal signs with an algorithm not known here.");
	if (x509_get(s->x509, &signer, e) != 0)
		return bad_signature(e);
	r = signer->alg != s->alg
		? ERR_INPUT
		: signature_verify(s->alg, signer->point, s->tbs, s->raw, e);
	x509_free(signer);
	return r == ERR_INPUT ? bad_signature(e) : r;
}

/* The "signature" of the rebuilt form is the one that was read. */
static int
replay(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	const struct ses_signature *s = ctx;

	(void)message;
	(void)e;
	memcpy(raw, s->raw, SIGN_RAW_SIZE);
	return 0;
}

int
ses_signature_canonical(const struct ses_signature *s, struct err *e)
{
	char property[SES_TEXT_MAX + 1];
	struct ses_signature copy = *s;
	struct ses_signature_request req = {.seal = s->seal.der,
	    .time = s->time,
	    .document_digest = s->document_digest.p,
	    .property = property,
	    .face_digest = s->face_digest.p,
	    .face_sm3 = s->face_sm3.p,
	    .package_digest = s->package_digest.p,
	    .x509 = s->x509,
	    .alg = s->alg,
	    .sign = replay,
	    .sign_ctx = &copy};
	struct buf again = BUF_INIT;
	int same;

	memcpy(property, s->property.p, s->property.n);
	property[s->property.n] = '\0';
	same = s->version == SES_V4 && s->face_digest.n != 0 &&
	       s->face_sm3.n != 0 && s->package_digest.n != 0 &&
	       signature_is_canonical(s->alg, s->raw) &&
	       ses_signature_build(&req, &again, e) == 0 &&
	       bytes_equal(s->der, buf_bytes(&again));
	buf_release(&again);
	if (same)
		return 0;
	return err_set(e, ERR_INPUT, "ses_not_canonical",
	    "电子签章数据不是本系统的唯一格式。",
	    "The signature of the seal is not in the one form that we write.");
}
