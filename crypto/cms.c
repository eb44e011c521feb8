/* cms.c - see cms.h: building (RFC 5652, 5; RFC 5035; ETSI EN 319 122-1). */
#include "crypto/cms.h"

#include <openssl/evp.h>

#include <string.h>

#include "crypto/algorithm.h"
#include "crypto/cms_oids.h"
#include "crypto/der.h"
#include "crypto/signature.h"
#include "crypto/x509.h"

enum {
	ATTRIBUTES_MAX = 4
};

static void
put_version1(struct buf *out)
{
	static const uint8_t one[] = {1};

	der_put_uint(out, (struct bytes){one, sizeof(one)});
}

/* Attribute ::= SEQUENCE { OID, SET { value } }; returns the marks to end. */
static void
begin_attribute(struct buf *out, struct bytes oid, size_t marks[2])
{
	marks[0] = der_begin(out, DER_SEQUENCE);
	der_put(out, DER_OID, oid);
	marks[1] = der_begin(out, DER_SET);
}

static void
end_attribute(struct buf *out, const size_t marks[2])
{
	der_end(out, marks[1]);
	der_end(out, marks[0]);
}

static void
put_attribute(
    struct buf *out, struct bytes oid, unsigned int tag, struct bytes value)
{
	size_t marks[2];

	begin_attribute(out, oid, marks);
	der_put(out, tag, value);
	end_attribute(out, marks);
}

/* SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2 }, each
 * SEQUENCE { certHash } because SHA-256 is the default (RFC 5035, 3). */
static int
put_signing_certificate(struct buf *out, const struct cms_request *req)
{
	uint8_t digest[DIGEST_SIZE];
	size_t marks[2], outer, list, item, i;

	begin_attribute(out, cms_oid_signing_certificate, marks);
	outer = der_begin(out, DER_SEQUENCE);
	list = der_begin(out, DER_SEQUENCE);
	for (i = 0; i < req->nx509s; i++) {
		if (EVP_Q_digest(NULL, "SHA256", NULL, req->x509s[i].p,
			req->x509s[i].n, digest, NULL) != 1)
			return -1;
		item = der_begin(out, DER_SEQUENCE);
		der_put(out, DER_OCTET_STRING,
		    (struct bytes){digest, sizeof(digest)});
		der_end(out, item);
	}
	der_end(out, list);
	der_end(out, outer);
	end_attribute(out, marks);
	return 0;
}

/* The signed attributes as the SET OF that is signed. */
static int
put_signed_attributes(
    struct buf *out, const struct cms_request *req, struct err *e)
{
	struct buf parts[ATTRIBUTES_MAX] = {BUF_INIT};
	struct bytes items[ATTRIBUTES_MAX];
	size_t i, n = 3;
	int r = 0;

	put_attribute(&parts[0], cms_oid_content_type, DER_OID, cms_oid_data);
	put_attribute(&parts[1], cms_oid_message_digest, DER_OCTET_STRING,
	    (struct bytes){req->document_digest, DIGEST_SIZE});
	if (put_signing_certificate(&parts[2], req) != 0)
		r = err_internal(e, "SHA-256");
	if (req->face_digest != NULL)
		put_attribute(&parts[n++], cms_oid_face_digest,
		    DER_OCTET_STRING,
		    (struct bytes){req->face_digest, DIGEST_SIZE});
	for (i = 0; i < n; i++) {
		items[i] = buf_bytes(&parts[i]);
		if (buf_failed(&parts[i]))
			r = err_nomem(e);
	}
	if (r == 0) {
		der_put_set_of(out, DER_SET, items, n);
		/* An empty set must never be what is signed. */
		r = buf_failed(out) ? err_nomem(e) : 0;
	}
	for (i = 0; i < n; i++)
		buf_release(&parts[i]);
	return r;
}

/* SignerInfo (RFC 5652, 5.3); attributes is the SET OF, sent with tag [0]. */
static void
put_signer_info(struct buf *out, const struct algorithm *a, struct bytes issuer,
    struct bytes serial, struct bytes attributes,
    const uint8_t raw[SIGN_RAW_SIZE])
{
	size_t info, mark;

	info = der_begin(out, DER_SEQUENCE);
	put_version1(out);
	mark = der_begin(out, DER_SEQUENCE);
	buf_add(out, issuer.p, issuer.n);
	buf_add(out, serial.p, serial.n);
	der_end(out, mark);
	buf_add(out, a->digest_id.p, a->digest_id.n);
	buf_add_byte(out, DER_CONTEXT_CONSTRUCTED);
	buf_add(out, attributes.p + 1, attributes.n - 1);
	buf_add(out, a->signature_id.p, a->signature_id.n);
	mark = der_begin(out, DER_OCTET_STRING);
	signature_to_der(out, raw);
	der_end(out, mark);
	der_end(out, info);
}

/* What stands before the SignerInfo: version, digests, type, x509s. */
static void
put_head(
    struct buf *out, const struct algorithm *a, const struct cms_request *req)
{
	struct bytes items[CMS_X509S_MAX];
	size_t mark;

	put_version1(out);
	der_put(out, DER_SET, a->digest_id);
	mark = der_begin(out, DER_SEQUENCE);
	der_put(out, DER_OID, cms_oid_data);
	der_end(out, mark);
	memcpy(items, req->x509s, req->nx509s * sizeof(items[0]));
	der_put_set_of(out, DER_CONTEXT_CONSTRUCTED, items, req->nx509s);
}

int
cms_build(const struct cms_request *req, struct buf *out, struct err *e)
{
	const struct algorithm *a = algorithm_find(req->alg);
	struct buf attributes = BUF_INIT;
	struct bytes issuer, serial;
	uint8_t raw[SIGN_RAW_SIZE];
	size_t info, content, data, signers;
	int r;

	if (a == NULL || req->nx509s == 0 || req->nx509s > CMS_X509S_MAX)
		return err_internal(e, "cms_build: request");
	if (x509_identity(req->x509s[0], &issuer, &serial) != 0)
		return err_set(e, ERR_INPUT, "malformed_x509",
		    "签名者的密钥证书格式不正确。",
		    "The signer's x509 is not well formed.");
	r = put_signed_attributes(&attributes, req, e);
	if (r == 0)
		r = req->sign(req->sign_ctx, buf_bytes(&attributes), raw, e);
	if (r == 0) {
		info = der_begin(out, DER_SEQUENCE);
		der_put(out, DER_OID, cms_oid_signed_data);
		content = der_begin(out, DER_CONTEXT_CONSTRUCTED);
		data = der_begin(out, DER_SEQUENCE);
		put_head(out, a, req);
		signers = der_begin(out, DER_SET);
		put_signer_info(
		    out, a, issuer, serial, buf_bytes(&attributes), raw);
		der_end(out, signers);
		der_end(out, data);
		der_end(out, content);
		der_end(out, info);
		r = buf_failed(out) ? err_nomem(e) : 0;
	}
	buf_release(&attributes);
	return r;
}
