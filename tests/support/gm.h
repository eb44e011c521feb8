/*
 * gm.h - SignedData of GB/T 35275 and timestamp tokens for tests, assembled
 * piece by piece so that each piece can be made wrong.
 */
#ifndef TESTS_SUPPORT_GM_H
#define TESTS_SUPPORT_GM_H

#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <string.h>

#include "crypto/der_value.h"
#include "crypto/digest.h"
#include "tests/support/pki.h"

struct gm_form {
	const char *outer;	    /* OIDs as text; NULL: as GB/T 35275 */
	const char *content_type;   /* inner type */
	const char *attribute_type; /* in the attribute; NULL: as inner */
	const char *signature;	    /* algorithm OID */
	const char *digest;	    /* algorithm OID */
	struct bytes content;	    /* encapsulated; empty: detached */
	int without_attributes;
	int without_digest; /* no messageDigest among the attributes */
	int two_digests;
	int two_signers;
	int null_parameters; /* AlgorithmIdentifiers with NULL */
	int64_t time;	     /* signingTime; 0: none */
	struct bytes x509;   /* the signer's */
	struct bytes more;   /* another x509 sent along */
	EVP_PKEY *key;
};

static inline void
gm_oid(struct buf *out, const char *text)
{
	ASN1_OBJECT *object = OBJ_txt2obj(text, 1);

	if (object == NULL)
		abort();
	der_put(out, DER_OID,
	    (struct bytes){OBJ_get0_data(object), OBJ_length(object)});
	ASN1_OBJECT_free(object);
}

static inline void
gm_algorithm(struct buf *out, const struct gm_form *form, const char *oid)
{
	size_t mark = der_begin(out, DER_SEQUENCE);

	gm_oid(out, oid);
	if (form->null_parameters)
		der_put(out, DER_NULL, (struct bytes){NULL, 0});
	der_end(out, mark);
}

static inline void
gm_attribute(struct buf *out, const char *oid, struct bytes value)
{
	size_t set, mark = der_begin(out, DER_SEQUENCE);

	gm_oid(out, oid);
	set = der_begin(out, DER_SET);
	buf_add(out, value.p, value.n);
	der_end(out, set);
	der_end(out, mark);
}

static inline const char *
gm_or(const char *text, const char *otherwise)
{
	return text != NULL ? text : otherwise;
}

#define GM_ARC "1.2.156.10197.6.1.4.2."

static inline const char *
gm_type(const struct gm_form *form)
{
	return gm_or(form->content_type, GM_ARC "1");
}

/* Attributes over a document, without their SET. */
static inline void
gm_attributes(struct buf *out, const struct gm_form *form, struct bytes v)
{
	struct buf value = BUF_INIT;
	uint8_t digest[32];
	int i;

	gm_oid(&value, gm_or(form->attribute_type, gm_type(form)));
	gm_attribute(out, "1.2.840.113549.1.9.3", buf_bytes(&value));
	buf_reset(&value);
	if (form->time != 0) {
		der_put_time(&value, form->time);
		gm_attribute(out, "1.2.840.113549.1.9.5", buf_bytes(&value));
		buf_reset(&value);
	}
	digest_sm3(v, digest);
	der_put(&value, DER_OCTET_STRING, (struct bytes){digest, 32});
	for (i = 0; i < 1 + form->two_digests && !form->without_digest; i++)
		gm_attribute(out, "1.2.840.113549.1.9.4", buf_bytes(&value));
	buf_release(&value);
}

static inline void
gm_signer_info(struct buf *out, const struct gm_form *form, struct bytes v)
{
	struct buf set = BUF_INIT, attributes = BUF_INIT;
	struct bytes issuer, serial, message = v;
	size_t part, info = der_begin(out, DER_SEQUENCE);
	static const uint8_t one[] = {1};
	uint8_t raw[SIGN_RAW_SIZE];
	struct err e = ERR_INIT;

	x509_identity(form->x509, &issuer, &serial);
	der_put_uint(out, (struct bytes){one, 1});
	part = der_begin(out, DER_SEQUENCE);
	buf_add(out, issuer.p, issuer.n);
	buf_add(out, serial.p, serial.n);
	der_end(out, part);
	gm_algorithm(out, form, gm_or(form->digest, "1.2.156.10197.1.401"));
	if (!form->without_attributes) {
		gm_attributes(&attributes, form, v);
		der_put(out, DER_CONTEXT_CONSTRUCTED, buf_bytes(&attributes));
		der_put(&set, DER_SET, buf_bytes(&attributes));
		message = buf_bytes(&set);
	}
	gm_algorithm(
	    out, form, gm_or(form->signature, "1.2.156.10197.1.301.1"));
	if (signature_sign(SIGN_SM2, form->key, message, raw, &e) != 0)
		abort();
	part = der_begin(out, DER_OCTET_STRING);
	signature_to_der(out, raw);
	der_end(out, part);
	der_end(out, info);
	buf_release(&set);
	buf_release(&attributes);
}

/* The whole; v is the document, or what is encapsulated. */
static inline void
gm_build(struct buf *out, const struct gm_form *form, struct bytes v)
{
	size_t outer = der_begin(out, DER_SEQUENCE), tagged, data, part, octets;
	static const uint8_t one[] = {1};
	int i;

	gm_oid(out, gm_or(form->outer, GM_ARC "2"));
	tagged = der_begin(out, DER_CONTEXT_CONSTRUCTED);
	data = der_begin(out, DER_SEQUENCE);
	der_put_uint(out, (struct bytes){one, 1});
	part = der_begin(out, DER_SET);
	gm_algorithm(out, form, gm_or(form->digest, "1.2.156.10197.1.401"));
	der_end(out, part);
	part = der_begin(out, DER_SEQUENCE);
	gm_oid(out, gm_type(form));
	if (form->content.n != 0) {
		octets = der_begin(out, DER_CONTEXT_CONSTRUCTED);
		der_put(out, DER_OCTET_STRING, form->content);
		der_end(out, octets);
	}
	der_end(out, part);
	part = der_begin(out, DER_CONTEXT_CONSTRUCTED);
	buf_add(out, form->more.p, form->more.n);
	buf_add(out, form->x509.p, form->x509.n);
	der_end(out, part);
	part = der_begin(out, DER_SET);
	for (i = 0; i < 1 + form->two_signers; i++)
		gm_signer_info(out, form, v);
	der_end(out, part);
	der_end(out, data);
	der_end(out, tagged);
	der_end(out, outer);
}

#endif
