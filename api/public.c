/* public.c - what anybody may fetch: trust data, status, proofs. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/etag.h"
#include "api/handlers.h"

/* Public bytes that change rarely: an ETag and a short life in caches. */
static int
send_public(const struct request *req, struct buf *bytes, const char *type,
    struct response *res, struct err *e)
{
	char tag[ETAG_SIZE];
	int rc = etag_of_bytes(buf_bytes(bytes), tag, e);

	if (rc == 0 && !response_not_modified(req, res, tag)) {
		res->status = 200;
		res->type = type;
		res->body = *bytes;
		memset(bytes, 0, sizeof(*bytes));
	}
	res->cache = "public, max-age=60";
	buf_release(bytes);
	return rc;
}

int
public_trust(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct buf json = BUF_INIT;
	int rc = service_trust(api->service, &json, e);

	if (rc == 0)
		return send_public(req, &json, "application/json", res, e);
	buf_release(&json);
	return rc;
}

int
public_status_list(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	const char *text = request_param(req, "list");
	struct buf cwt = BUF_INIT;
	int rc;

	if (text[strspn(text, "0123456789")] != '\0' || strlen(text) > 9 ||
	    (text[0] == '0' && text[1] != '\0'))
		return err_set(e, ERR_NOT_FOUND, "not_found",
		    "没有这个状态列表", "there is no such status list");
	rc = service_status_list(
	    api->service, strtoull(text, NULL, 10), &cwt, e);
	if (rc == 0)
		return send_public(
		    req, &cwt, "application/statuslist+cwt", res, e);
	buf_release(&cwt);
	return rc;
}

int
public_crl(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct buf der = BUF_INIT;
	int rc = service_crl(api->service, request_param(req, "ca"), &der, e);

	if (rc == 0)
		return send_public(req, &der, "application/pkix-crl", res, e);
	buf_release(&der);
	return rc;
}

int
public_certificate_status(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	int rc = service_status(
	    api->service, request_param(req, "id"), &res->body, e);

	if (rc != 0) {
		buf_reset(&res->body);
		return rc;
	}
	res->status = 200;
	res->type = "application/json";
	return 0;
}

int
public_proof(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	json_t *answer = NULL;
	int rc =
	    service_proof(api->service, request_param(req, "id"), &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}
