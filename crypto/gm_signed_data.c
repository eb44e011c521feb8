/* gm_signed_data.c - see gm_signed_data.h. */
#include "crypto/gm_signed_data.h"

#include <string.h>

#include "crypto/cms_oids.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/ses_parts.h"
#include "crypto/signature.h"
#include "crypto/x509.h"

static const uint8_t national[] = {
    0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02};
static const uint8_t sm3[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x11};
static const uint8_t sm2_sign[] = {
    0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x01};
static const uint8_t sm2_with_sm3[] = {
    0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75};
static const uint8_t signing_time[] = {
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05};

static const struct bytes oid_national = {national, sizeof(national)};
static const struct bytes oid_sm3 = {sm3, sizeof(sm3)};
static const struct bytes oid_sm2_sign = {sm2_sign, sizeof(sm2_sign)};
static const struct bytes oid_sm2_with_sm3 = {
    sm2_with_sm3, sizeof(sm2_with_sm3)};
static const struct bytes oid_signing_time = {
    signing_time, sizeof(signing_time)};

/* AlgorithmIdentifier without parameters or with NULL. */
static int
read_algorithm(struct der *d, struct bytes *oid)
{
	static const uint8_t null[] = {DER_NULL, 0};
	struct der inner;

	if (der_enter(d, DER_SEQUENCE, &inner) != 0 ||
	    der_get(&inner, DER_OID, oid) != 0)
		return -1;
	der_expect(&inner, (struct bytes){null, sizeof(null)});
	return der_at_end(&inner) ? 0 : -1;
}

static int
read_digest_algorithm(struct der *d)
{
	struct bytes oid;

	return read_algorithm(d, &oid) == 0 && bytes_equal(oid, oid_sm3) ? 0
									 : -1;
}

/* ContentInfo inside: type, and [0] { OCTET STRING } when not detached. */
static int
read_content(struct der *data, struct gm_signed_data *out)
{
	struct der info, tagged;

	if (der_enter(data, DER_SEQUENCE, &info) != 0 ||
	    der_get(&info, DER_OID, &out->content_type) != 0)
		return -1;
	if (der_at_end(&info))
		return 0;
	return der_enter(&info, DER_CONTEXT_CONSTRUCTED, &tagged) == 0 &&
		       der_at_end(&info) &&
		       der_get(&tagged, DER_OCTET_STRING, &out->content) == 0 &&
		       der_at_end(&tagged)
		   ? 0
		   : -1;
}

/* certificates [0], and CRLs [1], which are not used. */
static int
read_x509s(struct der *data, struct gm_signed_data *out)
{
	struct bytes crls;
	struct der set;

	if (der_enter(data, DER_CONTEXT_CONSTRUCTED, &set) != 0)
		return -1;
	for (; !der_at_end(&set); out->nx509s++)
		if (out->nx509s == GM_X509S_MAX ||
		    der_get_whole(
			&set, DER_SEQUENCE, &out->x509s[out->nx509s]) != 0)
			return -1;
	if (der_peek(data) == DER_CONTEXT_CONSTRUCTED + 1)
		return der_get(data, DER_CONTEXT_CONSTRUCTED + 1, &crls);
	return 0;
}

/* issuerAndSerialNumber: that x509 goes first. */
static int
read_signer(struct der *info, struct gm_signed_data *out)
{
	struct bytes issuer, serial, own_issuer, own_serial, first;
	struct der d;
	size_t i;

	if (der_enter(info, DER_SEQUENCE, &d) != 0 ||
	    der_get_whole(&d, DER_SEQUENCE, &issuer) != 0 ||
	    der_get_whole(&d, DER_INTEGER, &serial) != 0 || !der_at_end(&d))
		return -1;
	for (i = 0; i < out->nx509s; i++)
		if (x509_identity(out->x509s[i], &own_issuer, &own_serial) ==
			0 &&
		    bytes_equal(issuer, own_issuer) &&
		    bytes_equal(serial, own_serial)) {
			first = out->x509s[i];
			out->x509s[i] = out->x509s[0];
			out->x509s[0] = first;
			return 0;
		}
	return -1;
}

/* Attributes in turn; which were there is noted in *seen. */
enum {
	SEEN_TYPE = 1,
	SEEN_DIGEST = 2,
	SEEN_TIME = 4
};

static int
read_attribute(struct der *set, struct gm_signed_data *out, unsigned int *seen)
{
	struct bytes oid, type;
	struct der d, value;
	unsigned int bit = 0;
	int r = 0;

	if (der_enter(set, DER_SEQUENCE, &d) != 0 ||
	    der_get(&d, DER_OID, &oid) != 0 ||
	    der_enter(&d, DER_SET, &value) != 0 || !der_at_end(&d))
		return -1;
	if (bytes_equal(oid, cms_oid_content_type)) {
		bit = SEEN_TYPE;
		r = der_get(&value, DER_OID, &type);
		if (r == 0 && !bytes_equal(type, out->content_type))
			return -1;
	} else if (bytes_equal(oid, cms_oid_message_digest)) {
		bit = SEEN_DIGEST;
		r = der_get(&value, DER_OCTET_STRING, &out->message_digest);
		if (r == 0 && out->message_digest.n != DIGEST_SIZE)
			return -1;
	} else if (bytes_equal(oid, oid_signing_time)) {
		bit = SEEN_TIME;
		r = der_get_time(&value, &out->signing_time);
	}
	if (r != 0 || (*seen & bit) != 0 || (bit != 0 && !der_at_end(&value)))
		return -1;
	*seen |= bit;
	return 0;
}

