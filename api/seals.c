/* seals.c - the seals of the register. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/handlers.h"
#include "certsvc/seal_png.h"
#include "certsvc/service_seal.h"

int
seals_list(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct service_seal_query query = {
	    .department = request_query(req, "department"),
	    .type = request_query(req, "type"),
	    .state = request_query(req, "state"),
	    .cursor = request_query(req, "cursor")};
	json_t *answer = NULL;
	int rc;

	rc = request_query_number(
	    req, "limit", LIMIT_PAGE_ITEMS, &query.limit, e);
	if (rc == 0 && request_query(req, "limit") != NULL && query.limit == 0)
		rc = err_set(e, ERR_INPUT, "bad_query",
		    "参数 limit 应在 1 与 %d 之间",
		    "limit lies between 1 and %d", LIMIT_PAGE_ITEMS);
	if (rc == 0)
		rc = service_seals(api->service, &query, &answer, e);
	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
seals_get(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const char *id = request_param(req, "id");
	json_t *answer = NULL;
	int rc = service_seal_check(api->service, &req->caller, id, e);

	if (rc == 0)
		rc = service_seal(api->service, id, &answer, e);

	return rc != 0 ? rc : response_json(res, 200, answer, e);
}

int
seals_picture(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	const char *as = request_query(req, "as");
	unsigned long dpi = 0;
	int rc;

	as = as == NULL ? "png" : as;
	if ((rc = service_seal_check(
		 api->service, &req->caller, request_param(req, "id"), e)) != 0)
		return rc;
	rc = request_query_number(req, "dpi", SEAL_PNG_DPI_MAX, &dpi, e);
	if (rc == 0 && request_query(req, "dpi") != NULL &&
	    dpi < SEAL_PNG_DPI_MIN)
		rc = err_set(e, ERR_INPUT, "bad_query",
		    "参数 dpi 应在 %d 与 %d 之间", "dpi lies between %d and %d",
		    SEAL_PNG_DPI_MIN, SEAL_PNG_DPI_MAX);
	if (rc == 0)
		rc =
		    service_seal_picture(api->service, request_param(req, "id"),
			as, (unsigned int)dpi, &res->body, e);
	if (rc != 0) {
		buf_reset(&res->body);
		return rc;
	}
	res->status = 200;
	res->type = strcmp(as, "svg") == 0 ? "image/svg+xml" : "image/png";
	return 0;
}

/* A cursor is the "next" of an answer: digits. */
static int
read_cursor(const struct request *req, uint64_t *cursor, struct err *e)
{
	const char *text = request_query(req, "cursor");

	*cursor = 0;
	if (text == NULL)
		return 0;
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0' ||
	    strlen(text) > 18)
		return err_set(e, ERR_INPUT, "bad_query",
		    "参数 cursor 须取自上一页的 next",
		    "cursor must be the next of the page before");
	*cursor = strtoull(text, NULL, 10);
	return 0;
}

int
seals_uses(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	json_t *answer = NULL;
	uint64_t cursor;
	int rc = read_cursor(req, &cursor, e);

	if (rc == 0)
		rc = service_seal_uses(api->service, &req->caller,
		    request_param(req, "id"), cursor, &answer, e);
	return rc != 0 ? rc : response_json(res, 200, answer, e);
}
