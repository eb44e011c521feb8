/*
 * journal_line.h - one line of the journal as bytes; private to journal*.c.
 */
#ifndef KEYS_JOURNAL_LINE_H
#define KEYS_JOURNAL_LINE_H

#include <openssl/types.h>

#include "keys/journal.h"

/* Append the line up to and with the space before its chain. */
void journal_line_write(const struct journal_line *line, struct buf *out);

/* HMAC-SHA-256(key of mac, before || line); 0, or -1. */
int journal_chain(EVP_MAC_CTX *mac, const uint8_t before[JOURNAL_CHAIN_SIZE],
    struct bytes line, uint8_t after[JOURNAL_CHAIN_SIZE]);

#endif
