/* wrapped.c - see wrapped.h. */
#include "certsvc/wrapped.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "crypto/base/text.h"
#include "keys/aead.h"

int
wrapped_key(struct bytes secret, const char *purpose,
    uint8_t key[WRAPPED_KEY_SIZE], struct err *e)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
	    OSSL_PARAM_construct_octet_string(
		OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)secret.p, secret.n),
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
		(void *)(uintptr_t)purpose, strlen(purpose)),
	    OSSL_PARAM_construct_end(),
	};
	int ok = ctx != NULL &&
		 EVP_KDF_derive(ctx, key, WRAPPED_KEY_SIZE, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok ? 0 : err_internal(e, "HKDF");
}

static void
add_aad(struct buf *aad, const char *purpose, const char *owner)
{
	buf_add(aad, purpose, strlen(purpose) + 1);
	buf_add_str(aad, owner);
}

int
wrapped_seal(const uint8_t key[WRAPPED_KEY_SIZE], const char *purpose,
    const char *owner, struct bytes plain, struct buf *text, struct err *e)
{
	struct buf aad = BUF_INIT, sealed = BUF_INIT;
	uint8_t *p =
	    buf_extend(&sealed, AEAD_NONCE_SIZE + plain.n + AEAD_TAG_SIZE);
	int rc = 0;

	add_aad(&aad, purpose, owner);
	if (p == NULL || buf_failed(&aad))
		rc = err_nomem(e);
	else if (RAND_bytes(p, AEAD_NONCE_SIZE) != 1 ||
		 aead_seal(
		     key, p, buf_bytes(&aad), plain, p + AEAD_NONCE_SIZE) != 0)
		rc = err_internal(e, "AES-GCM");
	if (rc == 0)
		text_base64(text, buf_bytes(&sealed));
	buf_release(&aad);
	buf_release(&sealed);
	return rc == 0 && buf_failed(text) ? err_nomem(e) : rc;
}

static int
damaged(struct err *e)
{
	return err_set(e, ERR_STORAGE, "record_damaged",
	    "登录资料已损坏，请管理员重新设置密码",
	    "the login's record is damaged: an administrator must set the password anew");
}

int
wrapped_open(const uint8_t key[WRAPPED_KEY_SIZE], const char *purpose,
    const char *owner, const char *text, struct buf *plain, struct err *e)
{
	struct buf aad = BUF_INIT, sealed = BUF_INIT;
	struct bytes in;
	uint8_t *out;
	int rc = 0;

	add_aad(&aad, purpose, owner);
	if (text_unbase64(&sealed, text, strlen(text)) != 0 ||
	    sealed.n < AEAD_NONCE_SIZE + AEAD_TAG_SIZE) {
		rc = damaged(e);
		goto out;
	}
	in = (struct bytes){
	    sealed.p + AEAD_NONCE_SIZE, sealed.n - AEAD_NONCE_SIZE};
	out = buf_extend(plain, in.n - AEAD_TAG_SIZE);
	if (buf_failed(&aad) || buf_failed(plain))
		rc = err_nomem(e);
	else if (aead_open(key, sealed.p, buf_bytes(&aad), in, out) != 0)
		rc = damaged(e);
out:
	if (rc != 0)
		buf_wipe(plain);
	buf_release(&aad);
	buf_release(&sealed);
	return rc;
}
