/*
 * administration.c - carry an administrator's sealed messages to the keeper
 * (keys/administrator.h).  This process can read neither nor make them.
 */
#include <string.h>

#include "api/api.h"
#include "api/handlers.h"
#include "api/log.h"
#include "crypto/base/text.h"

/* The change is in force already, whatever becomes of what we show of it. */
static void
reread(struct api *api, const struct buf *answer, int more)
{
	struct err e = ERR_INIT;

	if (service_administered(api->service, buf_bytes(answer), more, &e) !=
	    0)
		log_line("front", "directory not read again: %s", e.code);
	err_clear(&e);
}

int
administration_relay(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	const char *text =
	    json_string_value(json_object_get(req->json, "request"));
	int more = json_is_true(json_object_get(req->json, "more"));
	struct buf request = BUF_INIT, answer = BUF_INIT, line = BUF_INIT;
	struct buf out = BUF_INIT;
	int rc = 0;

	if (text == NULL || text_unbase64(&request, text, strlen(text)) != 0)
		rc = err_set(e, ERR_INPUT, "bad_request",
		    "请求须为 {\"request\": base64}",
		    "the request must be {\"request\": base64}");
	if (rc == 0)
		rc = keeper_administer(service_keeper(api->service),
		    buf_bytes(&request), &answer, &line, e);
	/* A key may just have been revoked: nobody is remembered any more. */
	callers_forget(api->callers);
	if (rc == 0)
		reread(api, &answer, more);
	text_base64(&out, buf_bytes(&answer));
	if (rc == 0)
		rc = buf_cstr(&out) == NULL
			 ? err_nomem(e)
			 : response_json(res, 200,
			       json_pack("{s:s}", "answer", buf_cstr(&out)), e);
	buf_release(&request);
	buf_release(&answer);
	buf_release(&line);
	buf_release(&out);
	return rc;
}
