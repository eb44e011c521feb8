/* Look-ups, hand-over and postings of clerks, and who else sees them. */
#include "tests/support/desk_fixture.h"

#include "certsvc/desk_lookup.h"
#include "certsvc/service_state.h"

/* Where the clock stands: now, for keeper and parse processes have their own.
 */
static int64_t start;

#define SOCIAL_PROOF "social-insurance-proof"

static int
setup(void **state)
{
	int rc;

	start = clock_now();
	clock_fix(start);
	rc = office_setup(state);
	desk_put_office(*state, "hekou", "990102001", "active");
	desk_put_office(*state, "elsewhere", "980102001", "active");
	desk_put_office(*state, "shanwan", "990103002", "active");
	desk_put_operator(*state, "zhang", "clerk", "office", "hekou");
	desk_put_operator(*state, "wang", "clerk", "office", "shanwan");
	desk_put_operator(*state, "far", "clerk", "office", "elsewhere");
	desk_put_operator(*state, "auditor", "auditor", "region", "990100");
	desk_put_operator(*state, "county", "auditor", "region", "990102");
	return rc;
}

static int
teardown(void **state)
{
	clock_fix(-1);
	return office_teardown(state);
}

#define DESK_CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static int
look(struct office *o, const struct service_operator *op, const char *by,
    const char *value, json_t **answer, struct err *e)
{
	struct service_caller caller = {.address = "10.1.0.9", .operator= op };
	json_t *body = json_pack("{s:s, s:s, s:s}", "by", by, "value", value,
	    "purpose", "本人到场打印");
	int rc = service_lookup(o->service, &caller, body, answer, e);

	json_decref(body);
	return rc;
}

