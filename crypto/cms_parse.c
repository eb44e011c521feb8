/*
 * cms_parse.c - see cms.h: the strict reader.  It looks only for the values
 * that differ between signatures; that everything else is what it must be is
 * shown by building the same thing again and comparing.
 */
#include "crypto/cms.h"

#include <openssl/evp.h>

#include <string.h>

#include "crypto/algorithm.h"
#include "crypto/cms_oids.h"
#include "crypto/der.h"
#include "crypto/signature.h"
#include "crypto/x509.h"

enum {
	CMS_DER_MAX = 65536 /* bytes of one that we read */
};

static int
not_canonical(struct err *e)
{
	return err_set(e, ERR_INPUT, "cms_not_canonical",
	    "签名数据不是本系统的唯一格式。",
	    "The signature is not in the one form that we write.");
}

/* The x509s of [0], in the order sent. */
static int
read_x509s(struct der *data, struct cms *cms)
{
	struct der set;

	if (der_enter(data, DER_CONTEXT_CONSTRUCTED, &set) != 0)
		return -1;
	while (!der_at_end(&set)) {
		if (cms->nx509s == CMS_X509S_MAX ||
		    der_get_whole(
			&set, DER_SEQUENCE, &cms->x509s[cms->nx509s]) != 0)
			return -1;
		cms->nx509s++;
	}
	return cms->nx509s > 0 ? 0 : -1;
}

/* Move the x509 with this digest to place i. */
static int
place_x509(struct cms *cms, size_t i, struct bytes digest)
{
	uint8_t own[DIGEST_SIZE];
	struct bytes view = {own, sizeof(own)}, x509;
	size_t j;

	for (j = i; j < cms->nx509s; j++) {
		x509 = cms->x509s[j];
		if (EVP_Q_digest(
			NULL, "SHA256", NULL, x509.p, x509.n, own, NULL) != 1)
			return -1;
		if (bytes_equal(view, digest)) {
			cms->x509s[j] = cms->x509s[i];
			cms->x509s[i] = x509;
			return 0;
		}
	}
	return -1;
}

/* Put the x509s into the order of signingCertificateV2, signer first. */
static int
order_x509s(struct cms *cms, struct der *value)
{
	struct der list, item;
	struct bytes digest;
	size_t i;

	if (der_enter(value, DER_SEQUENCE, &list) != 0 ||
	    der_enter(&list, DER_SEQUENCE, &list) != 0)
		return -1;
	for (i = 0; i < cms->nx509s; i++)
		if (der_enter(&list, DER_SEQUENCE, &item) != 0 ||
		    der_get(&item, DER_OCTET_STRING, &digest) != 0 ||
		    place_x509(cms, i, digest) != 0)
			return -1;
	return 0;
}

/* One attribute; those we do not write are found by the comparison. */
static int
read_attribute(struct der *attributes, struct cms *cms)
{
	struct der attribute, value;
	struct bytes oid;

	if (der_enter(attributes, DER_SEQUENCE, &attribute) != 0 ||
	    der_get(&attribute, DER_OID, &oid) != 0 ||
	    der_enter(&attribute, DER_SET, &value) != 0)
		return -1;
	if (bytes_equal(oid, cms_oid_message_digest))
		return der_get(&value, DER_OCTET_STRING, &cms->message_digest);
	if (bytes_equal(oid, cms_oid_face_digest))
		return der_get(&value, DER_OCTET_STRING, &cms->face_digest);
	if (bytes_equal(oid, cms_oid_signing_certificate))
		return order_x509s(cms, &value);
	return 0;
}

