/* totp.c - see totp.h. */
#include "certsvc/totp.h"

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/base/text.h"

int
totp_code(struct bytes secret, int64_t step, char code[TOTP_CODE_SIZE])
{
	uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	uint32_t value;
	const uint8_t *p;

	for (int i = 0; i < 8; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	if (HMAC(EVP_sha1(), secret.p, (int)secret.n, counter, sizeof(counter),
		mac, &n) == NULL ||
	    n != 20)
		return -1;
	p = mac + (mac[19] & 15); /* RFC 4226, 5.3 */
	value = (uint32_t)(p[0] & 127) << 24 | (uint32_t)p[1] << 16 |
		(uint32_t)p[2] << 8 | p[3];
	(void)snprintf(
	    code, TOTP_CODE_SIZE, "%06u", (unsigned int)(value % 1000000));
	OPENSSL_cleanse(mac, sizeof(mac));
	return 0;
}

int64_t
totp_step(struct bytes secret, const char *code, int64_t now, int64_t used)
{
	char want[TOTP_CODE_SIZE];
	int64_t found = -1;

	if (strlen(code) != TOTP_CODE_SIZE - 1)
		return -1;
	for (int64_t step = now / TOTP_STEP - 1; step <= now / TOTP_STEP + 1;
	     step++)
		if (totp_code(secret, step, want) == 0 && step > used &&
		    found < 0 && CRYPTO_memcmp(want, code, 6) == 0)
			found = step;
	OPENSSL_cleanse(want, sizeof(want));
	return found;
}

void
totp_uri(struct bytes secret, const char *name, struct buf *uri)
{
	buf_printf(uri, "otpauth://totp/certsvc:%s?secret=", name);
	text_base32(uri, secret);
	buf_add_str(uri, "&issuer=certsvc&algorithm=SHA1&digits=6&period=30");
}
