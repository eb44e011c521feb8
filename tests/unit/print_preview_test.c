/*
 * print_preview_test.c - a clerk looks at the page before it is printed: only
 * at what was looked up, only of what the office may print.
 */
#include "tests/support/print_office.h"

static int
look(struct office *o, const struct service_caller *caller, json_t *body,
    struct buf *pdf, struct err *e)
{
	const struct print_call call = {.caller = caller, .body = body};
	int rc;

	buf_reset(pdf);
	rc = print_desk_preview(o->service, &call, pdf, e);
	json_decref(body);
	return rc;
}

static void
what_was_looked_up_is_shown(void **state)
{
	struct office *o = *state;
	struct service_operator clerk;
	struct service_caller caller;
	struct buf pdf = BUF_INIT;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], lookup[27];

	office_new(o, "town", &clerk);
	caller = clerk_caller(&clerk);
	issue(o, MARKET, BUSINESS, "V-1", id);
	lookup_new(o, &clerk, id, lookup);
	if (look(o, &caller,
		json_pack("{s:s,s:s,s:s}", "certificate", id, "lookup", lookup,
		    "variant", "duplicate"),
		&pdf, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	assert_true(pdf.n > 1000);
	assert_null(memmem(pdf.p, pdf.n, "/Sig", 4));
	service_operator_release(&clerk);
	buf_release(&pdf);
}

/* Refused with this code, and nothing is shown; takes the body. */
static void
refused(struct office *o, const struct service_caller *caller, json_t *body,
    const char *code)
{
	struct buf pdf = BUF_INIT;
	struct err e = ERR_INIT;

	assert_true(look(o, caller, body, &pdf, &e) < 0);
	assert_code(code, &e);
	assert_int_equal(pdf.n, 0);
	buf_release(&pdf);
}

static json_t *
body_of(const char *certificate, const char *lookup)
{
	return json_pack(
	    "{s:s,s:s}", "certificate", certificate, "lookup", lookup);
}

static json_t *
more(json_t *body, const char *name, const char *value)
{
	json_object_set_new(body, name, json_string(value));
	return body;
}

static void
nothing_else_is(void **state)
{
	struct office *o = *state;
	struct service_operator clerk, other;
	struct service_caller caller, stranger;
	struct service_caller department = office_caller(o, MARKET);
	char id[STORE_ID_SIZE], second[STORE_ID_SIZE], lookup[27];

	office_new(o, "town", &clerk);
	office_new(o, "village", &other);
	caller = clerk_caller(&clerk);
	stranger = clerk_caller(&other);
	issue(o, MARKET, BUSINESS, "V-2", id);
	issue(o, MARKET, BUSINESS, "V-3", second);
	lookup_new(o, &clerk, id, lookup);
	refused(o, &caller, json_pack("{s:s}", "certificate", id), "bad_body");
	refused(o, &caller, json_pack("[s]", id), "bad_body");
	refused(o, &caller, NULL, "bad_body");
	refused(o, &caller, more(body_of(id, lookup), "x", "y"), "bad_body");
	refused(o, &caller, more(body_of(id, lookup), "variant", "third"),
	    "no_variant");
	refused(o, &caller, body_of(second, lookup), "lookup_needed");
	refused(o, &caller, body_of("../../etc", lookup), "not_found");
	refused(o, &stranger, body_of(id, lookup), "lookup_needed");
	refused(o, &department, body_of(id, lookup), "not_allowed");
	clerk.role = ROLE_AUDITOR;
	refused(o, &caller, body_of(id, lookup), "not_allowed");
	service_operator_release(&clerk);
	service_operator_release(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(what_was_looked_up_is_shown),
	    CASE(nothing_else_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
