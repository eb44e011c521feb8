/* aead.c - see aead.h. */
#include "keys/aead.h"

#include <string.h>

#include <openssl/evp.h>

int
aead_open(const uint8_t key[AEAD_KEY_SIZE],
    const uint8_t nonce[AEAD_NONCE_SIZE], struct bytes aad, struct bytes sealed,
    uint8_t *plain)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t tag[AEAD_TAG_SIZE];
	int n, ok;

	memcpy(tag, sealed.p + sealed.n - AEAD_TAG_SIZE, AEAD_TAG_SIZE);
	ok =
	    ctx != NULL &&
	    EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
	    EVP_DecryptUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1 &&
	    EVP_DecryptUpdate(ctx, plain, &n, sealed.p,
		(int)(sealed.n - AEAD_TAG_SIZE)) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		ctx, EVP_CTRL_GCM_SET_TAG, AEAD_TAG_SIZE, tag) == 1 &&
	    EVP_DecryptFinal_ex(ctx, plain + n, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? 0 : -1;
}

int
aead_seal(const uint8_t key[AEAD_KEY_SIZE],
    const uint8_t nonce[AEAD_NONCE_SIZE], struct bytes aad, struct bytes plain,
    uint8_t *sealed)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n, ok;

	ok =
	    ctx != NULL &&
	    EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
	    EVP_EncryptUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1 &&
	    EVP_EncryptUpdate(ctx, sealed, &n, plain.p, (int)plain.n) == 1 &&
	    EVP_EncryptFinal_ex(ctx, sealed + n, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, AEAD_TAG_SIZE,
		sealed + plain.n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? 0 : -1;
}
