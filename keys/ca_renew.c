/* ca_renew.c - see ca_renew.h. */
#include "keys/ca_renew.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/base/file.h"
#include "crypto/x509.h"
#include "keys/keeper_state.h"
#include "keys/private_key.h"
#include "keys/setup.h"
#include "keys/vault.h"

enum {
	HIERARCHIES = 2,
	YEAR = 31557600,     /* seconds */
	CLOCK_SLACK = 86400, /* verifiers' clocks may be a day behind */
	NAME_SIZE = 64 * 4 + 1
};

static const struct {
	enum sign_alg alg;
	const char *root, *ca;
} hierarchies[HIERARCHIES] = {
    {SIGN_ES256, "root", "ca"}, {SIGN_SM2, "root-sm2", "ca-sm2"}};

/* Both vaults, opened. */
struct renewal {
	const struct ca_renew_request *req;
	struct vault vault, roots;
	struct err *e;
};

/* The first free id of what is followed by another: "ca/1", "ca/2" ...; its
 * number, or 0 when all are taken. */
static unsigned int
older_id(struct vault *vault, const char *id, char out[VAULT_ID_SIZE])
{
	unsigned int n;

	for (n = 1; n <= KEEPER_OLDER_MAX; n++) {
		snprintf(out, VAULT_ID_SIZE, "%s/%u", id, n);
		if (vault_find(vault, out) == NULL)
			return n;
	}
	return 0;
}

/* A part of an x509's subject in UTF-8; 1 when it has one. */
static int
part_of(const struct x509 *x, int nid, char out[NAME_SIZE])
{
	return X509_NAME_get_text_by_NID(
		   X509_get_subject_name(x->handle), nid, out, NAME_SIZE) > 0;
}

/* "name 3" after "name 2" and "name". */
static void
numbered(char name[NAME_SIZE], unsigned int number)
{
	char *blank = strrchr(name, ' ');
	size_t n;

	if (blank != NULL && strspn(blank + 1, "0123456789") > 0)
		*blank = '\0';
	n = strlen(name);
	if (n + 8 < NAME_SIZE)
		snprintf(name + n, NAME_SIZE - n, " %u", number);
}

/* Who signs, and as what. */
struct giver {
	const struct vault_entry *entry;
	enum x509_role role;
	enum sign_alg alg;
	int years;
};

/* A new key and x509 with the old one's name and the next number. */
static int
make(const struct renewal *w, const struct giver *giver, const struct x509 *old,
    unsigned int number, struct vault_entry *out)
{
	char organisation[NAME_SIZE], unit[NAME_SIZE], name[NAME_SIZE] = "";
	struct x509_request req = {.role = giver->role,
	    .country = "CN",
	    .common_name = name,
	    .not_before = w->req->now - CLOCK_SLACK,
	    .not_after = w->req->now + (int64_t)giver->years * YEAR,
	    .issuer = buf_bytes(&giver->entry->x509)};
	const struct x509 *issuer;
	int rc;

	if (part_of(old, NID_organizationName, organisation))
		req.organisation = organisation;
	if (part_of(old, NID_organizationalUnitName, unit))
		req.unit = unit;
	(void)part_of(old, NID_commonName, name);
	numbered(name, number);
	rc = x509_get(req.issuer, &issuer, w->e);
	if (rc != 0)
		return rc;
	if (req.not_after > issuer->not_after)
		req.not_after = issuer->not_after;
	x509_free(issuer);
	req.issuer_key = private_key_read(buf_bytes(&giver->entry->pkcs8));
	rc = req.issuer_key ? x509_key_new(giver->alg, &req.key, w->e)
			    : err_internal(w->e, "PKCS#8");
	if (rc == 0)
		rc = x509_make(&req, &out->x509, w->e);
	if (rc == 0)
		rc = private_key_write(req.key, &out->pkcs8, w->e);
	EVP_PKEY_free(req.issuer_key);
	EVP_PKEY_free(req.key);
	return rc;
}

/* Append an entry with a new key, after the old one's x509; entries move. */
static int
add_entry(struct renewal *w, const char *id, const struct giver *giver,
    const struct x509 *old, unsigned int number)
{
	struct vault_entry *fresh = vault_add(&w->vault, id);

	return fresh == NULL ? err_nomem(w->e)
			     : make(w, giver, old, number, fresh);
}

/* The entry `id` is put aside under the next number, a new one takes its
 * place. */
static int
follow(struct renewal *w, const char *id, const struct giver *giver)
{
	struct vault_entry *old = vault_find(&w->vault, id);
	char older[VAULT_ID_SIZE];
	unsigned int number = older_id(&w->vault, id, older);
	const struct x509 *x;
	int rc;

	if (old == NULL)
		return err_internal(w->e, "vault without CA");
	if (number == 0)
		return err_set(w->e, ERR_LIMIT, "too_many_cas",
		    "已换过 %d 次签发机构证书，不能再换",
		    "the issuing CA was followed by another %d times already",
		    KEEPER_OLDER_MAX);
	rc = x509_get(buf_bytes(&old->x509), &x, w->e);
	if (rc != 0)
		return rc;
	memcpy(old->id, older, sizeof(old->id));
	if (giver->role == X509_MAKER)
		buf_wipe(&old->pkcs8);
	rc = add_entry(w, id, giver, x, number + 1);
	x509_free(x);
	return rc;
}

