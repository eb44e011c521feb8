/* ses.h - a seal maker, a signer, a seal and signatures with it, for tests. */
#ifndef TESTS_SUPPORT_SES_H
#define TESTS_SUPPORT_SES_H

#include <string.h>

#include "crypto/digest.h"
#include "crypto/ses_signature.h"
#include "tests/support/pki.h"

enum {
	SES_NOW = PKI_FROM + 100 * 86400,   /* when the fixture signs */
	SES_UNTIL = PKI_FROM + 1000 * 86400 /* when the seal ends */
};

static const char ses_document[] = "<ofd:Signature>...</ofd:Signature>";
static const char ses_property[] = "/Doc_0/Signs/Sign_0/Signature.xml";
static const uint8_t ses_face[32] = {0xfa, 0xce};
static const uint8_t ses_face_sm3[32] = {0xfa, 0xce, 0x03};
static const uint8_t ses_package[32] = {0x5a};

struct ses_fixture {
	struct pki pki; /* its signer puts the seal */
	EVP_PKEY *maker_key;
	struct buf maker; /* DER x509 */
	struct bytes signer;
	struct ses_seal_request seal_request; /* to be changed by tests */
	struct ses_signature_request request;
	uint8_t document_digest[32];
	struct buf seal; /* DER */
};

/* A sign_fn for the key's own algorithm. */
static inline int
ses_sign(
    void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	return signature_sign(signature_alg(ctx), ctx, message, raw, e);
}

/* SM3 for SM2, SHA-256 for ES256. */
static inline void
ses_digest(enum sign_alg alg, struct bytes v, uint8_t out[32])
{
	if (digest_bytes(algorithm_find(alg)->digest, v, out) != 0)
		abort();
}

static inline void
ses_build_seal(const struct ses_fixture *f, struct buf *out)
{
	struct err e = ERR_INIT;

	if (ses_seal_build(&f->seal_request, out, &e) != 0)
		abort();
}

/* f->request over f->seal. */
static inline void
ses_build_signature(const struct ses_fixture *f, struct buf *out)
{
	struct ses_signature_request req = f->request;
	struct err e = ERR_INIT;

	if (req.seal.n == 0)
		req.seal = buf_bytes(&f->seal);
	if (ses_signature_build(&req, out, &e) != 0)
		abort();
}

static inline void
ses_fixture_init(struct ses_fixture *f, enum sign_alg alg)
{
	static const char picture[] = "PK, in truth a mini OFD";
	struct x509_request maker = {.role = X509_MAKER};

	memset(f, 0, sizeof(*f));
	pki_init_alg(&f->pki, alg);
	f->maker_key = pki_key(alg);
	maker.key = f->maker_key;
	maker.issuer_key = f->pki.issuing_key;
	maker.issuer = buf_bytes(&f->pki.issuing);
	pki_make(&maker, "演示制章者", &f->maker);
	f->signer = buf_bytes(&f->pki.signer);
	f->seal_request =
	    (struct ses_seal_request){.id = "11370100000000001X-1",
		.vendor = "certsvc",
		.name = "青禾市市场监督管理局",
		.type = 1,
		.signers = &f->signer,
		.nsigners = 1,
		.created = PKI_FROM + 86400,
		.from = PKI_FROM + 86400,
		.until = SES_UNTIL,
		.picture_type = "ofd",
		.picture = {(const uint8_t *)picture, sizeof(picture)},
		.width = 42,
		.height = 42,
		.maker = buf_bytes(&f->maker),
		.alg = alg,
		.sign = ses_sign,
		.sign_ctx = f->maker_key};
	ses_build_seal(f, &f->seal);
	ses_digest(alg, bytes_str(ses_document), f->document_digest);
	f->request = (struct ses_signature_request){.time = SES_NOW,
	    .document_digest = f->document_digest,
	    .property = ses_property,
	    .face_digest = ses_face,
	    .face_sm3 = ses_face_sm3,
	    .package_digest = ses_package,
	    .x509 = f->signer,
	    .alg = alg,
	    .sign = ses_sign,
	    .sign_ctx = f->pki.signer_key};
}

static inline void
ses_fixture_release(struct ses_fixture *f)
{
	pki_release(&f->pki);
	EVP_PKEY_free(f->maker_key);
	buf_release(&f->maker);
	buf_release(&f->seal);
}

#endif
