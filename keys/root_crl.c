/* root_crl.c - see root_crl.h. */
#include "keys/root_crl.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto/base/file.h"
#include "keys/private_key.h"

const char *
root_crl_file(enum sign_alg alg)
{
	return alg == SIGN_SM2 ? "root-sm2.crl" : "root.crl";
}

/* A root's key and its algorithm. */
struct signer {
	enum sign_alg alg;
	EVP_PKEY *key;
};

static int
sign(void *ctx, struct bytes message, uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	struct signer *signer = ctx;

	return private_key_sign(signer->alg, signer->key, message, raw, e);
}

int
root_crl_make(
    const struct root_crl_request *req, struct buf *out, struct err *e)
{
	struct signer signer = {.key = req->key};
	struct crl_request list = {.issuer = req->root,
	    .sign = sign,
	    .sign_ctx = &signer,
	    .number = (uint64_t)req->now,
	    .this_update = req->now,
	    .next_update = req->now + (int64_t)ROOT_CRL_DAYS * 86400,
	    .entries = req->entries,
	    .nentries = req->nentries};
	const struct x509 *root;
	int rc;

	rc = x509_get(req->root, &root, e);
	if (rc != 0)
		return rc;
	signer.alg = root->alg;
	x509_free(root);
	return crl_make(&list, out, e);
}

static void
path_of(char path[PATH_MAX], const char *dir, enum sign_alg alg)
{
	snprintf(path, PATH_MAX, "%s/keys/%s", dir, root_crl_file(alg));
}

int
root_crl_write(
    const char *dir, enum sign_alg alg, struct bytes der, struct err *e)
{
	char path[PATH_MAX];

	path_of(path, dir, alg);
	return file_replace(path, der, 0600, e);
}

int
root_crl_check(
    struct bytes der, struct bytes root, struct crl_info *info, struct err *e)
{
	const struct x509 *x = NULL;
	const struct crl *crl = NULL;
	int rc;

	rc = x509_get(root, &x, e);
	if (rc == 0)
		rc = crl_get(der, &crl, e);
	if (rc == 0)
		rc = crl_verify(crl, x, e);
	if (rc == 0 && info != NULL) {
		crl_about(crl, info);
		info->issuer = (struct bytes){NULL, 0};
	}
	crl_free(crl);
	x509_free(x);
	return rc;
}

int
root_crl_read(const char *dir, enum sign_alg alg, struct bytes root,
    struct buf *out, struct err *e)
{
	struct err why = ERR_INIT;
	char path[PATH_MAX];
	int rc;

	path_of(path, dir, alg);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	rc = file_read(path, ROOT_CRL_MAX, out, e);
	if (rc != 0 || root_crl_check(buf_bytes(out), root, NULL, &why) == 0)
		return rc;
	err_clear(&why);
	return err_set(e, ERR_STORAGE, "root_crl_damaged",
	    "根证书的吊销列表 %s 已损坏；请从备份恢复，或删除后用 certsvc "
	    "ca crl 重新签发",
	    "the root's list of revoked x509s %s is damaged; restore it from a "
	    "backup, or remove it and make it anew with certsvc ca crl",
	    path);
}
