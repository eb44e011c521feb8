/* verifications.c - anybody hands in a file or a code and gets a verdict; who
 * shows an API key also hears what a printed sheet was printed for. */
#include <string.h>
#include <strings.h>

#include "api/api.h"
#include "api/handlers.h"
#include "api/json_body.h"
#include "api/multipart.h"
#include "crypto/base/clock.h"

/* The text of {"qr": "..."}; the view lives as long as *json. */
static int
read_code(struct bytes body, json_t **json, struct bytes *file, struct err *e)
{
	json_t *qr;
	int rc = json_body_parse(body, json, e);

	if (rc != 0)
		return rc;
	qr = json_object_get(*json, "qr");
	if (!json_is_string(qr) || json_object_size(*json) != 1)
		return err_set(e, ERR_INPUT, "bad_upload",
		    "请求正文须为 {\"qr\": \"二维码文字\"}",
		    "the body must be {\"qr\": \"text of the code\"}");
	*file = (struct bytes){
	    (const uint8_t *)json_string_value(qr), json_string_length(qr)};
	return 0;
}

static int
read_upload(
    const struct request *req, json_t **json, struct bytes *file, struct err *e)
{
	const char *type = request_header(req, "Content-Type");

	if (type != NULL && strncasecmp(type, "application/json", 16) == 0)
		return read_code(req->body, json, file, e);
	if (type != NULL && strncasecmp(type, "multipart/form-data", 19) == 0)
		return multipart_find(type, req->body, "file", file, e);
	*file = req->body;
	return 0;
}

static int
read_time(const struct request *req, int64_t *at, struct err *e)
{
	const char *text = request_query(req, "at");

	*at = clock_now();
	if (text == NULL || clock_parse(text, at) == 0)
		return 0;
	return err_set(e, ERR_INPUT, "bad_query",
	    "参数 at 须为 RFC 3339 时间，如 2026-01-31T08:00:00Z",
	    "parameter at must be an RFC 3339 time such as 2026-01-31T08:00:00Z");
}

int
verifications_post(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	struct verdict v = {.kind = VERDICT_VALID};
	struct bytes file = {NULL, 0};
	json_t *json = NULL;
	int64_t at;
	int rc = read_time(req, &at, e);

	if (rc == 0)
		rc = read_upload(req, &json, &file, e);
	if (rc == 0 && file.n == 0)
		rc = err_set(e, ERR_INPUT, "bad_upload", "没有收到要核验的内容",
		    "there was nothing to verify");
	if (rc == 0)
		rc = service_verify(api->service, file, at, &v, e);
	if (rc == 0 && req->caller.who != NULL)
		rc = service_sheet_purpose(api->service, &v, e);
	json_decref(json);
	if (rc == 0)
		rc = response_json(res, 200, verdict_json(&v), e);
	verdict_release(&v);
	return rc;
}
