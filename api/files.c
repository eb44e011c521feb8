/* files.c - the documents of a certificate, byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/etag.h"
#include "api/handlers.h"
#include "certsvc/format/format.h"
#include "certsvc/qr_symbol.h"

enum {
	QR_PIXELS = 6 /* of one module: sharp on screens, 500 pixels in all */
};

/* Take the document's bytes over as the body, or answer 304. */
static int
send_bytes(const struct request *req, struct store_document *doc,
    struct response *res, struct err *e)
{
	char tag[ETAG_SIZE];
	int rc = etag_of_bytes(buf_bytes(&doc->bytes), tag, e);

	if (rc != 0 || response_not_modified(req, res, tag))
		return rc;
	res->status = 200;
	res->body = doc->bytes;
	memset(&doc->bytes, 0, sizeof(doc->bytes));
	return 0;
}

static int
wants_picture(const struct request *req)
{
	const char *as = request_query(req, "as");
	const char *accept = request_header(req, "Accept");

	if (as != NULL)
		return strcmp(as, "png") == 0;
	return accept != NULL && strstr(accept, "image/png") != NULL;
}

static int
send_code(const struct request *req, struct store_document *doc,
    struct response *res, struct err *e)
{
	struct buf png = BUF_INIT;
	struct qr_symbol *symbol;
	int rc;

	res->type = "text/plain; charset=utf-8";
	if (!wants_picture(req))
		return send_bytes(req, doc, res, e);
	symbol = malloc(sizeof(*symbol));
	if (symbol == NULL || buf_cstr(&doc->bytes) == NULL)
		rc = err_nomem(e);
	else if ((rc = qr_symbol_make(buf_cstr(&doc->bytes), symbol, e)) == 0)
		rc = qr_symbol_png(symbol, QR_PIXELS, &png, e);
	free(symbol);
	if (rc == 0) {
		buf_release(&doc->bytes);
		doc->bytes = png;
		res->type = "image/png";
		return send_bytes(req, doc, res, e);
	}
	buf_release(&png);
	return rc;
}

static int
check_as(const struct request *req, const char *format, struct err *e)
{
	const char *as = request_query(req, "as");

	if (as == NULL ||
	    (strcmp(format, "qr") == 0 &&
		(strcmp(as, "png") == 0 || strcmp(as, "text") == 0)))
		return 0;
	return err_set(e, ERR_INPUT, "bad_query",
	    "参数 as 只用于 qr，取值 png 或 text",
	    "parameter as is for qr only: png or text");
}

int
files_get(struct api *api, const struct request *req, struct response *res,
    struct err *e)
{
	struct service_file_name name = {.id = request_param(req, "id"),
	    .format = request_param(req, "format"),
	    .variant = request_query(req, "variant")};
	struct store_document doc = {.version = 0};
	unsigned long version = 0;
	int rc;

	rc = request_query_number(req, "version", 1000000, &version, e);
	if (rc == 0)
		rc = check_as(req, name.format, e);
	if (rc != 0)
		return rc;
	name.version = (unsigned int)version;
	rc = service_file(api->service, &req->caller, &name, &doc, e);
	if (rc != 0)
		return rc;
	if (strcmp(name.format, "qr") == 0) {
		rc = send_code(req, &doc, res, e);
	} else {
		res->type = format_find(name.format)->media;
		response_header(res, "Content-Disposition",
		    "inline; filename=\"%s.%s\"", name.id, name.format);
		rc = send_bytes(req, &doc, res, e);
	}
	buf_release(&doc.bytes);
	return rc;
}
