/* administrator.c - see administrator.h. */
#include "keys/administrator.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "crypto/base/file.h"
#include "crypto/base/text.h"
#include "crypto/cbor.h"
#include "keys/admin_message.h"
#include "keys/vault.h"

struct administrator {
	uint8_t key[32];
	uint8_t offices[32];		 /* that offices' keys are made from */
	uint8_t nonce[ADMIN_NONCE_SIZE]; /* of the last request */
};

int
administrator_new(const char *dir, struct bytes passphrase,
    struct administrator **adm, struct err *e)
{
	uint8_t kek[VAULT_KEK_SIZE];
	struct buf vault = BUF_INIT;
	char path[PATH_MAX];
	int rc;

	*adm = calloc(1, sizeof(**adm));
	if (*adm == NULL)
		return err_nomem(e);
	snprintf(path, sizeof(path), "%s/keys/vault", dir);
	rc = file_read(path, VAULT_FILE_MAX, &vault, e);
	if (rc == 0)
		rc = vault_kek(buf_bytes(&vault), passphrase, kek, e);
	if (rc == 0)
		rc = vault_subkey(kek, ADMIN_PURPOSE, (*adm)->key, e);
	if (rc == 0)
		rc = vault_subkey(kek, OFFICE_KEY_PURPOSE, (*adm)->offices, e);
	OPENSSL_cleanse(kek, sizeof(kek));
	buf_release(&vault);
	if (rc != 0) {
		administrator_free(*adm);
		*adm = NULL;
	}
	return rc;
}

void
administrator_free(struct administrator *adm)
{
	if (adm != NULL)
		OPENSSL_cleanse(adm, sizeof(*adm));
	free(adm);
}

void
administrator_ask(struct buf *request)
{
	struct admin_message m = {.action = 0};

	admin_message_write(&m, request);
}

int
administrator_request(struct administrator *adm, struct bytes nonce,
    const json_t *action, struct buf *request, struct err *e)
{
	struct admin_message m = {.action = 1};
	char *text;
	int rc = 0;

	if (nonce.n != ADMIN_NONCE_SIZE)
		return err_internal(e, "nonce");
	text = json_dumps(action, JSON_COMPACT);
	if (text == NULL)
		return err_nomem(e);
	memcpy(adm->nonce, nonce.p, nonce.n);
	memcpy(m.nonce, nonce.p, nonce.n);
	m.json = bytes_str(text);
	if (admin_message_mac(
		adm->key, ADMIN_REQUEST, m.nonce, m.json, m.mac) != 0)
		rc = err_internal(e, "HMAC");
	else
		admin_message_write(&m, request);
	free(text);
	return rc == 0 && buf_failed(request) ? err_nomem(e) : rc;
}

static int
forged(struct err *e)
{
	return err_set(e, ERR_DENIED, "administrator_answer_forged",
	    "答复不是密钥进程给出的；请检查服务是否被入侵",
	    "the answer is not the keeper's own; the service in between may be "
	    "taken over");
}

/* The keeper's {"error":...} as an error. */
static int
take_error(const json_t *error, struct err *e)
{
	const char *code, *zh, *en;
	int class;

	if (json_unpack((json_t *)(uintptr_t)error, "{s:i,s:s,s:s,s:s}",
		"class", &class, "code", &code, "zh", &zh, "en", &en) != 0 ||
	    class >= ERR_OK || class < ERR_INTERNAL)
		return err_internal(e, "keeper answer");
	return err_set(
	    e, (enum err_class) class, code, "%s%.0s", "%.0s%s", zh, en);
}

int
administrator_answer(struct administrator *adm, struct bytes answer,
    json_t **json, struct err *e)
{
	uint8_t mac[ADMIN_MAC_SIZE], want[ADMIN_MAC_SIZE];
	const json_t *error;
	struct bytes text;
	struct cbor r;

	cbor_init(&r, answer);
	cbor_get_tuple(&r, 2);
	text = cbor_get_tstr(&r);
	cbor_get_fixed(&r, mac, sizeof(mac));
	cbor_end(&r);
	if (cbor_done(&r) != 0 ||
	    admin_message_mac(adm->key, ADMIN_ANSWER, adm->nonce, text, want) !=
		0 ||
	    CRYPTO_memcmp(mac, want, sizeof(mac)) != 0)
		return forged(e);
	*json = json_loadb(
	    (const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (*json == NULL)
		return err_internal(e, "keeper answer");
	error = json_object_get(*json, "error");
	if (error == NULL)
		return 0;
	take_error(error, e);
	json_decref(*json);
	*json = NULL;
	return e->class;
}

int
administrator_call(struct administrator *adm, struct keeper *k,
    const json_t *action, json_t **json, struct err *e)
{
	struct buf request = BUF_INIT, nonce = BUF_INIT, answer = BUF_INIT,
		   sealed = BUF_INIT;
	int rc;

	administrator_ask(&request);
	rc = keeper_administer(k, buf_bytes(&request), &nonce, &sealed, e);
	buf_reset(&request);
	if (rc == 0)
		rc = administrator_request(
		    adm, buf_bytes(&nonce), action, &request, e);
	if (rc == 0)
		rc = keeper_administer(
		    k, buf_bytes(&request), &answer, &sealed, e);
	if (rc == 0)
		rc = administrator_answer(adm, buf_bytes(&answer), json, e);
	buf_release(&request);
	buf_release(&nonce);
	buf_release(&answer);
	buf_release(&sealed);
	return rc;
}

int
administrator_credential(
    struct keeper_credential *cred, char hash[65], struct err *e)
{
	struct buf id = BUF_INIT, secret = BUF_INIT, hex = BUF_INIT;
	uint8_t random[42], digest[32];
	int ok;

	ok = RAND_bytes(random, sizeof(random)) == 1;
	text_base32(&id, (struct bytes){random, 10});
	text_base32(&secret, (struct bytes){random + 10, 32});
	ok = ok && !buf_failed(&secret) &&
	     EVP_Digest(secret.p, secret.n, digest, NULL, EVP_sha256(), NULL) ==
		 1;
	text_hex(&hex, (struct bytes){digest, sizeof(digest)});
	ok = ok && !buf_failed(&hex) && !buf_failed(&id);
	if (ok) {
		snprintf(cred->id, sizeof(cred->id), "%s", buf_cstr(&id));
		snprintf(cred->secret, sizeof(cred->secret), "%s",
		    buf_cstr(&secret));
		snprintf(hash, 65, "%s", buf_cstr(&hex));
	}
	OPENSSL_cleanse(random, sizeof(random));
	buf_release(&id);
	buf_wipe(&secret);
	buf_release(&hex);
	return ok ? 0 : err_internal(e, "RAND_bytes");
}

int
administrator_office_key(const struct administrator *adm, const char *id,
    unsigned int generation, char out[OFFICE_KEY_SIZE], struct err *e)
{
	return office_key_make(adm->offices, id, generation, out, e);
}
