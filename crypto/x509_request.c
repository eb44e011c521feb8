/* x509_request.c - see x509_request.h. */
#include "crypto/x509_request.h"

#include <string.h>

#include "crypto/der.h"
#include "crypto/der_value.h"
#include "crypto/signature.h"
#include "crypto/x509.h"
#include "crypto/x509_private.h"

#define VIEW(a) ((struct bytes){(a), sizeof(a)})

/* [0] { SEQUENCE { extensionRequest, SET { SEQUENCE { keyUsage } } } } of RFC
 * 2985, 5.4.2: critical, digitalSignature and nonRepudiation. */
static const uint8_t attributes[] = {0xa0, 0x21, 0x30, 0x1f, 0x06, 0x09, 0x2a,
    0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e, 0x31, 0x12, 0x30, 0x10,
    0x30, 0x0e, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x01, 0x01, 0xff, 0x04, 0x04,
    0x03, 0x02, 0x06, 0xc0};

int
x509_request_make(const struct x509_name *subject, EVP_PKEY *key,
    struct buf *out, struct err *e)
{
	uint8_t point[ALGORITHM_POINT_SIZE];
	struct x509_signer signer = {.alg = signature_alg(key),
	    .point = VIEW(point),
	    .sign = x509_sign_key,
	    .ctx = key};
	struct buf info = BUF_INIT;
	size_t mark;
	int r;

	if (signer.alg == 0)
		return x509_bad_key(e);
	r = signature_point(signer.alg, key, point, e);
	mark = der_begin(&info, DER_SEQUENCE);
	x509_put_number(&info, 0);
	if (r == 0)
		r = x509_put_name(&info, subject, e);
	x509_put_spki(&info, signer.alg, signer.point);
	x509_put_bytes(&info, VIEW(attributes));
	der_end(&info, mark);
	if (r == 0)
		r = buf_failed(&info)
			? err_nomem(e)
			: x509_put_signed(out, buf_bytes(&info), &signer, e);
	buf_release(&info);
	return r;
}

/* CertificationRequest ::= SEQUENCE { SEQUENCE { 0, Name, SPKI, [0] },
 * AlgorithmIdentifier, BIT STRING } (RFC 2986, 4). */
struct request {
	struct bytes info, spki, algorithm, signature;
};

static int
split(struct bytes der, struct request *r, struct x509_asked *asked)
{
	static const uint8_t version0[] = {0x02, 0x01, 0x00};
	struct der d, outer, info;
	struct bytes skip;

	der_init(&d, der);
	if (der_enter(&d, DER_SEQUENCE, &outer) != 0 || !der_at_end(&d) ||
	    der_get_whole(&outer, DER_SEQUENCE, &r->info) != 0 ||
	    der_get_whole(&outer, DER_SEQUENCE, &r->algorithm) != 0 ||
	    der_get_bits(&outer, &r->signature) != 0 || !der_at_end(&outer))
		return -1;
	der_init(&d, r->info);
	return der_enter(&d, DER_SEQUENCE, &info) == 0 &&
		       der_expect(&info,
			   (struct bytes){version0, sizeof(version0)}) == 0 &&
		       der_get_whole(&info, DER_SEQUENCE, &asked->subject) ==
			   0 &&
		       der_get_whole(&info, DER_SEQUENCE, &r->spki) == 0 &&
		       (der_at_end(&info) ||
			   (der_get(&info, DER_CONTEXT_CONSTRUCTED, &skip) ==
				   0 &&
			       der_at_end(&info)))
		   ? 0
		   : -1;
}

int
x509_request_read(struct bytes der, struct x509_asked *asked, struct err *e)
{
	const struct algorithm *key, *a;
	uint8_t raw[SIGN_RAW_SIZE];
	struct request r;
	struct bytes point;

	memset(asked, 0, sizeof(*asked));
	if (der.n > X509_DER_MAX || split(der, &r, asked) != 0)
		return err_set(e, ERR_INPUT, "malformed_request",
		    "证书申请格式不正确。",
		    "The request for an x509 is not well formed.");
	key = algorithm_by_spki(r.spki, &point);
	a = algorithm_by_signature_id(r.algorithm);
	if (key == NULL || a != key)
		return x509_bad_key(e);
	asked->alg = a->alg;
	memcpy(asked->point, point.p, point.n);
	if (signature_from_der(r.signature, raw) != 0)
		memset(raw, 0, sizeof(raw));
	signature_make_canonical(a->alg, raw);
	return signature_verify(a->alg, point, r.info, raw, e);
}
