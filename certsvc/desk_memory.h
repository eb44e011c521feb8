/*
 * desk_memory.h - what about logins need not be durable: failures by name,
 * known or not, so that an unknown name is locked like a known one; and when a
 * session was last used.  Tables of fixed size.
 */
#ifndef CERTSVC_DESK_MEMORY_H
#define CERTSVC_DESK_MEMORY_H

#include <stdint.h>

#include "certsvc/lockout.h"

struct desk_memory;

/* NULL when out of memory. */
struct desk_memory *desk_memory_new(void);
void desk_memory_free(struct desk_memory *m);

/*
 * A try for a name.  kept: what the operator's record says (until, level), or
 * zeros.  Seconds to wait when the name is locked, then nothing is counted;
 * else 0, and *after is the state when the try fails.
 */
int64_t desk_memory_try(struct desk_memory *m, const char *name,
    const struct lockout *kept, int64_t now, struct lockout *after);
/* That try was no guess. */
void desk_memory_take_back(struct desk_memory *m, const char *name);
/* Logged in, or unlocked. */
void desk_memory_reset(struct desk_memory *m, const char *name);

/*
 * 1, and remembered, when a session was last used at most `idle` seconds before
 * now.  One that this process has not seen counts as used when it was made, or
 * when this process started.
 */
int desk_memory_live(struct desk_memory *m, const char *session, int64_t made,
    int64_t now, int64_t idle);

#endif
