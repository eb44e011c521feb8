/* changes.c - the life cycle: status changes, and new certificates that
 * supersede old ones. */
#include <string.h>

#include "api/api.h"
#include "api/etag.h"
#include "api/handlers.h"
#include "certsvc/desk_lookup.h"

/*
 * If-Match is a courtesy to people who look before they act: it is compared
 * before the change, and the store's own state machine decides the race.
 */
static int
check_precondition(struct api *api, const struct request *req, struct err *e)
{
	const char *want = request_header(req, "If-Match");
	char tag[ETAG_SIZE];
	json_t *now = NULL;
	int rc;

	if (want == NULL || strcmp(want, "*") == 0)
		return 0;
	rc = service_get(
	    api->service, &req->caller, request_param(req, "id"), &now, e);
	if (rc == 0)
		rc = etag_of_state(now, tag, e);
	json_decref(now);
	if (rc == 0 && strstr(want, tag) == NULL)
		rc = err_set(e, ERR_CONFLICT, "precondition_failed",
		    "证照状态已变化，请重新查询后再操作",
		    "the certificate has changed since you read it: get it again");
	return rc;
}

static struct service_call
call_of(const struct request *req)
{
	return (struct service_call){.caller = &req->caller,
	    .action = req->action,
	    .id = request_param(req, "id"),
	    .body = req->json};
}

int
changes_status(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct service_call call = call_of(req);
	json_t *answer = NULL;
	int rc = check_precondition(api, req, e);

	if (rc == 0)
		rc = req->caller.operator!= NULL
			 ? service_hand_over(api->service, &call, &answer, e)
			 : service_change(api->service, &call, &answer, e);
	if (rc != 0)
		return rc;
	if (call.replayed)
		response_header(res, "Idempotent-Replayed", "true");
	return response_json(res, 200, answer, e);
}

/* What a call that makes a certificate answers. */
static int
send_made(const struct service_call *call, json_t *answer, struct response *res,
    struct err *e)
{
	response_header(res, "Location", "/v1/certificates/%s",
	    json_string_value(json_object_get(answer, "id")));
	if (call->replayed)
		response_header(res, "Idempotent-Replayed", "true");
	return response_json(res, call->replayed ? 200 : 201, answer, e);
}

int
changes_reissue(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	struct service_call call = call_of(req);
	json_t *answer = NULL;
	int rc = check_precondition(api, req, e);

	if (rc == 0)
		rc = service_reissue(api->service, &call, &answer, e);
	return rc == 0 ? send_made(&call, answer, res, e) : rc;
}

int
changes_copy(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct service_call call = call_of(req);
	json_t *answer = NULL;
	int rc = service_copy(api->service, &call, &answer, e);

	return rc == 0 ? send_made(&call, answer, res, e) : rc;
}
