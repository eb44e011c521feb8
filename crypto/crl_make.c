/* crl_make.c - see crl.h: the lists of our own CAs. */
#include "crypto/crl.h"

#include "crypto/der.h"
#include "crypto/der_value.h"
#include "crypto/signature.h"
#include "crypto/x509_private.h"

/* Whole OBJECT IDENTIFIERs (RFC 5280, 5.2.3, 5.3.1). */
static const uint8_t oid_number[] = {0x06, 0x03, 0x55, 0x1d, 0x14};
static const uint8_t oid_reason[] = {0x06, 0x03, 0x55, 0x1d, 0x15};

#define VIEW(a) ((struct bytes){(a), sizeof(a)})

static void
put_entry(struct buf *out, const struct crl_entry *entry)
{
	const uint8_t reason[] = {DER_ENUMERATED, 1, (uint8_t)entry->reason};
	size_t mark = der_begin(out, DER_SEQUENCE), extensions;

	x509_put_bytes(out, entry->serial);
	der_put_time(out, entry->revoked);
	if (entry->reason != CRL_UNSPECIFIED) {
		extensions = der_begin(out, DER_SEQUENCE);
		x509_put_extension(out, VIEW(oid_reason), 0, VIEW(reason));
		der_end(out, extensions);
	}
	der_end(out, mark);
}

static void
put_extensions(
    struct buf *out, const struct x509 *issuer, const struct crl_request *req)
{
	size_t tagged = der_begin(out, DER_CONTEXT_CONSTRUCTED);
	size_t list = der_begin(out, DER_SEQUENCE);
	struct buf value = BUF_INIT;

	x509_put_authority(out, issuer->handle);
	x509_put_number(&value, req->number);
	x509_put_extension(out, VIEW(oid_number), 0, buf_bytes(&value));
	if (buf_failed(&value))
		out->failed = 1;
	buf_release(&value);
	der_end(out, list);
	der_end(out, tagged);
}

/* TBSCertList (RFC 5280, 5.1.2). */
static void
put_tbs(
    struct buf *out, const struct x509 *issuer, const struct crl_request *req)
{
	size_t mark = der_begin(out, DER_SEQUENCE), list, i;

	x509_put_number(out, 1); /* version 2 */
	x509_put_bytes(out, algorithm_find(issuer->alg)->signature_id);
	x509_put_bytes(out, issuer->subject);
	der_put_time(out, req->this_update);
	der_put_time(out, req->next_update);
	if (req->nentries > 0) {
		list = der_begin(out, DER_SEQUENCE);
		for (i = 0; i < req->nentries; i++)
			put_entry(out, &req->entries[i]);
		der_end(out, list);
	}
	put_extensions(out, issuer, req);
	der_end(out, mark);
}

int
crl_make(const struct crl_request *req, struct buf *out, struct err *e)
{
	const struct x509 *issuer;
	struct x509_signer signer = {.sign = req->sign, .ctx = req->sign_ctx};
	struct buf tbs = BUF_INIT;
	int r;

	r = x509_get(req->issuer, &issuer, e);
	if (r != 0)
		return r;
	signer.alg = issuer->alg;
	signer.point = issuer->point;
	if (issuer->alg == 0 || !issuer->may_crl) {
		r = x509_bad_key(e);
	} else {
		put_tbs(&tbs, issuer, req);
		r = buf_failed(&tbs)
			? err_nomem(e)
			: x509_put_signed(out, buf_bytes(&tbs), &signer, e);
	}
	buf_release(&tbs);
	x509_free(issuer);
	return r;
}
