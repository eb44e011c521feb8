/* Offices, printers and operators: what is taken, what is refused, who sees and
 * changes what. */
#include "tests/support/desk_fixture.h"

#include "certsvc/desk_office.h"
#include "certsvc/service_state.h"

static const struct service_caller LOCAL = {.address = "local"};

#define DEPARTMENT_CODE "11990100MB9A00014N"

static int
put_office(struct office *o, json_t *body, struct err *e)
{
	json_t *answer = NULL;
	int made, rc = service_office_put(o->service, body, &answer, &made, e);

	json_decref(answer);
	return rc;
}

static void
offices_that_are_wrong_are_refused(void **state)
{
	static const struct {
		const char *member, *json, *pointer;
	} cases[] = {{"id", "\"Hekou\"", "/id"}, {"id", "\"\"", "/id"},
	    {"id", "\"a23456789-123456789-123456789-12\"", "/id"},
	    {"zh", "\"\"", "/zh"}, {"zh", "\"a\\u202eb\"", "/zh"},
	    {"zh", "\"一二三四五六七八九十一二三四五六七八九十一二\"", "/zh"},
	    {"region", "\"99010\"", "/region"},
	    {"region", "\"000000\"", "/region"}, {"kind", "\"shop\"", "/kind"},
	    {"state", "\"open\"", "/state"},
	    {"types", "[{\"type\":\"no-such-type\"}]", "/types"},
	    {"types", "[{}]", "/types"}, {"types", "{}", "/types"},
	    {"types",
		"[{\"type\":\"" DOG_CODE "\"},{\"type\":\"" DOG_CODE "\"}]",
		"/types"},
	    {"types", "[{\"type\":\"" DOG_CODE "\",\"quota_day\":-1}]",
		"/types"},
	    {"types", "[{\"type\":\"" DOG_CODE "\",\"quota_day\":1000001}]",
		"/types"},
	    {"en", "\"\"", "/en"}};
	struct office *o = *state;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *body = desk_office_body("hekou", "990102", "active");

		json_object_set_new(body, cases[i].member,
		    json_loads(cases[i].json, JSON_DECODE_ANY, NULL));
		if (put_office(o, body, &e) != ERR_INPUT || e.nitems == 0 ||
		    strcmp(e.items[0].pointer, cases[i].pointer) != 0)
			fail_msg("%s %s: %s", cases[i].member, cases[i].json,
			    e.code);
		err_clear(&e);
		json_decref(body);
	}
}

static void
an_office_that_changes_keeps_its_printers(void **state)
{
	struct office *o = *state;
	struct desk_office office;
	struct err e = ERR_INIT;
	json_t *answer = NULL,
	       *printer = json_loads(
		   "{\"zh\":\"窗口打印机\",\"uri\":\"ipps://10.0.0.9/ipp\","
		   "\"media\":\"iso_a4_210x297mm\",\"dx\":1.5,\"dy\":-2,"
		   "\"fingerprint\":\"00112233445566778899aabbccddeeff"
		   "00112233445566778899aabbccddeeff\"}",
		   0, NULL);

	desk_put_office(o, "hekou", "990102001", "active");
	assert_int_equal(service_printer_put(o->service, &LOCAL, "hekou", "a4",
			     printer, &answer, &e),
	    0);
	json_decref(answer);
	desk_put_office(o, "hekou", "990102002", "active");
	assert_int_equal(desk_office_get(o->service, "hekou", &office, &e), 0);
	assert_string_equal(office.region, "990102002");
	assert_int_equal(office.nprinters, 1);
	assert_string_equal(office.printers[0].uri, "ipps://10.0.0.9/ipp");
	assert_int_equal(office.printers[0].pinned, 1);
	assert_int_equal(office.printers[0].fingerprint[1], 0x11);
	assert_true(office.printers[0].dx == 1.5f);
	assert_ptr_equal(
	    desk_office_printer(&office, "a4"), &office.printers[0]);
	assert_null(desk_office_printer(&office, "a5"));
	assert_int_equal(desk_office_type(&office, DOG_CODE)->quota_day, 5);
	assert_null(desk_office_type(&office, BUSINESS_CODE));
	desk_office_release(&office);
	json_decref(printer);
}

