/*
 * ses_foreign.h - seals and signatures as other makers and other versions
 * write them (V1, V4 with extensions, V5), for tests: assembled from the parts
 * of one of ours and signed again.
 */
#ifndef TESTS_SUPPORT_SES_FOREIGN_H
#define TESTS_SUPPORT_SES_FOREIGN_H

#include "crypto/der_value.h"
#include "crypto/ses_parts.h"
#include "tests/support/ses.h"

struct foreign {
	unsigned int version;	 /* in headers and TBS_Sign */
	int v1;			 /* the shape of GM/T 0031-2014 */
	enum ses_list list;	 /* 0: as ours */
	struct bytes extensions; /* a whole element for eSealInfo, or none */
	struct bytes tbs_extensions;
	struct bytes seal_stamp; /* V5 */
	struct bytes stamp;	 /* [0] of the signature */
	struct bytes header_id;	 /* instead of "ES" */
};

static inline void
foreign_time(struct buf *out, const struct foreign *form, int64_t t)
{
	struct buf whole = BUF_INIT;

	if (!form->v1) {
		der_put_generalized_time(out, t);
		return;
	}
	der_put_generalized_time(&whole, t); /* 18 0f YYYYMMDDHHMMSSZ */
	der_put(out, DER_UTC_TIME, (struct bytes){whole.p + 4, whole.n - 4});
	buf_release(&whole);
}

static inline void
foreign_sign(struct buf *out, EVP_PKEY *key, struct bytes message)
{
	uint8_t raw[SIGN_RAW_SIZE];
	struct err e = ERR_INIT;
	size_t mark;

	if (ses_sign(key, message, raw, &e) != 0)
		abort();
	mark = der_begin(out, DER_BIT_STRING);
	buf_add_byte(out, 0);
	signature_to_der(out, raw);
	der_end(out, mark);
}

static inline void
foreign_list(
    struct buf *out, const struct ses_fixture *f, const struct foreign *form)
{
	size_t item, list = der_begin(out, DER_SEQUENCE);
	uint8_t digest[32];

	if (form->list == SES_LIST_DIGESTS) {
		digest_sm3(f->signer, digest);
		item = der_begin(out, DER_SEQUENCE);
		der_put(out, DER_PRINTABLE_STRING, bytes_str("SM3"));
		der_put(out, DER_OCTET_STRING, (struct bytes){digest, 32});
		der_end(out, item);
	} else {
		der_put(out, DER_OCTET_STRING, f->signer);
	}
	der_end(out, list);
}

static inline void
foreign_info(
    struct buf *out, const struct ses_fixture *f, const struct foreign *form)
{
	const struct ses_seal_request *req = &f->seal_request;
	size_t part, info = der_begin(out, DER_SEQUENCE);

	part = der_begin(out, DER_SEQUENCE);
	der_put(out, DER_IA5_STRING,
	    form->header_id.n != 0 ? form->header_id : bytes_str("ES"));
	ses_put_number(out, form->version);
	der_put(out, DER_IA5_STRING, bytes_str("GOMAIN"));
	der_end(out, part);
	der_put(out, DER_IA5_STRING, bytes_str(req->id));
	part = der_begin(out, DER_SEQUENCE);
	ses_put_number(out, req->type);
	der_put(out, DER_UTF8_STRING, bytes_str(req->name));
	if (!form->v1)
		ses_put_number(
		    out, form->list != 0 ? form->list : SES_LIST_X509S);
	foreign_list(out, f, form);
	foreign_time(out, form, req->created);
	foreign_time(out, form, req->from);
	foreign_time(out, form, req->until);
	der_end(out, part);
	part = der_begin(out, DER_SEQUENCE);
	der_put(out, DER_IA5_STRING, bytes_str("PNG"));
	der_put(out, DER_OCTET_STRING, req->picture);
	ses_put_number(out, req->width);
	ses_put_number(out, req->height);
	der_end(out, part);
	buf_add(out, form->extensions.p, form->extensions.n);
	der_end(out, info);
}

static inline struct bytes
foreign_oid(const struct ses_fixture *f)
{
	return algorithm_find(f->seal_request.alg)->signature_oid;
}

/* The whole seal, signed by f's maker. */
static inline void
foreign_seal(
    struct buf *out, const struct ses_fixture *f, const struct foreign *form)
{
	struct buf info = BUF_INIT, message = BUF_INIT;
	struct bytes oid = foreign_oid(f);
	size_t part, tagged, seal = der_begin(out, DER_SEQUENCE);

	foreign_info(&info, f, form);
	buf_add_buf(out, &info);
	part = form->v1 ? der_begin(out, DER_SEQUENCE) : 0;
	der_put(out, DER_OCTET_STRING, f->seal_request.maker);
	buf_add(out, oid.p, oid.n);
	if (form->v1) {
		tagged = der_begin(&message, DER_SEQUENCE);
		buf_add_buf(&message, &info);
		der_put(&message, DER_OCTET_STRING, f->seal_request.maker);
		buf_add(&message, oid.p, oid.n);
		der_end(&message, tagged);
	} else {
		buf_add_buf(&message, &info);
	}
	foreign_sign(out, f->maker_key, buf_bytes(&message));
	if (form->v1)
		der_end(out, part);
	if (form->seal_stamp.n != 0) {
		tagged = der_begin(out, DER_CONTEXT_CONSTRUCTED);
		der_put_bits(out, form->seal_stamp);
		der_end(out, tagged);
	}
	der_end(out, seal);
	buf_release(&info);
	buf_release(&message);
}

static inline void
foreign_tbs(struct buf *out, const struct ses_fixture *f,
    const struct foreign *form, struct bytes seal)
{
	struct buf time = BUF_INIT;
	size_t tbs = der_begin(out, DER_SEQUENCE);

	ses_put_number(out, form->version);
	buf_add(out, seal.p, seal.n);
	foreign_time(&time, form, f->request.time);
	if (form->v1)
		der_put_bits(out, buf_bytes(&time));
	else
		buf_add_buf(out, &time);
	der_put_bits(out, (struct bytes){f->document_digest, 32});
	der_put(out, DER_IA5_STRING, bytes_str(f->request.property));
	buf_add(out, form->tbs_extensions.p, form->tbs_extensions.n);
	if (form->v1) {
		der_put(out, DER_OCTET_STRING, f->request.x509);
		buf_add(out, foreign_oid(f).p, foreign_oid(f).n);
	}
	der_end(out, tbs);
	buf_release(&time);
}

/* A signature with that seal, by f's signer. */
static inline void
foreign_signature(struct buf *out, const struct ses_fixture *f,
    const struct foreign *form, struct bytes seal)
{
	struct buf tbs = BUF_INIT;
	size_t tagged, whole = der_begin(out, DER_SEQUENCE);

	foreign_tbs(&tbs, f, form, seal);
	buf_add_buf(out, &tbs);
	if (!form->v1) {
		der_put(out, DER_OCTET_STRING, f->request.x509);
		buf_add(out, foreign_oid(f).p, foreign_oid(f).n);
	}
	foreign_sign(out, f->pki.signer_key, buf_bytes(&tbs));
	if (form->stamp.n != 0) {
		tagged = der_begin(out, DER_CONTEXT_CONSTRUCTED);
		der_put_bits(out, form->stamp);
		der_end(out, tagged);
	}
	der_end(out, whole);
	buf_release(&tbs);
}

#endif
