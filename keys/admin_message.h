/*
 * admin_message.h - an administrator's request as bytes, the same for who
 * makes and who checks it (docs/keeper.md):
 *
 *   nonce request  [ 0 ]                          answer: bstr nonce
 *   action         [ 1, nonce, json, mac ]        answer: [ json, mac ]
 *
 * mac = HMAC-SHA-256(key, label || nonce || json); the key comes from the
 * vault's passphrase, so whoever relays can neither forge nor change either.
 */
#ifndef KEYS_ADMIN_MESSAGE_H
#define KEYS_ADMIN_MESSAGE_H

#include <stdint.h>

#include "crypto/base/buf.h"

enum {
	ADMIN_NONCE_SIZE = 16,
	ADMIN_MAC_SIZE = 32,
	ADMIN_JSON_MAX = 262144 /* bytes of one action */
};

/* Purpose for vault_subkey. */
#define ADMIN_PURPOSE "administrator"

struct admin_message {
	int action; /* 0: wants a nonce */
	uint8_t nonce[ADMIN_NONCE_SIZE];
	struct bytes json; /* view */
	uint8_t mac[ADMIN_MAC_SIZE];
};

enum admin_label {
	ADMIN_REQUEST,
	ADMIN_ANSWER
};

/* 0, or -1. */
int admin_message_mac(const uint8_t key[32], enum admin_label label,
    const uint8_t nonce[ADMIN_NONCE_SIZE], struct bytes json,
    uint8_t mac[ADMIN_MAC_SIZE]);

void admin_message_write(const struct admin_message *m, struct buf *out);
int admin_message_read(struct bytes in, struct admin_message *m);

#endif
