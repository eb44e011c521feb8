/*
 * ses_world.h - a signature with a seal and what its verifier believes, to be
 * spoiled by tests of the verification order.
 */
#ifndef TESTS_SUPPORT_SES_WORLD_H
#define TESTS_SUPPORT_SES_WORLD_H

#include <string.h>

#include "crypto/ses_check.h"
#include "tests/support/ses_foreign.h"

enum {
	DAY = 86400,
	AT = SES_NOW + 10 * DAY /* when the fixture's signature is verified */
};

static enum sign_alg alg; /* of the group that runs */

/* A fixture with what its verifier believes, and the signature to check. */
struct world {
	struct ses_fixture f;
	struct bytes anchor, helper;
	struct ses_trust trust;
	struct bytes document;
	struct buf x509;    /* of a signer or maker made for the case */
	EVP_PKEY *key;	    /* of a case's own */
	struct pki strange; /* another hierarchy, when strange.root.n != 0 */
	struct buf der;	    /* SES_Signature, or a seal */
	struct foreign form;
};

static inline void
world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	ses_fixture_init(&w->f, alg);
	w->f.seal_request.signers = &w->f.signer;
	w->anchor = buf_bytes(&w->f.pki.root);
	w->helper = buf_bytes(&w->f.pki.issuing);
	w->trust = (struct ses_trust){.anchors = &w->anchor,
	    .nanchors = 1,
	    .helpers = &w->helper,
	    .nhelpers = 1,
	    .at = AT};
	w->document = bytes_str(ses_document);
}

static inline void
world_release(struct world *w)
{
	ses_fixture_release(&w->f);
	EVP_PKEY_free(w->key);
	buf_release(&w->x509);
	buf_release(&w->der);
	if (w->strange.root.n != 0)
		pki_release(&w->strange);
}

static inline int
world_check(struct world *w, struct ses_report *report)
{
	struct ses_signature s;
	struct err e = ERR_INIT;

	return ses_check_signature(
	    buf_bytes(&w->der), w->document, &w->trust, &s, report, &e);
}

static inline int
setup_es256(void **state)
{
	(void)state;
	alg = SIGN_ES256;
	return 0;
}

static inline int
setup_sm2(void **state)
{
	(void)state;
	alg = SIGN_SM2;
	return 0;
}

#endif
