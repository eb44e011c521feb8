/* What operators change about their own login: passwords and one-time codes. */
#include <pthread.h>

#include "tests/support/desk_fixture.h"

#include "certsvc/totp.h"

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
a_new_password_keeps_the_key_and_ends_other_sessions(void **state)
{
	struct office *o = *state;
	struct service_operator op;
	struct service_caller caller = {.address = "10.1.0.9"};
	struct err e = ERR_INIT;
	char other[OPERATOR_TOKEN_SIZE], token[OPERATOR_TOKEN_SIZE];

	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, other, &e), 0);
	desk_enter(o, "zhang", &op);
	caller.operator= & op;
	assert_int_equal(service_password(o->service, &caller, "wrong",
			     "seven grey geese", &e),
	    ERR_DENIED);
	assert_code("bad_password", &e);
	assert_int_equal(service_password(o->service, &caller, DESK_PASSWORD,
			     "zhangzhang1", &e),
	    ERR_INPUT);
	assert_code("weak_password", &e);
	assert_int_equal(service_password(o->service, &caller, DESK_PASSWORD,
			     DESK_PASSWORD, &e),
	    ERR_INPUT);
	assert_code("weak_password", &e);
	assert_int_equal(service_password(o->service, &caller, DESK_PASSWORD,
			     "seven grey geese", &e),
	    0);
	service_operator_release(&op);
	assert_int_equal(session(o, other, "10.1.0.9", &e), ERR_UNKNOWN);
	err_clear(&e);
	wrong(o, "zhang", "bad_login");
	assert_int_equal(
	    desk_login(o, "zhang", "seven grey geese", NULL, token, &e), 0);
	assert_int_equal(
	    service_session(o->service, token, "10.1.0.9", &op, &e), 0);
	assert_string_equal(op.office_key, DESK_KEY);
	service_operator_release(&op);
}

/* The code of the enrolled secret at the clock's time. */
static void
code_now(const json_t *begun, char code[TOTP_CODE_SIZE])
{
	const char *text = office_text(begun, "secret");
	uint8_t raw[TOTP_SECRET_SIZE];

	assert_int_equal(
	    text_unbase32(raw, sizeof(raw), text, strlen(text)), 0);
	assert_int_equal(totp_code((struct bytes){raw, sizeof(raw)},
			     clock_now() / TOTP_STEP, code),
	    0);
}

static void
with_one_time_codes_a_password_is_not_enough(void **state)
{
	struct office *o = *state;
	struct service_operator op;
	struct service_caller caller = {.address = "10.1.0.9"};
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE], code[TOTP_CODE_SIZE];
	json_t *begun = NULL, *done = NULL;

	desk_enter(o, "zhang", &op);
	caller.operator= & op;
	assert_int_equal(
	    service_totp(o->service, &caller, "wrong", NULL, &begun, &e),
	    ERR_DENIED);
	assert_code("bad_password", &e);
	assert_int_equal(service_totp(o->service, &caller, DESK_PASSWORD,
			     "123456", &done, &e),
	    ERR_CONFLICT);
	assert_code("totp_not_begun", &e);
	assert_int_equal(
	    service_totp(o->service, &caller, DESK_PASSWORD, NULL, &begun, &e),
	    0);
	assert_non_null(strstr(office_text(begun, "uri"), "otpauth://totp/"));
	assert_true(json_array_size(json_object_get(begun, "qr")) >= 21);
	/* Not enrolled before the first code. */
	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e), 0);
	assert_int_equal(service_totp(o->service, &caller, DESK_PASSWORD,
			     "000000", &done, &e),
	    ERR_DENIED);
	assert_code("bad_code", &e);
	code_now(begun, code);
	assert_int_equal(
	    service_totp(o->service, &caller, DESK_PASSWORD, code, &done, &e),
	    0);
	json_decref(done);
	assert_int_equal(desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e),
	    ERR_UNKNOWN);
	assert_code("code_needed", &e);
	/* The one that enrolled is used. */
	assert_int_equal(desk_login(o, "zhang", DESK_PASSWORD, code, token, &e),
	    ERR_UNKNOWN);
	assert_code("bad_login", &e);
	clock_fix(START + 60);
	code_now(begun, code);
	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, code, token, &e), 0);
	assert_int_equal(desk_login(o, "zhang", DESK_PASSWORD, code, token, &e),
	    ERR_UNKNOWN);
	assert_code("bad_login", &e);
	/* It goes on with another password. */
	assert_int_equal(service_password(o->service, &caller, DESK_PASSWORD,
			     "seven grey geese", &e),
	    0);
	clock_fix(START + 120);
	code_now(begun, code);
	assert_int_equal(
	    desk_login(o, "zhang", "seven grey geese", code, token, &e), 0);
	json_decref(begun);
	service_operator_release(&op);
}

