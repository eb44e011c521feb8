/* Logins and sessions over a real store. */
#include <pthread.h>

#include "tests/support/desk_fixture.h"

#include "certsvc/service_state.h"

enum {
	START = 1767600000 /* where the clock stands */
};

static int
setup(void **state)
{
	int rc;

	clock_fix(START);
	rc = office_setup(state);
	desk_put_office(*state, "hekou", "990102001", "active");
	desk_put_operator(*state, "zhang", "clerk", "office", "hekou");
	return rc;
}

static int
teardown(void **state)
{
	clock_fix(-1);
	return office_teardown(state);
}

#define DESK_CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static uint64_t
count(struct office *o, const char *kind, const char *state)
{
	struct store_record_query q = {.kind = kind, .state = state};
	struct err e = ERR_INIT;
	uint64_t n = 0;

	assert_int_equal(
	    o->service->ops->record_count(o->service->store, &q, &n, &e), 0);
	return n;
}

static int
session(struct office *o, const char *token, const char *address, struct err *e)
{
	struct service_operator op = {0};
	int rc = service_session(o->service, token, address, &op, e);

	service_operator_release(&op);
	return rc;
}

static void
wrong(struct office *o, const char *name, const char *code)
{
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE];

	assert_int_equal(
	    desk_login(o, name, "wrong", NULL, token, &e), ERR_UNKNOWN);
	assert_code(code, &e);
}

static void
a_login_gives_the_office_and_its_key(void **state)
{
	struct service_operator op;
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	desk_enter(*state, "zhang", &op);
	assert_string_equal(op.name, "zhang");
	assert_int_equal(op.role, ROLE_CLERK);
	assert_string_equal(op.office, "hekou");
	assert_string_equal(op.office_zh, "河口镇便民服务中心");
	assert_string_equal(op.region, "990102001");
	assert_string_equal(op.office_key, DESK_KEY);
	assert_memory_equal(op.ticket.p, "ticket", 6);
	assert_int_equal(service_session_get(((struct office *)*state)->service,
			     &op, &answer, &e),
	    0);
	assert_string_equal(office_text(answer, "role"), "clerk");
	assert_string_equal(office_text(answer, "totp"), "missing");
	assert_true(json_is_null(json_object_get(answer, "last")));
	json_decref(answer);
	service_operator_release(&op);
}

static void
without_a_one_time_code_nothing_else_is_open(void **state)
{
	struct office *o = *state;
	struct service_operator op;

	desk_enter(o, "zhang", &op);
	assert_false(op.must_enrol);
	service_operator_release(&op);
	service_close(o->service);
	o->config.second_factor = 1;
	office_open(o);
	desk_enter(o, "zhang", &op);
	assert_true(op.must_enrol);
	service_operator_release(&op);
}

static void
five_wrong_passwords_lock_and_the_owner_is_told(void **state)
{
	struct office *o = *state;
	struct service_login in = {
	    .name = "zhang", .password = DESK_PASSWORD, .address = "10.1.0.9"};
	char token[OPERATOR_TOKEN_SIZE];
	struct err e = ERR_INIT;
	json_t *answer = NULL;

	for (int i = 0; i < 4; i++)
		wrong(o, "zhang", "bad_login");
	wrong(o, "zhang", "locked");
	/* The right one does not help now. */
	assert_int_equal(
	    service_login(o->service, &in, token, &answer, &e), ERR_UNKNOWN);
	assert_int_equal(in.wait, 900);
	assert_code("locked", &e);
	clock_fix(START + 900);
	assert_int_equal(service_login(o->service, &in, token, &answer, &e), 0);
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(answer, "last"), "failures")),
	    5);
	json_decref(answer);
	assert_int_equal(count(o, "login", "failed"), 5);
	assert_int_equal(count(o, "login", "locked"), 1);
	assert_int_equal(count(o, "login", "ok"), 1);
	/* The next lock is a first one again. */
	clock_fix(START + 2000);
	assert_int_equal(service_login(o->service, &in, token, &answer, &e), 0);
	assert_string_equal(
	    office_text(json_object_get(answer, "last"), "address"),
	    "10.1.0.9");
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(answer, "last"), "failures")),
	    0);
	json_decref(answer);
}

struct guess {
	struct office *o;
	int bad, locked, busy;
};

static void *
guess(void *ctx)
{
	struct guess *g = ctx;
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE];
	int rc = desk_login(g->o, "zhang", "wrong", NULL, token, &e);

	g->bad = strcmp(e.code, "bad_login") == 0;
	g->locked = strcmp(e.code, "locked") == 0;
	g->busy = rc == ERR_BUSY;
	err_clear(&e);
	return NULL;
}