static void
an_office_has_so_many_printers(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	json_t *answer = NULL,
	       *printer = json_pack("{s:s, s:s, s:s}", "zh", "机", "uri",
		   "ipp://10.0.0.9:631/", "media", "iso_a4_210x297mm");
	char id[16];

	desk_put_office(o, "hekou", "990102001", "active");
	for (int i = 0; i < DESK_OFFICE_PRINTERS_MAX; i++) {
		snprintf(id, sizeof(id), "p%d", i);
		assert_int_equal(service_printer_put(o->service, &LOCAL,
				     "hekou", id, printer, &answer, &e),
		    0);
		json_decref(answer);
	}
	assert_int_equal(service_printer_put(o->service, &LOCAL, "hekou", "p0",
			     printer, &answer, &e),
	    0);
	json_decref(answer);
	assert_int_equal(service_printer_put(o->service, &LOCAL, "hekou",
			     "more", printer, &answer, &e),
	    ERR_LIMIT);
	assert_code("too_many_printers", &e);
	assert_int_equal(service_printer_put(o->service, &LOCAL, "nowhere",
			     "p0", printer, &answer, &e),
	    ERR_NOT_FOUND);
	err_clear(&e);
	json_decref(printer);
}

static int
put_operator(struct office *o, json_t *body, struct err *e)
{
	json_t *answer = NULL;
	int rc = service_operator_put(o->service, body, &answer, e);

	json_decref(answer);
	json_decref(body);
	return rc;
}

static json_t *
person(const char *role, const char *place, const char *value)
{
	return desk_operator_body("zhang", role, place, value, DESK_PASSWORD);
}

static void
operators_that_are_wrong_are_refused(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	static const struct {
		const char *role, *place, *value, *pointer;
	} cases[] = {{"boss", "region", "990100", "/role"},
	    {"clerk", "office", "nowhere", "/office"},
	    {"clerk", "region", "990100", "/office"},
	    {"auditor", "region", "9901", "/region"},
	    {"auditor", "office", "hekou", "/region"},
	    {"custodian", "department", "11990100MB9A99999X", "/department"},
	    {"department_admin", "region", "990100", "/department"}};

	desk_put_office(o, "hekou", "990102001", "active");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (put_operator(o,
			person(cases[i].role, cases[i].place, cases[i].value),
			&e) != ERR_INPUT ||
		    e.nitems == 0 ||
		    strcmp(e.items[0].pointer, cases[i].pointer) != 0)
			fail_msg("%s %s: %s %s", cases[i].role, cases[i].value,
			    e.code, e.nitems ? e.items[0].pointer : "");
		err_clear(&e);
	}
	for (int i = 0; i < 3; i++) {
		static const char *const members[] = {
		    "name", "salt", "verifier"};
		json_t *body = person("auditor", "region", "990100");

		json_object_set_new(body, members[i], json_string("X"));
		assert_int_equal(put_operator(o, body, &e), ERR_INPUT);
		err_clear(&e);
	}
}

static void
an_operator_is_made_once_and_gets_a_password_again(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE];
	struct service_operator op;
	json_t *body;

	desk_put_office(o, "hekou", "990102001", "active");
	body = person("clerk", "office", "hekou");
	json_object_set_new(body, "replace", json_true());
	assert_int_equal(put_operator(o, body, &e), ERR_NOT_FOUND);
	assert_code("no_such_operator", &e);
	assert_int_equal(
	    put_operator(o, person("clerk", "office", "hekou"), &e), 0);
	assert_int_equal(
	    put_operator(o, person("clerk", "office", "hekou"), &e),
	    ERR_CONFLICT);
	assert_code("operator_exists", &e);
	body = person("clerk", "region", "990100");
	json_object_set_new(body, "replace", json_true());
	assert_int_equal(put_operator(o, body, &e), ERR_INPUT);
	assert_string_equal(e.items[0].pointer, "/key");
	err_clear(&e);
	/* Another role with "replace" is no way up. */
	body = person("regional_admin", "office", "hekou");
	json_object_set_new(body, "replace", json_true());
	assert_int_equal(put_operator(o, body, &e), 0);
	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), 0);
	memset(&op, 0, sizeof(op));
	assert_int_equal(
	    service_session(o->service, token, "10.1.0.9", &op, &e), 0);
	assert_int_equal(op.role, ROLE_CLERK);
	assert_int_equal(op.must_change, 1);
	service_operator_release(&op);
}

