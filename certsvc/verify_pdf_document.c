/*
 * verify_pdf_document.c - signatures of other people's PDFs, by OpenSSL's CMS;
 * see verify_parts.h.  What this does not understand is never called valid.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "certsvc/verify_parts.h"
#include "crypto/chain.h"
#include "crypto/digest.h"
#include "crypto/pdf_signature.h"
#include "crypto/x509.h"
#include "crypto/base/text.h"

enum {
	RSA_BITS_MIN = 2048,
	EC_BITS_MIN = 256,
	DIGEST_MAX = 64
};

/* A parsed SignedData with its one signer; all owned by cms and x509s. */
struct signed_data {
	CMS_ContentInfo *cms;
	STACK_OF(X509) * x509s;
	CMS_SignerInfo *signer;
	X509 *x509;
	const EVP_MD *md;
};

static void
signed_data_release(struct signed_data *d)
{
	CMS_ContentInfo_free(d->cms);
	sk_X509_pop_free(d->x509s, X509_free);
}

static int
subfilter_known(struct bytes name)
{
	return bytes_equal(name, bytes_str("ETSI.CAdES.detached")) ||
	       bytes_equal(name, bytes_str("adbe.pkcs7.detached"));
}

/* Zero bytes only after the DER value that OpenSSL took. */
static int
padding_ok(struct bytes contents, const unsigned char *end)
{
	const uint8_t *p;

	for (p = end; p < contents.p + contents.n; p++)
		if (*p != 0)
			return 0;
	return 1;
}

/* The digest by its number, when it is a strong one. */
static const EVP_MD *
digest_of(CMS_SignerInfo *signer)
{
	X509_ALGOR *alg = NULL;
	int nid;

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &alg, NULL);
	nid = alg == NULL ? NID_undef : OBJ_obj2nid(alg->algorithm);
	if (nid == NID_sha256)
		return EVP_sha256();
	if (nid == NID_sha384)
		return EVP_sha384();
	return nid == NID_sha512 ? EVP_sha512() : NULL;
}

static int
key_strong(X509 *x509)
{
	EVP_PKEY *key = X509_get0_pubkey(x509);
	int bits = key == NULL ? 0 : EVP_PKEY_get_bits(key);

	if (key == NULL)
		return 0;
	return EVP_PKEY_is_a(key, "EC") ? bits >= EC_BITS_MIN
					: bits >= RSA_BITS_MIN;
}

/* Parse; 0, or -1 when it is no form that we understand. */
static int
signed_data_read(const struct pdf_signature *sig, struct signed_data *d)
{
	const unsigned char *p = sig->contents.p;
	STACK_OF(CMS_SignerInfo) * signers;
	ASN1_OCTET_STRING **content;

	memset(d, 0, sizeof(*d));
	if (!subfilter_known(sig->subfilter) || sig->contents.n > LONG_MAX)
		return -1;
	d->cms = d2i_CMS_ContentInfo(NULL, &p, (long)sig->contents.n);
	if (d->cms == NULL || !padding_ok(sig->contents, p) ||
	    OBJ_obj2nid(CMS_get0_type(d->cms)) != NID_pkcs7_signed)
		return -1;
	content = CMS_get0_content(d->cms);
	signers = CMS_get0_SignerInfos(d->cms);
	if (content == NULL || *content != NULL ||
	    sk_CMS_SignerInfo_num(signers) != 1)
		return -1;
	d->x509s = CMS_get1_certs(d->cms);
	if (d->x509s == NULL || sk_X509_num(d->x509s) > CHAIN_X509S_MAX ||
	    CMS_set1_signers_certs(d->cms, d->x509s, CMS_NOINTERN) != 1)
		return -1;
	d->signer = sk_CMS_SignerInfo_value(signers, 0);
	CMS_SignerInfo_get0_algs(d->signer, NULL, &d->x509, NULL, NULL);
	d->md = digest_of(d->signer);
	return d->x509 != NULL && d->md != NULL && key_strong(d->x509) ? 0 : -1;
}

