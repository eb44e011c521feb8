/* demo_desk.c - see demo_desk.h. */
#include "api/demo_desk.h"

#include <string.h>

#include "api/cli_desk.h"
#include "crypto/base/file.h"

/* 青禾市 (990100) is fictional. */
static const char OFFICES[] =
    "["
    "{\"id\":\"hekou-centre\",\"zh\":\"河口镇便民服务中心（演示）\",\"en\":\"Hekou service centre (demo)\","
    "\"region\":\"990102001000\",\"kind\":\"centre\",\"types\":["
    "{\"type\":\"business-licence\"},{\"type\":\"social-insurance-proof\"},{\"type\":\"dog-registration\"},"
    "{\"type\":\"tree-felling-permit\"},{\"type\":\"hotel-permit\"},{\"type\":\"food-licence\"}]},"
    "{\"id\":\"liulin-station\",\"zh\":\"柳林村便民服务站（演示）\",\"en\":\"Liulin village station (demo)\","
    "\"region\":\"990102001003\",\"kind\":\"station\",\"types\":["
    "{\"type\":\"social-insurance-proof\"},{\"type\":\"dog-registration\",\"quota_day\":20}]},"
    "{\"id\":\"bank-partner\",\"zh\":\"青禾农商行合作网点（演示）\",\"en\":\"Qinghe rural bank, partner (demo)\","
    "\"region\":\"990103002000\",\"kind\":\"partner\",\"types\":["
    "{\"type\":\"social-insurance-proof\",\"quota_day\":50}]}"
    "]";

static const struct {
	const char *name, *zh, *role, *member, *value;
} PEOPLE[] = {
    {"demo-clerk", "演示窗口人员", "clerk", "office", "hekou-centre"},
    {"demo-clerk-station", "演示村站人员", "clerk", "office", "liulin-station"},
    {"demo-clerk-partner", "演示网点人员", "clerk", "office", "bank-partner"},
    {"demo-custodian", "演示印章保管员", "custodian", "department",
	"11990100MB9A00014N"},
    {"demo-department", "演示部门管理员", "department_admin", "department",
	"11990100MB9A00014N"},
    {"demo-auditor", "演示审计员", "auditor", "region", "990100"},
    {"demo-region", "演示区域管理员", "regional_admin", "region", "990100"},
};

enum {
	PEOPLE_N = sizeof(PEOPLE) / sizeof(PEOPLE[0])
};

static void
password_of(const char *name, struct buf *out)
{
	buf_printf(out, "yanshi-%s", name);
}

/* A demo with other types has offices for those that are there. */
static void
drop_unknown(const json_t *types, json_t *order)
{
	json_t *list = json_object_get(order, "types");
	size_t i = 0;

	while (i < json_array_size(list))
		if (json_object_get(types,
			cli_text(json_array_get(list, i), "type")) == NULL)
			json_array_remove(list, i);
		else
			i++;
}

static int
make_offices(const struct desk_maker *m, struct err *e)
{
	json_t *orders = json_loads(OFFICES, 0, NULL), *types = NULL, *order;
	size_t i;
	int rc = orders == NULL ? err_internal(e, "OFFICES")
				: desk_types(m->client, &types, e);

	json_array_foreach (orders, i, order) {
		drop_unknown(types, order);
		if (rc == 0)
			rc = desk_resolve_types(types, order, e);
	}
	if (rc == 0)
		rc = desk_make_offices(m, orders, e);
	json_decref(orders);
	json_decref(types);
	return rc;
}

/* One who is there stays. */
static int
make_person(const struct desk_maker *m, size_t i, struct err *e)
{
	json_t *order = json_pack("{s:s, s:s, s:s, s:s, s:b}", "name",
	    PEOPLE[i].name, "zh", PEOPLE[i].zh, "role", PEOPLE[i].role,
	    PEOPLE[i].member, PEOPLE[i].value, "demo", 1);
	struct buf password = BUF_INIT;
	int rc;

	password_of(PEOPLE[i].name, &password);
	rc = buf_cstr(&password) == NULL
		 ? err_nomem(e)
		 : desk_make_operator(m, order, buf_cstr(&password), 0, e);
	if (rc == ERR_CONFLICT) {
		err_clear(e);
		rc = 0;
	}
	json_decref(order);
	buf_release(&password);
	return rc;
}

static int
write_note(const char *dir, struct err *e)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	int rc;

	buf_printf(&path, "%s/credentials/desk-demo.txt", dir);
	buf_add_str(&text,
	    "打印台演示账号（仅限演示，密码公开）/ accounts of the print desk's demo (their passwords are no secret)\n");
	for (size_t i = 0; i < PEOPLE_N; i++) {
		buf_printf(&text, "%-20s ", PEOPLE[i].name);
		password_of(PEOPLE[i].name, &text);
		buf_printf(&text, "  %s %s (%s %s)\n", PEOPLE[i].zh,
		    PEOPLE[i].role, PEOPLE[i].member, PEOPLE[i].value);
	}
	rc = buf_cstr(&path) == NULL || buf_failed(&text)
		 ? err_nomem(e)
		 : file_replace(buf_cstr(&path), buf_bytes(&text), 0600, e);
	buf_release(&path);
	buf_release(&text);
	return rc;
}

int
demo_desk(const char *dir, struct bytes passphrase, struct err *e)
{
	struct desk_maker m = {NULL, NULL};
	int rc = client_open(dir, NULL, &m.client, e);

	if (rc == 0)
		rc = administer_with(dir, passphrase, m.client, &m.adm, e);
	if (rc == 0)
		rc = make_offices(&m, e);
	for (size_t i = 0; i < PEOPLE_N && rc == 0; i++)
		rc = make_person(&m, i, e);
	if (rc == 0)
		rc = write_note(dir, e);
	administer_close(m.adm);
	client_close(m.client);
	return rc;
}
