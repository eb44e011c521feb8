/*
 * keeper_start.h - from files to a keeper that is ready, before lock-down;
 * private to keeper_*.c.
 */
#ifndef KEYS_KEEPER_START_H
#define KEYS_KEEPER_START_H

#include "keys/keeper_state.h"

/*
 * Open DIR/keys, check that vault, authority table and journal fit each other,
 * and test every key.  ERR_STORAGE "vault_unreadable", "authority_damaged",
 * "authority_rolled_back", "journal_damaged", "journal_rolled_back".
 */
int keeper_state_open(struct keeper_state *s, const char *dir,
    struct bytes passphrase, struct err *e);
void keeper_state_close(struct keeper_state *s);

/* Test every key; ERR_INTERNAL "key_self_test" names the first that fails. */
int keeper_test_keys(const struct keeper_state *s, struct err *e);

#endif
