/* x509_request.c - see x509_request.h. */
#include "crypto/x509_request.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string.h>

#include "crypto/der.h"
#include "crypto/signature.h"
#include "crypto/x509.h"
#include "crypto/x509_private.h"

static int
add_usage(X509_REQ *req)
{
	STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
	X509_EXTENSION *usage = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage,
	    "critical,digitalSignature,nonRepudiation");
	int done = 0;

	if (list != NULL && usage != NULL &&
	    sk_X509_EXTENSION_push(list, usage) > 0) {
		usage = NULL;
		done = X509_REQ_add_extensions(req, list) == 1;
	}
	X509_EXTENSION_free(usage);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	return done;
}

static int
sign_request(X509_REQ *req, EVP_PKEY *key)
{
	EVP_MD_CTX *md = x509_sign_context(key);
	int done = md != NULL && X509_REQ_sign_ctx(req, md) > 0;

	EVP_MD_CTX_free(md);
	return done;
}

static int
append_der(X509_REQ *req, struct buf *out, struct err *e)
{
	int n = i2d_X509_REQ(req, NULL);
	unsigned char *p;

	if (n <= 0)
		return err_internal(e, "i2d_X509_REQ");
	p = buf_extend(out, (size_t)n);
	if (p == NULL)
		return err_nomem(e);
	i2d_X509_REQ(req, &p);
	return 0;
}

int
x509_request_make(const struct x509_name *subject, EVP_PKEY *key,
    struct buf *out, struct err *e)
{
	X509_NAME *name = x509_name_new(subject);
	X509_REQ *req = X509_REQ_new();
	int r;

	if (signature_alg(key) == 0)
		r = x509_bad_key(e);
	else if (name == NULL)
		r = x509_bad_subject(e);
	else if (req == NULL || X509_REQ_set_subject_name(req, name) != 1 ||
		 X509_REQ_set_pubkey(req, key) != 1 || !add_usage(req) ||
		 !sign_request(req, key))
		r = err_internal(e, "X509_REQ_sign");
	else
		r = append_der(req, out, e);
	ERR_clear_error();
	X509_NAME_free(name);
	X509_REQ_free(req);
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
	    der_get(&outer, DER_BIT_STRING, &r->signature) != 0 ||
	    !der_at_end(&outer) || r->signature.n < 1 || r->signature.p[0] != 0)
		return -1;
	r->signature.p++;
	r->signature.n--;
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
