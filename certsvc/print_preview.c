/* print_preview.c - a look at the page before it is printed; see print_desk.h.
 */
#include "certsvc/print_desk.h"

#include <stdlib.h>

#include "certsvc/print_make.h"

static int
read_body(struct print_make *make, struct err *e)
{
	json_t *body = json_incref((json_t *)(uintptr_t)make->call->body);
	struct print_order *order = &make->order;
	json_error_t why;
	int bad = json_unpack_ex(body, &why, JSON_STRICT, "{s:s, s:s, s?s}",
	    "certificate", &order->certificate, "lookup", &order->lookup,
	    "variant", &order->variant);

	json_decref(body);
	if (!bad)
		return 0;
	return err_set(e, ERR_INPUT, "bad_body", "请求内容有误：%s",
	    "the request body is wrong: %s", why.text);
}

int
print_desk_preview(struct service *s, const struct print_call *call,
    struct buf *pdf, struct err *e)
{
	struct print_call own = *call;
	struct print_make make = {.service = s, .call = &own};
	int rc = print_desk_clerk(call->caller, e);

	if (rc == 0)
		rc = read_body(&make, e);
	if (rc == 0)
		rc = print_place_certificate(&make, e);
	if (rc == 0)
		rc = sheet_preview(
		    s, &make.certificate, make.order.variant, pdf, e);
	store_certificate_release(&make.certificate);
	desk_office_release(&make.office);
	free(make.purpose);
	return rc;
}
