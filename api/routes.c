/* routes.c - see routes.h. */
#include "api/routes.h"

#include <stdlib.h>

#include "api/api.h"
#include "api/assets.h"
#include "api/route_table.h"
#include "certsvc/desk_session.h"

struct routes {
	struct api api;
};

static int
session(struct api *api, const char *token, const char *address,
    struct service_operator *op, struct err *e)
{
	return service_session(api->service, token, address, op, e);
}

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
	r->api.logins = rate_new(LIMIT_LOGIN_RATE, LIMIT_LOGIN_BURST);
	server_config_defaults(&config);
	config.routes = route_table(&config.nroutes);
	config.api = &r->api;
	config.callers = r->api.callers;
	config.session = session;
	config.behind_proxy = service_behind_proxy(service);
	config.tcp_fd = tcp_fd;
	config.unix_fd = unix_fd;
	rc = r->api.callers == NULL || r->api.logins == NULL ? err_nomem(e)
							     : assets_load(e);
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
	rate_free(routes->api.logins);
	free(routes);
}
