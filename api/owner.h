/*
 * owner.h - one data directory has one owner: whoever holds the lock on
 * DIR/lock.  Children of the owner hold it too, so it is free only when all of
 * them are gone.
 */
#ifndef API_OWNER_H
#define API_OWNER_H

#include "crypto/base/err.h"

/*
 * Take the lock, waiting up to wait_ms milliseconds.  *fd stays open for as
 * long as the lock is held.  ERR_CONFLICT "directory_in_use" names what to do.
 */
int owner_lock(const char *dir, int wait_ms, int *fd, struct err *e);

#endif
