/* printer.c - what the front asks, as frames to the process; see printer.h. */
#include "certsvc/print/printer.h"

#include <string.h>

#include "certsvc/print/ipp_uri.h"
#include "certsvc/print/printer_link.h"

static int
copy_text(char *out, size_t size, const char *text)
{
	if (text == NULL)
		text = "";
	if (strlen(text) >= size)
		return -1;
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

static int
set_target(struct printer_frame *f, enum printer_op op,
    const struct printer_target *t, struct err *e)
{
	int rc;

	memset(f, 0, sizeof(*f));
	if ((rc = printer_check_uri(t->uri, e)) != 0)
		return rc;
	f->op = op;
	memcpy(f->uri, t->uri, strlen(t->uri) + 1);
	f->pinned = t->pinned;
	memcpy(f->fingerprint, t->fingerprint, sizeof(f->fingerprint));
	return 0;
}

static int
bad_request(struct err *e, const char *what)
{
	return err_set(e, ERR_INPUT, "bad_print_request", "打印请求有误：%s",
	    "the print request is wrong: %s", what);
}

static int
set_name(struct printer_frame *f, const char *name, struct err *e)
{
	const char *at;

	if (name == NULL || *name == '\0' ||
	    copy_text(f->name, sizeof(f->name), name) != 0)
		return bad_request(e, "name");
	for (at = name; *at != '\0'; at++)
		if (*at < 0x20 || *at > 0x7e)
			return bad_request(e, "name");
	return 0;
}

int
printer_check_uri(const char *uri, struct err *e)
{
	struct ipp_uri parsed;

	return ipp_uri_parse(uri, &parsed, e);
}

int
printer_probe(struct printer *p, const struct printer_target *t, json_t **out,
    struct err *e)
{
	struct printer_frame f;
	struct buf answer = BUF_INIT;
	struct bytes payload, none = {NULL, 0};
	int rc;

	*out = NULL;
	if ((rc = set_target(&f, PRINTER_PROBE, t, e)) == 0)
		rc = printer_call(p, &f, none, &answer, &payload, e);
	if (rc == 0) {
		*out = json_loadb((const char *)payload.p, payload.n,
		    JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(*out)) {
			json_decref(*out);
			*out = NULL;
			rc = err_internal(e, "printer process: JSON");
		}
	}
	buf_release(&answer);
	return rc;
}

/* A call whose answer is a job.  What went wrong inside the process is no
 * reason to believe that a document did not go out. */
static int
call_job(struct printer *p, struct printer_frame *f, struct bytes document,
    struct printer_job *job, struct err *e)
{
	struct buf answer = BUF_INIT;
	struct bytes payload;
	int rc = printer_call(p, f, document, &answer, &payload, e);

	if (rc == 0 && printer_job_read(payload, job) != 0)
		rc = err_internal(e, "printer process: job");
	if (rc == ERR_INTERNAL && f->op == PRINTER_PRINT)
		rc = printer_lost(f, e);
	buf_release(&answer);
	return rc;
}

int
printer_print(struct printer *p, const struct printer_target *t,
    const struct printer_job_request *req, struct printer_job *job,
    struct err *e)
{
	struct printer_frame f;
	int rc;

	memset(job, 0, sizeof(*job));
	if ((rc = set_target(&f, PRINTER_PRINT, t, e)) != 0 ||
	    (rc = set_name(&f, req->name, e)) != 0)
		return rc;
	if (copy_text(f.media, sizeof(f.media), req->media) != 0 ||
	    copy_text(f.sides, sizeof(f.sides), req->sides) != 0)
		return bad_request(e, "media, sides");
	if (req->copies < 1 || req->copies > PRINTER_COPIES_MAX)
		return bad_request(e, "copies");
	if (req->document.n == 0)
		return bad_request(e, "document");
	if (req->document.n > PRINTER_DOCUMENT_MAX)
		return err_set(e, ERR_LIMIT, "document_too_large",
		    "文件超过 %d 字节，不能打印",
		    "the document is over %d bytes and is not printed",
		    PRINTER_DOCUMENT_MAX);
	f.copies = req->copies;
	return call_job(p, &f, req->document, job, e);
}

int
printer_job_state(struct printer *p, const struct printer_target *t, int32_t id,
    struct printer_job *job, struct err *e)
{
	struct printer_frame f;
	int rc;

	memset(job, 0, sizeof(*job));
	if ((rc = set_target(&f, PRINTER_JOB_STATE, t, e)) != 0)
		return rc;
	if (id < 1)
		return bad_request(e, "job");
	f.job = id;
	return call_job(p, &f, (struct bytes){NULL, 0}, job, e);
}

int
printer_find(struct printer *p, const struct printer_target *t,
    const char *name, struct printer_job *job, struct err *e)
{
	struct printer_frame f;
	int rc;

	memset(job, 0, sizeof(*job));
	if ((rc = set_target(&f, PRINTER_FIND, t, e)) != 0 ||
	    (rc = set_name(&f, name, e)) != 0)
		return rc;
	return call_job(p, &f, (struct bytes){NULL, 0}, job, e);
}

int
printer_cancel(struct printer *p, const struct printer_target *t, int32_t id,
    struct err *e)
{
	struct printer_frame f;
	struct buf answer = BUF_INIT;
	struct bytes payload;
	int rc;

	if ((rc = set_target(&f, PRINTER_CANCEL, t, e)) != 0)
		return rc;
	if (id < 1)
		return bad_request(e, "job");
	f.job = id;
	rc = printer_call(p, &f, (struct bytes){NULL, 0}, &answer, &payload, e);
	buf_release(&answer);
	return rc;
}
