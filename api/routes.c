/* routes.c - see routes.h. */
#include "api/routes.h"

#include <stdlib.h>

#include "api/api.h"
#include "api/assets.h"
#include "api/route_table.h"

struct routes {
	struct api api;
};

int
routes_start(struct service *service, int tcp_fd, int unix_fd,
    struct routes **routes, struct server **server, struct err *e)
{
	struct server_config config;
	struct routes *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return err_nomem(e);
	r->api.service = service;
	r->api.callers = callers_new(service_keeper(service));
	server_config_defaults(&config);
	config.routes = route_table(&config.nroutes);
	config.api = &r->api;
	config.callers = r->api.callers;
	config.tcp_fd = tcp_fd;
	config.unix_fd = unix_fd;
	rc = r->api.callers == NULL ? err_nomem(e) : assets_load(e);
	if (rc == 0)
		rc = server_start(&config, &r->api.server, e);
	if (rc != 0) {
		routes_free(r);
		return rc;
	}
	*server = r->api.server;
	*routes = r;
	return 0;
}

void
routes_free(struct routes *routes)
{
	if (routes == NULL)
		return;
	callers_free(routes->api.callers);
	free(routes);
}
