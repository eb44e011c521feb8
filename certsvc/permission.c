/* permission.c - see permission.h. */
#include "certsvc/permission.h"

#include <string.h>

#include "certsvc/region.h"

#define NONE PERMISSION_NONE
#define OWN PERMISSION_OWN
#define OFFICE PERMISSION_OFFICE
#define DEPARTMENT PERMISSION_DEPARTMENT
#define REGION PERMISSION_REGION

/* clang-format off */
static const enum permission_scope TABLE[PERMISSION_ACTIONS][OPERATOR_ROLES] = {
	/*                               clerk   custodian   dep. admin  auditor reg. admin */
	[PERMISSION_DESK]             = {OFFICE, NONE,       NONE,       NONE,   NONE},
	[PERMISSION_SEE_JOBS]         = {OFFICE, NONE,       NONE,       REGION, REGION},
	[PERMISSION_SEE_LOOKUPS]      = {OWN,    NONE,       NONE,       REGION, REGION},
	[PERMISSION_SEE_OFFICES]      = {OFFICE, NONE,       NONE,       REGION, REGION},
	[PERMISSION_CHANGE_PRINTERS]  = {NONE,   NONE,       NONE,       NONE,   REGION},
	[PERMISSION_SEE_OPERATORS]    = {NONE,   NONE,       DEPARTMENT, REGION, REGION},
	[PERMISSION_CHANGE_OPERATORS] = {NONE,   NONE,       DEPARTMENT, NONE,   REGION},
	[PERMISSION_SEE_SEALS]        = {NONE,   DEPARTMENT, DEPARTMENT, NONE,   NONE},
};
/* clang-format on */

enum permission_scope
permission_scope(enum operator_role role, enum permission_action action)
{
	return TABLE[action][role];
}

int
permission_check_role(const struct service_operator *op,
    enum permission_action action, struct err *e)
{
	if (permission_scope(op->role, action) != PERMISSION_NONE)
		return 0;
	return err_set(e, ERR_DENIED, "not_allowed",
	    "您的岗位不能做这件事，需要时请找管理员",
	    "your role does not allow this; ask your administrator if you need it");
}

/* Nothing is nobody's: an empty name never matches. */
static int
same(const char *mine, const char *its)
{
	return its != NULL && mine[0] != '\0' && strcmp(mine, its) == 0;
}

static int
reaches(const struct service_operator *op, enum permission_scope scope,
    const struct permission_target *target)
{
	switch (scope) {
	case PERMISSION_NONE:
		return 0;
	case PERMISSION_OWN:
		return same(op->name, target->operator);
	case PERMISSION_OFFICE:
		return same(op->office, target->office);
	case PERMISSION_DEPARTMENT:
		return same(op->department, target->department);
	case PERMISSION_REGION:
		return target->region != NULL && region_ok(target->region) &&
		       region_ok(op->region) &&
		       region_covers(op->region, target->region);
	}
	return 0;
}

int
permission_check(const struct service_operator *op,
    enum permission_action action, const struct permission_target *target,
    struct err *e)
{
	int rc = permission_check_role(op, action, e);

	if (rc != 0 || reaches(op, permission_scope(op->role, action), target))
		return rc;
	return err_set(e, ERR_NOT_FOUND, "not_found", "没有找到",
	    "there is no such thing");
}
