/*
 * keeper_link.h - many calls in flight on one socket to the keeper: each call
 * waits for the answer with its number, and one of the waiting threads reads
 * for all.  Private to keeper*.c.
 */
#ifndef KEYS_KEEPER_LINK_H
#define KEYS_KEEPER_LINK_H

#include "crypto/base/buf.h"
#include "crypto/base/err.h"
#include "keys/keeper.h"
#include "keys/keeper_frame.h"

enum {
	KEEPER_DEADLINE_MS = 10000 /* from request to answer */
};

/*
 * Send the frame (its number is given here) and wait.  answer gets the whole
 * answer's bytes, *payload a view into it.  ERR_BUSY "keeper_unavailable" when
 * the keeper died, was replaced or is late.
 */
int keeper_call(struct keeper *k, struct keeper_frame *f, struct buf *answer,
    struct bytes *payload, struct err *e);

#endif
