/* print_place.c - may the caller print this certificate, and where; see
 * print_make.h. */
#include <string.h>

#include "certsvc/desk_lookup.h"
#include "certsvc/print_make.h"

static int
clerk_may(struct print_make *make, struct err *e)
{
	const struct service_operator *op = make->call->caller->operator;
	int rc = print_desk_clerk(make->call->caller, e);

	if (rc == 0)
		rc = desk_office_get(
		    make->service, op->office, &make->office, e);
	if (rc != 0)
		return rc;
	if (make->office.closed)
		return err_set(e, ERR_DENIED, "office_closed",
		    "本网点已停用，不能打印",
		    "this office is closed and prints nothing");
	if (!desk_office_finds(&make->office, &make->certificate))
		return lookup_not_found(e);
	/* What is printed was looked up, so there is a recorded reason. */
	return desk_lookup_check(make->service, op, make->order.lookup,
	    make->certificate.id, &make->purpose, e);
}

int
print_place_certificate(struct print_make *make, struct err *e)
{
	struct service *s = make->service;
	const struct service_caller *caller = make->call->caller;
	const struct service_operator *op = caller->operator;
	int rc;

	if (op == NULL && (rc = service_department_only(caller, e)) != 0)
		return rc;
	if (!lookup_id_ok(make->order.certificate))
		return lookup_not_found(e);
	rc = s->ops->certificate_get(
	    s->store, make->order.certificate, &make->certificate, e);
	if (rc != 0) {
		make->certificate.id[0] = '\0';
		return rc == ERR_NOT_FOUND ? lookup_not_found(e) : rc;
	}
	if (op != NULL)
		return clerk_may(make, e);
	return strcmp(make->certificate.department, caller->who->department) ==
		       0
		   ? 0
		   : lookup_not_found(e);
}

static int
no_printer(struct err *e)
{
	return err_set(e, ERR_INPUT, "no_such_printer", "网点没有这台打印机",
	    "the office has no such printer");
}

/* Paper and document go together: numbered stock takes data only. */
static int
check_stock(const struct print_make *make, const char *stock, struct err *e)
{
	const struct print_order *order = &make->order;

	if (stock != NULL && (order->kind == PRINT_COPY ||
				 strcmp(stock, make->certificate.type) != 0))
		return err_set(e, ERR_CONFLICT, "printer_has_stock",
		    "这台打印机装的是另一种证照的预印空白证，请换一台打印机",
		    "this printer holds pre-printed stock of another type: choose another printer");
	if (stock != NULL && order->blank == NULL)
		return err_set(e, ERR_INPUT, "blank_needed",
		    "请填写要用的空白证编号",
		    "say the number of the blank that is used");
	if (stock == NULL && order->blank != NULL && !order->browser)
		return err_set(e, ERR_CONFLICT, "no_stock_in_printer",
		    "这台打印机没有装预印空白证",
		    "this printer holds no pre-printed stock");
	return 0;
}

static int
office_printer(struct print_make *make, struct err *e)
{
	const struct desk_printer *p =
	    desk_office_printer(&make->office, make->order.printer);

	if (p == NULL)
		return no_printer(e);
	make->target.uri = p->uri;
	make->target.pinned = p->pinned;
	memcpy(make->target.fingerprint, p->fingerprint,
	    sizeof(make->target.fingerprint));
	make->paper = p->media;
	make->dx = p->dx;
	make->dy = p->dy;
	return check_stock(make, p->stock, e);
}

/* By its address only from this machine: else a key could have us call any
 * machine in reach. */
static int
any_printer(struct print_make *make, struct err *e)
{
	if (strcmp(make->call->caller->address, "local") != 0)
		return err_set(e, ERR_DENIED, "not_allowed",
		    "只有在本机上（certsvc print）才能直接按地址打印，其他调用请指明网点和打印机",
		    "a printer is named by its address on this machine only (certsvc print); else name an office and its printer");
	make->target.uri = make->order.printer;
	return printer_check_uri(make->target.uri, e);
}

/* A department prints at an office what that office could print itself: its
 * trays are not open to every department. */
static int
department_office(struct print_make *make, struct err *e)
{
	int rc = desk_office_get(
	    make->service, make->order.office, &make->office, e);

	if (rc == ERR_NOT_FOUND ||
	    (rc == 0 &&
		(make->office.closed ||
		    !desk_office_finds(&make->office, &make->certificate))))
		return err_set(e, ERR_INPUT, "no_such_office",
		    "没有这个网点，或它不能打印这个证照",
		    "there is no such office, or it may not print this certificate");
	return rc == 0 ? office_printer(make, e) : rc;
}

int
print_place_printer(struct print_make *make, struct err *e)
{
	const struct service_operator *op = make->call->caller->operator;
	const struct print_order *order = &make->order;

	if (op != NULL) {
		if (order->office != NULL)
			return err_set(e, ERR_INPUT, "office_not_expected",
			    "网点工作人员不用填写 office",
			    "somebody at an office does not name one");
		return order->browser ? check_stock(make, NULL, e)
				      : office_printer(make, e);
	}
	if (order->browser)
		return err_set(e, ERR_INPUT, "wrong_channel",
		    "部门直接下载文件打印，不经过浏览器任务",
		    "a department fetches its documents itself; no job for a browser");
	if (order->office == NULL)
		return any_printer(make, e);
	return department_office(make, e);
}
