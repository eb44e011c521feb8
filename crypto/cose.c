/* cose.c - see cose.h. */
#include "crypto/cose.h"

#include <string.h>

#include "crypto/algorithm.h"
#include "crypto/cbor.h"
#include "crypto/signature.h"

enum {
	COSE_TAG_SIGN1 = 18,
	HEADER_ALG = 1,
	HEADER_KID = 4,
	HEADER_TYP = 16
};

static int
malformed(struct err *e)
{
	return err_set(e, ERR_INPUT, "malformed", "签名数据的格式不正确。",
	    "The signed data is not well formed.");
}

/* Sig_structure of RFC 9052, 4.4: what is really signed. */
static void
put_sig_structure(
    struct buf *out, struct bytes protected_header, struct bytes payload)
{
	struct bytes none = {NULL, 0};

	cbor_put_array(out, 4);
	cbor_put_str(out, "Signature1");
	cbor_put_bstr(out, protected_header);
	cbor_put_bstr(out, none);
	cbor_put_bstr(out, payload);
}

static void
put_header(
    struct buf *out, const struct algorithm *a, const struct cose_request *req)
{
	struct bytes kid = {req->kid, COSE_KID_SIZE};

	cbor_put_map(out, req->typ != NULL ? 3 : 2);
	cbor_put_int(out, HEADER_ALG);
	cbor_put_int(out, a->cose);
	cbor_put_int(out, HEADER_KID);
	cbor_put_bstr(out, kid);
	if (req->typ == NULL)
		return;
	cbor_put_int(out, HEADER_TYP);
	cbor_put_str(out, req->typ);
}

int
cose_sign(const struct cose_request *req, struct buf *out, struct err *e)
{
	const struct algorithm *a = algorithm_find(req->alg);
	struct buf header = BUF_INIT, tbs = BUF_INIT;
	uint8_t raw[SIGN_RAW_SIZE];
	struct bytes signature = {raw, sizeof(raw)};
	int r;

	if (a == NULL)
		return err_internal(e, "cose_sign: algorithm");
	put_header(&header, a, req);
	put_sig_structure(&tbs, buf_bytes(&header), req->payload);
	r = buf_failed(&header) || buf_failed(&tbs)
		? err_nomem(e)
		: req->sign(req->sign_ctx, buf_bytes(&tbs), raw, e);
	if (r == 0) {
		cbor_put_tag(out, COSE_TAG_SIGN1);
		cbor_put_array(out, 4);
		cbor_put_bstr(out, buf_bytes(&header));
		cbor_put_map(out, 0);
		cbor_put_bstr(out, req->payload);
		cbor_put_bstr(out, signature);
		r = buf_failed(out) ? err_nomem(e) : 0;
	}
	buf_release(&header);
	buf_release(&tbs);
	return r;
}

static int
parse_header(struct cose *cose, struct err *e)
{
	const struct algorithm *a;
	struct cbor r;
	int64_t alg;

	cbor_init(&r, cose->protected_header);
	cbor_get_map(&r);
	cbor_get_key(&r, HEADER_ALG);
	alg = cbor_get_int(&r);
	cbor_get_key(&r, HEADER_KID);
	cbor_get_fixed(&r, cose->kid, sizeof(cose->kid));
	if (cbor_has_key(&r, HEADER_TYP))
		cose->typ = cbor_get_tstr(&r);
	cbor_end(&r);
	if (cbor_done(&r) != 0)
		return malformed(e);
	a = algorithm_by_cose(alg);
	if (a == NULL)
		return err_set(e, ERR_INPUT, "unsupported_version",
		    "签名算法编号 %lld 不受支持。",
		    "Signature algorithm %lld is not supported.",
		    (long long)alg);
	cose->alg = a->alg;
	return 0;
}

int
cose_parse(struct bytes in, struct cose *cose, struct err *e)
{
	struct cbor r;

	memset(cose, 0, sizeof(*cose));
	cbor_init(&r, in);
	cbor_get_tag(&r, COSE_TAG_SIGN1);
	cbor_get_tuple(&r, 4);
	cose->protected_header = cbor_get_bstr(&r);
	if (cbor_get_map(&r) != 0)
		cbor_refuse(&r);
	cbor_end(&r);
	cose->payload = cbor_get_bstr(&r);
	cbor_get_fixed(&r, cose->raw, sizeof(cose->raw));
	cbor_end(&r);
	if (cbor_done(&r) != 0)
		return malformed(e);
	return parse_header(cose, e);
}

int
cose_verify(const struct cose *cose, struct bytes point, struct err *e)
{
	struct buf tbs = BUF_INIT;
	int r;

	put_sig_structure(&tbs, cose->protected_header, cose->payload);
	r = buf_failed(&tbs) ? err_nomem(e)
			     : signature_verify(cose->alg, point,
				   buf_bytes(&tbs), cose->raw, e);
	buf_release(&tbs);
	return r;
}
