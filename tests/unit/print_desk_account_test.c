/*
 * print_desk_account_test.c - the print desk through a whole service: blanks
 * and the day's account, numbers that are used once, a department's own jobs.
 */
#include "tests/unit/print_desk.h"

/* The numbers of a job in each state. */
static void
assert_sums(struct desk *d, const char *want)
{
	char day[CLOCK_DATE_SIZE], got[256];
	json_t *a, *blanks;

	clock_date_cst(day, clock_now());
	if (print_desk_day(d->o->service, &d->caller, day, NULL, &a, &d->e) !=
	    0)
		fail_msg("%s: %s", d->e.code, d->e.en);
	blanks = json_object_get(a, "blanks");
#define N(of, name) (int)json_integer_value(json_object_get(of, name))
	snprintf(got, sizeof(got),
	    "made %d = %d + %d + %d + %d; blanks: free %d, used %d, spoiled "
	    "%d + %d, given back %d",
	    N(a, "made"), N(a, "confirmed"), N(a, "failed"), N(a, "unknown"),
	    N(a, "open"), N(blanks, "free"), N(blanks, "used"),
	    N(blanks, "spoiled_by_jobs"), N(blanks, "spoiled_besides"),
	    N(blanks, "given_back"));
#undef N
	assert_string_equal(got, want);
	assert_int_equal(json_array_size(json_object_get(a, "jobs")),
	    json_integer_value(json_object_get(a, "made")));
	json_decref(a);
}

static json_t *
on_stock(struct desk *d, const char *blank, const char *reason)
{
	json_t *body =
	    clerk_body(d->o, &d->clerk, d->licence, "original", "printer");

	json_object_set_new(body, "printer", json_string("stock"));
	json_object_set_new(body, "blank", json_string(blank));
	if (reason != NULL)
		json_object_set_new(body, "reason", json_string(reason));
	return body;
}

static int
add(struct desk *d, const struct service_caller *caller, const char *from,
    const char *to, json_t **answer)
{
	return print_act(d->o, caller, print_desk_add_blanks, NULL,
	    json_pack(
		"{s:s, s:s, s:s}", "type", BUSINESS, "from", from, "to", to),
	    answer, &d->e);
}

