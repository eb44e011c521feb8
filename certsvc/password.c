/* password.c - see password.h. */
#include "certsvc/password.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "certsvc/text_form.h"
#include "crypto/base/text.h"

enum {
	SCRYPT_N = 32768,
	SCRYPT_R = 8,
	SCRYPT_P = 1,
	SCRYPT_MEMORY = 64 * 1024 * 1024, /* most it may take */
	BYTES_MAX = 4096, /* more than PASSWORD_MAX characters can have */
	AT_ONCE = 2,
	WAITING = 8
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t left;
	unsigned int running, waiting;
} gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};

static int
gate_enter(struct err *e)
{
	int full;

	pthread_mutex_lock(&gate.lock);
	full = gate.running == AT_ONCE && gate.waiting == WAITING;
	if (!full) {
		gate.waiting++;
		while (gate.running == AT_ONCE)
			pthread_cond_wait(&gate.left, &gate.lock);
		gate.waiting--;
		gate.running++;
	}
	pthread_mutex_unlock(&gate.lock);
	if (!full)
		return 0;
	return err_set(e, ERR_BUSY, "too_busy", "同时登录的人太多，请稍后再试",
	    "too many log in at once, try again in a moment");
}

static void
gate_leave(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.running--;
	pthread_cond_signal(&gate.left);
	pthread_mutex_unlock(&gate.lock);
}

int
password_derive(const char *password, const uint8_t salt[PASSWORD_SALT_SIZE],
    struct password_keys *keys, struct err *e)
{
	uint8_t out[2 * PASSWORD_KEY_SIZE];
	char *form;
	int ok, rc;

	memset(keys, 0, sizeof(*keys));
	/* Nobody's: it takes the time of one that somebody has, not more. */
	if (strlen(password) > BYTES_MAX)
		password = "";
	form = text_nfc(password, strlen(password));
	if (form == NULL)
		return err_nomem(e);
	if ((rc = gate_enter(e)) != 0)
		goto out;
	ok = EVP_PBE_scrypt(form, strlen(form), salt, PASSWORD_SALT_SIZE,
	    SCRYPT_N, SCRYPT_R, SCRYPT_P, SCRYPT_MEMORY, out, sizeof(out));
	gate_leave();
	if (ok == 1) {
		memcpy(keys->verifier, out, PASSWORD_KEY_SIZE);
		memcpy(keys->wrap, out + PASSWORD_KEY_SIZE, PASSWORD_KEY_SIZE);
	} else {
		rc = err_internal(e, "EVP_PBE_scrypt");
	}
	OPENSSL_cleanse(out, sizeof(out));
out:
	OPENSSL_cleanse(form, strlen(form));
	free(form);
	return rc;
}

int
password_one_time(char out[PASSWORD_ONE_TIME_SIZE])
{
	static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t raw[20];
	size_t used = 0;

	if (RAND_bytes(raw, sizeof(raw)) != 1)
		return -1;
	for (size_t i = 0; i < sizeof(raw); i++) {
		if (i > 0 && i % 5 == 0)
			out[used++] = '-';
		out[used++] = LETTERS[raw[i] & 31];
	}
	out[used] = '\0';
	OPENSSL_cleanse(raw, sizeof(raw));
	return 0;
}
