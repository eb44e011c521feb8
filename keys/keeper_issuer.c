/* keeper_issuer.c - what the keeper vouches with: the issuing CAs and the seal
 * maker. */
#include "keys/keeper_state.h"

#include <string.h>

#include <openssl/evp.h>

#include "crypto/base/clock.h"
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

static const struct vault_entry *
entry_of(const struct vault *vault, const char *id)
{
	size_t i;

	for (i = 0; i < vault->nentries; i++)
		if (strcmp(vault->entries[i].id, id) == 0)
			return &vault->entries[i];
	return NULL;
}

int
keeper_issuers_take(
    struct keeper_state *s, const struct vault *vault, struct err *e)
{
	const struct vault_entry *ca, *root;
	struct keeper_issuer *issuer;
	size_t i;

	for (i = 0; i < SEAL_ALGS; i++) {
		issuer = &s->issuers[i];
		issuer->alg = names[i].alg;
		ca = entry_of(vault, names[i].ca);
		root = entry_of(vault, names[i].root);
		if (ca == NULL || root == NULL)
			return err_internal(e, "vault without CA");
		issuer->key = private_key_read(buf_bytes(&ca->pkcs8));
		buf_add_buf(&issuer->x509, &ca->x509);
		buf_add_buf(&issuer->root, &root->x509);
		if (issuer->key == NULL)
			return err_internal(e, "PKCS#8");
		if (private_key_test(issuer->alg, issuer->key,
			buf_bytes(&issuer->x509), e) != 0)
			return err_set(e, ERR_INTERNAL, "key_self_test",
			    "密钥 %s 自检失败：签名不能用它的证书验证；请从备份恢复 keys/vault",
			    "the key %s failed its self-test: its signature "
			    "does not verify with its x509; restore keys/vault "
			    "from a backup",
			    names[i].ca);
	}
	return 0;
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

void
keeper_issuers_release(struct keeper_state *s)
{
	size_t i;

	for (i = 0; i < SEAL_ALGS; i++) {
		EVP_PKEY_free(s->issuers[i].key);
		buf_release(&s->issuers[i].x509);
		buf_release(&s->issuers[i].root);
		buf_release(&s->issuers[i].list.der);
		buf_release(&s->issuers[i].root_list.der);
	}
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
