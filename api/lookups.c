/* lookups.c - clerks look certificates up, and who did so is seen. */
#include "api/api.h"
#include "api/handlers.h"
#include "certsvc/desk_lookup.h"

static struct desk_lookup_query
query(const struct request *req)
{
	struct desk_lookup_query q = {.office = request_query(req, "office"),
	    .operator= request_query(req, "operator"),
	    .day = request_query(req, "day"),
	    .cursor = request_query(req, "cursor")};

	return q;
}

int
lookups_post(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	json_t *answer = NULL;
	int rc =
	    service_lookup(api->service, &req->caller, req->json, &answer, e);

	return rc != 0 ? rc : response_json(res, 201, answer, e);
}

int
lookups_list(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct desk_lookup_query q = query(req);
	json_t *answer = NULL;
	int rc = service_lookups(api->service, &req->caller, &q, &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
lookups_count(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct desk_lookup_query q = query(req);
	json_t *answer = NULL;
	int rc =
	    service_lookup_counts(api->service, &req->caller, &q, &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
postings_post(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	json_t *answer = NULL;
	int rc =
	    service_posting(api->service, &req->caller, req->json, &answer, e);

	return rc != 0 ? rc : response_json(res, 201, answer, e);
}