static int
read_attributes(struct der *info, struct gm_signed_data *out)
{
	unsigned int seen = 0;
	struct der set;

	if (der_peek(info) != DER_CONTEXT_CONSTRUCTED)
		return 0;
	if (der_enter(info, DER_CONTEXT_CONSTRUCTED, &set) != 0)
		return -1;
	out->attributes = set.in;
	while (!der_at_end(&set))
		if (read_attribute(&set, out, &seen) != 0)
			return -1;
	return (seen & SEEN_TYPE) != 0 && (seen & SEEN_DIGEST) != 0 ? 0 : -1;
}

/* SignerInfo; unauthenticated attributes [1] are passed over. */
static int
read_signer_info(struct der *info, struct gm_signed_data *out)
{
	struct bytes oid, value, skip;
	unsigned int version;

	if (ses_get_number(info, 1, &version) != 0 || version != 1 ||
	    read_signer(info, out) != 0 || read_digest_algorithm(info) != 0 ||
	    read_attributes(info, out) != 0 ||
	    read_algorithm(info, &oid) != 0 ||
	    (!bytes_equal(oid, oid_sm2_sign) &&
		!bytes_equal(oid, oid_sm2_with_sm3)) ||
	    der_get(info, DER_OCTET_STRING, &value) != 0 ||
	    signature_from_der(value, out->raw) != 0)
		return -1;
	if (der_peek(info) == DER_CONTEXT_CONSTRUCTED + 1 &&
	    der_get(info, DER_CONTEXT_CONSTRUCTED + 1, &skip) != 0)
		return -1;
	return der_at_end(info) ? 0 : -1;
}

/* SignedData behind the outer type. */
static int
read_data(struct der *data, struct gm_signed_data *out)
{
	struct der digests, signers, info;
	unsigned int version;

	return ses_get_number(data, 5, &version) == 0 && version > 0 &&
		       der_enter(data, DER_SET, &digests) == 0 &&
		       read_digest_algorithm(&digests) == 0 &&
		       der_at_end(&digests) && read_content(data, out) == 0 &&
		       read_x509s(data, out) == 0 &&
		       der_enter(data, DER_SET, &signers) == 0 &&
		       der_at_end(data) &&
		       der_enter(&signers, DER_SEQUENCE, &info) == 0 &&
		       der_at_end(&signers)
		   ? read_signer_info(&info, out)
		   : -1;
}

int
gm_signed_data_parse(
    struct bytes der, struct gm_signed_data *out, struct err *e)
{
	struct der d, outer, tagged, data;
	struct bytes oid;

	memset(out, 0, sizeof(*out));
	out->signing_time = -1;
	der_init(&d, der);
	if (der.n <= GM_SIGNED_DATA_MAX &&
	    der_enter(&d, DER_SEQUENCE, &outer) == 0 && der_at_end(&d) &&
	    der_get(&outer, DER_OID, &oid) == 0 &&
	    (bytes_equal(oid, oid_national) ||
		bytes_equal(oid, cms_oid_signed_data)) &&
	    der_enter(&outer, DER_CONTEXT_CONSTRUCTED, &tagged) == 0 &&
	    der_at_end(&outer) &&
	    der_enter(&tagged, DER_SEQUENCE, &data) == 0 &&
	    der_at_end(&tagged) && read_data(&data, out) == 0) {
		out->family =
		    bytes_equal(oid, oid_national) ? GM_NATIONAL : GM_PKCS7;
		return 0;
	}
	return err_set(e, ERR_INPUT, "ses_malformed",
	    "签名数据的格式不符合 GB/T 35275。",
	    "The signature is not as GB/T 35275 demands.");
}

static int
modified(struct err *e)
{
	return err_set(e, ERR_INPUT, "modified", "文件内容在签名后被改动。",
	    "The document was changed after it was signed.");
}

/* The signature itself over message with the signer's x509. */
static int
check_signature(
    const struct gm_signed_data *data, struct bytes message, struct err *e)
{
	const struct x509 *signer;
	int r = ERR_INPUT;

	if (x509_get(data->x509s[0], &signer, e) == 0) {
		if (signer->alg == SIGN_SM2)
			r = signature_verify(
			    SIGN_SM2, signer->point, message, data->raw, e);
		x509_free(signer);
	}
	return r != ERR_INPUT ? r
			      : err_set(e, ERR_INPUT, "ses_bad_signature",
				    "文件的签名不正确。",
				    "The signature of the document is wrong.");
}

/* With attributes the signature is over them as a SET (RFC 2315, 9.3). */
static int
check_content(
    const struct gm_signed_data *data, struct bytes content, struct err *e)
{
	uint8_t digest[DIGEST_SIZE];
	struct buf set = BUF_INIT;
	int r;

	if (data->attributes.n == 0)
		return check_signature(data, content, e);
	if (digest_sm3(content, digest) != 0)
		return err_internal(e, "SM3");
	if (memcmp(digest, data->message_digest.p, DIGEST_SIZE) != 0)
		return modified(e);
	der_put(&set, DER_SET, data->attributes);
	r = buf_failed(&set) ? err_nomem(e)
			     : check_signature(data, buf_bytes(&set), e);
	buf_release(&set);
	return r;
}

int
gm_signed_data_verify_content(const struct gm_signed_data *data, struct err *e)
{
	return check_content(data, data->content, e);
}

int
gm_signed_data_verify(
    const struct gm_signed_data *data, struct bytes document, struct err *e)
{
	uint8_t digest[DIGEST_SIZE];

	if (data->content.p == NULL)
		return check_content(data, document, e);
	if (digest_sm3(document, digest) != 0)
		return err_internal(e, "SM3");
	if (!bytes_equal(data->content, document) &&
	    !bytes_equal(data->content, (struct bytes){digest, sizeof(digest)}))
		return modified(e);
	return check_content(data, data->content, e);
}
