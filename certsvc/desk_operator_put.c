/* desk_operator_put.c - operators that the command line made; see
 * desk_admin.h. */
#include "certsvc/desk_admin.h"

#include <string.h>

#include "certsvc/desk_login.h"
#include "certsvc/desk_office.h"
#include "certsvc/desk_operator.h"
#include "certsvc/region.h"
#include "certsvc/service_state.h"
#include "crypto/base/text.h"

struct body {
	const char *name, *zh, *role, *office, *region, *department;
	const char *salt, *verifier, *key;
	json_int_t generation;
	int demo, replace;
};

static int
read_body(const json_t *json, struct body *b, struct err *e)
{
	json_t *whole = json_incref((json_t *)(uintptr_t)json);
	json_error_t why;
	int bad;

	memset(b, 0, sizeof(*b));
	b->zh = b->office = b->region = b->department = b->key = "";
	bad = json_unpack_ex(whole, &why, JSON_STRICT,
	    "{s:s, s?s, s:s, s?s, s?s, s?s, s:s, s:s, s?s, s?I, s?b, s?b}",
	    "name", &b->name, "zh", &b->zh, "role", &b->role, "office",
	    &b->office, "region", &b->region, "department", &b->department,
	    "salt", &b->salt, "verifier", &b->verifier, "key", &b->key,
	    "generation", &b->generation, "demo", &b->demo, "replace",
	    &b->replace);
	json_decref(whole);
	return bad ? err_set(e, ERR_INPUT, "bad_body", "请求内容有误：%s",
			 "the request body is wrong: %s", why.text)
		   : 0;
}

static void
wrong(struct err *e, const char *pointer, const char *zh, const char *en)
{
	err_add(e, "bad_value", pointer, "%s%.0s", "%.0s%s", zh, en);
}

/* The office, whose region is the operator's. */
static int
check_office(struct service *s, const struct body *b, struct desk_operator *op,
    struct err *e)
{
	struct desk_office o = {0};
	int rc = 0;

	if (b->region[0] != '\0' || b->department[0] != '\0')
		wrong(e, "/office", "窗口人员只属于一个机构",
		    "a clerk is of an office only");
	if (b->office[0] != '\0')
		rc = desk_office_get(s, b->office, &o, e);
	if (b->office[0] == '\0' || rc == ERR_NOT_FOUND)
		wrong(e, "/office", "没有这个机构", "there is no such office");
	else if (rc == 0)
		text_copy(op->region, sizeof(op->region), o.region);
	desk_office_release(&o);
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

/* Characters 3 to 8 of its code say where a department is. */
static void
check_department(struct service *s, const struct body *b,
    struct desk_operator *op, struct err *e)
{
	int known;

	pthread_rwlock_rdlock(&s->directory_lock);
	known = directory_department_find(s->directory, b->department) != NULL;
	pthread_rwlock_unlock(&s->directory_lock);
	if (!known)
		wrong(e, "/department", "没有这个部门",
		    "there is no such department");
	else
		text_copy(op->region, 7, b->department + 2);
	if (b->office[0] != '\0' || b->region[0] != '\0' || b->key[0] != '\0')
		wrong(e, "/department", "部门人员只属于一个部门",
		    "this role is of a department only");
}

static void
check_region(const struct body *b, struct desk_operator *op, struct err *e)
{
	if (!region_ok(b->region))
		wrong(e, "/region", "行政区划代码须为 6、9 或 12 位数字",
		    "must be 6, 9 or 12 digits");
	if (b->office[0] != '\0' || b->department[0] != '\0' ||
	    b->key[0] != '\0')
		wrong(e, "/region", "该岗位只属于一个区划",
		    "this role is of a region only");
	text_copy(op->region, sizeof(op->region), b->region);
}

static int
check_place(struct service *s, const struct body *b, struct desk_operator *op,
    struct err *e)
{
	int role = operator_role_find(b->role), rc = 0;

