/* office_key.c - see office_key.h. */
#include "keys/office_key.h"

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "crypto/base/buf.h"
#include "crypto/base/text.h"
#include "keys/ticket.h"
#include "keys/vault.h"

int
office_key_make(const uint8_t master[32], const char *id,
    unsigned int generation, char text[OFFICE_KEY_SIZE], struct err *e)
{
	struct buf base32 = BUF_INIT;
	uint8_t key[32];
	char info[96];
	int rc;

	if (!ticket_id_ok(id) || generation < 1 ||
	    generation > OFFICE_KEY_GENERATIONS)
		return err_set(e, ERR_INPUT, "bad_office",
		    "网点编号只能有 1 至 31 个小写字母、数字和连字符",
		    "an office's id has 1 to 31 lower-case letters, digits and "
		    "hyphens");
	snprintf(
	    info, sizeof(info), "certsvc office key %s/%u", id, generation);
	rc = vault_subkey(master, info, key, e);
	text_base32(&base32, (struct bytes){key, sizeof(key)});
	if (rc == 0 && buf_failed(&base32))
		rc = err_nomem(e);
	if (rc == 0)
		snprintf(text, OFFICE_KEY_SIZE, "%s", buf_cstr(&base32));
	OPENSSL_cleanse(key, sizeof(key));
	buf_wipe(&base32);
	return rc;
}

int
office_key_hash(const char *text, uint8_t hash[32])
{
	return EVP_Digest(text, strlen(text), hash, NULL, EVP_sha256(), NULL) ==
		       1
		   ? 0
		   : -1;
}
