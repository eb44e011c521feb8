/* desk_office_put.c - offices and printers are made and changed; see
 * desk_admin.h. */
#include "certsvc/desk_admin.h"

#include <string.h>
#include <strings.h>

#include "certsvc/desk_office.h"
#include "certsvc/desk_record.h"
#include "certsvc/permission.h"
#include "certsvc/print/printer.h"
#include "certsvc/region.h"
#include "certsvc/service_state.h"
#include "crypto/base/text.h"

enum {
	OFFICE_ZH_MAX = 63, /* bytes, as in a ticket */
	TEXT_MAX = 127	    /* bytes */
};

static int
bad_fields(struct err *e)
{
	return err_set(e, ERR_INPUT, "bad_fields", "请求内容有误",
	    "the request has wrong fields");
}

static void
wrong(struct err *e, const char *pointer, const char *zh, const char *en)
{
	err_add(e, "bad_value", pointer, "%s%.0s", "%.0s%s", zh, en);
}

/* 1 to max bytes that people can read. */
static int
text_ok(const char *s, size_t max)
{
	size_t pos = 0, len = s == NULL ? 0 : strlen(s);
	int32_t cp;

	if (len == 0 || len > max)
		return 0;
	while (pos < len) {
		cp = text_utf8_next(s, len, &pos);
		if (cp < 0 || text_cp_forbidden((uint32_t)cp))
			return 0;
	}
	return 1;
}

static int
one_of(const char *s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s != NULL && strcmp(s, words[i]) == 0)
			return 1;
	return 0;
}

static void
check_types(const struct service *s, const json_t *list, struct err *e)
{
	const char *code;
	json_t *item, *quota;
	size_t i, j;

	if (!json_is_array(list) ||
	    json_array_size(list) > DESK_OFFICE_TYPES_MAX) {
		wrong(e, "/types", "须为证照类型的列表，最多 256 个",
		    "must be a list of at most 256 types");
		return;
	}
	json_array_foreach (list, i, item) {
		code = json_string_value(json_object_get(item, "type"));
		quota = json_object_get(item, "quota_day");
		if (code == NULL || template_find(&s->templates, code) == NULL)
			wrong(e, "/types", "没有这个证照类型",
			    "there is no such type");
		else if (quota != NULL &&
			 (!json_is_integer(quota) ||
			     json_integer_value(quota) < 0 ||
			     json_integer_value(quota) > 1000000))
			wrong(e, "/types", "每日限量须为 0 至 1000000",
			    "quota_day must be 0 to 1000000");
		for (j = 0; code != NULL && j < i; j++)
			if (strcmp(code,
				json_string_value(json_object_get(
				    json_array_get(list, j), "type"))) == 0)
				wrong(e, "/types", "证照类型重复",
				    "a type is named twice");
	}
}

static int
check_office(const struct service *s, const struct desk_office *o,
    const json_t *types, struct err *e)
{
	static const char *const kinds[] = {
	    "centre", "station", "point", "partner"};

	if (!desk_office_id_ok(o->id))
		wrong(e, "/id", "编号须为 1 至 31 个小写字母、数字或连字符",
		    "must be 1 to 31 of a-z, 0-9 and -");
	if (!text_ok(o->zh, OFFICE_ZH_MAX))
		wrong(e, "/zh", "名称为空、过长或含有不允许的字符",
		    "is empty, too long or has characters that are not allowed");
	if (o->en != NULL && !text_ok(o->en, TEXT_MAX))
		wrong(e, "/en", "名称过长或含有不允许的字符",
		    "is too long or has characters that are not allowed");
	if (o->region == NULL || !region_ok(o->region))
		wrong(e, "/region", "行政区划代码须为 6、9 或 12 位数字",
		    "must be 6, 9 or 12 digits");
	if (!one_of(o->kind, kinds, 4))
		wrong(e, "/kind", "须为 centre、station、point 或 partner",
		    "must be centre, station, point or partner");
	check_types(s, types, e);
	return e->nitems > 0 ? bad_fields(e) : 0;
}

static int
bad_body(struct err *e, const json_error_t *why)
{
	return err_set(e, ERR_INPUT, "bad_body", "请求内容有误：%s",
	    "the request body is wrong: %s", why->text);
}

