/* desk_offices.c - which offices a caller sees; see desk_admin.h. */
#include "certsvc/desk_admin.h"

#include <string.h>

#include "certsvc/desk_list.h"
#include "certsvc/desk_office.h"
#include "certsvc/desk_record.h"
#include "certsvc/permission.h"
#include "certsvc/service_state.h"

static int
may_see(const struct service_caller *caller, const struct desk_office *o,
    struct err *e)
{
	struct permission_target target = {
	    .office = o->id, .region = o->region};

	return caller->operator== NULL
		   ? 0
		   : permission_check(
			 caller->operator, PERMISSION_SEE_OFFICES, &target, e);
}

int
desk_office_see(struct service *s, const struct service_caller *caller,
    const char *id, struct desk_office *o, struct err *e)
{
	int rc = 0;

	memset(o, 0, sizeof(*o));
	if (caller->operator!= NULL)
		rc = permission_check_role(
		    caller->operator, PERMISSION_SEE_OFFICES, e);
	if (rc == 0)
		rc = desk_office_get(s, id, o, e);
	return rc == 0 ? may_see(caller, o, e) : rc;
}

/* What the command line needs to change it. */
static int
add_ticket(const struct desk_office *o, json_t *answer, struct err *e)
{
	return json_object_set_new(answer, "ticket", json_string(o->ticket)) ==
			   0 &&
		       json_object_set_new(answer, "generation",
			   json_integer((json_int_t)o->generation)) == 0
		   ? 0
		   : err_nomem(e);
}

int
service_office(struct service *s, const struct service_caller *caller,
    const char *id, json_t **answer, struct err *e)
{
	struct desk_office o;
	int rc = desk_office_see(s, caller, id, &o, e);

	*answer = NULL;
	if (rc == 0 && (*answer = desk_office_json(s, &o)) == NULL)
		rc = err_nomem(e);
	if (rc == 0 && caller->operator== NULL)
		rc = add_ticket(&o, *answer, e);
	desk_office_release(&o);
	return rc;
}

static int
item(struct service *s, void *ctx, const struct store_record *r, json_t **out,
    struct err *e)
{
	const struct service_caller *caller = ctx;
	struct desk_office o = {0};
	json_t *json = NULL;
	int rc = desk_record_json(r, &json, e);

	if (rc == 0)
		rc = desk_office_read(json, &o, e);
	if (rc == 0) {
		o.closed = strcmp(r->state, "active") != 0;
		rc = may_see(caller, &o, e);
		if (rc == ERR_NOT_FOUND) {
			err_clear(e);
			rc = 0;
		} else if (rc == 0) {
			*out = desk_office_json(s, &o);
			if (*out != NULL && caller->operator== NULL)
				rc = add_ticket(&o, *out, e);
		}
	}
	desk_office_release(&o);
	json_decref(json);
	return rc;
}

int
service_offices(struct service *s, const struct service_caller *caller,
    const struct desk_query *q, json_t **answer, struct err *e)
{
	const struct service_operator *op = caller->operator;
	struct store_record_query query = {.kind = "office"};
	int rc;

	*answer = NULL;
	if (op != NULL &&
	    (rc = permission_check_role(op, PERMISSION_SEE_OFFICES, e)) != 0)
		return rc;
	/* A clerk's is found at once, however many there are. */
	if (op != NULL && permission_scope(op->role, PERMISSION_SEE_OFFICES) ==
			      PERMISSION_OFFICE)
		query.office = op->office;
	return desk_list(
	    s, &query, q->cursor, item, (void *)(uintptr_t)caller, answer, e);
}
