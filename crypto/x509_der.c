/* x509_der.c - see x509_private.h. */
#include "crypto/x509_private.h"

#include <openssl/asn1.h>
#include <openssl/x509v3.h>

#include <ctype.h>
#include <string.h>

#include "crypto/base/text.h"
#include "crypto/der.h"
#include "crypto/der_value.h"
#include "crypto/signature.h"

enum {
	NAME_MAX_CHARACTERS = 64 /* ub-common-name and its kin, RFC 5280, A.1 */
};

#define VIEW(a) ((struct bytes){(a), sizeof(a)})

/* Whole OBJECT IDENTIFIERs of the parts of a name. */
static const uint8_t oid_country[] = {0x06, 0x03, 0x55, 0x04, 0x06};
static const uint8_t oid_organisation[] = {0x06, 0x03, 0x55, 0x04, 0x0a};
static const uint8_t oid_unit[] = {0x06, 0x03, 0x55, 0x04, 0x0b};
static const uint8_t oid_common_name[] = {0x06, 0x03, 0x55, 0x04, 0x03};
static const uint8_t oid_authority_key[] = {0x06, 0x03, 0x55, 0x1d, 0x23};

int
x509_bad_key(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_key", "密钥与签名算法不符。",
	    "The key does not fit the signature algorithm.");
}

int
x509_sign_key(
    void *key, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	return signature_sign(signature_alg(key), key, message, raw, e);
}

void
x509_put_bytes(struct buf *out, struct bytes v)
{
	buf_add(out, v.p, v.n);
}

void
x509_put_number(struct buf *out, uint64_t v)
{
	uint8_t big_endian[8];
	int i;

	for (i = 0; i < 8; i++)
		big_endian[i] = (uint8_t)(v >> (56 - 8 * i));
	der_put_uint(out, VIEW(big_endian));
}

int
x509_put_signed(struct buf *out, struct bytes tbs,
    const struct x509_signer *signer, struct err *e)
{
	uint8_t raw[SIGN_RAW_SIZE];
	struct buf value = BUF_INIT;
	size_t mark;
	int r;

	r = signer->sign(signer->ctx, tbs, raw, e);
	if (r == 0 &&
	    signature_verify(signer->alg, signer->point, tbs, raw, e) != 0)
		r = x509_bad_key(e);
	if (r != 0)
		return r;
	signature_to_der(&value, raw);
	mark = der_begin(out, DER_SEQUENCE);
	x509_put_bytes(out, tbs);
	x509_put_bytes(out, algorithm_find(signer->alg)->signature_id);
	der_put_bits(out, buf_bytes(&value));
	der_end(out, mark);
	r = buf_failed(&value) || buf_failed(out) ? err_nomem(e) : 0;
	buf_release(&value);
	return r;
}

/* RelativeDistinguishedName of one part; nothing for NULL. */
static void
put_part(struct buf *out, struct bytes oid, unsigned int tag, const char *value)
{
	size_t set, pair;

	if (value == NULL)
		return;
	set = der_begin(out, DER_SET);
	pair = der_begin(out, DER_SEQUENCE);
	x509_put_bytes(out, oid);
	der_put(out, tag, bytes_str(value));
	der_end(out, pair);
	der_end(out, set);
}

static int
part_ok(const char *value)
{
	long n;

	if (value == NULL)
		return 1;
	n = (long)text_utf8_count(value, strlen(value));
	return n >= 1 && n <= NAME_MAX_CHARACTERS;
}

static int
country_ok(const char *value)
{
	return value == NULL ||
	       (isalpha((unsigned char)value[0]) &&
		   isalpha((unsigned char)value[1]) && value[2] == '\0');
}

int
x509_put_name(struct buf *out, const struct x509_name *name, struct err *e)
{
	size_t mark;

	if (!country_ok(name->country) || !part_ok(name->organisation) ||
	    !part_ok(name->unit) || !part_ok(name->common_name) ||
	    (name->country == NULL && name->organisation == NULL &&
		name->unit == NULL && name->common_name == NULL))
		return err_set(e, ERR_INPUT, "bad_subject",
		    "密钥证书的名称不正确：每项须为 1 至 64 个字符。",
		    "The x509's subject is wrong: each part must have 1 to 64 "
		    "characters.");
	mark = der_begin(out, DER_SEQUENCE);
	put_part(out, VIEW(oid_country), DER_PRINTABLE_STRING, name->country);
	put_part(
	    out, VIEW(oid_organisation), DER_UTF8_STRING, name->organisation);
	put_part(out, VIEW(oid_unit), DER_UTF8_STRING, name->unit);
	put_part(
	    out, VIEW(oid_common_name), DER_UTF8_STRING, name->common_name);
	der_end(out, mark);
	return 0;
}

void
x509_put_spki(struct buf *out, enum sign_alg alg, struct bytes point)
{
	x509_put_bytes(out, algorithm_find(alg)->spki_head);
	x509_put_bytes(out, point);
}

void
x509_put_extension(
    struct buf *out, struct bytes oid, int critical, struct bytes value)
{
	static const uint8_t yes[] = {0xff};
	size_t mark = der_begin(out, DER_SEQUENCE);

	x509_put_bytes(out, oid);
	if (critical)
		der_put(out, DER_BOOLEAN, VIEW(yes));
	der_put(out, DER_OCTET_STRING, value);
	der_end(out, mark);
}

void
x509_put_authority(struct buf *out, X509 *issuer)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(issuer);
	struct buf value = BUF_INIT;
	size_t mark;

	if (id == NULL)
		return;
	mark = der_begin(&value, DER_SEQUENCE);
	der_put(&value, DER_CONTEXT,
	    (struct bytes){
		ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id)});
	der_end(&value, mark);
	x509_put_extension(out, VIEW(oid_authority_key), 0, buf_bytes(&value));
	if (buf_failed(&value))
		out->failed = 1;
	buf_release(&value);
}