/* A try counts before the password is looked at. */
static void
many_guesses_at_once_are_not_more_guesses(void **state)
{
	enum {
		MANY = 40
	};
	pthread_t threads[MANY];
	struct guess v[MANY];
	int bad = 0, locked = 0, busy = 0;

	for (int i = 0; i < MANY; i++) {
		v[i] = (struct guess){.o = *state};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, guess, &v[i]), 0);
	}
	for (int i = 0; i < MANY; i++) {
		pthread_join(threads[i], NULL);
		bad += v[i].bad;
		locked += v[i].locked;
		busy += v[i].busy;
	}
	assert_int_equal(bad + locked + busy, MANY);
	assert_true(bad <= 4);
	assert_true(count(*state, "login", "failed") <= 5);
}

static void
a_lock_survives_a_restart(void **state)
{
	struct office *o = *state;

	for (int i = 0; i < 4; i++)
		wrong(o, "zhang", "bad_login");
	wrong(o, "zhang", "locked");
	service_close(o->service);
	office_open(o);
	wrong(o, "zhang", "locked");
	clock_fix(START + 901);
	for (int i = 0; i < 4; i++)
		wrong(o, "zhang", "bad_login");
	wrong(o, "zhang", "locked");
	clock_fix(START + 901 + 1799);
	wrong(o, "zhang", "locked");
}

/* Whoever knows a name must not be able to keep its owner out. */
static void
strangers_do_not_lock_out_the_owner_at_the_usual_desk(void **state)
{
	struct office *o = *state;
	struct service_login in = {
	    .name = "zhang", .password = DESK_PASSWORD, .address = "10.2.0.1"};
	char token[OPERATOR_TOKEN_SIZE];
	struct err e = ERR_INIT;
	json_t *answer = NULL;
	int i, again;

	assert_int_equal(service_login(o->service, &in, token, &answer, &e), 0);
	json_decref(answer);
	for (i = 0; i < 4; i++)
		wrong(o, "zhang", "bad_login");
	wrong(o, "zhang", "locked");
	wrong(o, "zhang\n10.2.0.1", "bad_login");
	/* somewhere else, the owner waits too */
	in.address = "10.2.0.2";
	assert_int_equal(
	    service_login(o->service, &in, token, &answer, &e), ERR_UNKNOWN);
	assert_code("locked", &e);
	in.address = "10.2.0.1";
	assert_int_equal(service_login(o->service, &in, token, &answer, &e), 0);
	json_decref(answer);
	/* guesses at the usual desk lock there, also over a restart */
	in.password = "wrong";
	for (again = 0; again < 2; again++) {
		for (i = 0; i < (again ? 1 : 5); i++) {
			assert_int_equal(
			    service_login(o->service, &in, token, &answer, &e),
			    ERR_UNKNOWN);
			assert_string_equal(
			    e.code, i == 4 || again ? "locked" : "bad_login");
			err_clear(&e);
		}
		service_close(o->service);
		office_open(o);
	}
}

/* Names are not to be found out by trying. */
static void
an_unknown_name_is_answered_as_a_known_one(void **state)
{
	struct office *o = *state;
	json_t *answer = NULL;
	struct service_caller local = {.address = "local"};
	struct err e = ERR_INIT;
	uint64_t before = count(o, "login", NULL);

	for (int i = 0; i < 4; i++)
		wrong(o, "nobody", "bad_login");
	wrong(o, "nobody", "locked");
	wrong(o, "nobody", "locked");
	wrong(o, "Not A Name", "bad_login");
	assert_int_equal(service_operator_change(o->service, &local, "zhang",
			     "disable", &answer, &e),
	    0);
	json_decref(answer);
	for (int i = 0; i < 4; i++)
		wrong(o, "zhang", "bad_login");
	wrong(o, "zhang", "locked");
	/* Recorded, but never with the name that was typed. */
	assert_int_equal(count(o, "login", NULL) - before, 13);
	{
		struct store_record_query q = {
		    .kind = "login", .subject = "nobody"};
		uint64_t n = 1;

		assert_int_equal(o->service->ops->record_count(
				     o->service->store, &q, &n, &e),
		    0);
		assert_int_equal(n, 0);
	}
}

static void
a_cookie_from_another_address_ends_the_session(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE];

	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), 0);
	assert_int_equal(session(o, token, "10.1.0.9", &e), 0);
	assert_int_equal(session(o, token, "10.1.0.10", &e), ERR_UNKNOWN);
	assert_code("login_needed", &e);
	assert_int_equal(session(o, token, "10.1.0.9", &e), ERR_UNKNOWN);
	assert_code("login_needed", &e);
	assert_int_equal(count(o, "login", "other_address"), 1);
	assert_int_equal(count(o, "session", "open"), 0);
	token[0] = token[0] == 'A' ? 'B' : 'A';
	assert_int_equal(session(o, token, "10.1.0.9", &e), ERR_UNKNOWN);
	assert_code("login_needed", &e);
	assert_int_equal(session(o, "", "10.1.0.9", &e), ERR_UNKNOWN);
	err_clear(&e);
}

