/* certificates.c - issue, get, list, search. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/etag.h"
#include "api/handlers.h"

int
certificates_issue(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	struct service_call call = {
	    .caller = &req->caller, .action = req->action, .body = req->json};
	json_t *answer = NULL;
	int rc = service_issue(api->service, &call, &answer, e);

	if (rc != 0)
		return rc;
	response_header(res, "Location", "/v1/certificates/%s",
	    json_string_value(json_object_get(answer, "id")));
	if (call.replayed)
		response_header(res, "Idempotent-Replayed", "true");
	return response_json(res, call.replayed ? 200 : 201, answer, e);
}

int
certificates_get(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	char tag[ETAG_SIZE];
	json_t *answer = NULL;
	int rc = service_get(
	    api->service, &req->caller, request_param(req, "id"), &answer, e);

	if (rc != 0)
		return rc;
	if (etag_of_state(answer, tag, e) != 0) {
		json_decref(answer);
		return ERR_INTERNAL;
	}
	if (response_not_modified(req, res, tag)) {
		json_decref(answer);
		return 0;
	}
	return response_json(res, 200, answer, e);
}

/* A misspelt status would find nothing, and look like an answer. */
static int
check_status(const json_t *query, struct err *e)
{
	static const char *const KNOWN[] = {"pending", "valid", "suspended",
	    "revoked", "superseded", "expired"};
	const char *status =
	    json_string_value(json_object_get(query, "status"));

	for (size_t i = 0; i < sizeof(KNOWN) / sizeof(KNOWN[0]); i++)
		if (status == NULL || strcmp(status, KNOWN[i]) == 0)
			return 0;
	return err_set(e, ERR_INPUT, "bad_query",
	    "状态须为 pending、valid、suspended、revoked、superseded 或 expired",
	    "status must be pending, valid, suspended, revoked, superseded or expired");
}

static int
list(struct api *api, const struct request *req, const json_t *query,
    struct response *res, struct err *e)
{
	json_t *answer = NULL;
	int rc = check_status(query, e);

	if (rc == 0)
		rc =
		    service_list(api->service, &req->caller, query, &answer, e);
	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
certificates_list(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	json_t *query = json_object();
	unsigned long limit = 0;
	int rc;

	rc = request_query_number(req, "limit", LIMIT_PAGE_ITEMS, &limit, e);
	for (size_t i = 0; rc == 0 && i < req->nquery; i++) {
		const struct request_pair *pair = &req->query[i];
		json_t *value = strcmp(pair->name, "limit") == 0
				    ? json_integer((json_int_t)limit)
				    : json_string(pair->value);

		if (json_object_set_new(query, pair->name, value) != 0)
			rc = err_nomem(e);
	}
	if (rc == 0)
		rc = list(api, req, query, res, e);
	json_decref(query);
	return rc;
}

int
certificates_search(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	if (!json_is_object(req->json))
		return err_set(e, ERR_INPUT, "bad_query",
		    "查询条件须为 JSON 对象",
		    "the query must be a JSON object");
	return list(api, req, req->json, res, e);
}
