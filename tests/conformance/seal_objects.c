/*
 * seal_objects.c - writes a folder of seals, signatures, x509s and CRLs made by
 * our code, with keys that live only as long as this program, for strangers to
 * judge: seal_objects FOLDER.
 */
#include <stdio.h>
#include <stdlib.h>

#include "crypto/base/file.h"
#include "crypto/crl.h"
#include "tests/support/ses.h"

static const char *folder;

static void
save(const char *name, struct bytes content)
{
	struct buf path = BUF_INIT;
	struct err e = ERR_INIT;

	buf_printf(&path, "%s/%s", folder, name);
	if (file_replace(buf_cstr(&path), content, 0644, &e) != 0) {
		fprintf(stderr, "%s: %s\n", buf_cstr(&path), e.en);
		exit(1);
	}
	buf_release(&path);
}

/* A list of a CA; revoked is an x509 of its own, or empty. */
static void
save_list(
    const char *name, struct bytes issuer, EVP_PKEY *key, struct bytes revoked)
{
	struct crl_entry entry = {
	    .revoked = SES_NOW - 86400, .reason = CRL_KEY_COMPROMISE};
	struct crl_request req = {.issuer = issuer,
	    .sign = ses_sign,
	    .sign_ctx = key,
	    .number = 1,
	    .this_update = SES_NOW - 86400,
	    .next_update = SES_NOW + 7 * 86400,
	    .entries = &entry,
	    .nentries = revoked.n != 0};
	struct buf der = BUF_INIT;
	struct err e = ERR_INIT;
	struct bytes skip;

	if ((revoked.n != 0 &&
		x509_identity(revoked, &skip, &entry.serial) != 0) ||
	    crl_make(&req, &der, &e) != 0)
		abort();
	save(name, buf_bytes(&der));
	buf_release(&der);
}

static void
save_lists(const struct ses_fixture *f)
{
	const struct pki *pki = &f->pki;
	const struct bytes none = {NULL, 0};

	save_list("root.crl", buf_bytes(&pki->root), pki->root_key, none);
	save_list("root-revokes.crl", buf_bytes(&pki->root), pki->root_key,
	    buf_bytes(&pki->issuing));
	save_list(
	    "issuing.crl", buf_bytes(&pki->issuing), pki->issuing_key, none);
	save_list("signer-revoked.crl", buf_bytes(&pki->issuing),
	    pki->issuing_key, buf_bytes(&pki->signer));
	save_list("maker-revoked.crl", buf_bytes(&pki->issuing),
	    pki->issuing_key, buf_bytes(&f->maker));
}

/* Variants that must be refused: each differs from the good one by one thing.
 */
static void
save_bad(const struct ses_fixture *good)
{
	struct ses_fixture f = *good;
	struct buf der = BUF_INIT;

	f.request.sign_ctx = f.maker_key;
	ses_build_signature(&f, &der);
	save("signed-by-another.der", buf_bytes(&der));
	f = *good;
	f.seal_request.sign_ctx = f.pki.signer_key;
	buf_reset(&der);
	ses_build_seal(&f, &der);
	save("seal-by-another.der", buf_bytes(&der));
	f = *good;
	f.request.x509 = buf_bytes(&f.maker);
	f.request.sign_ctx = f.maker_key;
	buf_reset(&der);
	ses_build_signature(&f, &der);
	save("signer-not-in-seal.der", buf_bytes(&der));
	f = *good;
	f.request.time = SES_UNTIL + 1;
	buf_reset(&der);
	ses_build_signature(&f, &der);
	save("seal-over.der", buf_bytes(&der));
	f = *good;
	f.request.time = PKI_FROM - 86400;
	buf_reset(&der);
	ses_build_signature(&f, &der);
	save("too-early.der", buf_bytes(&der));
	buf_release(&der);
}

int
main(int argc, char **argv)
{
	struct ses_fixture f;
	struct buf der = BUF_INIT;

	if (argc != 2) {
		fprintf(stderr, "usage: seal_objects FOLDER\n");
		return 64;
	}
	folder = argv[1];
	ses_fixture_init(&f, SIGN_SM2);
	save("root.der", buf_bytes(&f.pki.root));
	save("issuing.der", buf_bytes(&f.pki.issuing));
	save("signer.der", buf_bytes(&f.pki.signer));
	save("maker.der", buf_bytes(&f.maker));
	save("seal.der", buf_bytes(&f.seal));
	ses_build_signature(&f, &der);
	save("signature.der", buf_bytes(&der));
	save("document", bytes_str(ses_document));
	save_lists(&f);
	save_bad(&f);
	buf_release(&der);
	ses_fixture_release(&f);
	return 0;
}
