/*
 * spooler_ended_test.c - a sheet that waits in the queue while its certificate
 * is revoked, or its office closed, does not come out.
 */
#include "tests/unit/spooler.h"

/* What ends an office's or a certificate's right while a sheet waits. */
enum ended {
	REVOKED,
	OFFICE_CLOSED,
	TYPE_LOST,
	ENDS
};

static void
end_it(struct fixture *f, const struct print_job *job, enum ended how)
{
	struct store_event event = {.status = STATUS_REVOKED};
	struct store_record r;

	if (how == REVOKED) {
		snprintf(event.action, sizeof(event.action), "revoke");
		memcpy(event.department, DEPARTMENT, sizeof(DEPARTMENT));
		memcpy(event.certificate, job->certificate, STORE_ID_SIZE);
		event.at = clock_now();
		assert_int_equal(
		    f->ops->event_put(f->s, &event, 1U << STATUS_VALID, &f->e),
		    0);
		return;
	}
	assert_int_equal(
	    f->ops->record_get(f->s, "office", job->office, 0, &r, &f->e), 0);
	r.version++;
	if (how == OFFICE_CLOSED)
		snprintf(r.state, sizeof(r.state), "closed");
	buf_reset(&r.body);
	buf_printf(&r.body,
	    "{\"id\":\"%s\",\"zh\":\"站\",\"region\":\"990100\","
	    "\"kind\":\"station\",\"types\":[]}",
	    job->office);
	assert_int_equal(f->ops->records_put(f->s, &r, 1, NULL, &f->e), 0);
	store_record_release(&r);
}

static void
what_ended_while_it_waited_is_not_sent(void **state)
{
	static const char *const codes[ENDS] = {
	    "revoked", "office_closed", "type_not_here"};
	void *fresh;
	int how;

	(void)state;
	for (how = 0; how < ENDS; how++) {
		struct fake_printer *printer = fake_new();
		struct print_job job;
		struct spooler *sp;
		struct fixture *f;
		char code[40];

		fixture_setup(&fresh);
		f = fresh;
		fake_mode(printer, FAKE_OUT_OF_PAPER);
		job_make(f, &job, 0, "office-1", "ipp://a/1");
		sp = start(f, printer);
		assert_int_equal(wait_for(f, job.id, 40, code), PRINT_RENDERED);
		end_it(f, &job, (enum ended)how);
		fake_mode(printer, FAKE_FINE);
		assert_int_equal(
		    wait_for(f, job.id, PATIENCE_MS, code), PRINT_FAILED);
		assert_string_equal(code, codes[how]);
		spooler_stop(sp);
		assert_int_equal(printer->prints, 0);
		record_state(f, "blank", TYPE "-0001", code);
		assert_string_equal(code, "free");
		print_job_release(&job);
		fake_free(printer);
		fixture_teardown(&fresh);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_ended_while_it_waited_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
