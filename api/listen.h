/*
 * listen.h - listening sockets, made by the parent before anything is confined.
 */
#ifndef API_LISTEN_H
#define API_LISTEN_H

#include "crypto/base/err.h"

/*
 * "HOST:PORT" with a numeric address ("[::1]:8080" for IPv6); ERR_INPUT
 * "bad_listen", ERR_CONFLICT "address_in_use".  An address in use is tried for
 * wait_ms milliseconds: a process that was killed gives up its lock on the
 * directory a moment before its sockets.
 */
int listen_tcp(const char *address, int wait_ms, int *fd, struct err *e);

/* DIR/admin.sock, mode 0600; a leftover is removed (the caller owns DIR). */
int listen_admin(const char *dir, int *fd, struct err *e);

#endif
