/*
 * journal_line.h - one line of the journal as bytes; private to journal*.c.
 */
#ifndef KEYS_JOURNAL_LINE_H
#define KEYS_JOURNAL_LINE_H

#include <openssl/types.h>

#include "keys/journal.h"

/* Append the line up to and with the space before its chain. */
void journal_line_write(const struct journal_line *line, struct buf *out);

/* 1 for a line with the intent of something new: the database that does not
 * know it is older than the journal.  What is signed for a printed sheet has
 * the intent of the certificate, which may be old. */
int journal_line_issues(const struct journal_line *line);

/* HMAC-SHA-256(key of mac, before || line); 0, or -1. */
int journal_chain(EVP_MAC_CTX *mac, const uint8_t before[JOURNAL_CHAIN_SIZE],
    struct bytes line, uint8_t after[JOURNAL_CHAIN_SIZE]);

#endif
