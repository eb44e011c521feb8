/*
 * office_key.h - the key of an office: 32 bytes that follow from the vault's
 * passphrase, so that an administrator can make it again and nobody else can.
 * Its text is 52 characters of base32 and is shown to the keeper with the
 * office's ticket (keys/ticket.h), which holds the text's SHA-256.
 */
#ifndef KEYS_OFFICE_KEY_H
#define KEYS_OFFICE_KEY_H

#include <stdint.h>

#include "crypto/base/err.h"

enum {
	OFFICE_KEY_SIZE = 53, /* of the text, with NUL */
	OFFICE_KEY_GENERATIONS = 1000000
};

/* Purpose for vault_subkey: the key that office keys are made from. */
#define OFFICE_KEY_PURPOSE "office key"

/*
 * The text of an office's key: HKDF-SHA-256 (RFC 5869) of the master with info
 * "certsvc office key <id>/<generation>".  A new generation, from 1 on, is
 * another key.  The caller wipes text.  ERR_INPUT "bad_office".
 */
int office_key_make(const uint8_t master[32], const char *id,
    unsigned int generation, char text[OFFICE_KEY_SIZE], struct err *e);

/* SHA-256 of a key's text; 0, or -1. */
int office_key_hash(const char *text, uint8_t hash[32]);

#endif
