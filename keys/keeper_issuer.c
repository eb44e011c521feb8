/* keeper_issuer.c - what the keeper vouches with: the issuing CAs and the seal
 * maker. */
#include "keys/keeper_state.h"

#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto/base/clock.h"
#include "crypto/x509.h"
#include "keys/private_key.h"
#include "keys/root_crl.h"
#include "keys/vault.h"

/* Ids in the vault by algorithm. */
static const struct {
	enum sign_alg alg;
	const char *ca, *root;
} names[SEAL_ALGS] = {
    {SIGN_ES256, "ca", "root"},
    {SIGN_SM2, "ca-sm2", "root-sm2"},
};

/* One CA: its key, tested, and its x509. */
static int
take_ca(struct keeper_issuer *issuer, enum sign_alg alg,
    const struct vault_entry *ca, struct err *e)
{
	issuer->alg = alg;
	issuer->key = private_key_read(buf_bytes(&ca->pkcs8));
	buf_add_buf(&issuer->x509, &ca->x509);
	if (issuer->key == NULL)
		return err_internal(e, "PKCS#8");
	if (private_key_test(alg, issuer->key, buf_bytes(&issuer->x509), e) ==
	    0)
		return 0;
	return err_set(e, ERR_INTERNAL, "key_self_test",
	    "密钥 %s 自检失败：签名不能用它的证书验证；请从备份恢复 keys/vault",
	    "the key %s failed its self-test: its signature does not verify "
	    "with its x509; restore keys/vault from a backup",
	    ca->id);
}

/* "ca/1" is the first that was followed by another. */
static int
take_older(
    struct keeper_state *s, const struct vault *vault, size_t i, struct err *e)
{
	const struct vault_entry *ca;
	char id[VAULT_ID_SIZE];
	size_t *n = &s->nolder[i];
	int rc = 0;

	for (; rc == 0 && *n < KEEPER_OLDER_MAX; ++*n) {
		snprintf(id, sizeof(id), "%s/%zu", names[i].ca, *n + 1);
		ca = vault_find(vault, id);
		if (ca == NULL)
			break;
		rc = take_ca(&s->older[i][*n], names[i].alg, ca, e);
	}
	return rc;
}

/* x509s of makers that were followed by another. */
static int
take_older_makers(
    struct keeper_state *s, const struct vault *vault, struct err *e)
{
	const struct vault_entry *maker;
	char id[VAULT_ID_SIZE];
	size_t i, at = 0;

	for (i = 0; i < KEEPER_OLDER_MAX; i++) {
		snprintf(id, sizeof(id), "maker-sm2/%zu", i + 1);
		maker = vault_find(vault, id);
		if (maker == NULL)
			break;
		buf_add_buf(&s->older_makers_der, &maker->x509);
		s->older_makers[i].n = maker->x509.n;
	}
	s->nolder_makers = i;
	if (buf_failed(&s->older_makers_der))
		return err_nomem(e);
	for (i = 0; i < s->nolder_makers; i++) {
		s->older_makers[i].p = s->older_makers_der.p + at;
		at += s->older_makers[i].n;
	}
	return 0;
}

int
keeper_issuers_take(
    struct keeper_state *s, const struct vault *vault, struct err *e)
{
	const struct vault_entry *ca, *root;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < SEAL_ALGS; i++) {
		ca = vault_find(vault, names[i].ca);
		root = vault_find(vault, names[i].root);
		if (ca == NULL || root == NULL)
			return err_internal(e, "vault without CA");
		buf_add_buf(&s->issuers[i].root, &root->x509);
		rc = take_ca(&s->issuers[i], names[i].alg, ca, e);
		if (rc == 0)
			rc = take_older(s, vault, i, e);
	}
	return rc == 0 ? take_older_makers(s, vault, e) : rc;
}

int
keeper_root_lists_read(struct keeper_state *s, const char *dir, struct err *e)
{
	struct keeper_issuer *issuer;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < SEAL_ALGS; i++) {
		issuer = &s->issuers[i];
		issuer->root_list.snapshot = 1;
		rc = root_crl_read(dir, issuer->alg, buf_bytes(&issuer->root),
		    &issuer->root_list.der, e);
	}
	return rc;
}

static void
issuer_release(struct keeper_issuer *issuer)
{
	EVP_PKEY_free(issuer->key);
	buf_release(&issuer->x509);
	buf_release(&issuer->root);
	buf_release(&issuer->list.der);
	buf_release(&issuer->root_list.der);
}

void
keeper_issuers_release(struct keeper_state *s)
{
	size_t i, k;

	for (i = 0; i < SEAL_ALGS; i++) {
		issuer_release(&s->issuers[i]);
		for (k = 0; k < KEEPER_OLDER_MAX; k++)
			issuer_release(&s->older[i][k]);
	}
	buf_release(&s->older_makers_der);
}

/* Does this CA's name stand in the x509 as its issuer? */
static int
gave(const struct keeper_issuer *issuer, struct bytes name)
{
	struct err ignored = ERR_INIT;
	const struct x509 *ca;
	int same;

	if (x509_get(buf_bytes(&issuer->x509), &ca, &ignored) != 0)
		return 0;
	same = bytes_equal(ca->subject, name);
	x509_free(ca);
	return same;
}

const struct keeper_issuer *
keeper_issuer_of(const struct keeper_state *s, struct bytes x509)
{
	struct bytes name, serial;
	size_t i, k;

	if (x509_identity(x509, &name, &serial) != 0)
		return NULL;
	for (i = 0; i < SEAL_ALGS; i++) {
		if (gave(&s->issuers[i], name))
			return &s->issuers[i];
		for (k = 0; k < s->nolder[i]; k++)
			if (gave(&s->older[i][k], name))
				return &s->older[i][k];
	}
	return NULL;
}

const struct keeper_issuer *
keeper_issuer(const struct keeper_state *s, enum sign_alg alg)
{
	size_t i;

	for (i = 0; i < SEAL_ALGS; i++)
		if (s->issuers[i].alg == alg)
			return &s->issuers[i];
	return NULL;
}

int
keeper_maker(struct keeper_state *s, struct keeper_signer *signer,
    struct seal_maker *maker, struct err *e)
{
	const json_t *issuer = json_object_get(s->authority.root, "issuer");
	size_t i;

	memset(maker, 0, sizeof(*maker));
	memset(signer, 0, sizeof(*signer));
	signer->state = s;
	signer->key = s->store.ops->find(s->store.ctx, "maker-sm2");
	if (signer->key < 0)
		return err_internal(e, "vault without a seal maker");
	maker->seals = &s->seals;
	for (i = 0; i < SEAL_ALGS; i++) {
		maker->ca[i].key = s->issuers[i].key;
		maker->ca[i].x509 = buf_bytes(&s->issuers[i].x509);
	}
	maker->maker = s->store.ops->x509(s->store.ctx, signer->key);
	maker->sign = keeper_sign;
	maker->sign_ctx = signer;
	maker->issuer =
	    (uint64_t)json_integer_value(json_object_get(issuer, "number"));
	maker->unit =
	    json_is_true(json_object_get(issuer, "demo")) ? "演示" : NULL;
	maker->now = clock_now();
	return 0;
}