static void
added(struct desk *d, const char *from, const char *to, int n)
{
	json_t *answer;

	if (add(d, &d->caller, from, to, &answer) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
	assert_int_equal(
	    json_integer_value(json_object_get(answer, "added")), n);
	json_decref(answer);
}

static void
blanks_are_registered_once(void **state)
{
	struct desk *d = *state;
	json_t *answer, *body;

	added(d, "QH098", "QH102", 5);
	added(d, "QH100", "QH103", 1);
	assert_int_equal(
	    add(d, &d->stranger, "QH103", "QH104", &answer), ERR_CONFLICT);
	assert_code("blank_elsewhere", &d->e);
	assert_int_equal(add(d, &d->caller, "QH1", "QX2", &answer), ERR_INPUT);
	assert_code("bad_range", &d->e);
	assert_int_equal(
	    add(d, &d->caller, "QH1", "QH9999", &answer), ERR_INPUT);
	assert_code("bad_range", &d->e);
	assert_int_equal(add(d, &d->caller, "Q/1", "Q/2", &answer), ERR_INPUT);
	assert_code("bad_range", &d->e);
	body = on_stock(d, "QH100", NULL);
	json_object_del(body, "blank");
	refused(d, body, "blank_needed");
	refused(d, on_stock(d, "QH999", NULL), "blank_not_free");
	body = clerk_body(d->o, &d->clerk, d->proof, "proof", "printer");
	json_object_set_new(body, "printer", json_string("stock"));
	refused(d, body, "printer_has_stock");
}

static int
spoil(struct desk *d, const struct service_caller *caller, const char *id,
    json_t **answer)
{
	return print_act(d->o, caller, print_desk_spoil_blank, id,
	    json_pack("{s:s}", "reason", "受潮"), answer, &d->e);
}

static void
blanks_are_accounted_for(void **state)
{
	struct desk *d = *state;
	json_t *answer, *job;

	added(d, "QH098", "QH103", 6);
	assert_int_equal(print_call(d->o, &d->caller, "s1",
			     on_stock(d, "QH100", NULL), &job, &d->e),
	    0);
	assert_sums(d, "made 1 = 0 + 0 + 0 + 1; blanks: free 5, used 1, "
		       "spoiled 0 + 0, given back 0");
	/* canceled before it was sent: the blank is as it was */
	assert_int_equal(
	    print_act(d->o, &d->caller, print_desk_cancel,
		office_text(job, "id"), json_object(), &answer, &d->e),
	    0);
	assert_state(answer, "failed");
	json_decref(answer);
	json_decref(job);
	assert_sums(d, "made 1 = 0 + 1 + 0 + 0; blanks: free 6, used 0, "
		       "spoiled 0 + 0, given back 1");
	assert_int_equal(
	    spoil(d, &d->caller, DESK_BUSINESS "-QH101", &answer), 0);
	assert_state(answer, "spoiled");
	json_decref(answer);
	assert_int_equal(
	    spoil(d, &d->stranger, DESK_BUSINESS "-QH102", &answer),
	    ERR_NOT_FOUND);
	err_clear(&d->e);
	assert_sums(d, "made 1 = 0 + 1 + 0 + 0; blanks: free 5, used 0, "
		       "spoiled 0 + 1, given back 1");
	refused(d, on_stock(d, "QH101", "重打"), "blank_not_free");
}

static void
acted(struct desk *d, const json_t *job, print_fn fn, const char *state)
{
	json_t *answer;

	if (print_act(d->o, &d->caller, fn, office_text(job, "id"),
		json_object(), &answer, &d->e) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
	assert_state(answer, state);
	json_decref(answer);
}

/* A blank whose document was given is not free again because the job was called
 * back and canceled after that. */
static void
a_blank_that_was_printed_on_stays_used(void **state)
{
	struct desk *d = *state;
	struct buf pdf = BUF_INIT;
	json_t *job, *body;

	added(d, "QH001", "QH002", 2);
	body = clerk_body(d->o, &d->clerk, d->licence, "original", "browser");
	json_object_set_new(body, "blank", json_string("QH001"));
	if (print_call(d->o, &d->caller, "b1", body, &job, &d->e) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
	fetched(d, job, &pdf);
	buf_release(&pdf);
	acted(d, job, print_desk_resend, "rendered");
	acted(d, job, print_desk_cancel, "failed");
	assert_sums(d, "made 1 = 0 + 1 + 0 + 0; blanks: free 1, used 0, "
		       "spoiled 1 + 0, given back 0");
	refused(d, on_stock(d, "QH001", "重打"), "blank_not_free");
	json_decref(job);
}

struct racer {
	struct desk *d;
	int number;
	const char *key;
	json_int_t copy;
	char id[PRINT_ID_SIZE];
};

static void *
race(void *arg)
{
	struct racer *r = arg;
	struct err e = ERR_INIT;
	char key[16];
	json_t *job, *body;
	char lookup[27];

	snprintf(key, sizeof(key), "race-%d", r->number);
	lookup_new(r->d->o, &r->d->clerk, r->d->proof, lookup);
	body = json_pack("{s:s, s:s, s:s, s:s, s:s}", "certificate",
	    r->d->proof, "kind", "proof", "channel", "browser", "lookup",
	    r->key != NULL ? r->key : lookup, "reason", "多份");
	if (print_call(r->d->o, &r->d->caller, r->key != NULL ? r->key : key,
		body, &job, &e) < 0)
		fail_msg("%s: %s", e.code, e.en);
	r->copy = json_integer_value(json_object_get(job, "copy"));
	snprintf(r->id, sizeof(r->id), "%s", office_text(job, "id"));
	json_decref(job);
	return NULL;
}

static void
race_all(struct desk *d, struct racer *racers, int n, const char *key)
{
	pthread_t threads[16];
	int i;

	for (i = 0; i < n; i++) {
		racers[i] = (struct racer){.d = d, .number = i, .key = key};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

static void
numbers_are_used_once(void **state)
{
	enum {
		RACERS = 12
	};
	struct desk *d = *state;
	struct racer racers[RACERS];
	unsigned int seen = 0;
	char lookup[27];
	int i;

	race_all(d, racers, RACERS, NULL);
	for (i = 0; i < RACERS; i++)
		seen |= 1u << racers[i].copy;
	assert_int_equal(seen, 0x1ffe); /* 1 to 12 */
	lookup_new(d->o, &d->clerk, d->proof, lookup);
	race_all(d, racers, RACERS, lookup);
	for (i = 0; i < RACERS; i++) {
		assert_int_equal(racers[i].copy, 13);
		assert_string_equal(racers[i].id, racers[0].id);
	}
	assert_int_equal(
	    d->o->service->ops->audit(d->o->service->store, &d->e), 0);
}

static void
a_department_prints_at_an_office(void **state)
{
	struct desk *d = *state;
	struct service_caller market = office_caller(d->o, MARKET);
	json_t *job,
	    *body = json_pack("{s:s, s:s, s:s, s:s, s:s}", "certificate",
		d->licence, "kind", "original", "channel", "printer", "printer",
		"a4", "office", "nowhere");

	market.address = "10.0.0.1";
	assert_int_equal(
	    print_call(d->o, &market, "k", json_incref(body), &job, &d->e),
	    ERR_INPUT);
	assert_code("no_such_office", &d->e);
	/* an office of another area */
	record_new(d->o,
	    &(struct desk_record_name){
		"office", "far", "far", "110101001", "active", 1},
	    json_pack("{s:s, s:s, s:s, s:s, s:[{s:s}]}", "id", "far", "zh",
		"远处", "region", "110101001", "kind", "centre", "types",
		"type", DESK_BUSINESS));
	json_object_set_new(body, "office", json_string("far"));
	assert_int_equal(
	    print_call(d->o, &market, "k", json_incref(body), &job, &d->e),
	    ERR_INPUT);
	assert_code("no_such_office", &d->e);
	json_object_set_new(body, "office", json_string("town"));
	if (print_call(d->o, &market, "k", body, &job, &d->e) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
	assert_true(json_is_null(json_object_get(job, "office")));
	json_decref(job);
}

static void
a_department_prints_its_own(void **state)
{
	struct desk *d = *state;
	struct service_caller local = office_caller(d->o, MARKET);
	struct service_caller remote = local, other;
	json_t *job, *answer,
	    *body = json_pack("{s:s, s:s, s:s, s:s}", "certificate", d->licence,
		"kind", "original", "channel", "printer", "printer",
		"ipp://127.0.0.1:9/ipp/print");

	other = office_caller(d->o, POLICE);
	remote.address = "10.0.0.1";
	assert_int_equal(
	    print_call(d->o, &remote, "k", json_incref(body), &job, &d->e),
	    ERR_DENIED);
	assert_code("not_allowed", &d->e);
	assert_int_equal(
	    print_call(d->o, &other, "k", json_incref(body), &job, &d->e),
	    ERR_NOT_FOUND);
	err_clear(&d->e);
	if (print_call(d->o, &local, "k", body, &job, &d->e) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
	assert_true(json_is_null(json_object_get(job, "office")));
	assert_int_equal(print_act(d->o, &d->caller, print_desk_get,
			     office_text(job, "id"), NULL, &answer, &d->e),
	    ERR_NOT_FOUND);
	err_clear(&d->e);
	assert_int_equal(print_act(d->o, &other, print_desk_get,
			     office_text(job, "id"), NULL, &answer, &d->e),
	    ERR_NOT_FOUND);
	err_clear(&d->e);
	assert_int_equal(
	    print_act(d->o, &local, print_desk_cancel, office_text(job, "id"),
		json_object(), &answer, &d->e),
	    0);
	json_decref(answer);
	json_decref(job);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_CASE(blanks_are_registered_once),
	    DESK_CASE(blanks_are_accounted_for),
	    DESK_CASE(a_blank_that_was_printed_on_stays_used),
	    DESK_CASE(numbers_are_used_once),
	    DESK_CASE(a_department_prints_at_an_office),
	    DESK_CASE(a_department_prints_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
