/* lockout.c - see lockout.h. */
#include "certsvc/lockout.h"

#include <string.h>

int64_t
lockout_wait(const struct lockout *l, int64_t now)
{
	return l->until > now ? l->until - now : 0;
}

static int64_t
lock_seconds(unsigned int level)
{
	int64_t seconds = LOCKOUT_FIRST;

	while (level-- > 0 && seconds < LOCKOUT_LONGEST)
		seconds *= 2;
	return seconds < LOCKOUT_LONGEST ? seconds : LOCKOUT_LONGEST;
}

int
lockout_try(struct lockout *l, int64_t now)
{
	/* A clock that was set back must not keep an old window open. */
	if (now - l->first > LOCKOUT_WINDOW || now < l->first) {
		l->first = now;
		l->count = 0;
	}
	l->since++;
	if (++l->count < LOCKOUT_TRIES)
		return 0;
	l->until = now + lock_seconds(l->level++);
	l->count = 0;
	return 1;
}

void
lockout_take_back(struct lockout *l)
{
	if (l->since > 0)
		l->since--;
	if (l->count > 0) {
		l->count--;
		return;
	}
	/* It was the one that locked. */
	l->until = 0;
	l->count = LOCKOUT_TRIES - 1;
	if (l->level > 0)
		l->level--;
}

void
lockout_reset(struct lockout *l)
{
	memset(l, 0, sizeof(*l));
}
