/*
 * print_desk_test.c - the print desk through a whole service: what a clerk may
 * print, numbers and reasons, keys that are used again, copies, offices that do
 * not see each other, and the day's account.
 */
#include "tests/support/print_office.h"

#include "certsvc/print_job.h"
#include "crypto/base/clock.h"
#include "crypto/digest.h"

struct desk {
	struct office *o;
	struct service_operator clerk, other;
	struct service_caller caller, stranger;
	char licence[STORE_ID_SIZE], proof[STORE_ID_SIZE];
	struct err e;
};

static int
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

static int
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
static json_t *
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
static void
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

static json_t *
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

static void
fetched(struct desk *d, const json_t *job, struct buf *pdf)
{
	const struct print_call call = {
	    .caller = &d->caller, .id = office_text(job, "id")};

	if (print_desk_file(d->o->service, &call, pdf, &d->e) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
}

static void
a_sheet_from_its_making_to_the_clerks_word(void **state)
{
	struct desk *d = *state;
	const struct print_call again = {.caller = &d->caller};
	struct print_call call = again;
	struct buf pdf = BUF_INIT, twice = BUF_INIT;
	struct store_record sheet;
	struct store_certificate c;
	json_t *job = printed(d, d->licence, "original", "browser", "k1", NULL);
	json_t *done;
	char id[64];

	assert_state(job, "rendered");
	assert_string_equal(office_text(job, "purpose"), "本人到场打印");
	assert_int_equal(json_integer_value(json_object_get(job, "copy")), 1);
	fetched(d, job, &pdf);
	assert_true(pdf.n > 10000);
	snprintf(id, sizeof(id), "%s/1", d->licence);
	assert_int_equal(d->o->service->ops->record_get(d->o->service->store,
			     "sheet", id, 1, &sheet, &d->e),
	    0);
	assert_true(bytes_equal(buf_bytes(&pdf), buf_bytes(&sheet.blob)));
	assert_string_equal(sheet.subject, d->licence);
	store_record_release(&sheet);
	/* the bytes are given once */
	call.id = office_text(job, "id");
	assert_int_equal(
	    print_desk_file(d->o->service, &call, &twice, &d->e), ERR_CONFLICT);
	assert_code("already_fetched", &d->e);
	assert_int_equal(twice.n, 0);
	done = settled(d, job, 1, NULL);
	assert_state(done, "confirmed");
	/* the certificate has an event, and is as it was */
	desk_certificate(d->o, d->licence, &c);
	assert_int_equal(c.status, STATUS_VALID);
	assert_int_equal(c.status_since, c.issued);
	store_certificate_release(&c);
	assert_int_equal(
	    d->o->service->ops->audit(d->o->service->store, &d->e), 0);
	json_decref(job);
	json_decref(done);
	buf_release(&pdf);
}

static void
a_key_leads_to_one_job(void **state)
{
	struct desk *d = *state;
	json_t *body =
	    clerk_body(d->o, &d->clerk, d->licence, "original", "browser");
	json_t *one, *two, *other = json_deep_copy(body);

	json_incref(body);
	json_incref(body);
	assert_int_equal(
	    print_call(d->o, &d->caller, "same", body, &one, &d->e), 0);
	assert_int_equal(
	    print_call(d->o, &d->caller, "same", body, &two, &d->e), 1);
	assert_true(json_equal(one, two));
	json_decref(two);
	json_object_set_new(other, "reason", json_string("卡纸"));
	assert_int_equal(
	    print_call(d->o, &d->caller, "same", other, &two, &d->e),
	    ERR_CONFLICT);
	assert_code("key_reused", &d->e);
	assert_int_equal(
	    print_call(d->o, &d->caller, NULL, body, &two, &d->e), ERR_INPUT);
	assert_code("idempotency_key_needed", &d->e);
	/* another clerk's key of the same name is another key */
	assert_int_equal(
	    print_call(d->o, &d->stranger, "same",
		clerk_body(d->o, &d->other, d->proof, "proof", "browser"), &two,
		&d->e),
	    0);
	json_decref(one);
	json_decref(two);
}

static void
another_sheet_needs_room_and_a_reason(void **state)
{
	struct desk *d = *state;
	struct buf pdf = BUF_INIT;
	struct store_record sheet;
	json_t *one = printed(d, d->licence, "original", "browser", "k1", NULL);
	json_t *two, *gone, *body;
	char id[64];

	body = clerk_body(d->o, &d->clerk, d->licence, "original", "browser");
	json_object_set_new(body, "reason", json_string("再来一份"));
	refused(d, body, "no_originals_left");
	fetched(d, one, &pdf);
	buf_release(&pdf);
	gone = settled(d, one, 0, NULL);
	assert_state(gone, "failed");
	json_decref(gone);
	refused(d,
	    clerk_body(d->o, &d->clerk, d->licence, "original", "browser"),
	    "reason_needed");
	two = printed(d, d->licence, "original", "browser", "k2", "卡纸");
	assert_int_equal(json_integer_value(json_object_get(two, "copy")), 2);
	snprintf(id, sizeof(id), "%s/1", d->licence);
	assert_int_equal(d->o->service->ops->record_get(d->o->service->store,
			     "sheet", id, 0, &sheet, &d->e),
	    0);
	assert_string_equal(sheet.state, "void");
	store_record_release(&sheet);
	/* a sheet that was good is spoiled only with a reason */
	fetched(d, two, &pdf);
	buf_release(&pdf);
	json_decref(settled(d, two, 1, NULL));
	assert_int_equal(print_act(d->o, &d->caller, print_desk_settle,
			     office_text(two, "id"),
			     json_pack("{s:b}", "came_out", 0), &gone, &d->e),
	    ERR_INPUT);
	assert_code("reason_needed", &d->e);
	gone = settled(d, two, 0, "墨粉不匀");
	assert_state(gone, "failed");
	json_decref(gone);
	json_decref(one);
	json_decref(two);
}

static void
what_may_not_be_printed_says_why(void **state)
{
	struct desk *d = *state;
	json_t *answer, *body;
	char lookup[27], dog[STORE_ID_SIZE];

	refused(d, clerk_body(d->o, &d->clerk, d->licence, "proof", "browser"),
	    "wrong_kind");
	issue(d->o, POLICE, DOG, "P-3", dog);
	refused(d, clerk_body(d->o, &d->clerk, dog, "copy", "browser"),
	    "not_handed_over");
	json_decref(printed(d, dog, "original", "browser", "dog", NULL));
	assert_int_equal(
	    office_act(d->o, MARKET, d->licence, "suspend",
		json_pack("{s:s}", "reason", "lost"), &answer, &d->e),
	    0);
	json_decref(answer);
	refused(d,
	    clerk_body(d->o, &d->clerk, d->licence, "original", "browser"),
	    "suspended");
	assert_int_equal(
	    office_act(d->o, MARKET, d->licence, "revoke",
		json_pack("{s:s}", "reason", "cancelled"), &answer, &d->e),
	    0);
	json_decref(answer);
	refused(d,
	    clerk_body(d->o, &d->clerk, d->licence, "original", "browser"),
	    "revoked");
	/* not without a look-up of one's own that found it */
	body = clerk_body(d->o, &d->clerk, d->proof, "proof", "browser");
	json_object_del(body, "lookup");
	refused(d, body, "lookup_needed");
	body = clerk_body(d->o, &d->clerk, d->proof, "proof", "browser");
	lookup_new(d->o, &d->other, d->proof, lookup);
	json_object_set_new(body, "lookup", json_string(lookup));
	refused(d, body, "lookup_needed");
	body = clerk_body(d->o, &d->clerk, d->proof, "proof", "browser");
	lookup_new(d->o, &d->clerk, d->licence, lookup);
	json_object_set_new(body, "lookup", json_string(lookup));
	refused(d, body, "lookup_needed");
	body = clerk_body(d->o, &d->clerk, d->proof, "proof", "printer");
	json_object_set_new(
	    body, "printer", json_string("ipp://127.0.0.1:1/ipp/print"));
	refused(d, body, "no_such_printer");
	body = clerk_body(d->o, &d->clerk, d->proof, "proof", "browser");
	json_object_set_new(body, "surprise", json_string("x"));
	refused(d, body, "bad_fields");
}

static void
a_copy_is_made_and_printed(void **state)
{
	struct desk *d = *state;
	struct buf pdf = BUF_INIT;
	struct store_certificate copy;
	json_t *job, *again, *body;
	char last[CLOCK_DATE_SIZE];

	clock_date_cst(last, clock_now() + 5 * 86400);
	body = clerk_body(d->o, &d->clerk, d->proof, "copy", "browser");
	json_object_set_new(body, "purpose", json_string("办理银行开户"));
	json_object_set_new(body, "expires", json_string(last));
	json_incref(body);
	if (print_call(d->o, &d->caller, "c1", body, &job, &d->e) != 0)
		fail_msg("%s: %s", d->e.code, d->e.en);
	assert_int_equal(
	    print_call(d->o, &d->caller, "c1", body, &again, &d->e), 1);
	assert_true(json_equal(job, again));
	json_decref(again);
	desk_certificate(d->o, office_text(job, "made"), &copy);
	assert_string_equal(copy.copy_of, d->proof);
	assert_non_null(strstr((char *)copy.face.p, d->clerk.office_zh));
	store_certificate_release(&copy);
	fetched(d, job, &pdf);
	assert_true(pdf.n > 10000);
	buf_release(&pdf);
	json_decref(job);
}

static void
offices_do_not_see_each_other(void **state)
{
	static const print_fn acts[] = {print_desk_get, print_desk_cancel,
	    print_desk_settle, print_desk_resend};
	struct desk *d = *state;
	struct service_operator auditor = {
	    .role = ROLE_AUDITOR, .name = "auditor", .region = "990100"};
	struct service_caller reader = clerk_caller(&auditor), department;
	json_t *job = printed(d, d->licence, "original", "browser", "k1", NULL);
	struct print_call call = {
	    .caller = &d->stranger, .id = office_text(job, "id")};
	struct buf pdf = BUF_INIT;
	json_t *answer;
	size_t i;

	for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		assert_int_equal(
		    print_act(d->o, &d->stranger, acts[i], call.id,
			json_pack("{s:b}", "came_out", 1), &answer, &d->e),
		    ERR_NOT_FOUND);
		assert_code("no_such_job", &d->e);
	}
	assert_int_equal(
	    print_desk_file(d->o->service, &call, &pdf, &d->e), ERR_NOT_FOUND);
	err_clear(&d->e);
	department = office_caller(d->o, MARKET);
	assert_int_equal(print_act(d->o, &department, print_desk_get, call.id,
			     NULL, &answer, &d->e),
	    ERR_NOT_FOUND);
	err_clear(&d->e);
	/* an auditor of the region sees and does nothing */
	assert_int_equal(print_act(d->o, &reader, print_desk_get, call.id, NULL,
			     &answer, &d->e),
	    0);
	json_decref(answer);
	assert_int_equal(print_act(d->o, &reader, print_desk_cancel, call.id,
			     json_object(), &answer, &d->e),
	    ERR_DENIED);
	assert_code("not_allowed", &d->e);
	snprintf(auditor.region, sizeof(auditor.region), "990200");
	assert_int_equal(print_act(d->o, &reader, print_desk_get, call.id, NULL,
			     &answer, &d->e),
	    ERR_NOT_FOUND);
	err_clear(&d->e);
	json_decref(job);
}

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

