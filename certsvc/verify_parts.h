/*
 * verify_parts.h - the steps that the formats share: one code, one face, one
 * seal.  Each adds its reasons to the verdict and goes on, so that a person
 * hears everything that is wrong at once; after a broken signature nothing
 * that it covers is shown.
 */
#ifndef CERTSVC_VERIFY_PARTS_H
#define CERTSVC_VERIFY_PARTS_H

#include "certsvc/trust.h"
#include "certsvc/verdict.h"
#include "certsvc/verify.h"
#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "crypto/chain.h"
#include "crypto/cose.h"
#include "crypto/face.h"
#include "crypto/qr_claims.h"

enum {
	VERIFY_CLOCK_SKEW = 300 /* seconds an issuer's clock may be ahead */
};

/* One printed code; cose and claims hold views into bytes. */
struct verify_code {
	struct bytes url; /* view into the text */
	struct buf bytes; /* COSE, owned */
	struct cose cose;
	struct qr_claims claims;
	struct bytes face; /* of a document: its canonical face, a view */
	const struct trust_issuer *issuer; /* after the check; may be NULL */
};

/* Read the text of a code; 0, or -1 after adding why not. */
int verify_code_read(
    struct bytes text, struct verify_code *code, struct verdict *v);
void verify_code_release(struct verify_code *code);

/* Signature, issuer, host, key, type, status, dates.  1 when the signature is
 * good or cannot be checked here (its issuer is unknown), 0 when it is bad. */
int verify_code_check(struct verify_code *code,
    const struct verify_options *opt, struct verdict *v);

/*
 * When the code was signed by its own word, UTC seconds: not before the first,
 * not after the second.  Both are the time of issue, but for a printed sheet,
 * which knows no more than its day in China.
 */
int64_t verify_signed_from(const struct verify_code *code);
int64_t verify_signed_until(const struct verify_code *code);

/* Fill certificate and fields from the claims. */
void verify_code_describe(const struct verify_code *code,
    const struct verify_options *opt, struct verdict *v);

/* The XML document: face, code and both together.  On success *face is the
 * caller's to free, and code to release; 0, or -1 after adding why not. */
int verify_document(struct bytes xml, const struct verify_options *opt,
    struct face **face, struct verify_code *code, struct verdict *v);

/* Add "seal_missing" when the type, as the code's template version says, has
 * more seals than these n. */
void verify_seal_count(const struct verify_code *code,
    const struct verify_options *opt, size_t n, struct verdict *v);

/* Fill in what the trust data (not NULL) gives: anchors, lists of revoked x509s
 * and who has some, and the time. */
void verify_chain_ask(
    const struct verify_options *opt, struct chain_request *req);

/*
 * Add "revocation_unknown" when a list of revoked x509s is not here that should
 * be, "status_stale" when one is over and older than the type lets a status be
 * (NULL: no type, no older than it says itself).
 */
void verify_lists(const struct verify_options *opt, enum chain_revocation found,
    int64_t as_of, const struct trust_type *type, struct verdict *v);

/*
 * An x509 was revoked, and whether the signature is older only its own claim
 * says (0: none), which a stolen key can write as well: add `code` when it is
 * not, "time_not_proven" when it claims to be.
 */
void verify_revoked(
    int64_t revoked_at, int64_t claimed, const char *code, struct verdict *v);
/* The same for what the trust data says of a seal's x509, if it does. */
void verify_revoked_since(const struct trust_signer *signer, int64_t claimed,
    const struct verify_options *opt, struct verdict *v);

/* The type of a code's claims, NULL when the trust data does not know it. */
const struct trust_type *verify_type(
    const struct verify_code *code, const struct verify_options *opt);

void verify_pdf(
    struct bytes file, const struct verify_options *opt, struct verdict *v);
void verify_ofd(
    struct bytes file, const struct verify_options *opt, struct verdict *v);
/* A seal object by itself. */
void verify_seal(
    struct bytes file, const struct verify_options *opt, struct verdict *v);
void verify_xml(
    struct bytes file, const struct verify_options *opt, struct verdict *v);
void verify_qr(
    struct bytes text, const struct verify_options *opt, struct verdict *v);

struct pdf_file;
struct pdf_signature;
/* Any PDF signature (--profile document), by OpenSSL's CMS. */
void verify_pdf_document(const struct pdf_file *f,
    const struct pdf_signature *list, size_t n,
    const struct verify_options *opt, struct verdict *v);

/* Add the reason an error stands for. */
void verify_add_error(struct verdict *v, const struct err *e);

#endif
