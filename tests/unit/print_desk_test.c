/*
 * print_desk_test.c - the print desk through a whole service: what a clerk may
 * print, numbers and reasons, keys that are used again, copies, and offices
 * that do not see each other.
 */
#include "tests/unit/print_desk.h"

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
	json_t *answer;
	char dog[STORE_ID_SIZE];

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
}

/* A sheet of a certificate that ended before the browser came for it. */
static void
what_ended_is_not_given(void **state)
{
	struct desk *d = *state;
	struct print_call call = {.caller = &d->caller};
	struct buf pdf = BUF_INIT;
	json_t *job = printed(d, d->licence, "original", "browser", "k1", NULL);
	json_t *answer;

	assert_int_equal(
	    office_act(d->o, MARKET, d->licence, "revoke",
		json_pack("{s:s}", "reason", "cancelled"), &answer, &d->e),
	    0);
	json_decref(answer);
	call.id = office_text(job, "id");
	assert_int_equal(
	    print_desk_file(d->o->service, &call, &pdf, &d->e), ERR_CONFLICT);
	assert_code("revoked", &d->e);
	assert_int_equal(pdf.n, 0);
	assert_int_equal(print_act(d->o, &d->caller, print_desk_get, call.id,
			     NULL, &answer, &d->e),
	    0);
	assert_state(answer, "failed");
	json_decref(answer);
	json_decref(job);
}

/* Whose look-up it is, and not of yesterday. */
static void
a_document_is_for_who_asked_for_it(void **state)
{
	struct desk *d = *state;
	struct service_operator colleague = d->clerk;
	struct service_caller beside = clerk_caller(&colleague);
	struct print_call call = {.caller = &beside};
	struct buf pdf = BUF_INIT;
	json_t *job = printed(d, d->licence, "original", "browser", "k1", NULL);

	call.id = office_text(job, "id");
	snprintf(colleague.name, sizeof(colleague.name), "colleague");
	assert_int_equal(
	    print_desk_file(d->o->service, &call, &pdf, &d->e), ERR_DENIED);
	assert_code("not_your_job", &d->e);
	call.caller = &d->caller;
	clock_fix(clock_now() + 12 * 3600);
	assert_int_equal(
	    print_desk_file(d->o->service, &call, &pdf, &d->e), ERR_CONFLICT);
	clock_fix(-1);
	assert_code("waited_too_long", &d->e);
	assert_int_equal(pdf.n, 0);
	json_decref(job);
}

static void
a_lookup_of_ones_own_comes_first(void **state)
{
	struct desk *d = *state;
	json_t *body;
	char lookup[27];

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
	struct service_caller department;
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
	json_decref(job);
}

static void
an_auditor_sees_and_does_nothing(void **state)
{
	struct desk *d = *state;
	struct service_operator auditor = {
	    .role = ROLE_AUDITOR, .name = "auditor", .region = "990100"};
	struct service_caller reader = clerk_caller(&auditor);
	json_t *job = printed(d, d->licence, "original", "browser", "k1", NULL);
	const char *id = office_text(job, "id");
	json_t *answer;

	assert_int_equal(
	    print_act(d->o, &reader, print_desk_get, id, NULL, &answer, &d->e),
	    0);
	json_decref(answer);
	assert_int_equal(print_act(d->o, &reader, print_desk_cancel, id,
			     json_object(), &answer, &d->e),
	    ERR_DENIED);
	assert_code("not_allowed", &d->e);
	snprintf(auditor.region, sizeof(auditor.region), "990200");
	assert_int_equal(
	    print_act(d->o, &reader, print_desk_get, id, NULL, &answer, &d->e),
	    ERR_NOT_FOUND);
	err_clear(&d->e);
	json_decref(job);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DESK_CASE(a_sheet_from_its_making_to_the_clerks_word),
	    DESK_CASE(a_key_leads_to_one_job),
	    DESK_CASE(another_sheet_needs_room_and_a_reason),
	    DESK_CASE(what_may_not_be_printed_says_why),
	    DESK_CASE(what_ended_is_not_given),
	    DESK_CASE(a_document_is_for_who_asked_for_it),
	    DESK_CASE(a_lookup_of_ones_own_comes_first),
	    DESK_CASE(a_copy_is_made_and_printed),
	    DESK_CASE(offices_do_not_see_each_other),
	    DESK_CASE(an_auditor_sees_and_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