/* The record's JSON: what was asked for, and the printers that are there. */
static int
read_body(const struct service *s, const json_t *body, json_t **json,
    const char **state, struct err *e)
{
	static const char *const states[] = {"active", "closed"};
	struct desk_office o = {.ticket = ""};
	json_t *types = NULL, *whole = json_incref((json_t *)(uintptr_t)body);
	json_int_t generation = 1;
	json_error_t why;
	int bad;

	*state = "active";
	bad = json_unpack_ex(whole, &why, JSON_STRICT,
	    "{s:s, s:s, s?s, s:s, s:s, s:o, s:s, s?I, s?s}", "id", &o.id, "zh",
	    &o.zh, "en", &o.en, "region", &o.region, "kind", &o.kind, "types",
	    &types, "ticket", &o.ticket, "generation", &generation, "state",
	    state);
	json_decref(whole);
	if (bad)
		return bad_body(e, &why);
	if (!one_of(*state, states, 2))
		wrong(e, "/state", "须为 active 或 closed",
		    "must be active or closed");
	if (check_office(s, &o, types, e) != 0)
		return e->class;
	*json = json_copy((json_t *)(uintptr_t)body);
	json_object_del(*json, "state");
	return *json == NULL ? err_nomem(e) : 0;
}

static int
put(struct service *s, const struct desk_office *old, json_t *json,
    const char *state, struct err *e)
{
	const char *id = json_string_value(json_object_get(json, "id"));
	struct desk_record_name name = {.kind = "office",
	    .id = id,
	    .office = id,
	    .subject = "",
	    .state = state,
	    .version = old->version + 1};
	struct store_record r;
	int rc = desk_record_fill(&r, &name, json_incref(json), e);

	if (rc == 0)
		rc = s->ops->records_put(s->store, &r, 1, NULL, e);
	store_record_release(&r);
	return rc;
}

static int
answer_office(struct service *s, const char *id, json_t **answer, struct err *e)
{
	struct desk_office o;
	int rc = desk_office_get(s, id, &o, e);

	if (rc == 0 && (*answer = desk_office_json(s, &o)) == NULL)
		rc = err_nomem(e);
	desk_office_release(&o);
	return rc;
}

/* The office as it is, empty when it is new. */
static int
find_old(
    struct service *s, const char *id, struct desk_office *old, struct err *e)
{
	int rc = desk_office_get(s, id, old, e);

	if (rc != ERR_NOT_FOUND)
		return rc;
	err_clear(e);
	return 0;
}

int
service_office_put(struct service *s, const json_t *body, json_t **answer,
    int *made, struct err *e)
{
	struct desk_office old = {0};
	json_t *json = NULL;
	const char *state, *id;
	int rc;

	*answer = NULL;
	if ((rc = service_check_writable(s, e)) != 0 ||
	    (rc = read_body(s, body, &json, &state, e)) != 0)
		return rc;
	id = json_string_value(json_object_get(json, "id"));
	rc = find_old(s, id, &old, e);
	*made = old.version == 0;
	if (rc == 0 && old.nprinters > 0)
		json_object_set(
		    json, "printers", json_object_get(old.json, "printers"));
	if (rc == 0)
		rc = put(s, &old, json, state, e);
	if (rc == 0)
		rc = answer_office(s, id, answer, e);
	desk_office_release(&old);
	json_decref(json);
	return rc;
}

static int
word_ok(const char *s)
{
	return s[0] != '\0' && strlen(s) < 64 &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_.-")] == '\0';
}

struct printer_body {
	const char *zh, *uri, *media, *fingerprint, *stock;
	double dx, dy;
};

/* What is in a printer: blanks of a type that the office prints. */
static void
check_stock(struct service *s, const struct desk_office *o, const char *stock,
    struct err *e)
{
	const struct template *t = template_find(&s->templates, stock);

	if (t == NULL || !t->print_stock || strcmp(t->code, stock) != 0 ||
	    desk_office_type(o, stock) == NULL)
		wrong(e, "/stock",
		    "须为本机构可打印、且有预印空白证的证照类型代码",
		    "must be the code of a type that the office prints and that has pre-printed stock");
}