/* The one messageDigest attribute equals the digest of the covered bytes. */
static int
digest_matches(
    struct bytes pdf, const struct pdf_ranges *r, const struct signed_data *d)
{
	unsigned char digest[DIGEST_MAX];
	unsigned int n = 0;
	const ASN1_OCTET_STRING *said;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok;

	ok = ctx != NULL && EVP_DigestInit_ex(ctx, d->md, NULL) == 1 &&
	     EVP_DigestUpdate(ctx, pdf.p, r->gap) == 1 &&
	     EVP_DigestUpdate(ctx, pdf.p + r->resume, r->rest) == 1 &&
	     EVP_DigestFinal_ex(ctx, digest, &n) == 1;
	EVP_MD_CTX_free(ctx);
	/* -3: exactly one attribute with exactly one value. */
	said = CMS_signed_get0_data_by_OBJ(d->signer,
	    OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING);
	return ok && said != NULL && ASN1_STRING_length(said) == (int)n &&
	       memcmp(ASN1_STRING_get0_data(said), digest, n) == 0;
}

static int
content_type_ok(const struct signed_data *d)
{
	const ASN1_OBJECT *type = CMS_signed_get0_data_by_OBJ(
	    d->signer, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT);

	return type != NULL && OBJ_obj2nid(type) == NID_pkcs7_data;
}

/* DER of the signer first, then of the others; freed with OPENSSL_free. */
static size_t
chain_encode(const struct signed_data *d, struct bytes out[CHAIN_X509S_MAX],
    unsigned char *owned[CHAIN_X509S_MAX])
{
	size_t n = 0;
	int i, len;

	for (i = -1; i < sk_X509_num(d->x509s); i++) {
		X509 *x = i < 0 ? d->x509 : sk_X509_value(d->x509s, i);

		if (n == CHAIN_X509S_MAX ||
		    (i >= 0 && X509_cmp(x, d->x509) == 0))
			continue;
		owned[n] = NULL;
		len = i2d_X509(x, &owned[n]);
		if (len > 0)
			out[n] = (struct bytes){owned[n], (size_t)len};
		if (len > 0)
			n++;
	}
	return n;
}

/* A seal that the trust data knows may have been revoked there alone: the CA of
 * its x509 may be another's. */
static void
register_check(struct bytes x509, const struct verify_options *opt,
    int64_t claimed, struct verdict *v)
{
	const struct trust_issuer *issuer;
	const struct trust_seal *seal;
	uint8_t sha256[DIGEST_SIZE];

	if (digest_sha256(x509, sha256) != 0)
		return;
	seal = trust_seal_find(opt->trust, sha256, &issuer);
	if (seal != NULL)
		verify_revoked_since(
		    trust_signer_find(seal, sha256), claimed, opt, v);
}

/* Does the signer lead to an anchor, and what do the lists say of it? */
static void
trust_check(const struct signed_data *d, const struct verify_options *opt,
    struct verdict_signature *out, struct verdict *v)
{
	static const enum trust_state states[] = {
	    [CHAIN_UNTRUSTED] = TRUST_UNTRUSTED,
	    [CHAIN_TRUSTED] = TRUST_TRUSTED,
	    [CHAIN_EXPIRED] = TRUST_EXPIRED,
	    [CHAIN_NOT_YET_VALID] = TRUST_EXPIRED,
	    [CHAIN_REVOKED] = TRUST_REVOKED};
	struct bytes x509s[CHAIN_X509S_MAX];
	unsigned char *owned[CHAIN_X509S_MAX];
	struct chain_request req = {.x509s = x509s};
	struct chain_result chain;
	struct err e = ERR_INIT;
	size_t i;

