/* desk_operators.c - who works here: lists and changes; see desk_admin.h. */
#include "certsvc/desk_admin.h"

#include <string.h>

#include "certsvc/desk_list.h"
#include "certsvc/desk_login.h"
#include "certsvc/desk_operator.h"
#include "certsvc/permission.h"
#include "certsvc/service_state.h"
#include "crypto/base/clock.h"
#include "crypto/base/text.h"

static json_t *
operator_json(const struct desk_operator *op)
{
	int64_t until = op->locked_until > clock_now() ? op->locked_until : 0;

	return json_pack(
	    "{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s, s:o, s:o, s:b, s:s}",
	    "name", op->name, "zh", op->zh, "role",
	    operator_role_word(op->role), "office",
	    op->office[0] ? op->office : NULL, "region",
	    op->region[0] ? op->region : NULL, "department",
	    op->department[0] ? op->department : NULL, "state",
	    op->active ? "active" : "disabled", "locked_until",
	    answer_time(until), "last_login", answer_time(op->last_at),
	    "must_change", op->must_change, "totp",
	    op->totp[0] ? "enrolled" : "missing");
}

static int
may(const struct service_caller *caller, enum permission_action action,
    const struct desk_operator *op, struct err *e)
{
	struct permission_target target = {
	    op->office, op->region, op->department, op->name};

	return caller->operator== NULL
		   ? 0
		   : permission_check(caller->operator, action, &target, e);
}

static int
item(struct service *s, void *ctx, const struct store_record *r, json_t **out,
    struct err *e)
{
	const struct service_caller *caller = ctx;
	struct desk_operator op;
	int rc = desk_operator_read(r, &op, e);

	(void)s;
	if (rc == 0)
		rc = may(caller, PERMISSION_SEE_OPERATORS, &op, e);
	if (rc == ERR_NOT_FOUND) {
		err_clear(e);
		rc = 0;
	} else if (rc == 0) {
		*out = operator_json(&op);
	}
	desk_operator_wipe(&op);
	return rc;
}

int
service_operators(struct service *s, const struct service_caller *caller,
    const struct desk_query *q, json_t **answer, struct err *e)
{
	struct store_record_query query = {
	    .kind = "operator", .office = q->office};
	int rc = 0;

	*answer = NULL;
	if (caller->operator!= NULL)
		rc = permission_check_role(
		    caller->operator, PERMISSION_SEE_OPERATORS, e);
	if (rc != 0)
		return rc;
	return desk_list(
	    s, &query, q->cursor, item, (void *)(uintptr_t)caller, answer, e);
}

static int
apply(struct service *s, struct desk_operator *op, const char *action,
    struct err *e)
{
	if (strcmp(action, "disable") == 0) {
		op->active = 0;
		op->epoch++; /* enabling again opens no old session */
	} else if (strcmp(action, "enable") == 0) {
		op->active = 1;
	} else if (strcmp(action, "unlock") == 0) {
		op->locked_until = 0;
		op->lock_level = 0;
		op->locked_at_own = 0;
		desk_attempt_forget(s, op);
	} else {
		return err_internal(e, action);
	}
	return 0;
}

static int
check_change(const struct service_caller *caller,
    const struct desk_operator *op, struct err *e)
{
	int rc = may(caller, PERMISSION_CHANGE_OPERATORS, op, e);

	if (rc != 0 || caller->operator== NULL ||
			   strcmp(caller->operator->name, op->name) != 0)
		return rc;
	return err_set(e, ERR_CONFLICT, "not_oneself",
	    "不能停用、启用或解锁自己的账号",
	    "nobody disables, enables or unlocks their own account");
}

int
service_operator_change(struct service *s, const struct service_caller *caller,
    const char *name, const char *action, json_t **answer, struct err *e)
{
	const struct service_operator *by = caller->operator;
	struct desk_operator op;
	int rc;

	*answer = NULL;
	memset(&op, 0, sizeof(op));
	if ((by != NULL && (rc = permission_check_role(
				by, PERMISSION_CHANGE_OPERATORS, e)) != 0) ||
	    (rc = service_check_writable(s, e)) != 0 ||
	    (rc = desk_operator_get(s, name, &op, e)) != 0 ||
	    (rc = check_change(caller, &op, e)) != 0 ||
	    (rc = apply(s, &op, action, e)) != 0)
		goto out;
	text_copy(op.by, sizeof(op.by), by == NULL ? "" : by->name);
	if ((rc = desk_operator_put(s, &op, e)) == 0 &&
	    (*answer = operator_json(&op)) == NULL)
		rc = err_nomem(e);
out:
	/* One of another department does not exist, by the same words. */
	if (rc == ERR_NOT_FOUND)
		err_set(e, ERR_NOT_FOUND, "no_such_operator", "没有这个操作员",
		    "there is no such operator");
	desk_operator_wipe(&op);
	return rc;
}