/* What everybody knows the password of has no place in a real directory. */
static void
people_of_a_demo_are_refused_elsewhere(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE];
	json_t *body;

	desk_put_operator(o, "show", "auditor", "region", "990100");
	assert_int_equal(
	    desk_login(o, "show", DESK_PASSWORD, NULL, token, &e), 0);
	o->service->config.demo = 0;
	assert_int_equal(
	    desk_login(o, "show", DESK_PASSWORD, NULL, token, &e), ERR_UNKNOWN);
	assert_code("bad_login", &e);
	body = person("auditor", "region", "990100");
	json_object_set_new(body, "demo", json_true());
	assert_int_equal(put_operator(o, body, &e), ERR_DENIED);
	assert_code("demo_not_accepted", &e);
	o->service->config.demo = 1;
}

static size_t
items(json_t *answer)
{
	size_t n = json_array_size(json_object_get(answer, "items"));

	json_decref(answer);
	return n;
}

/* Lists go by pages that may be short, to the last one. */
static void
long_lists_come_in_pages(void **state)
{
	struct office *o = *state;
	struct service_operator op;
	struct service_caller caller = {.address = "10.1.0.9"};
	struct desk_query q = {NULL, NULL};
	struct err e = ERR_INIT;
	json_t *answer;
	char id[24], cursor[32] = "";
	size_t seen = 0;

	for (int i = 0; i < 230; i++) {
		snprintf(id, sizeof(id), "office-%d", i);
		desk_put_office(
		    o, id, i % 2 ? "990102001" : "980102001", "active");
	}
	desk_put_operator(o, "auditor", "auditor", "region", "990100");
	desk_enter(o, "auditor", &op);
	caller.operator= & op;
	do {
		q.cursor = cursor[0] ? cursor : NULL;
		assert_int_equal(
		    service_offices(o->service, &caller, &q, &answer, &e), 0);
		snprintf(
		    cursor, sizeof(cursor), "%s", office_text(answer, "next"));
		seen += items(answer);
	} while (cursor[0] != '\0');
	assert_int_equal(seen, 115);
	q.cursor = "x";
	assert_int_equal(
	    service_offices(o->service, &caller, &q, &answer, &e), ERR_INPUT);
	err_clear(&e);
	service_operator_release(&op);
}

static void
administrators_change_their_own_and_not_themselves(void **state)
{
	struct office *o = *state;
	struct service_operator op;
	struct service_caller caller = {.address = "10.1.0.9"};
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	desk_put_operator(
	    o, "dep", "department_admin", "department", DEPARTMENT_CODE);
	desk_put_operator(
	    o, "keeper", "custodian", "department", DEPARTMENT_CODE);
	desk_put_operator(o, "top", "regional_admin", "region", "990000");
	desk_put_operator(o, "below", "regional_admin", "region", "990100");
	desk_enter(o, "dep", &op);
	caller.operator= & op;
	assert_int_equal(service_operator_change(o->service, &caller, "keeper",
			     "disable", &answer, &e),
	    0);
	assert_string_equal(office_text(answer, "state"), "disabled");
	json_decref(answer);
	assert_int_equal(service_operator_change(o->service, &caller, "dep",
			     "disable", &answer, &e),
	    ERR_CONFLICT);
	assert_code("not_oneself", &e);
	assert_int_equal(service_operator_change(o->service, &caller, "below",
			     "disable", &answer, &e),
	    ERR_NOT_FOUND);
	assert_code("no_such_operator", &e);
	service_operator_release(&op);
	/* The region above is not below. */
	desk_enter(o, "below", &op);
	caller.operator= & op;
	assert_int_equal(service_operator_change(o->service, &caller, "top",
			     "disable", &answer, &e),
	    ERR_NOT_FOUND);
	err_clear(&e);
	service_operator_release(&op);
	desk_enter(o, "top", &op);
	caller.operator= & op;
	assert_int_equal(service_operator_change(o->service, &caller, "below",
			     "disable", &answer, &e),
	    0);
	json_decref(answer);
	service_operator_release(&op);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(offices_that_are_wrong_are_refused),
	    CASE(an_office_that_changes_keeps_its_printers),
	    CASE(an_office_has_so_many_printers),
	    CASE(operators_that_are_wrong_are_refused),
	    CASE(an_operator_is_made_once_and_gets_a_password_again),
	    CASE(people_of_a_demo_are_refused_elsewhere),
	    CASE(long_lists_come_in_pages),
	    CASE(administrators_change_their_own_and_not_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
