/*
 * password.h - what is made from a password, and what a password must be.
 *
 * scrypt (RFC 7914) with N = 2^15, r = 8, p = 1 takes 32 MiB and about 0.1 s;
 * of its 64 bytes the first 32 tell a right password from a wrong one, the last
 * 32 wrap what only its owner may use.  At most two are made at a time and
 * eight wait, so that logins cannot eat the machine.
 */
#ifndef CERTSVC_PASSWORD_H
#define CERTSVC_PASSWORD_H

#include <stdint.h>

#include "crypto/base/err.h"

enum {
	PASSWORD_MIN = 10,  /* characters */
	PASSWORD_MAX = 128, /* characters */
	PASSWORD_SALT_SIZE = 16,
	PASSWORD_KEY_SIZE = 32,
	PASSWORD_ONE_TIME_SIZE = 25 /* with NUL */
};

struct password_keys {
	uint8_t verifier[PASSWORD_KEY_SIZE];
	uint8_t wrap[PASSWORD_KEY_SIZE]; /* secret */
};

/*
 * The keys of a password (UTF-8; taken in NFC, so that every keyboard makes the
 * same).  ERR_BUSY "too_busy" when too many wait already; the caller wipes
 * keys.
 */
int password_derive(const char *password,
    const uint8_t salt[PASSWORD_SALT_SIZE], struct password_keys *keys,
    struct err *e);

/*
 * May this password be chosen by the operator of this login name?  ERR_INPUT
 * "weak_password" says in words what is wrong: too short or long, characters
 * that nobody sees, or hardly anything but common words, runs ("1234", "aaaa")
 * and the name.
 */
int password_check(const char *password, const char *name, struct err *e);

/* A password for one login, 100 random bits as XXXXX-XXXXX-XXXXX-XXXXX in
 * base32; 0, or -1 when there is no randomness. */
int password_one_time(char out[PASSWORD_ONE_TIME_SIZE]);

#endif