static void
asking_for_the_code_is_no_guess_and_wrong_codes_are(void **state)
{
	struct office *o = *state;
	struct service_operator op;
	struct service_caller caller = {.address = "10.1.0.9"};
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE], code[TOTP_CODE_SIZE];
	json_t *begun = NULL, *done = NULL;

	desk_enter(o, "zhang", &op);
	caller.operator= & op;
	assert_int_equal(
	    service_totp(o->service, &caller, DESK_PASSWORD, NULL, &begun, &e),
	    0);
	code_now(begun, code);
	assert_int_equal(
	    service_totp(o->service, &caller, DESK_PASSWORD, code, &done, &e),
	    0);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(
		    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e),
		    ERR_UNKNOWN);
		assert_code("code_needed", &e);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(
		    desk_login(o, "zhang", DESK_PASSWORD, "x", token, &e),
		    ERR_UNKNOWN);
		assert_code("bad_login", &e);
		assert_int_equal(
		    desk_login(o, "zhang", DESK_PASSWORD, NULL, token, &e),
		    ERR_UNKNOWN);
		assert_code("code_needed", &e);
	}
	assert_int_equal(
	    desk_login(o, "zhang", DESK_PASSWORD, "x", token, &e), ERR_UNKNOWN);
	assert_code("locked", &e);
	json_decref(begun);
	json_decref(done);
	service_operator_release(&op);
}

struct racer {
	struct office *o;
	const char *code;
	int rc;
};

static void *
race(void *ctx)
{
	struct racer *r = ctx;
	struct err e = ERR_INIT;
	char token[OPERATOR_TOKEN_SIZE];

	r->rc = desk_login(r->o, "zhang", DESK_PASSWORD, r->code, token, &e);
	err_clear(&e);
	return NULL;
}

/* Whoever looked over the shoulder is not faster. */
static void
of_two_who_show_one_code_one_is_let_in(void **state)
{
	struct service_operator op;
	struct service_caller caller = {.address = "10.1.0.9"};
	struct office *o = *state;
	struct err e = ERR_INIT;
	struct racer v[4];
	pthread_t threads[4];
	char code[TOTP_CODE_SIZE];
	json_t *begun = NULL, *done = NULL;
	int in = 0;

	desk_enter(o, "zhang", &op);
	caller.operator= & op;
	assert_int_equal(
	    service_totp(o->service, &caller, DESK_PASSWORD, NULL, &begun, &e),
	    0);
	code_now(begun, code);
	assert_int_equal(
	    service_totp(o->service, &caller, DESK_PASSWORD, code, &done, &e),
	    0);
	clock_fix(START + 60);
	code_now(begun, code);
	for (size_t i = 0; i < 4; i++) {
		v[i] = (struct racer){.o = o, .code = code};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, race, &v[i]), 0);
	}
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		in += v[i].rc == 0;
	}
	assert_int_equal(in, 1);
	json_decref(begun);
	json_decref(done);
	service_operator_release(&op);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_CASE(a_new_password_keeps_the_key_and_ends_other_sessions),
	    DESK_CASE(with_one_time_codes_a_password_is_not_enough),
	    DESK_CASE(asking_for_the_code_is_no_guess_and_wrong_codes_are),
	    DESK_CASE(of_two_who_show_one_code_one_is_let_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
