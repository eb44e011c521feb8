/* ses_signature.c - see ses_signature.h: building (GB/T 38540-2020, 7.2 b). */
#include "crypto/ses_signature.h"

#include <string.h>

#include "crypto/algorithm.h"
#include "crypto/cms_oids.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/ses_parts.h"

/*
 * ExtData with "critical" written out though FALSE is its default, as makers of
 * seals do: ofdrw reads no other, and rejects the whole signature.
 */
static void
put_extension(struct buf *out, struct bytes oid, const uint8_t *digest)
{
	static const uint8_t not_critical[] = {0x01, 0x01, 0x00};
	size_t mark;

	if (digest == NULL)
		return;
	mark = der_begin(out, DER_SEQUENCE);
	der_put(out, DER_OID, oid);
	buf_add(out, not_critical, sizeof(not_critical));
	der_put(out, DER_OCTET_STRING, (struct bytes){digest, DIGEST_SIZE});
	der_end(out, mark);
}

static void
put_extensions(struct buf *out, const struct ses_signature_request *req)
{
	size_t tagged, list;

	if (req->face_digest == NULL && req->face_sm3 == NULL &&
	    req->package_digest == NULL)
		return;
	tagged = der_begin(out, DER_CONTEXT_CONSTRUCTED);
	list = der_begin(out, DER_SEQUENCE);
	put_extension(out, cms_oid_face_digest, req->face_digest);
	put_extension(out, ses_oid_face_sm3, req->face_sm3);
	put_extension(out, ses_oid_package_digest, req->package_digest);
	der_end(out, list);
	der_end(out, tagged);
}

/* TBS_Sign: what is signed, head included. */
static void
put_tbs(struct buf *out, const struct ses_signature_request *req)
{
	size_t mark = der_begin(out, DER_SEQUENCE);

	ses_put_number(out, SES_V4);
	buf_add(out, req->seal.p, req->seal.n);
	der_put_generalized_time(out, req->time);
	der_put_bits(out, (struct bytes){req->document_digest, DIGEST_SIZE});
	der_put(out, DER_IA5_STRING, bytes_str(req->property));
	put_extensions(out, req);
	der_end(out, mark);
}

int
ses_signature_build(
    const struct ses_signature_request *req, struct buf *out, struct err *e)
{
	const struct algorithm *a = algorithm_find(req->alg);
	struct buf tbs = BUF_INIT;
	uint8_t raw[SIGN_RAW_SIZE];
	struct ses_seal seal;
	size_t mark;
	int r;

	if (a == NULL || strlen(req->property) > SES_TEXT_MAX ||
	    !ses_is_ascii(bytes_str(req->property)))
		return err_internal(e, "ses_signature_build: request");
	r = ses_seal_parse(req->seal, &seal, e);
	if (r != 0)
		return r;
	if (seal.version != SES_V4)
		return err_set(e, ERR_INPUT, "bad_seal",
		    "只能使用 GB/T 38540-2020 版本的电子印章签章。",
		    "Only a seal of GB/T 38540-2020 can be used to sign.");
	put_tbs(&tbs, req);
	r = buf_failed(&tbs)
		? err_nomem(e)
		: req->sign(req->sign_ctx, buf_bytes(&tbs), raw, e);
	if (r == 0) {
		mark = der_begin(out, DER_SEQUENCE);
		buf_add_buf(out, &tbs);
		der_put(out, DER_OCTET_STRING, req->x509);
		ses_put_signature(out, a, raw);
		der_end(out, mark);
		r = buf_failed(out) ? err_nomem(e) : 0;
	}
	buf_release(&tbs);
	return r;
}
