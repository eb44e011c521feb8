/* offices.c - offices, their printers, and who works there. */
#include "api/api.h"
#include "api/handlers.h"
#include "certsvc/desk_admin.h"
#include "certsvc/desk_printers.h"

static struct desk_query
query(const struct request *req)
{
	struct desk_query q = {.office = request_query(req, "office"),
	    .cursor = request_query(req, "cursor")};

	return q;
}

int
offices_list(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct desk_query q = query(req);
	json_t *answer = NULL;
	int rc = service_offices(api->service, &req->caller, &q, &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
offices_get(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	json_t *answer = NULL;
	int rc = service_office(
	    api->service, &req->caller, request_param(req, "id"), &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
offices_put(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	json_t *answer = NULL;
	int made = 0,
	    rc = service_office_put(api->service, req->json, &answer, &made, e);

	return rc != 0 ? rc : response_json(res, made ? 201 : 200, answer, e);
}

int
offices_printer(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	json_t *answer = NULL;
	int rc = service_printer_put(api->service, &req->caller,
	    request_param(req, "id"), request_param(req, "printer"), req->json,
	    &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
offices_printers(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	json_t *answer = NULL;
	int rc = service_office_printers(
	    api->service, &req->caller, request_param(req, "id"), &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
operators_list(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct desk_query q = query(req);
	json_t *answer = NULL;
	int rc = service_operators(api->service, &req->caller, &q, &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
operators_put(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	json_t *answer = NULL;
	int rc = service_operator_put(api->service, req->json, &answer, e);

	return rc != 0 ? rc : response_json(res, 201, answer, e);
}

int
operators_change(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	json_t *answer = NULL;
	int rc = service_operator_change(api->service, &req->caller,
	    request_param(req, "name"), req->action, &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}
