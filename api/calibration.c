/* calibration.c - the page to set a printer's offsets by. */
#include <stdlib.h>

#include "api/api.h"
#include "api/handlers.h"
#include "certsvc/sheet.h"

/* Millimetres; 0 when there are none. */
static int
offset(const struct request *req, const char *name, float *out, struct err *e)
{
	const char *text = request_query(req, name);
	char *end;

	*out = 0;
	if (text == NULL)
		return 0;
	*out = strtof(text, &end);
	if (end != text && *end == '\0')
		return 0;
	return err_set(e, ERR_INPUT, "bad_offset",
	    "%s 应为毫米数，如 1.5 或 -0.5",
	    "%s is a number of mm, as 1.5 or -0.5", name);
}

int
calibration_get(struct api *api, const struct request *req,
    struct response *res, struct err *e)
{
	float dx, dy;
	int rc;

	if ((rc = offset(req, "dx", &dx, e)) != 0 ||
	    (rc = offset(req, "dy", &dy, e)) != 0)
		return rc;
	res->status = 200;
	res->type = "application/pdf";
	response_header(
	    res, "Content-Disposition", "inline; filename=\"calibration.pdf\"");
	return sheet_calibration(api->service, dx, dy, &res->body, e);
}