static void
sessions_end_when_idle_and_after_half_a_day(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE];
	int64_t now = START;

	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), 0);
	while ((now += SESSION_IDLE) < START + SESSION_LIFE) {
		clock_fix(now);
		assert_int_equal(session(o, token, "10.1.0.9", &e), 0);
	}
	clock_fix(START + SESSION_LIFE);
	assert_int_equal(session(o, token, "10.1.0.9", &e), ERR_UNKNOWN);
	err_clear(&e);
	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), 0);
	clock_fix(START + SESSION_LIFE + SESSION_IDLE + 1);
	assert_int_equal(session(o, token, "10.1.0.9", &e), ERR_UNKNOWN);
	err_clear(&e);
	/* Also when the clock is set back, or the service begins anew. */
	clock_fix(START + SESSION_LIFE);
	assert_int_equal(session(o, token, "10.1.0.9", &e), ERR_UNKNOWN);
	err_clear(&e);
	service_close(o->service);
	office_open(o);
	assert_int_equal(session(o, token, "10.1.0.9", &e), ERR_UNKNOWN);
	err_clear(&e);
}

static void
a_session_survives_a_restart(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE];

	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), 0);
	service_close(o->service);
	office_open(o);
	assert_int_equal(session(o, token, "10.1.0.9", &e), 0);
}

static void
disabled_people_and_closed_offices_are_out_at_once(void **state)
{
	struct office *o = *state;
	struct service_caller local = {.address = "local"};
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE];
	json_t *answer = NULL;

	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), 0);
	assert_int_equal(service_operator_change(o->service, &local, "zhang",
			     "disable", &answer, &e),
	    0);
	json_decref(answer);
	assert_int_equal(session(o, token, "10.1.0.9", &e), ERR_UNKNOWN);
	err_clear(&e);
	assert_int_equal(service_operator_change(o->service, &local, "zhang",
			     "enable", &answer, &e),
	    0);
	json_decref(answer);
	assert_int_equal(session(o, token, "10.1.0.9", &e), ERR_UNKNOWN);
	err_clear(&e);
	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), 0);
	desk_put_office(o, "hekou", "990102001", "closed");
	assert_int_equal(session(o, token, "10.1.0.9", &e), ERR_UNKNOWN);
	err_clear(&e);
	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), ERR_DENIED);
	assert_code("office_closed", &e);
}

/* What lies in the database opens nothing. */
static void
records_hold_no_secret_in_clear(void **state)
{
	struct office *o = *state;
	char token[OPERATOR_TOKEN_SIZE];
	struct err e = ERR_INIT;

	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), 0);
	for (int i = 0; i < 2; i++) {
		struct store_record_query q = {
		    .kind = i == 0 ? "session" : "operator"};
		struct store_record_page page;

		assert_int_equal(o->service->ops->record_list(
				     o->service->store, &q, &page, &e),
		    0);
		assert_int_equal(page.n, 1);
		assert_null(memmem(page.v[0].body.p, page.v[0].body.n, DESK_KEY,
		    strlen(DESK_KEY)));
		assert_null(memmem(
		    page.v[0].body.p, page.v[0].body.n, token, strlen(token)));
		assert_null(memmem(page.v[0].body.p, page.v[0].body.n,
		    DESK_PASSWORD, strlen(DESK_PASSWORD)));
		assert_null(strstr(page.v[0].id, token));
		store_record_page_release(&page);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_CASE(a_login_gives_the_office_and_its_key),
	    DESK_CASE(without_a_one_time_code_nothing_else_is_open),
	    DESK_CASE(five_wrong_passwords_lock_and_the_owner_is_told),
	    DESK_CASE(many_guesses_at_once_are_not_more_guesses),
	    DESK_CASE(a_lock_survives_a_restart),
	    DESK_CASE(strangers_do_not_lock_out_the_owner_at_the_usual_desk),
	    DESK_CASE(an_unknown_name_is_answered_as_a_known_one),
	    DESK_CASE(a_cookie_from_another_address_ends_the_session),
	    DESK_CASE(sessions_end_when_idle_and_after_half_a_day),
	    DESK_CASE(a_session_survives_a_restart),
	    DESK_CASE(disabled_people_and_closed_offices_are_out_at_once),
	    DESK_CASE(records_hold_no_secret_in_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
