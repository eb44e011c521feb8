/* print_desk_access.c - whose jobs are whose; see print_desk_state.h. */
#include <string.h>

#include "certsvc/permission.h"
#include "certsvc/print_desk_state.h"
#include "crypto/base/text.h"

struct print_store
print_desk_store(const struct service *s)
{
	return (struct print_store){s->ops, s->store};
}

static int
not_found(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "no_such_job", "没有这个打印任务",
	    "there is no such print job");
}

/* Where an office lies, "" when it is not known. */
static int
region_of(struct service *s, const char *office,
    char region[OPERATOR_REGION_SIZE], struct err *e)
{
	struct desk_office o;
	int rc = desk_office_get(s, office, &o, e);

	region[0] = '\0';
	if (rc == 0)
		text_copy(region, OPERATOR_REGION_SIZE, o.region);
	desk_office_release(&o);
	if (rc == ERR_NOT_FOUND) {
		err_clear(e);
		rc = 0;
	}
	return rc;
}

static int
operator_may(struct service *s, const struct service_operator *op,
    const char *office, enum permission_action action, struct err *e)
{
	char region[OPERATOR_REGION_SIZE];
	const struct permission_target target = {
	    .office = office, .region = region};
	int rc = permission_check_role(op, action, e);

	if (rc == 0)
		rc = region_of(s, office, region, e);
	return rc == 0 ? permission_check(op, action, &target, e) : rc;
}

int
print_desk_may(struct service *s, const struct service_caller *caller,
    const struct print_job *job, enum print_access access, struct err *e)
{
	int rc;

	if (caller->operator!= NULL) {
		rc = operator_may(s, caller->operator, job->office,
		    access == PRINT_ACT ? PERMISSION_DESK : PERMISSION_SEE_JOBS,
		    e);
		return rc == ERR_NOT_FOUND ? not_found(e) : rc;
	}
	if (caller->who == NULL)
		return service_department_only(caller, e);
	return job->office[0] == '\0' &&
		       strcmp(print_job_text(job, "department"),
			   caller->who->department) == 0
		   ? 0
		   : not_found(e);
}

int
print_desk_find(struct service *s, const struct print_call *call,
    enum print_access access, struct print_job *job, struct err *e)
{
	const struct print_store in = print_desk_store(s);
	int rc = print_job_read(&in, call->id, job, e);

	if (rc == 0)
		rc = print_desk_may(s, call->caller, job, access, e);
	if (rc != 0)
		print_job_release(job);
	return rc;
}

int
print_desk_clerk(const struct service_caller *caller, struct err *e)
{
	const struct service_operator *op = caller->operator;
	const struct permission_target target = {
	    .office = op != NULL ? op->office : NULL};

	if (op != NULL)
		return permission_check(op, PERMISSION_DESK, &target, e);
	return err_set(e, ERR_DENIED, "not_allowed",
	    "该操作只供办事网点的工作人员使用",
	    "this is for somebody who works at an office");
}

int
print_desk_office(struct service *s, const struct service_caller *caller,
    const char *named, char office[OPERATOR_OFFICE_SIZE], struct err *e)
{
	const struct service_operator *op = caller->operator;

	office[0] = '\0';
	if (op == NULL)
		return service_department_only(caller, e);
	if (named == NULL)
		named = op->office;
	text_copy(office, OPERATOR_OFFICE_SIZE, named);
	if (named[0] == '\0' &&
	    permission_check_role(op, PERMISSION_SEE_JOBS, e) == 0)
		return err_set(e, ERR_INPUT, "office_needed",
		    "请用 office 指明查看哪个网点",
		    "say with office which office is meant");
	return operator_may(s, op, named, PERMISSION_SEE_JOBS, e);
}
