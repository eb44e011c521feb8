/*
 * administrator.h - who knows the vault's passphrase may change the keeper's
 * authority table: API keys, seals, grants (keys/authority_change.h).  The
 * request carries a nonce of the keeper and a MAC under a key derived from the
 * passphrase; the front only relays it (keeper_administer) and can neither
 * forge, change nor repeat it, nor make up the answer.
 *
 *	administrator_ask(&request);            -> relay -> nonce
 *	administrator_request(adm, nonce, action, &request, e);   -> relay
 *	administrator_answer(adm, answer, &json, e);
 */
#ifndef KEYS_ADMINISTRATOR_H
#define KEYS_ADMINISTRATOR_H

#include <jansson.h>

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "keys/keeper.h"
#include "keys/office_key.h"

struct administrator;

/* From the vault in DIR/keys and its passphrase (takes about 0.1 s).  That the
 * passphrase is wrong shows when the keeper refuses. */
int administrator_new(const char *dir, struct bytes passphrase,
    struct administrator **adm, struct err *e);
void administrator_free(struct administrator *adm);

/* Append the request for a nonce. */
void administrator_ask(struct buf *request);

/* Append the request for an action; nonce is the keeper's answer. */
int administrator_request(struct administrator *adm, struct bytes nonce,
    const json_t *action, struct buf *request, struct err *e);

/* Check the answer to the last request; *json is the caller's.  What the
 * keeper found wrong with the action comes back as this call's error.
 * ERR_DENIED "administrator_answer_forged". */
int administrator_answer(struct administrator *adm, struct bytes answer,
    json_t **json, struct err *e);

/* All three over a keeper at hand. */
int administrator_call(struct administrator *adm, struct keeper *k,
    const json_t *action, json_t **json, struct err *e);

/* A new credential: id 16 characters, secret 256 random bits in base32; hash
 * is what an action carries instead of the secret. */
int administrator_credential(
    struct keeper_credential *cred, char hash[65], struct err *e);

/* The key of an office, which follows from the passphrase, its id and a
 * generation from 1 on (keys/office_key.h).  The caller wipes out.  ERR_INPUT
 * "bad_office". */
int administrator_office_key(const struct administrator *adm, const char *id,
    unsigned int generation, char out[OFFICE_KEY_SIZE], struct err *e);

#endif