/* Let a new CA give an x509: `give` with a copy of it, because entries may
 * move. */
static int
by_new_ca(struct renewal *w, size_t hierarchy, enum x509_role role,
    const char *id,
    int (*give)(struct renewal *w, const char *id, const struct giver *giver))
{
	const struct vault_entry *from =
	    vault_find(&w->vault, hierarchies[hierarchy].ca);
	struct vault_entry ca = {.id = ""};
	struct giver giver = {.entry = &ca,
	    .role = role,
	    .alg = hierarchies[hierarchy].alg,
	    .years = SETUP_SIGNER_YEARS};
	int rc;

	buf_add_buf(&ca.pkcs8, &from->pkcs8);
	buf_add_buf(&ca.x509, &from->x509);
	rc = give(w, id, &giver);
	buf_wipe(&ca.pkcs8);
	buf_release(&ca.x509);
	return rc;
}

static enum sign_alg
alg_of(const struct vault_entry *entry)
{
	const struct x509 *x = NULL;
	struct err ignored = ERR_INIT;
	enum sign_alg alg;

	if (x509_get(buf_bytes(&entry->x509), &x, &ignored) != 0) {
		err_clear(&ignored);
		return 0;
	}
	alg = x->alg;
	x509_free(x);
	return alg;
}

/*
 * One more key beside those of its kind ("code", "status"), with the name of
 * the newest one of its algorithm.  The old ones stay: a key is used when the
 * authority table says so, because verifiers must have its x509 before.
 */
static int
add_key(struct renewal *w, const char *kind, const struct giver *giver)
{
	struct vault_entry *entry;
	const struct vault_entry *old = NULL;
	char id[VAULT_ID_SIZE];
	const struct x509 *x;
	unsigned int n = 1, same = 0;
	int rc;

	for (;; n++) {
		snprintf(id, sizeof(id), "%s/%u", kind, n);
		entry = vault_find(&w->vault, id);
		if (entry == NULL)
			break;
		if (alg_of(entry) == giver->alg) {
			old = entry;
			same++;
		}
	}
	if (old == NULL)
		return err_internal(w->e, "vault without a key to follow");
	rc = x509_get(buf_bytes(&old->x509), &x, w->e);
	if (rc != 0)
		return rc;
	rc = add_entry(w, id, giver, x, same + 1);
	x509_free(x);
	return rc;
}

static int
renew_keys(struct renewal *w)
{
	int rc = by_new_ca(w, 1, X509_MAKER, "maker-sm2", follow);

	if (rc == 0)
		rc = by_new_ca(w, 0, X509_SIGNER, "code", add_key);
	if (rc == 0)
		rc = by_new_ca(w, 1, X509_SIGNER, "code", add_key);
	return rc != 0 ? rc : by_new_ca(w, 0, X509_SIGNER, "status", add_key);
}

static int
renew_all(struct renewal *w)
{
	struct giver giver = {.role = X509_ISSUING, .years = SETUP_CA_YEARS};
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < HIERARCHIES; i++) {
		giver.alg = hierarchies[i].alg;
		giver.entry = vault_find(&w->roots, hierarchies[i].root);
		if (giver.entry == NULL || giver.entry->pkcs8.n == 0)
			return err_set(w->e, ERR_INPUT, "no_root_keys",
			    "文件里没有根证书的密钥；请给出 offline/roots",
			    "the file has no keys of roots; give the one that "
			    "was offline/roots");
		rc = follow(w, hierarchies[i].ca, &giver);
	}
	return rc == 0 ? renew_keys(w) : rc;
}

static int
open_vault(struct bytes file, struct bytes passphrase,
    uint8_t kek[VAULT_KEK_SIZE], struct vault *vault, struct err *e)
{
	int rc = vault_kek(file, passphrase, kek, e);

	return rc == 0 ? vault_open(file, kek, vault, e) : rc;
}

int
ca_renew(const struct ca_renew_request *req, struct err *e)
{
	struct renewal w = {.req = req, .e = e};
	uint8_t kek[VAULT_KEK_SIZE], roots_kek[VAULT_KEK_SIZE];
	struct buf old = BUF_INIT, fresh = BUF_INIT;
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/keys/vault", req->dir);
	rc = file_read(path, VAULT_FILE_MAX, &old, e);
	if (rc == 0)
		rc = open_vault(
		    buf_bytes(&old), req->passphrase, kek, &w.vault, e);
	if (rc == 0)
		rc = open_vault(
		    req->roots, req->roots_passphrase, roots_kek, &w.roots, e);
	if (rc == 0)
		rc = renew_all(&w);
	if (rc == 0)
		rc = vault_write_again(
		    &w.vault, buf_bytes(&old), kek, &fresh, e);
	if (rc == 0)
		rc = file_replace(path, buf_bytes(&fresh), 0600, e);
	OPENSSL_cleanse(kek, sizeof(kek));
	OPENSSL_cleanse(roots_kek, sizeof(roots_kek));
	vault_release(&w.vault);
	vault_release(&w.roots);
	buf_release(&old);
	buf_wipe(&fresh);
	return rc;
}
