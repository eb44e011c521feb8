/*
 * caller.h - who calls: Authorization header -> credential -> department, as
 * the keeper's authority table says.
 *
 * Answers of the keeper are remembered for a second, by SHA-256 of credential
 * and address, so that a burst of reads does not ask each time; all are dropped
 * when the authority version changes.  What signs is checked by the keeper
 * itself each time, so a revoked key can read for one second more at most.
 */
#ifndef API_CALLER_H
#define API_CALLER_H

#include "crypto/base/err.h"
#include "keys/keeper.h"

struct callers;

/* NULL when out of memory; the keeper stays the caller's. */
struct callers *callers_new(struct keeper *keeper);
void callers_free(struct callers *callers);

/* "Bearer id.secret" or "Basic base64(id:secret)" -> credential; ERR_UNKNOWN
 * "bad_credential" otherwise. */
int caller_credential(
    const char *authorization, struct keeper_credential *cred, struct err *e);

/* From memory only: 1 and *who filled, or 0.  Never waits for the keeper. */
int caller_known(struct callers *callers, const struct keeper_credential *cred,
    const char *address, struct keeper_caller *who);

/* Ask the keeper (unless remembered); as keeper_identify. */
int caller_identify(struct callers *callers,
    const struct keeper_credential *cred, const char *address,
    struct keeper_caller *who, struct err *e);

/* Forget everything: the authority table was changed through this process. */
void callers_forget(struct callers *callers);

#endif
