/*
 * routes.h - the server with the whole route table on one service.
 */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/server.h"
#include "certsvc/service.h"

struct routes;

/*
 * Serve on both listening descriptors (either may be -1), which are taken.
 * End with server_stop, then routes_free; the service stays the caller's.
 */
int routes_start(struct service *service, int tcp_fd, int unix_fd,
    struct routes **routes, struct server **server, struct err *e);
void routes_free(struct routes *routes);

#endif
