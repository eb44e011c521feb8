/*
 * print_desk.h - two offices with their clerks, a licence and a proof, for the
 * tests of the print desk.
 */
#ifndef TESTS_UNIT_PRINT_DESK_H
#define TESTS_UNIT_PRINT_DESK_H

#include "tests/support/print_office.h"

#include "certsvc/print_job.h"
#include "crypto/base/clock.h"

struct desk {
	struct office *o;
	struct service_operator clerk, other;
	struct service_caller caller, stranger;
	char licence[STORE_ID_SIZE], proof[STORE_ID_SIZE];
	struct err e;
};

static inline int
desk_setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));
	void *office;

	office_setup(&office);
	d->o = office;
	office_new(d->o, "town", &d->clerk);
	office_new(d->o, "village", &d->other);
	d->caller = clerk_caller(&d->clerk);
	d->stranger = clerk_caller(&d->other);
	issue(d->o, MARKET, BUSINESS, "P-1", d->licence);
	issue(d->o, SOCIAL, "social-insurance-proof", "P-2", d->proof);
	*state = d;
	return 0;
}

static inline int
desk_teardown(void **state)
{
	struct desk *d = *state;
	void *office = d->o;

	service_operator_release(&d->clerk);
	service_operator_release(&d->other);
	err_clear(&d->e);
	free(d);
	return office_teardown(&office);
}

/* A job that must come to be. */
static inline json_t *
printed(struct desk *d, const char *certificate, const char *kind,
    const char *channel, const char *key, const char *reason)
{
	json_t *answer,
	    *body = clerk_body(d->o, &d->clerk, certificate, kind, channel);

	if (reason != NULL)
		json_object_set_new(body, "reason", json_string(reason));
	if (print_call(d->o, &d->caller, key, body, &answer, &d->e) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
	return answer;
}

/* The same, that must be refused with this code. */
static inline void
refused(struct desk *d, json_t *body, const char *code)
{
	json_t *answer;
	char key[27];

	assert_int_equal(desk_record_random(key, sizeof(key), &d->e), 0);
	assert_true(
	    print_call(d->o, &d->caller, key, body, &answer, &d->e) < 0);
	assert_null(answer);
	assert_code(code, &d->e);
}

static inline json_t *
settled(struct desk *d, const json_t *job, int came_out, const char *reason)
{
	json_t *answer;

	if (print_act(d->o, &d->caller, print_desk_settle,
		office_text(job, "id"),
		json_pack(
		    "{s:b, s:s*}", "came_out", came_out, "reason", reason),
		&answer, &d->e) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
	return answer;
}

static inline void
fetched(struct desk *d, const json_t *job, struct buf *pdf)
{
	const struct print_call call = {
	    .caller = &d->caller, .id = office_text(job, "id")};

	if (print_desk_file(d->o->service, &call, pdf, &d->e) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
}

#define DESK_CASE(name)                                                        \
	cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

#endif
