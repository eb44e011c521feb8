/*
 * lockout.h - who guesses passwords has to wait: five wrong ones within 15
 * minutes lock a name for 15 minutes, then twice as long each time, up to a
 * day; a right one begins anew.  Only numbers; times are UTC seconds.
 */
#ifndef CERTSVC_LOCKOUT_H
#define CERTSVC_LOCKOUT_H

#include <stdint.h>

enum {
	LOCKOUT_TRIES = 5,
	LOCKOUT_WINDOW = 900,	/* seconds, in which they are counted */
	LOCKOUT_FIRST = 900,	/* seconds, of the first lock */
	LOCKOUT_LONGEST = 86400 /* seconds */
};

struct lockout {
	int64_t first;	    /* of the failures counted */
	int64_t until;	    /* locked; 0: not */
	unsigned int count; /* failures since `first` */
	unsigned int level; /* locks since the last right password */
	unsigned int since; /* failures since the last right password */
};

/* Seconds until a password is looked at again; 0: now. */
int64_t lockout_wait(const struct lockout *l, int64_t now);

/* A try is counted before the password is looked at, so that many at one time
 * are not more guesses; 1 when it was the one that locks. */
int lockout_try(struct lockout *l, int64_t now);

/* The password was right, but the login is not complete yet: that try was no
 * guess. */
void lockout_take_back(struct lockout *l);

/* Login complete. */
void lockout_reset(struct lockout *l);

#endif
