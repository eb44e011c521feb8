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

/* A call whose payload is the result itself: appended to out. */
int keeper_call_plain(
    struct keeper *k, struct keeper_frame *f, struct buf *out, struct err *e);

/* Put a matter into a frame; a credential too long to be one is answered as
 * any other wrong one. */
int keeper_set_matter(
    struct keeper_frame *f, const struct keeper_matter *matter, struct err *e);

/* Copy a string that must fit whole; 0, or -1. */
int keeper_copy(char *out, size_t size, const char *s);

#endif
