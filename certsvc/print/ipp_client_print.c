/* ipp_client_print.c - Print-Job, after everything that the printer might
 * refuse was asked; see ipp_client.h. */
#include <stdio.h>
#include <string.h>

#include "certsvc/print/ipp_call.h"
#include "certsvc/print/ipp_client.h"

static const char *const wanted[] = {"document-format-supported",
    "printer-is-accepting-jobs", "media-supported", "sides-supported",
    "copies-supported", "print-scaling-supported", NULL};

enum {
	OPERATION_NOT_SUPPORTED = 0x0501
};

/* What the printer takes of what is asked for. */
struct settings {
	const char *media, *sides; /* NULL: not to be named */
	unsigned int copies;	   /* 0: not to be named */
	int scaling;		   /* "none" is known */
};

static int
no_pdf(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "printer_needs_pdf",
	    "这台打印机不能直接打印 PDF，请换一台，或通过浏览器打印",
	    "this printer does not take PDF: use another one, or print through the browser");
}

static const struct ipp_value *
supported(const struct ipp_message *m, const char *name)
{
	return ipp_find(m, IPP_PRINTER_ATTRIBUTES, name);
}

/* Attributes that a printer does not list are left to Validate-Job. */
static int
check_settings(const struct ipp_message *m,
    const struct printer_job_request *req, struct settings *set, struct err *e)
{
	const struct ipp_value *media = supported(m, "media-supported");
	const struct ipp_value *sides = supported(m, "sides-supported");
	const struct ipp_value *copies = supported(m, "copies-supported");
	int32_t most = 1;

	*set = (struct settings){req->media, req->sides, req->copies,
	    ipp_has(m, supported(m, "print-scaling-supported"), "none")};
	if (media != NULL && req->media != NULL &&
	    !ipp_has(m, media, req->media))
		return err_set(e, ERR_CONFLICT, "printer_media",
		    "打印机不支持纸张 %s", "the printer has no paper %s",
		    req->media);
	if (sides == NULL && req->sides != NULL &&
	    strcmp(req->sides, "one-sided") == 0)
		set->sides = NULL; /* it knows no other */
	else if (req->sides != NULL && !ipp_has(m, sides, req->sides))
		return err_set(e, ERR_CONFLICT, "printer_sides",
		    "打印机不支持双面设置 %s", "the printer does not print %s",
		    req->sides);
	if (copies != NULL && ipp_upper(copies, &most) != 0)
		most = 1;
	if (req->copies > (unsigned int)most)
		return err_set(e, ERR_CONFLICT, "printer_copies",
		    "打印机一次最多打印 %d 份",
		    "the printer makes at most %d copies at once", (int)most);
	if (copies == NULL)
		set->copies = 0;
	return 0;
}

static int
ask_printer(struct ipp_call *call, const struct printer_job_request *req,
    struct settings *set, struct err *e)
{
	const struct ipp_message *m = &call->message;
	int rc;

	ipp_call_begin(call, IPP_GET_PRINTER_ATTRIBUTES, 0);
	ipp_call_want(call, wanted);
	if ((rc = ipp_call_send(call, NULL, e)) != 0)
		return rc;
	if (!ipp_has(m, supported(m, "document-format-supported"),
		"application/pdf"))
		return no_pdf(e);
	if (!ipp_boolean(supported(m, "printer-is-accepting-jobs"), 1))
		return err_set(e, ERR_BUSY, "printer_not_accepting",
		    "打印机暂不接受任务，请在打印机上恢复",
		    "the printer takes no jobs now: resume it at its panel");
	return check_settings(m, req, set, e);
}

/* Operation and job attributes of Validate-Job and Print-Job. */
static void
put_job(struct ipp_call *call, enum ipp_operation operation,
    const struct printer_job_request *req, const struct settings *set)
{
	struct buf *out = &call->request;

	ipp_call_begin(call, operation, 0);
	ipp_put_string(out, IPP_NAME, "job-name", req->name);
	/* all of it as asked, or nothing */
	ipp_put_boolean(out, "ipp-attribute-fidelity", 1);
	ipp_put_string(
	    out, IPP_MIME_TYPE, "document-format", "application/pdf");
	ipp_put_group(out, IPP_JOB_ATTRIBUTES);
	if (set->copies > 0)
		ipp_put_integer(
		    out, IPP_INTEGER, "copies", (int32_t)set->copies);
	if (set->media != NULL)
		ipp_put_string(out, IPP_KEYWORD, "media", set->media);
	if (set->sides != NULL)
		ipp_put_string(out, IPP_KEYWORD, "sides", set->sides);
	/* a code that was made smaller may not be readable */
	if (set->scaling)
		ipp_put_string(out, IPP_KEYWORD, "print-scaling", "none");
}

static int
uncertain(struct err *e)
{
	return err_set(e, ERR_CONFLICT, "printer_uncertain",
	    "文件已发往打印机，但没有收到答复，不知道是否打印了；请到打印机前查看，确认没有出纸再重新打印",
	    "the document went to the printer but no answer came back, so nobody knows whether it is printed: look at the printer, and print again only if nothing came out");
}

static int
validate_and_print(struct ipp_call *call, const struct printer_job_request *req,
    struct printer_job *job, struct err *e)
{
	struct settings set;
	int rc;

	if ((rc = ask_printer(call, req, &set, e)) != 0)
		return rc;
	put_job(call, IPP_VALIDATE_JOB, req, &set);
	rc = ipp_call_send(call, NULL, e);
	if (rc != 0 && call->message.code != OPERATION_NOT_SUPPORTED)
		return rc;
	err_clear(e);
	put_job(call, IPP_PRINT_JOB, req, &set);
	rc = ipp_call_send(call, &req->document, e);
	if (rc == 0)
		rc = ipp_first_job(&call->message, job, e);
	else if (!call->uncertain)
		return rc;
	/* from here on paper may come out */
	return rc == 0 ? 0 : uncertain(e);
}

int
ipp_client_print(const struct printer_target *target,
    const struct printer_job_request *req, struct printer_job *job,
    struct err *e)
{
	struct ipp_call call = IPP_CALL_INIT;
	int rc = ipp_call_open(&call, target, e);

	if (rc == 0)
		rc = validate_and_print(&call, req, job, e);
	ipp_call_close(&call);
	return rc;
}
