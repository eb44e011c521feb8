/* ipp_call.c - see ipp_call.h. */
#include "certsvc/print/ipp_call.h"

#include "certsvc/print/ipp_client.h"

int
ipp_call_open(
    struct ipp_call *call, const struct printer_target *target, struct err *e)
{
	call->target = target;
	return ipp_http_open(target, &call->http, e);
}

void
ipp_call_close(struct ipp_call *call)
{
	ipp_http_close(call->http);
	ipp_release(&call->message);
	buf_release(&call->request);
	buf_release(&call->answer);
}

void
ipp_call_begin(struct ipp_call *call, enum ipp_operation operation, int32_t job)
{
	const struct ipp_head head = {
	    operation, ++call->number, call->target->uri, job, IPP_CLIENT_USER};

	buf_reset(&call->request);
	ipp_put_head(&call->request, &head);
}

void
ipp_call_want(struct ipp_call *call, const char *const *names)
{
	const char *attribute = "requested-attributes";

	for (; *names != NULL; names++) {
		ipp_put_string(&call->request, IPP_KEYWORD, attribute, *names);
		attribute = NULL;
	}
}

static int
read_answer(struct ipp_call *call, struct err *e)
{
	int rc;

	/* whatever follows, only an answer that can be read makes it certain */
	call->uncertain = 1;
	if ((rc = ipp_parse(buf_bytes(&call->answer), &call->message, e)) != 0)
		return rc;
	if (call->message.request != call->number)
		return err_set(e, ERR_CONFLICT, "bad_ipp",
		    "打印机答的不是所问的请求",
		    "the printer answered another request");
	return ipp_status_check(&call->message, &call->uncertain, e);
}

int
ipp_call_send(
    struct ipp_call *call, const struct bytes *document, struct err *e)
{
	struct ipp_http_request req = {.once = document != NULL};
	int rc;

	call->uncertain = 0;
	ipp_release(&call->message);
	buf_reset(&call->answer);
	ipp_put_end(&call->request);
	if (buf_failed(&call->request))
		return err_nomem(e);
	req.message = buf_bytes(&call->request);
	if (document != NULL)
		req.document = *document;
	rc = ipp_http_send(call->http, &req, &call->answer, e);
	call->uncertain = req.uncertain;
	return rc == 0 ? read_answer(call, e) : rc;
}