static void
blanks_are_accounted_for(void **state)
{
	struct desk *d = *state;
	json_t *answer, *job, *body;

#define ADD(caller, from, to)                                                  \
	print_act(d->o, caller, print_desk_add_blanks, NULL,                   \
	    json_pack(                                                         \
		"{s:s, s:s, s:s}", "type", BUSINESS, "from", from, "to", to),  \
	    &answer, &d->e)
	assert_int_equal(ADD(&d->caller, "QH098", "QH102"), 0);
	assert_int_equal(
	    json_integer_value(json_object_get(answer, "added")), 5);
	json_decref(answer);
	assert_int_equal(ADD(&d->caller, "QH100", "QH103"), 0);
	assert_int_equal(
	    json_integer_value(json_object_get(answer, "added")), 1);
	json_decref(answer);
	assert_int_equal(ADD(&d->stranger, "QH103", "QH104"), ERR_CONFLICT);
	assert_code("blank_elsewhere", &d->e);
	assert_int_equal(ADD(&d->caller, "QH1", "QX2"), ERR_INPUT);
	assert_code("bad_range", &d->e);
	assert_int_equal(ADD(&d->caller, "QH1", "QH9999"), ERR_INPUT);
	assert_code("bad_range", &d->e);
#undef ADD
	body = on_stock(d, "QH100", NULL);
	json_object_del(body, "blank");
	refused(d, body, "blank_needed");
	refused(d, on_stock(d, "QH999", NULL), "blank_not_free");
	body = clerk_body(d->o, &d->clerk, d->proof, "proof", "printer");
	json_object_set_new(body, "printer", json_string("stock"));
	refused(d, body, "printer_has_stock");
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
	    print_act(d->o, &d->caller, print_desk_spoil_blank,
		DESK_BUSINESS "-QH101", json_pack("{s:s}", "reason", "受潮"),
		&answer, &d->e),
	    0);
	assert_state(answer, "spoiled");
	json_decref(answer);
	assert_int_equal(
	    print_act(d->o, &d->stranger, print_desk_spoil_blank,
		DESK_BUSINESS "-QH102", json_pack("{s:s}", "reason", "受潮"),
		&answer, &d->e),
	    ERR_NOT_FOUND);
	err_clear(&d->e);
	assert_sums(d, "made 1 = 0 + 1 + 0 + 0; blanks: free 5, used 0, "
		       "spoiled 0 + 1, given back 1");
	refused(d, on_stock(d, "QH101", "重打"), "blank_not_free");
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
#define DESK_CASE(name)                                                        \
	cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)
	const struct CMUnitTest tests[] = {
	    DESK_CASE(a_sheet_from_its_making_to_the_clerks_word),
	    DESK_CASE(a_key_leads_to_one_job),
	    DESK_CASE(another_sheet_needs_room_and_a_reason),
	    DESK_CASE(what_may_not_be_printed_says_why),
	    DESK_CASE(a_copy_is_made_and_printed),
	    DESK_CASE(offices_do_not_see_each_other),
	    DESK_CASE(blanks_are_accounted_for),
	    DESK_CASE(numbers_are_used_once),
	    DESK_CASE(a_department_prints_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
