/* private_key.c - see private_key.h. */
#include "keys/private_key.h"

#include <string.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "crypto/signature.h"
#include "crypto/x509.h"

int
private_key_write(EVP_PKEY *key, struct buf *out, struct err *e)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	uint8_t *der = NULL;
	int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;

	if (n > 0) {
		buf_add(out, der, (size_t)n);
		OPENSSL_clear_free(der, (size_t)n);
	}
	PKCS8_PRIV_KEY_INFO_free(info);
	return n > 0 && !buf_failed(out) ? 0 : err_internal(e, "PKCS#8");
}

EVP_PKEY *
private_key_read(struct bytes pkcs8)
{
	const uint8_t *p = pkcs8.p;
	PKCS8_PRIV_KEY_INFO *info =
	    d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)pkcs8.n);
	EVP_PKEY *key = info ? EVP_PKCS82PKEY(info) : NULL;

	PKCS8_PRIV_KEY_INFO_free(info);
	return key;
}

/*
 * What random numbers are drawn from gets the message's digest, a counter and
 * two clocks: a virtual machine set back to a snapshot repeats its random
 * numbers, and two signatures with one nonce give the key away.  0, or -1.
 */
static int
private_key_stir(struct bytes message)
{
	static uint64_t count;
	struct {
		uint8_t digest[32];
		struct timespec raw, real;
		uint64_t count;
	} seed = {0};

	if (EVP_Digest(message.p, message.n, seed.digest, NULL, EVP_sha256(),
		NULL) != 1)
		return -1;
	seed.count = ++count;
	clock_gettime(CLOCK_MONOTONIC_RAW, &seed.raw);
	clock_gettime(CLOCK_REALTIME, &seed.real);
	RAND_add(&seed, (int)sizeof(seed), 0);
	return RAND_status() == 1 ? 0 : -1;
}

int
private_key_sign(enum sign_alg alg, EVP_PKEY *key, struct bytes message,
    uint8_t raw[SIGN_RAW_SIZE], struct err *e)
{
	if (private_key_stir(message) != 0)
		return err_internal(e, "random numbers");
	return signature_sign(alg, key, message, raw, e);
}

int
private_key_test(
    enum sign_alg alg, EVP_PKEY *key, struct bytes x509, struct err *e)
{
	struct bytes message = bytes_str("certsvc key self-test");
	uint8_t raw[2][SIGN_RAW_SIZE];
	const struct x509 *x;
	int i, bad = 0;

	if (x509_get(x509, &x, e) != 0)
		return -1;
	for (i = 0; i < 2 && !bad; i++)
		bad = private_key_sign(alg, key, message, raw[i], e) != 0 ||
		      signature_verify(alg, x->point, message, raw[i], e) != 0;
	x509_free(x);
	return bad || memcmp(raw[0], raw[1], SIGN_RAW_SIZE) == 0 ? -1 : 0;
}
