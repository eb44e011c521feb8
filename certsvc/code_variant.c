/* code_variant.c - see code_variant.h. */
#include "certsvc/code_variant.h"

#include "crypto/cose.h"
#include "crypto/qr_claims.h"

const char *
code_variant(enum sign_alg alg)
{
	switch (alg) {
	case SIGN_ES256:
		return "es256";
	case SIGN_SM2:
		return "sm2";
	}
	return "";
}

const char *
code_variant_of(struct bytes text)
{
	struct err e = ERR_INIT;
	struct buf bytes = BUF_INIT;
	struct bytes url;
	struct cose cose;
	int rc;

	rc = qr_text_read(text, &url, &bytes, &e);
	if (rc == 0)
		rc = cose_parse(buf_bytes(&bytes), &cose, &e);
	buf_release(&bytes);
	err_clear(&e);
	return rc == 0 ? code_variant(cose.alg) : "";
}
