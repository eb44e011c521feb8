/* desk_hand_over.c - a certificate reaches its holder, over the counter or by
 * post; see desk_lookup.h. */
#include "certsvc/desk_lookup.h"

#include <stdio.h>
#include <string.h>

#include "certsvc/desk_office.h"
#include "certsvc/desk_record.h"
#include "certsvc/permission.h"
#include "certsvc/print_rule.h"
#include "certsvc/service_state.h"
#include "crypto/base/clock.h"

enum {
	CARRIER_MAX = 64, /* bytes */
	TRACKING_MAX = 64
};

static int
bad_body(struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "bad_body", "请求内容有误：%s",
	    "the request body is wrong: %s", why);
}

static int
read_hand_over(
    const json_t *json, const char **reason, const char **lookup, struct err *e)
{
	json_t *body = json_incref((json_t *)(uintptr_t)json);
	json_error_t why;
	int confirmed = 0, bad = json_unpack_ex(body, &why, JSON_STRICT,
			       "{s:s, s:s, s?b}", "reason", reason, "lookup",
			       lookup, "holder_confirmed", &confirmed);

	json_decref(body);
	if (bad)
		return bad_body(e, why.text);
	if (confirmed)
		return 0;
	return err_set(e, ERR_INPUT, "not_confirmed",
	    "请先请持证人核对并确认收到",
	    "ask the holder to check it and confirm that it was received first");
}

/* What may be printed now that it is in force: for the clerk who goes on with
 * it.  It was handed over, whether this can be told or not. */
static void
add_print(struct service *s, const struct service_operator *op, const char *id,
    json_t *answer)
{
	struct store_certificate c = {.id = ""};
	struct err e = ERR_INIT;
	json_t *print = NULL;

	if (desk_office_certificate(s, op, id, &c, &e) == 0 &&
	    print_rule_json(s, &c, &print, &e) == 0)
		json_object_set_new(answer, "print", print);
	store_certificate_release(&c);
	err_clear(&e);
}

int
service_hand_over(struct service *s, struct service_call *call, json_t **answer,
    struct err *e)
{
	const struct service_operator *op = call->caller->operator;
	struct service_call as_change = *call;
	struct store_certificate c = {.id = ""};
	const char *reason, *lookup;
	char who[160];
	int rc;

	*answer = NULL;
	if ((rc = permission_check_role(op, PERMISSION_DESK, e)) != 0 ||
	    (rc = read_hand_over(call->body, &reason, &lookup, e)) != 0)
		return rc;
	rc = desk_office_certificate(s, op, call->id, &c, e);
	if (rc == 0)
		rc = desk_lookup_check(s, op, lookup, c.id, NULL, e);
	if (rc == 0) {
		snprintf(who, sizeof(who), "%s @ %s", op->name, op->office_zh);
		as_change.body =
		    json_pack("{s:s, s:s}", "reason", reason, "operator", who);
		rc = as_change.body == NULL
			 ? err_nomem(e)
			 : change_certificate(s, &as_change, &c, answer, e);
		json_decref((json_t *)(uintptr_t)as_change.body);
	}
	if (rc == 0)
		add_print(s, op, c.id, *answer);
	call->replayed = as_change.replayed;
	store_certificate_release(&c);
	return rc;
}

static void
check_word(const char *text, size_t max, const char *pointer, struct err *e)
{
	if (text[0] == '\0' || strlen(text) > max)
		err_add(e, "bad_value", pointer, "为空或过长",
		    "is empty or too long");
	else
		service_check_text(text, pointer, e);
}

struct posting {
	const char *certificate, *lookup, *carrier, *tracking;
};

static int
read_posting(const json_t *json, struct posting *p, struct err *e)
{
	json_t *body = json_incref((json_t *)(uintptr_t)json);
	json_error_t why;
	int bad = json_unpack_ex(body, &why, JSON_STRICT,
	    "{s:s, s:s, s:s, s:s}", "certificate", &p->certificate, "lookup",
	    &p->lookup, "carrier", &p->carrier, "tracking", &p->tracking);

	json_decref(body);
	if (bad)
		return bad_body(e, why.text);
	check_word(p->carrier, CARRIER_MAX, "/carrier", e);
	check_word(p->tracking, TRACKING_MAX, "/tracking", e);
	return e->nitems == 0
		   ? 0
		   : err_set(e, ERR_INPUT, "bad_fields", "请求内容有误",
			 "the request has wrong fields");
}

static int
put_posting(struct service *s, const struct service_operator *op,
    const struct store_certificate *c, json_t *json, json_t **answer,
    struct err *e)
{
	char id[STORE_RECORD_ID_SIZE];
	struct desk_record_name name = {.kind = "posting",
	    .id = id,
	    .office = op->office,
	    .subject = c->id,
	    .state = "",
	    .version = 1};
	struct store_record r;
	int rc = desk_record_random(id, sizeof(id), e);

	memset(&r, 0, sizeof(r));
	if (rc == 0)
		rc = desk_record_fill(&r, &name, json_incref(json), e);
	if (rc == 0)
		rc = s->ops->records_put(s->store, &r, 1, NULL, e);
	if (rc == 0) {
		*answer = json_pack("{s:s, s:s, s:O, s:O, s:o}", "id", id,
		    "certificate", c->id, "carrier",
		    json_object_get(json, "carrier"), "tracking",
		    json_object_get(json, "tracking"), "at",
		    answer_time(r.made));
		rc = *answer == NULL ? err_nomem(e) : 0;
	}
	store_record_release(&r);
	return rc;
}

int
service_posting(struct service *s, const struct service_caller *caller,
    const json_t *body, json_t **answer, struct err *e)
{
	const struct service_operator *op = caller->operator;
	struct store_certificate c = {.id = ""};
	struct posting p;
	json_t *json;
	int rc;

	*answer = NULL;
	if ((rc = permission_check_role(op, PERMISSION_DESK, e)) != 0 ||
	    (rc = service_check_writable(s, e)) != 0 ||
	    (rc = read_posting(body, &p, e)) != 0)
		return rc;
	rc = desk_office_certificate(s, op, p.certificate, &c, e);
	if (rc == 0)
		rc = desk_lookup_check(s, op, p.lookup, c.id, NULL, e);
	if (rc == 0) {
		json = json_pack("{s:s, s:s, s:s, s:s}", "carrier", p.carrier,
		    "tracking", p.tracking, "operator", op->name, "lookup",
		    p.lookup);
		rc = json == NULL ? err_nomem(e)
				  : put_posting(s, op, &c, json, answer, e);
		json_decref(json);
	}
	store_certificate_release(&c);
	return rc;
}