	verify_chain_ask(opt, &req);
	req.nx509s = chain_encode(d, x509s, owned);
	if (req.nx509s == 0 || chain_check(&req, &chain, &e) != 0)
		memset(&chain, 0, sizeof(chain));
	err_clear(&e);
	if (req.nx509s > 0)
		register_check(x509s[0], opt, out->claimed_time, v);
	for (i = 0; i < req.nx509s; i++)
		OPENSSL_free(owned[i]);
	out->trust = states[chain.trust];
	if (out->trust == TRUST_REVOKED)
		verify_revoked(
		    chain.revoked_at, out->claimed_time, "signer_revoked", v);
	else if (out->trust == TRUST_EXPIRED)
		verdict_add(v, "signer_expired");
	else if (out->trust == TRUST_UNTRUSTED)
		verdict_add(v, "unknown_issuer");
	verify_lists(opt, chain.revocation, chain.lists_as_of, NULL, v);
}

static void
signer_name(X509 *x509, struct verdict_signature *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long n;

	if (bio == NULL)
		return;
	X509_NAME_print_ex(bio, X509_get_subject_name(x509), 0,
	    XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	BIO_write(bio, "", 1);
	n = BIO_get_mem_data(bio, &text);
	if (n > 0 && text != NULL)
		text_copy(out->signer, sizeof(out->signer), text);
	BIO_free(bio);
}

/* Mathematics and trust of one signature, apart from what it covers. */
static void
signature_check(const struct pdf_file *f, const struct pdf_signature *sig,
    const struct verify_options *opt, struct verdict_signature *out,
    struct verdict *v)
{
	struct signed_data d;

	if (signed_data_read(sig, &d) != 0) {
		verdict_add(v, "unsupported_version");
	} else {
		signer_name(d.x509, out);
		snprintf(out->algorithm, sizeof(out->algorithm), "%s/%s",
		    EVP_PKEY_get0_type_name(X509_get0_pubkey(d.x509)),
		    EVP_MD_get0_name(d.md));
		if (!content_type_ok(&d) ||
		    CMS_SignerInfo_verify(d.signer) != 1) {
			verdict_add(v, "bad_signature");
		} else if (!digest_matches(f->bytes, &sig->ranges, &d)) {
			verdict_add(v, "modified");
		} else {
			out->integrity = INTEGRITY_INTACT;
			out->trust = TRUST_UNKNOWN;
			if (opt->trust != NULL)
				trust_check(&d, opt, out, v);
			else
				verdict_add(v, "unknown_issuer");
		}
	}
	signed_data_release(&d);
}

/* Whole files only; an earlier signature's later changes are not judged. */
static void
coverage_check(const struct pdf_signature *sig, int last,
    struct verdict_signature *out, struct verdict *v)
{
	out->coverage = (enum coverage)sig->coverage;
	out->changes =
	    sig->coverage == PDF_COVERS_FILE ? CHANGES_NONE : CHANGES_FORBIDDEN;
	if (!sig->listed || sig->coverage == PDF_COVERS_UNCLEAR ||
	    sig->coverage == PDF_COVERS_PART ||
	    (last && sig->coverage != PDF_COVERS_FILE))
		verdict_add(v, "modified");
	else if (sig->coverage != PDF_COVERS_FILE)
		verdict_add(v, "changes_unclear");
}

void
verify_pdf_document(const struct pdf_file *f, const struct pdf_signature *list,
    size_t n, const struct verify_options *opt, struct verdict *v)
{
	struct verdict_signature *out;
	size_t i;

	for (i = 0; i < n && i < VERDICT_SIGNATURES_MAX; i++) {
		out = &v->signatures[v->nsignatures++];
		memset(out, 0, sizeof(*out));
		out->claimed_time = list[i].claimed_time;
		coverage_check(&list[i], i + 1 == n, out, v);
		if (list[i].coverage == PDF_COVERS_UNCLEAR)
			continue;
		signature_check(f, &list[i], opt, out, v);
	}
}