static json_t *
found(struct office *o, const struct service_operator *op, const char *by,
    const char *value)
{
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	if (look(o, op, by, value, &answer, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	return answer;
}

/* By a printed code; each takes a parse process. */
static int
scan(struct office *o, const struct service_operator *op, const char *text,
    json_t **answer, struct err *e)
{
	service_add_parser(
	    o->service, children_get(&o->children, 'P', "", "", NULL));
	return look(o, op, "code", text, answer, e);
}

static size_t
found_n(struct office *o, const struct service_operator *op, const char *by,
    const char *value)
{
	json_t *answer = found(o, op, by, value);
	size_t n = json_array_size(json_object_get(answer, "items"));

	json_decref(answer);
	return n;
}

static void
certificate(struct office *o, const char *id, struct store_certificate *c)
{
	struct err e = ERR_INIT;

	assert_int_equal(
	    o->service->ops->certificate_get(o->service->store, id, c, &e), 0);
}

static void
an_office_finds_what_it_prints_of_departments_of_its_area(void **state)
{
	struct office *o = *state;
	struct service_operator op, far;
	struct store_certificate dog, business;
	char id[STORE_ID_SIZE];
	json_t *answer, *item;
	struct buf qr = BUF_INIT;
	struct err e = ERR_INIT;

	issue(o, POLICE, DOG, "1", id);
	certificate(o, id, &dog);
	issue(o, MARKET, BUSINESS, "1", id);
	certificate(o, id, &business);
	desk_enter(o, "zhang", &op);
	desk_enter(o, "far", &far);
	answer = found(o, &op, "holder", dog.holder_code);
	item = json_array_get(json_object_get(answer, "items"), 0);
	assert_string_equal(office_text(item, "id"), dog.id);
	assert_string_equal(office_text(item, "holder"), dog.holder);
	assert_non_null(
	    json_object_get(json_object_get(item, "print"), "original"));
	assert_null(json_object_get(item, "holder_code"));
	json_decref(answer);
	assert_int_equal(found_n(o, &op, "number", dog.number), 1);
	/* A type that it does not print; a place of another department. */
	assert_int_equal(found_n(o, &op, "number", business.number), 0);
	assert_int_equal(found_n(o, &far, "number", dog.number), 0);
	assert_int_equal(found_n(o, &op, "number", "no such"), 0);
	buf_add_buf(&qr, &dog.qr);
	assert_int_equal(scan(o, &op, buf_cstr(&qr), &answer, &e), 0);
	assert_int_equal(json_array_size(json_object_get(answer, "items")), 1);
	json_decref(answer);
	assert_int_equal(scan(o, &far, buf_cstr(&qr), &answer, &e), 0);
	assert_int_equal(json_array_size(json_object_get(answer, "items")), 0);
	json_decref(answer);
	buf_release(&qr);
	store_certificate_release(&dog);
	store_certificate_release(&business);
	service_operator_release(&op);
	service_operator_release(&far);
}

static void
codes_that_are_not_ours_find_nothing(void **state)
{
	struct office *o = *state;
	struct service_operator op;
	struct store_certificate dog;
	struct err e = ERR_INIT;
	struct buf qr = BUF_INIT;
	json_t *answer = NULL;
	char id[STORE_ID_SIZE];
	uint8_t *digit;

	issue(o, POLICE, DOG, "1", id);
	certificate(o, id, &dog);
	desk_enter(o, "zhang", &op);
	buf_add_buf(&qr, &dog.qr);
	assert_non_null(buf_cstr(&qr));
	digit = &qr.p[qr.n - 40];
	*digit = *digit == '1' ? '2' : '1';
	assert_int_equal(scan(o, &op, buf_cstr(&qr), &answer, &e), ERR_INPUT);
	assert_code("not_our_code", &e);
	assert_int_equal(scan(o, &op, dog.id, &answer, &e), ERR_INPUT);
	assert_code("not_our_code", &e);
	/* Of one that was revoked the office is told so. */
	act(o, POLICE, id, "revoke", reason("cancelled"));
	buf_reset(&qr);
	buf_add_buf(&qr, &dog.qr);
	assert_int_equal(scan(o, &op, buf_cstr(&qr), &answer, &e), 0);
	assert_string_equal(
	    office_text(
		json_array_get(json_object_get(answer, "items"), 0), "status"),
	    "revoked");
	json_decref(answer);
	buf_release(&qr);
	store_certificate_release(&dog);
	service_operator_release(&op);
}

static void
a_purpose_is_needed(void **state)
{
	struct office *o = *state;
	struct service_operator op;
	struct service_caller caller = {.address = "10.1.0.9"};
	static const char *const bad[] = {"{\"by\":\"number\",\"value\":\"1\"}",
	    "{\"by\":\"number\",\"value\":\"1\",\"purpose\":\"\"}",
	    "{\"by\":\"number\",\"value\":\"1\",\"purpose\":\"   \"}",
	    "{\"by\":\"number\",\"value\":\"1\",\"purpose\":\"a\\u202e\"}",
	    "{\"by\":\"number\",\"value\":\"\",\"purpose\":\"a\"}",
	    "{\"by\":\"name\",\"value\":\"1\",\"purpose\":\"a\"}",
	    "{\"by\":\"name\",\"value\":\"1\",\"purpose\":\"a\",\"x\":1}"};
	struct err e = ERR_INIT;
	char text[600];
	json_t *body, *answer;

	desk_enter(o, "zhang", &op);
	caller.operator= & op;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		body = json_loads(bad[i], 0, NULL);
		assert_non_null(body);
		assert_int_equal(
		    service_lookup(o->service, &caller, body, &answer, &e),
		    ERR_INPUT);
		json_decref(body);
		err_clear(&e);
	}
	for (int over = 0; over < 2; over++) {
		memset(text, 'a', sizeof(text));
		text[DESK_PURPOSE_MAX + over] = '\0';
		body = json_pack("{s:s, s:s, s:s}", "by", "number", "value",
		    "1", "purpose", text);
		assert_int_equal(
		    service_lookup(o->service, &caller, body, &answer, &e),
		    over ? ERR_INPUT : 0);
		json_decref(body);
		json_decref(answer);
		err_clear(&e);
	}
	service_operator_release(&op);
}

static json_t *
seen(struct office *o, const char *name, const char *office)
{
	struct service_operator op;
	struct service_caller caller = {.address = "10.1.0.9"};
	struct desk_lookup_query q = {.office = office};
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	desk_enter(o, name, &op);
	caller.operator= & op;
	if (service_lookups(o->service, &caller, &q, &answer, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	service_operator_release(&op);
	return answer;
}

static size_t
seen_n(struct office *o, const char *name, const char *office)
{
	json_t *answer = seen(o, name, office);
	size_t n = json_array_size(json_object_get(answer, "items"));

	json_decref(answer);
	return n;
}

static void
auditors_see_who_looked_up_and_never_what_was_typed(void **state)
{
	struct office *o = *state;
	struct service_operator zhang, wang;
	struct service_caller caller = {.address = "10.1.0.9"};
	char today[CLOCK_DATE_SIZE];
	struct desk_lookup_query q = {.day = today};
	struct err e = ERR_INIT;
	json_t *answer, *item;
	char *text;

	clock_date_cst(today, start);
	desk_enter(o, "zhang", &zhang);
	desk_enter(o, "wang", &wang);
	for (int i = 0; i < 3; i++)
		(void)found_n(o, &zhang, "holder", "11010519491231002X");
	(void)found_n(o, &wang, "number", "secret-number");
	assert_int_equal(seen_n(o, "auditor", NULL), 4);
	assert_int_equal(seen_n(o, "auditor", "shanwan"), 1);
	assert_int_equal(seen_n(o, "county", NULL), 3);
	assert_int_equal(seen_n(o, "county", "shanwan"), 0);
	assert_int_equal(seen_n(o, "zhang", NULL), 3);
	assert_int_equal(seen_n(o, "wang", NULL), 1);
	assert_int_equal(seen_n(o, "wang", "hekou"), 0);
	answer = seen(o, "auditor", NULL);
	item = json_array_get(json_object_get(answer, "items"), 0);
	assert_string_equal(office_text(item, "operator"), "wang");
	assert_string_equal(office_text(item, "purpose"), "本人到场打印");
	text = json_dumps(answer, 0);
	assert_null(strstr(text, "11010519491231002X"));
	assert_null(strstr(text, "secret-number"));
	free(text);
	json_decref(answer);
	caller.operator= & wang;
	assert_int_equal(
	    service_lookup_counts(o->service, &caller, &q, &answer, &e), 0);
	assert_int_equal(json_array_size(json_object_get(answer, "items")), 1);
	json_decref(answer);
	q.day = "2026-01-05";
	assert_int_equal(
	    service_lookup_counts(o->service, &caller, &q, &answer, &e), 0);
	assert_int_equal(json_array_size(json_object_get(answer, "items")), 0);
	json_decref(answer);
	q.day = "yesterday";
	assert_int_equal(
	    service_lookup_counts(o->service, &caller, &q, &answer, &e),
	    ERR_INPUT);
	err_clear(&e);
	service_operator_release(&zhang);
	service_operator_release(&wang);
}

static void
only_clerks_look_up(void **state)
{
	struct office *o = *state;
	struct service_operator op;
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	desk_enter(o, "auditor", &op);
	assert_int_equal(look(o, &op, "number", "1", &answer, &e), ERR_DENIED);
	assert_code("not_allowed", &e);
	service_operator_release(&op);
}

/* A clerk who copies the register one by one is stopped, and it is seen. */
static void
mass_queries_are_braked(void **state)
{
	struct office *o = *state;
	struct service_operator op, other;
	struct err e = ERR_INIT;
	json_t *answer = NULL, *item;
	size_t refused = 0, i;

	o->service->config.lookups_hour = 10;
	desk_enter(o, "zhang", &op);
	desk_enter(o, "wang", &other);
	for (i = 0; i < 10; i++)
		(void)found_n(o, &op, "number", "1");
	for (i = 0; i < 100; i++) {
		assert_int_equal(
		    look(o, &op, "number", "1", &answer, &e), ERR_LIMIT);
		assert_code("too_many_lookups", &e);
	}
	(void)found_n(o, &other, "number", "1");
	answer = seen(o, "auditor", "hekou");
	json_array_foreach (json_object_get(answer, "items"), i, item)
		refused += json_is_true(json_object_get(item, "refused"));
	assert_int_equal(refused, 1);
	json_decref(answer);
	clock_fix(start + 3601);
	(void)found_n(o, &op, "number", "1");
	service_operator_release(&op);
	service_operator_release(&other);
}

static int
hand_over(struct office *o, const struct service_operator *op, const char *id,
    json_t *body, struct err *e)
{
	struct service_caller caller = {.address = "10.1.0.9", .operator= op };
	struct service_call call = {
	    .caller = &caller, .action = "hand_over", .id = id, .body = body};
	json_t *answer = NULL;
	int rc = service_hand_over(o->service, &call, &answer, e);

	/* What may be printed now goes with it. */
	if (rc == 0)
		assert_true(json_is_true(json_object_get(
		    json_object_get(json_object_get(answer, "print"), "copy"),
		    "allowed")));
	json_decref(answer);
	json_decref(body);
	return rc;
}

static json_t *
handed(int confirmed, const char *lookup)
{
	return json_pack("{s:s, s:b, s:s}", "reason", "handed_over",
	    "holder_confirmed", confirmed, "lookup", lookup);
}

static void
a_clerk_hands_over_what_was_looked_up(void **state)
{
	struct office *o = *state;
	struct service_operator zhang, wang, far;
	struct store_certificate dog;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], lookup[STORE_RECORD_ID_SIZE];
	json_t *answer;

	issue(o, POLICE, DOG, "1", id);
	certificate(o, id, &dog);
	desk_enter(o, "zhang", &zhang);
	desk_enter(o, "wang", &wang);
	desk_enter(o, "far", &far);
	answer = found(o, &zhang, "number", dog.number);
	snprintf(lookup, sizeof(lookup), "%s", office_text(answer, "id"));
	json_decref(answer);
	assert_int_equal(
	    hand_over(o, &zhang, id, handed(0, lookup), &e), ERR_INPUT);
	assert_code("not_confirmed", &e);
	assert_int_equal(
	    hand_over(o, &zhang, id, handed(1, "x"), &e), ERR_CONFLICT);
	assert_code("lookup_needed", &e);
	/* Not with somebody else's. */
	assert_int_equal(
	    hand_over(o, &wang, id, handed(1, lookup), &e), ERR_CONFLICT);
	assert_code("lookup_needed", &e);
	assert_int_equal(
	    hand_over(o, &far, id, handed(1, lookup), &e), ERR_NOT_FOUND);
	assert_code("not_found", &e);
	clock_fix(start + DESK_LOOKUP_LIFE + 1);
	assert_int_equal(
	    hand_over(o, &zhang, id, handed(1, lookup), &e), ERR_CONFLICT);
	assert_code("lookup_needed", &e);
	clock_fix(start + 60);
	status_is(o, id, "pending");
	assert_int_equal(hand_over(o, &zhang, id, handed(1, lookup), &e), 0);
	/* Again is the same answer. */
	assert_int_equal(hand_over(o, &zhang, id, handed(1, lookup), &e), 0);
	status_is(o, id, "valid");
	store_certificate_release(&dog);
	service_operator_release(&zhang);
	service_operator_release(&wang);
	service_operator_release(&far);
}

static void
a_posting_is_recorded(void **state)
{
	struct office *o = *state;
	struct service_operator zhang, far;
	struct service_caller caller = {.address = "10.1.0.9"};
	struct err e = ERR_INIT;
	struct store_certificate dog;
	char id[STORE_ID_SIZE];
	json_t *answer = NULL, *body;

	issue(o, POLICE, DOG, "1", id);
	certificate(o, id, &dog);
	desk_enter(o, "zhang", &zhang);
	desk_enter(o, "far", &far);
	body = json_pack("{s:s, s:s, s:s, s:s}", "certificate", id, "lookup",
	    "x", "carrier", "EMS", "tracking", "EA123456789CN");
	caller.operator= & far;
	assert_int_equal(
	    service_posting(o->service, &caller, body, &answer, &e),
	    ERR_NOT_FOUND);
	err_clear(&e);
	caller.operator= & zhang;
	assert_int_equal(
	    service_posting(o->service, &caller, body, &answer, &e),
	    ERR_CONFLICT);
	assert_code("lookup_needed", &e);
	answer = found(o, &zhang, "number", dog.number);
	json_object_set(body, "lookup", json_object_get(answer, "id"));
	json_decref(answer);
	assert_int_equal(
	    service_posting(o->service, &caller, body, &answer, &e), 0);
	assert_string_equal(office_text(answer, "tracking"), "EA123456789CN");
	json_decref(answer);
	json_object_set_new(body, "tracking", json_string(""));
	assert_int_equal(
	    service_posting(o->service, &caller, body, &answer, &e), ERR_INPUT);
	err_clear(&e);
	json_decref(body);
	store_certificate_release(&dog);
	service_operator_release(&zhang);
	service_operator_release(&far);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_CASE(
		an_office_finds_what_it_prints_of_departments_of_its_area),
	    DESK_CASE(codes_that_are_not_ours_find_nothing),
	    DESK_CASE(a_purpose_is_needed),
	    DESK_CASE(auditors_see_who_looked_up_and_never_what_was_typed),
	    DESK_CASE(only_clerks_look_up),
	    DESK_CASE(mass_queries_are_braked),
	    DESK_CASE(a_clerk_hands_over_what_was_looked_up),
	    DESK_CASE(a_posting_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
