/* print_jobs.c - print jobs, pre-printed stock and the day's account; see
 * docs/desk.md. */
#include <string.h>

#include "api/api.h"
#include "api/handlers.h"
#include "certsvc/print_desk.h"

static struct print_call
call_of(const struct request *req)
{
	return (struct print_call){.caller = &req->caller,
	    .id = request_param(req, "id"),
	    .key = request_header(req, "Idempotency-Key"),
	    .body = req->json};
}

/* The query as an object of texts; NULL: no memory. */
static json_t *
query_of(const struct request *req)
{
	json_t *query = json_object();
	size_t i;

	for (i = 0; i < req->nquery; i++)
		if (json_object_set_new(query, req->query[i].name,
			json_string(req->query[i].value)) != 0) {
			json_decref(query);
			return NULL;
		}
	return query;
}

int
previews_post(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const struct print_call call = call_of(req);

	res->status = 200;
	res->type = "application/pdf";
	response_header(
	    res, "Content-Disposition", "inline; filename=\"preview.pdf\"");
	return print_desk_preview(api->service, &call, &res->body, e);
}

int
print_jobs_post(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	struct print_call call = call_of(req);
	json_t *answer = NULL;
	int rc = print_desk_create(api->service, &call, &answer, e);

	if (rc != 0)
		return rc;
	response_header(res, "Location", "/v1/print-jobs/%s",
	    json_string_value(json_object_get(answer, "id")));
	if (call.replayed)
		response_header(res, "Idempotent-Replayed", "true");
	return response_json(res, call.replayed ? 200 : 201, answer, e);
}

int
print_jobs_get(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const struct print_call call = call_of(req);
	json_t *answer = NULL;
	int rc = print_desk_get(api->service, &call, &answer, e);

	return rc == 0 ? response_json(res, 200, answer, e) : rc;
}

int
print_jobs_act(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const struct print_call call = call_of(req);
	json_t *answer = NULL;
	int rc;

	if (!json_is_object(req->json))
		return err_set(e, ERR_INPUT, "bad_body",
		    "请求内容须为 JSON 对象", "the body must be an object");
	if (strcmp(req->action, "cancel") == 0)
		rc = print_desk_cancel(api->service, &call, &answer, e);
	else if (strcmp(req->action, "settle") == 0)
		rc = print_desk_settle(api->service, &call, &answer, e);
	else
		rc = print_desk_resend(api->service, &call, &answer, e);
	return rc == 0 ? response_json(res, 200, answer, e) : rc;
}

int
print_jobs_file(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	const struct print_call call = call_of(req);

	res->status = 200;
	res->type = "application/pdf";
	response_header(
	    res, "Content-Disposition", "inline; filename=\"%s.pdf\"", call.id);
	return print_desk_file(api->service, &call, &res->body, e);
}

int
print_jobs_list(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	json_t *query = query_of(req), *answer = NULL;
	int rc = query == NULL ? err_nomem(e)
			       : print_desk_list(api->service, &req->caller,
				     query, &answer, e);

	json_decref(query);
	return rc == 0 ? response_json(res, 200, answer, e) : rc;
}

int
reconciliations_get(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	json_t *answer = NULL;
	int rc = print_desk_day(api->service, &req->caller,
	    request_param(req, "day"), request_query(req, "office"), &answer,
	    e);

	return rc == 0 ? response_json(res, 200, answer, e) : rc;
}

int
blanks_post(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const struct print_call call = call_of(req);
	json_t *answer = NULL;
	int rc = print_desk_add_blanks(api->service, &call, &answer, e);

	return rc == 0 ? response_json(res, 200, answer, e) : rc;
}

int
blanks_spoil(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const struct print_call call = call_of(req);
	json_t *answer = NULL;
	int rc = print_desk_spoil_blank(api->service, &call, &answer, e);

	return rc == 0 ? response_json(res, 200, answer, e) : rc;
}

int
blanks_list(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	json_t *query = query_of(req), *answer = NULL;
	int rc = query == NULL ? err_nomem(e)
			       : print_desk_list_blanks(api->service,
				     &req->caller, query, &answer, e);

	json_decref(query);
	return rc == 0 ? response_json(res, 200, answer, e) : rc;
}
