/* trust_outside.c - lists of revoked x509s that CAs elsewhere sign, in a trust
 * directory of ours; see trust.h. */
#include <stdio.h>
#include <string.h>

#include "certsvc/trust.h"
#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "crypto/crl.h"
#include "crypto/digest.h"
#include "crypto/x509.h"

enum {
	NAME_SIZE = 32,
	NAME_BYTES = 8, /* of the digest, that are in a file's name */
	PATH_SIZE = 4096
};

/* outside-<start of the SHA-256 of the CA's x509> */
static void
name_of(const struct x509 *ca, char name[NAME_SIZE])
{
	struct buf hex = BUF_INIT;

	text_hex(&hex, (struct bytes){ca->digest, NAME_BYTES});
	snprintf(name, NAME_SIZE, "outside-%s",
	    buf_cstr(&hex) ? buf_cstr(&hex) : "");
	buf_release(&hex);
}

static int
is_ours(const struct trust *trust, const struct x509 *ca)
{
	const uint8_t(*issuers)[32];
	size_t n;

	issuers = trust_crl_issuers(trust, &n);
	return digest_among(issuers, n, ca->digest);
}

/* The CA among these that signed the list and is not ours; NULL when there is
 * none.  To be given back. */
static const struct x509 *
signer_among(const struct trust *trust, const struct bytes *x509s, size_t n,
    const struct crl *crl)
{
	const struct x509 *x;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < n; i++) {
		if (x509_get(x509s[i], &x, &e) != 0)
			continue;
		if (!is_ours(trust, x) && crl_verify(crl, x, &e) == 0) {
			err_clear(&e);
			return x;
		}
		x509_free(x);
	}
	err_clear(&e);
	return NULL;
}

/* Does the trust have a newer list of that CA? */
static int
has_newer(const struct trust *trust, const struct x509 *ca,
    const struct crl_info *info)
{
	const struct bytes *crls;
	const struct crl *crl;
	struct crl_info old;
	struct err e = ERR_INIT;
	size_t i, n;
	int newer = 0;

	crls = trust_crls(trust, &n);
	for (i = 0; i < n && !newer; i++) {
		if (crl_get(crls[i], &crl, &e) != 0)
			continue;
		crl_about(crl, &old);
		newer =
		    crl_verify(crl, ca, &e) == 0 && crl_is_newer(&old, info);
		crl_free(crl);
	}
	err_clear(&e);
	return newer;
}

static int
put(const char *dir, const struct trust *trust, const struct crl *crl,
    struct bytes der, struct err *e)
{
	const struct bytes *anchors, *x509s;
	const struct x509 *ca;
	struct crl_info info;
	char name[NAME_SIZE];
	size_t nanchors, nx509s;
	int rc;

	anchors = trust_anchors(trust, &nanchors);
	x509s = trust_x509s(trust, &nx509s);
	ca = signer_among(trust, anchors, nanchors, crl);
	if (ca == NULL)
		ca = signer_among(trust, x509s, nx509s, crl);
	if (ca == NULL)
		return err_set(e, ERR_INPUT, "crl_unknown_issuer",
		    "签发这份吊销列表的机构不在外部机构之中；请先用 certsvc ca add --root 或 --x509 加入",
		    "no outside authority of ours signed this list; add it with certsvc ca add --root or --x509 first");
	crl_about(crl, &info);
	name_of(ca, name);
	rc = has_newer(trust, ca, &info)
		 ? err_set(e, ERR_CONFLICT, "crl_older",
		       "这份吊销列表不比现有的新",
		       "this list is not newer than the one that is there")
		 : trust_write_crl(dir, name, der, e);
	x509_free(ca);
	return rc;
}

int
trust_outside_crl_put(const char *dir, struct bytes der, struct err *e)
{
	const struct crl *crl = NULL;
	struct trust *trust = NULL;
	int rc;

	if (der.n > TRUST_OUTSIDE_CRL_MAX)
		return err_set(e, ERR_LIMIT, "too_large",
		    "吊销列表超过 %d 字节", "the list has over %d bytes",
		    TRUST_OUTSIDE_CRL_MAX);
	rc = crl_get(der, &crl, e);
	if (rc == 0)
		rc = trust_read(dir, &trust, e);
	if (rc == 0)
		rc = put(dir, trust, crl, der, e);
	trust_free(trust);
	crl_free(crl);
	return rc;
}

int
trust_outside_crl_read(
    const char *dir, struct bytes ca, struct buf *der, struct err *e)
{
	const struct crl *crl = NULL;
	const struct x509 *x = NULL;
	char name[NAME_SIZE], path[PATH_SIZE];
	int rc, n;

	rc = x509_get(ca, &x, e);
	if (rc != 0)
		return rc;
	name_of(x, name);
	n = snprintf(path, sizeof(path), "%s/crl/%s.crl", dir, name);
	rc = n < 0 || n >= PATH_SIZE
		 ? err_set(e, ERR_INPUT, "bad_path", "路径太长",
		       "the path is too long")
		 : file_read(path, TRUST_OUTSIDE_CRL_MAX, der, e);
	if (rc == 0)
		rc = crl_get(buf_bytes(der), &crl, e);
	if (rc == 0)
		rc = crl_verify(crl, x, e);
	crl_free(crl);
	x509_free(x);
	return rc;
}