/* Signed attributes, algorithm and signature of the SignerInfo. */
static int
read_signer_info(struct der *info, struct cms *cms)
{
	const struct algorithm *a;
	struct bytes skip, id, signature;
	struct der attributes;

	if (der_get(info, DER_INTEGER, &skip) != 0 ||
	    der_get(info, DER_SEQUENCE, &skip) != 0 ||
	    der_get(info, DER_SEQUENCE, &skip) != 0 ||
	    der_enter(info, DER_CONTEXT_CONSTRUCTED, &attributes) != 0)
		return -1;
	cms->signed_attrs = attributes.in;
	while (!der_at_end(&attributes))
		if (read_attribute(&attributes, cms) != 0)
			return -1;
	if (der_get_whole(info, DER_SEQUENCE, &id) != 0 ||
	    der_get(info, DER_OCTET_STRING, &signature) != 0)
		return -1;
	/* The digests inside are SHA-256; SM2 seals are SES (GB/T 38540). */
	a = algorithm_by_signature_id(id);
	if (a == NULL || a->digest != DIGEST_SHA256 ||
	    signature_from_der(signature, cms->raw) != 0)
		return -1;
	cms->alg = a->alg;
	return 0;
}

static int
read_values(struct bytes der, struct cms *cms)
{
	struct der d, data, signers;
	struct bytes skip;

	der_init(&d, der);
	if (der_enter(&d, DER_SEQUENCE, &data) != 0 ||
	    der_get(&data, DER_OID, &skip) != 0 ||
	    der_enter(&data, DER_CONTEXT_CONSTRUCTED, &data) != 0 ||
	    der_enter(&data, DER_SEQUENCE, &data) != 0 ||
	    der_get(&data, DER_INTEGER, &skip) != 0 ||
	    der_get(&data, DER_SET, &skip) != 0 ||
	    der_get(&data, DER_SEQUENCE, &skip) != 0 ||
	    read_x509s(&data, cms) != 0 ||
	    der_enter(&data, DER_SET, &signers) != 0 ||
	    der_enter(&signers, DER_SEQUENCE, &signers) != 0 ||
	    read_signer_info(&signers, cms) != 0)
		return -1;
	return cms->message_digest.n == DIGEST_SIZE &&
		       (cms->face_digest.p == NULL ||
			   cms->face_digest.n == DIGEST_SIZE) &&
		       signature_is_canonical(cms->alg, cms->raw)
		   ? 0
		   : -1;
}

/* The "signature" of the rebuilt form is the one that was read. */
static int
replay(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	const struct cms *cms = ctx;

	(void)message;
	(void)e;
	memcpy(raw, cms->raw, SIGN_RAW_SIZE);
	return 0;
}

int
cms_parse(struct bytes der, struct cms *cms, struct err *e)
{
	struct cms_request req = {.sign = replay, .sign_ctx = cms};
	struct buf again = BUF_INIT;
	int same;

	memset(cms, 0, sizeof(*cms));
	if (der.n > CMS_DER_MAX || read_values(der, cms) != 0)
		return not_canonical(e);
	req.alg = cms->alg;
	req.document_digest = cms->message_digest.p;
	req.face_digest = cms->face_digest.p;
	memcpy(req.x509s, cms->x509s, sizeof(req.x509s));
	req.nx509s = cms->nx509s;
	same = cms_build(&req, &again, e) == 0 &&
	       bytes_equal(der, buf_bytes(&again));
	buf_release(&again);
	return same ? 0 : not_canonical(e);
}

int
cms_verify(
    const struct cms *cms, const uint8_t document_digest[32], struct err *e)
{
	struct buf attributes = BUF_INIT;
	const struct x509 *signer;
	int r;

	if (memcmp(cms->message_digest.p, document_digest, DIGEST_SIZE) != 0)
		return err_set(e, ERR_INPUT, "modified",
		    "文件内容在签章后被改动。",
		    "The document was changed after it was sealed.");
	r = x509_get(cms->x509s[0], &signer, e);
	if (r != 0)
		return r;
	der_put(&attributes, DER_SET, cms->signed_attrs);
	r = buf_failed(&attributes) ? err_nomem(e)
				    : signature_verify(cms->alg, signer->point,
					  buf_bytes(&attributes), cms->raw, e);
	buf_release(&attributes);
	x509_free(signer);
	return r;
}