	if (role < 0) {
		wrong(e, "/role",
		    "须为 clerk、custodian、department_admin、auditor 或 regional_admin",
		    "must be clerk, custodian, department_admin, auditor or regional_admin");
		return 0;
	}
	op->role = (enum operator_role)role;
	if (op->role == ROLE_CLERK)
		rc = check_office(s, b, op, e);
	else if (op->role == ROLE_CUSTODIAN ||
		 op->role == ROLE_DEPARTMENT_ADMIN)
		check_department(s, b, op, e);
	else
		check_region(b, op, e);
	text_copy(op->office, sizeof(op->office), b->office);
	text_copy(op->department, sizeof(op->department), b->department);
	return rc;
}

/* Password and key; whoever made the password knows it. */
static void
take_secrets(const struct body *b, struct desk_operator *op, struct err *e)
{
	if (text_unhex(op->salt, sizeof(op->salt), b->salt, strlen(b->salt)) !=
		0 ||
	    text_unhex(op->verifier, sizeof(op->verifier), b->verifier,
		strlen(b->verifier)) != 0 ||
	    strlen(b->key) >= sizeof(op->key))
		wrong(e, "/verifier", "密码数据格式不正确",
		    "what was made from the password is malformed");
	text_copy(op->key, sizeof(op->key), b->key);
	op->generation = (uint64_t)b->generation;
	op->totp[0] = op->totp_new[0] = '\0';
	op->must_change = !b->demo;
	op->epoch++;
	op->locked_until = 0;
	op->lock_level = 0;
	op->locked_at_own = 0;
}

static int
check_exists(
    const struct body *b, const struct desk_operator *op, struct err *e)
{
	if (op->version > 0 && !b->replace)
		return err_set(e, ERR_CONFLICT, "operator_exists",
		    "操作员 %s 已存在", "there is an operator %s already",
		    b->name);
	if (op->version == 0 && b->replace)
		return err_set(e, ERR_NOT_FOUND, "no_such_operator",
		    "没有这个操作员", "there is no such operator");
	return 0;
}

static int
fill(struct service *s, const struct body *b, struct desk_operator *op,
    struct err *e)
{
	int rc = desk_operator_get(s, b->name, op, e);

	if (rc != 0 && rc != ERR_NOT_FOUND)
		return rc;
	err_clear(e);
	if ((rc = check_exists(b, op, e)) != 0)
		return rc;
	if (!desk_operator_name_ok(b->name))
		wrong(e, "/name",
		    "登录名须为 2 至 63 个小写字母、数字、点、下划线或连字符，以字母开头",
		    "must be 2 to 63 of a-z, 0-9, dot, underscore and hyphen, a letter first");
	if (strlen(b->zh) >= sizeof(op->zh) ||
	    text_utf8_count(b->zh, strlen(b->zh)) < 0)
		wrong(e, "/zh", "姓名过长", "is too long");
	if (op->version == 0) {
		text_copy(op->name, sizeof(op->name), b->name);
		text_copy(op->zh, sizeof(op->zh), b->zh);
		op->active = 1;
		op->demo = b->demo;
		rc = check_place(s, b, op, e);
	}
	take_secrets(b, op, e);
	if (op->role == ROLE_CLERK && op->key[0] == '\0')
		wrong(e, "/key", "缺少机构密钥", "the office's key is missing");
	if (rc == 0 && e->nitems > 0)
		rc = err_set(e, ERR_INPUT, "bad_fields", "请求内容有误",
		    "the request has wrong fields");
	return rc;
}

int
service_operator_put(
    struct service *s, const json_t *body, json_t **answer, struct err *e)
{
	struct desk_operator op;
	struct body b;
	int rc;

	*answer = NULL;
	memset(&op, 0, sizeof(op));
	if ((rc = service_check_writable(s, e)) != 0 ||
	    (rc = read_body(body, &b, e)) != 0)
		return rc;
	if (b.demo && !s->config.demo)
		return err_set(e, ERR_DENIED, "demo_not_accepted",
		    "演示账号只能用于演示数据目录",
		    "accounts of a demo are for a demo's data directory only");
	if ((rc = fill(s, &b, &op, e)) == 0 &&
	    (rc = desk_operator_put(s, &op, e)) == 0) {
		desk_attempt_forget(s, &op);
		*answer =
		    json_pack("{s:s, s:s}", "name", op.name, "state", "active");
		rc = *answer == NULL ? err_nomem(e) : 0;
	}
	desk_operator_wipe(&op);
	return rc;
}
