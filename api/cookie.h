/*
 * cookie.h - the one cookie of ours (RFC 6265): the token of a session.
 */
#ifndef API_COOKIE_H
#define API_COOKIE_H

#include <stddef.h>

#define COOKIE_SESSION "certsvc_session"

/*
 * The value of a name in a Cookie header (NULL: there is none) into out: 1; 0
 * when it is not there; -1 when it does not fit, or is there twice: a
 * neighbouring host may plant a cookie of the same name, and nobody can tell
 * which is whose.
 */
int cookie_value(const char *header, const char *name, char *out, size_t size);

#endif
