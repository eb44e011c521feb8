/*
 * administer.h - an administrator at this machine: requests authenticated with
 * the passphrase (keys/administrator.h) and relayed to the keeper by whatever
 * server owns the data directory; a running service need not be stopped.
 */
#ifndef API_ADMINISTER_H
#define API_ADMINISTER_H

#include <jansson.h>

#include "api/client.h"
#include "crypto/base/err.h"
#include "keys/office_key.h"

struct administer;

/* Takes the passphrase from key_source (keys/passphrase.h) or the usual places.
 * client stays the caller's and must live as long. */
int administer_open(const char *dir, const char *key_source,
    struct client *client, struct administer **out, struct err *e);
/* The same with the passphrase at hand. */
int administer_with(const char *dir, struct bytes passphrase,
    struct client *client, struct administer **out, struct err *e);
void administer_close(struct administer *adm);

/*
 * One action (docs/keeper.md); *answer is a new reference.  more: others follow
 * at once, so that the service need not write its trust data yet.  A refusal by
 * the keeper is an error with its code and texts.
 */
int administer_act(struct administer *adm, const json_t *action, int more,
    json_t **answer, struct err *e);

/* The key of an office (administrator_office_key); the caller wipes key. */
int administer_office_key(const struct administer *adm, const char *id,
    unsigned int generation, char key[OFFICE_KEY_SIZE], struct err *e);

#endif
