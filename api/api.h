/*
 * api.h - what handlers work on.
 */
#ifndef API_API_H
#define API_API_H

#include "api/caller.h"
#include "api/rate.h"
#include "api/server.h"
#include "certsvc/service.h"

struct api {
	struct service *service;
	struct callers *callers;
	struct rate *logins;   /* of one address */
	struct server *server; /* for its figures; set once it runs */
};

#endif
