/* root_renew.c - see root_renew.h. */
#include "keys/root_renew.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "crypto/x509.h"
#include "keys/private_key.h"
#include "keys/root_crl.h"
#include "keys/vault.h"

enum {
	ROOTS = 2
};

static const struct {
	enum sign_alg alg;
	const char *id;
} roots[ROOTS] = {{SIGN_ES256, "root"}, {SIGN_SM2, "root-sm2"}};

/* Entries of a new list; serials are views into the old list and into the
 * request. */
struct entries {
	struct crl_entry *list; /* owned */
	size_t n;
	const struct crl *old;	    /* holds the views */
	const struct x509 *revoked; /* as well; NULL: none by this root */
};

static void
entries_release(struct entries *all)
{
	free(all->list);
	crl_free(all->old);
	x509_free(all->revoked);
}

/* What was revoked before. */
static int
take_old(struct entries *all, struct bytes der, struct err *e)
{
	struct crl_info info = {.nentries = 0};
	int rc = 0;

	if (der.n > 0)
		rc = crl_get(der, &all->old, e);
	if (rc == 0 && all->old != NULL)
		crl_about(all->old, &info);
	all->list = calloc(info.nentries + 1, sizeof(*all->list));
	if (rc == 0 && all->list == NULL)
		rc = err_nomem(e);
	for (; rc == 0 && all->n < info.nentries; all->n++)
		crl_entry(all->old, all->n, &all->list[all->n]);
	return rc;
}

/* 1 when the serial is on the list already. */
static int
is_listed(const struct entries *all, struct bytes serial)
{
	enum crl_reason reason;
	int64_t revoked;

	return all->old != NULL &&
	       crl_find(all->old, serial, &revoked, &reason);
}

/* The x509 to revoke, if this root gave it. */
static int
take_new(struct entries *all, const struct root_renew_request *req,
    const struct vault_entry *root, int *found, struct err *e)
{
	const struct x509 *x, *issuer;
	int rc, ours;

	if (req->revoke.n == 0)
		return 0;
	rc = x509_get(req->revoke, &x, e);
	if (rc != 0)
		return rc;
	rc = x509_get(buf_bytes(&root->x509), &issuer, e);
	ours = rc == 0 && bytes_equal(x->issuer, issuer->subject) &&
	       !bytes_equal(x->subject, x->issuer);
	x509_free(issuer);
	if (!ours) {
		x509_free(x);
		return rc;
	}
	*found = 1;
	all->revoked = x;
	if (!is_listed(all, x->serial))
		all->list[all->n++] =
		    (struct crl_entry){x->serial, req->now, req->reason};
	return 0;
}

static int
renew_one(const struct root_renew_request *req, size_t i,
    const struct vault_entry *root, int *found, struct buf *out, struct err *e)
{
	struct root_crl_request list = {
	    .root = buf_bytes(&root->x509), .now = req->now};
	struct entries all = {.list = NULL};
	struct buf old = BUF_INIT;
	int rc;

	rc = root_crl_read(
	    req->dir, roots[i].alg, buf_bytes(&root->x509), &old, e);
	if (rc == 0)
		rc = take_old(&all, buf_bytes(&old), e);
	if (rc == 0)
		rc = take_new(&all, req, root, found, e);
	list.entries = all.list;
	list.nentries = all.n;
	list.key = private_key_read(buf_bytes(&root->pkcs8));
	if (rc == 0 && list.key == NULL)
		rc = err_internal(e, "PKCS#8");
	if (rc == 0)
		rc = root_crl_make(&list, out, e);
	EVP_PKEY_free(list.key);
	entries_release(&all);
	buf_release(&old);
	return rc;
}

/* Make both before either is written. */
static int
renew(const struct root_renew_request *req, const struct vault *vault,
    struct buf lists[2], struct err *e)
{
	const struct vault_entry *root;
	int found = 0, rc = 0;
	size_t i;

	for (i = 0; rc == 0 && i < ROOTS; i++) {
		root = vault_find(vault, roots[i].id);
		rc =
		    root == NULL || root->pkcs8.n == 0
			? err_set(e, ERR_INPUT, "no_root_keys",
			      "文件里没有根证书的密钥；请给出 offline/roots",
			      "the file has no keys of roots; give the one that "
			      "was offline/roots")
			: renew_one(req, i, root, &found, &lists[i], e);
	}
	if (rc == 0 && req->revoke.n > 0 && !found)
		rc = err_set(e, ERR_INPUT, "not_by_root",
		    "要吊销的证书不是这些根证书签发的",
		    "the x509 to revoke was not given by these roots");
	for (i = 0; rc == 0 && i < ROOTS; i++)
		rc = root_crl_write(
		    req->dir, roots[i].alg, buf_bytes(&lists[i]), e);
	return rc;
}

int
root_renew(
    const struct root_renew_request *req, struct buf lists[2], struct err *e)
{
	uint8_t kek[VAULT_KEK_SIZE];
	struct vault vault = VAULT_INIT;
	int rc;

	rc = vault_kek(req->roots, req->passphrase, kek, e);
	if (rc == 0)
		rc = vault_open(req->roots, kek, &vault, e);
	OPENSSL_cleanse(kek, sizeof(kek));
	if (rc == 0)
		rc = renew(req, &vault, lists, e);
	vault_release(&vault);
	return rc;
}
