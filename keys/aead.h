/*
 * aead.h - AES-256-GCM (SP 800-38D) over one piece, for what keys/ keeps
 * wrapped.
 */
#ifndef KEYS_AEAD_H
#define KEYS_AEAD_H

#include <stdint.h>

#include "crypto/base/buf.h"

enum {
	AEAD_KEY_SIZE = 32,
	AEAD_NONCE_SIZE = 12, /* never twice with one key */
	AEAD_TAG_SIZE = 16
};

/* Encrypt plain into plain.n + AEAD_TAG_SIZE bytes, the tag last; 0, or -1. */
int aead_seal(const uint8_t key[AEAD_KEY_SIZE],
    const uint8_t nonce[AEAD_NONCE_SIZE], struct bytes aad, struct bytes plain,
    uint8_t *sealed);

/* Decrypt sealed (with its tag, at least that) into sealed.n - AEAD_TAG_SIZE
 * bytes; 0, or -1 when anything was changed: wipe plain then too. */
int aead_open(const uint8_t key[AEAD_KEY_SIZE],
    const uint8_t nonce[AEAD_NONCE_SIZE], struct bytes aad, struct bytes sealed,
    uint8_t *plain);

#endif