static int
check_printer(const char *id, const struct printer_body *b, struct err *e)
{
	struct err why = ERR_INIT;
	uint8_t raw[32];

	if (!desk_office_id_ok(id))
		wrong(e, "", "打印机编号须为 1 至 31 个小写字母、数字或连字符",
		    "a printer's id must be 1 to 31 of a-z, 0-9 and -");
	if (!text_ok(b->zh, TEXT_MAX))
		wrong(e, "/zh", "名称为空、过长或含有不允许的字符",
		    "is empty, too long or has characters that are not allowed");
	if (printer_check_uri(b->uri, &why) != 0)
		wrong(e, "/uri", why.zh, why.en);
	err_clear(&why);
	if (!word_ok(b->media))
		wrong(e, "/media", "须为 IPP 纸张名称，例如 iso_a4_210x297mm",
		    "must be an IPP media name like iso_a4_210x297mm");
	if (b->fingerprint != NULL &&
	    text_unhex(raw, 32, b->fingerprint, strlen(b->fingerprint)) != 0)
		wrong(e, "/fingerprint", "须为 64 位十六进制",
		    "must be 64 hexadecimal digits");
	else if (b->fingerprint != NULL && b->uri[0] != '\0' &&
		 strncasecmp(b->uri, "ipps:", 5) != 0)
		wrong(e, "/fingerprint",
		    "只有 ipps:// 地址的打印机才有公钥；请改用 ipps://，或不填指纹",
		    "only a printer at ipps:// has a key: use ipps://, or leave the fingerprint out");
	if (!(b->dx >= -DESK_PRINTER_OFFSET_MAX &&
		b->dx <= DESK_PRINTER_OFFSET_MAX &&
		b->dy >= -DESK_PRINTER_OFFSET_MAX &&
		b->dy <= DESK_PRINTER_OFFSET_MAX))
		wrong(e, "/dx",
		    "偏移须在 -10 至 10 毫米之间；偏得更多请先检查进纸",
		    "offsets must be -10 to 10 mm; when it is off by more, look at the paper feed first");
	return e->nitems > 0 ? bad_fields(e) : 0;
}

static int
read_printer(struct service *s, const struct desk_office *o, const char *id,
    const json_t *body, json_t **printer, struct err *e)
{
	struct printer_body b = {.media = ""};
	json_t *whole = json_incref((json_t *)(uintptr_t)body);
	json_error_t why;
	int bad = json_unpack_ex(whole, &why, JSON_STRICT,
	    "{s:s, s:s, s:s, s?s, s?s, s?F, s?F}", "zh", &b.zh, "uri", &b.uri,
	    "media", &b.media, "fingerprint", &b.fingerprint, "stock", &b.stock,
	    "dx", &b.dx, "dy", &b.dy);

	json_decref(whole);
	if (bad)
		return bad_body(e, &why);
	if (b.stock != NULL)
		check_stock(s, o, b.stock, e);
	if (check_printer(id, &b, e) != 0)
		return e->class;
	*printer = json_copy((json_t *)(uintptr_t)body);
	return *printer == NULL ||
		       json_object_set_new(*printer, "id", json_string(id)) != 0
		   ? err_nomem(e)
		   : 0;
}

/* The list with this printer in its place, or at the end. */
static int
place_printer(json_t *list, const char *id, json_t *printer, struct err *e)
{
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (strcmp(json_string_value(json_object_get(item, "id")),
			id) == 0)
			return json_array_set(list, i, printer) == 0
				   ? 0
				   : err_nomem(e);
	if (json_array_size(list) == DESK_OFFICE_PRINTERS_MAX)
		return err_set(e, ERR_LIMIT, "too_many_printers",
		    "一个机构最多 %d 台打印机",
		    "an office has at most %d printers",
		    DESK_OFFICE_PRINTERS_MAX);
	return json_array_append(list, printer) == 0 ? 0 : err_nomem(e);
}

static int
check_may(const struct service_caller *caller, const struct desk_office *o,
    struct err *e)
{
	struct permission_target target = {
	    .office = o->id, .region = o->region};

	return caller->operator== NULL
		   ? 0
		   : permission_check(caller->operator,
			 PERMISSION_CHANGE_PRINTERS, &target, e);
}

int
service_printer_put(struct service *s, const struct service_caller *caller,
    const char *office, const char *printer, const json_t *body,
    json_t **answer, struct err *e)
{
	struct desk_office o = {0};
	json_t *json = NULL, *item = NULL, *list = NULL;
	int rc;

	*answer = NULL;
	if ((caller->operator!=
		NULL &&(rc = permission_check_role(caller->operator,
			    PERMISSION_CHANGE_PRINTERS, e)) != 0) ||
	    (rc = service_check_writable(s, e)) != 0 ||
	    (rc = desk_office_get(s, office, &o, e)) != 0 ||
	    (rc = check_may(caller, &o, e)) != 0 ||
	    (rc = read_printer(s, &o, printer, body, &item, e)) != 0)
		goto out;
	json = json_copy(o.json);
	list = o.nprinters == 0
		   ? json_array()
		   : json_copy(json_object_get(o.json, "printers"));
	rc = place_printer(list, printer, item, e);
	if (rc == 0 && json_object_set(json, "printers", list) != 0)
		rc = err_nomem(e);
	if (rc == 0)
		rc = put(s, &o, json, o.closed ? "closed" : "active", e);
	if (rc == 0)
		rc = answer_office(s, office, answer, e);
out:
	json_decref(list);
	json_decref(json);
	json_decref(item);
	desk_office_release(&o);
	return rc;
}
