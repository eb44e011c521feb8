/*
 * spooler_test.c - the queue of print jobs: every fault of a printer x every
 * place where the service is killed, as a table that is printed; turns of
 * offices; a clerk and the queue at once.
 */
#include "tests/unit/spooler.h"

#include <sys/wait.h>

/* Run the queue in a process of its own that the printer's mode kills; 1 when
 * it was killed. */
static int
run_and_die(struct fixture *f, struct fake_printer *printer, const char *id)
{
	pid_t pid;
	char code[40];
	int status;

	fixture_close(f);
	pid = fork();
	if (pid == 0) {
		if (f->ops->open(f->dir, &f->s, &f->e) != 0)
			_exit(2);
		start(f, printer);
		wait_for(f, id, 120, code);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	fixture_open(f);
	return WIFSIGNALED(status);
}

static const char *const fault_words[FAKE_FAULTS] = {"fine", "offline",
    "out of paper", "not accepting", "busy", "refuses", "lost before",
    "lost after", "jam", "aborts", "canceled", "forgets", "off later"};
static const char *const kill_words[FAKE_KILLS] = {
    "nobody", "rendered", "sent", "bytes", "answered"};

/* What must be: while the fault lasts, and once it is mended. */
struct expected {
	enum print_state during, after;
	const char *code; /* while it lasts; "" none */
};

static const struct expected expectations[FAKE_FAULTS] = {
    [FAKE_FINE] = {PRINT_CONFIRMED, PRINT_CONFIRMED, ""},
    [FAKE_OFFLINE] = {PRINT_RENDERED, PRINT_CONFIRMED, "printer_offline"},
    [FAKE_OUT_OF_PAPER] = {PRINT_RENDERED, PRINT_CONFIRMED,
	"media-empty-error"},
    [FAKE_NOT_ACCEPTING] = {PRINT_RENDERED, PRINT_CONFIRMED,
	"printer_not_accepting"},
    [FAKE_BUSY] = {PRINT_RENDERED, PRINT_CONFIRMED, "printer_busy"},
    [FAKE_REFUSES] = {PRINT_FAILED, PRINT_FAILED, "printer_needs_pdf"},
    [FAKE_LOST_BEFORE] = {PRINT_UNKNOWN, PRINT_UNKNOWN, "not_at_printer"},
    [FAKE_LOST_AFTER] = {PRINT_CONFIRMED, PRINT_CONFIRMED, ""},
    [FAKE_JAM] = {PRINT_SENT, PRINT_CONFIRMED, "media-jam-error"},
    [FAKE_ABORTS] = {PRINT_FAILED, PRINT_FAILED, "job_aborted"},
    [FAKE_CANCELED] = {PRINT_FAILED, PRINT_FAILED, "job_canceled"},
    [FAKE_FORGETS] = {PRINT_UNKNOWN, PRINT_UNKNOWN, "not_at_printer"},
    [FAKE_OFF_LATER] = {PRINT_UNKNOWN, PRINT_UNKNOWN, "printer_offline"},
};

/* Killed after `sent` and before the printer had it, the job is unknown and
 * nothing lies on the tray; else the kill changes nothing. */
static struct expected
expected_of(enum fake_fault fault, enum fake_kill at, int killed)
{
	struct expected x = expectations[fault];

	if (killed && at == FAKE_KILL_SENT)
		x = (struct expected){
		    PRINT_UNKNOWN, PRINT_UNKNOWN, "not_at_printer"};
	if (killed && at == FAKE_KILL_BYTES && fault == FAKE_FORGETS)
		x = expectations[FAKE_FINE];
	return x;
}

static void
follows_from(struct fixture *f, const struct fake_printer *printer,
    const struct print_job *job, enum print_state state, int touched)
{
	char sheet[16], blank[16], id[64];

	snprintf(id, sizeof(id), "%s/1", job->certificate);
	record_state(f, "sheet", id, sheet);
	record_state(f, "blank", TYPE "-0001", blank);
	assert_string_equal(sheet, state == PRINT_FAILED ? "void" : "live");
	assert_string_equal(blank, state != PRINT_FAILED ? "used"
				   : touched		 ? "spoiled"
							 : "free");
	assert_true(printer->sheets <= 1);
	if (state == PRINT_CONFIRMED)
		assert_int_equal(printer->sheets, 1);
	if (state == PRINT_FAILED || state == PRINT_RENDERED)
		assert_int_equal(printer->sheets, 0);
}

static void
one_cell(struct fixture *f, enum fake_fault fault, enum fake_kill at)
{
	struct fake_printer *printer = fake_new();
	struct print_job job;
	struct spooler *sp;
	struct expected x;
	enum print_state during, after;
	char code[40], last[40];
	int killed;

	job_make(f, &job, 0, "office-1", "ipp://a/1");
	fake_mode(printer, fault);
	printer->kill = at;
	killed = at != FAKE_NO_KILL && run_and_die(f, printer, job.id);
	printer->kill = FAKE_NO_KILL;
	sp = start(f, printer);
	x = expected_of(fault, at, killed);
	during = wait_until(f, job.id, x.during, x.code, code);
	if (during != x.during || strcmp(code, x.code) != 0)
		fail_msg("%s, killed %s: %s %s", fault_words[fault],
		    kill_words[at], print_state_word(during), code);
	if (fault != FAKE_REFUSES)
		fake_mode(printer, FAKE_FINE);
	after = wait_until(f, job.id, x.after, NULL, last);
	spooler_stop(sp);
	if (after != x.after)
		fail_msg("%s, killed %s: %s in the end", fault_words[fault],
		    kill_words[at], print_state_word(after));
	follows_from(f, printer, &job, after, fault != FAKE_REFUSES);
	print_message("%-14s %-10s %-10s %-22s %-10s %u\n", fault_words[fault],
	    killed ? kill_words[at] : "-", print_state_word(during), code,
	    print_state_word(after), printer->sheets);
	print_job_release(&job);
	fake_free(printer);
}

static void
every_fault_at_every_arrow(void **state)
{
	void *fresh;
	int fault, at;

	(void)state;
	print_message("%-14s %-10s %-10s %-22s %-10s %s\n", "fault",
	    "killed at", "state", "why", "mended", "sheets");
	for (fault = 0; fault < FAKE_FAULTS; fault++)
		for (at = 0; at < FAKE_KILLS; at++) {
			fixture_setup(&fresh);
			one_cell(
			    fresh, (enum fake_fault)fault, (enum fake_kill)at);
			fixture_teardown(&fresh);
		}
}

/* An office with one job does not wait behind another's thirty. */
static void
offices_take_turns(void **state)
{
	struct fixture *f = *state;
	struct fake_printer *printer = fake_new();
	struct print_job job;
	struct spooler *sp;
	char code[40], id[40];
	size_t i, where = 0;

	fake_mode(printer, FAKE_OUT_OF_PAPER);
	for (i = 0; i < 31; i++) {
		job_make(f, &job, (int)i + 1, i < 30 ? "office-1" : "office-2",
		    "ipp://a/1");
		print_job_release(&job);
	}
	sp = start(f, printer);
	usleep(20000);
	fake_mode(printer, FAKE_FINE);
	for (i = 1; i <= 31; i++) {
		snprintf(id, sizeof(id), "JOB%023d", (int)i);
		assert_int_equal(
		    wait_for(f, id, PATIENCE_MS, code), PRINT_CONFIRMED);
	}
	spooler_stop(sp);
	assert_int_equal(printer->sheets, 31);
	assert_int_equal(printer->most_at_once, 1);
	/* in each office, who came first is first */
	assert_int_equal(
	    strcmp(printer->jobs[0].name, "JOB00000000000000000000001"), 0);
	for (i = 0; i < printer->njobs; i++)
		if (strcmp(printer->jobs[i].name,
			"JOB00000000000000000000031") == 0)
			where = i;
	assert_in_range(where, 0, 1);
	fake_free(printer);
}

/* What a clerk says of a job that the queue follows stays said. */
static void
a_clerk_who_was_faster_is_right(void **state)
{
	struct fixture *f = *state;
	const struct print_store in = store_of(f);
	struct fake_printer *printer = fake_new();
	struct print_job job;
	struct spooler *sp;
	char code[40], id[40];

	fake_mode(printer, FAKE_JAM);
	job_make(f, &job, 0, "office-1", "ipp://a/1");
	snprintf(id, sizeof(id), "%s", job.id);
	print_job_release(&job);
	sp = start(f, printer);
	assert_int_equal(wait_until(f, id, PRINT_SENT, NULL, code), PRINT_SENT);
	do {
		assert_int_equal(print_job_read(&in, id, &job, &f->e), 0);
		if (print_job_move(
			&in, &job, PRINT_FAILED, NULL, NULL, &f->e) == 0)
			break;
		assert_string_equal(f->e.code, "version_conflict");
		print_job_release(&job);
	} while (1);
	print_job_release(&job);
	fake_mode(printer, FAKE_FINE);
	usleep(30000);
	spooler_stop(sp);
	assert_int_equal(wait_for(f, id, 0, code), PRINT_FAILED);
	fake_free(printer);
}

static void
a_canceled_job_is_not_sent(void **state)
{
	struct fixture *f = *state;
	const struct print_store in = store_of(f);
	struct fake_printer *printer = fake_new();
	struct print_job job;
	struct spooler *sp;
	char blank[16];

	fake_mode(printer, FAKE_OUT_OF_PAPER);
	job_make(f, &job, 0, "office-1", "ipp://a/1");
	sp = start(f, printer);
	usleep(20000);
	print_job_release(&job);
	assert_int_equal(
	    print_job_read(&in, "JOB00000000000000000000000", &job, &f->e), 0);
	assert_int_equal(
	    print_job_move(&in, &job, PRINT_FAILED, NULL, NULL, &f->e), 0);
	fake_mode(printer, FAKE_FINE);
	usleep(40000);
	spooler_stop(sp);
	assert_int_equal(printer->prints, 0);
	record_state(f, "blank", TYPE "-0001", blank);
	assert_string_equal(blank, "free");
	print_job_release(&job);
	fake_free(printer);
}

static void
nothing_comes_out_in_an_empty_room(void **state)
{
	struct fixture *f = *state;
	struct fake_printer *printer = fake_new();
	struct print_job old, fresh;
	struct spooler *sp;
	char code[40];

	clock_fix(clock_now() - SPOOLER_HOURS * 3600 - 1);
	job_make(f, &old, 0, "office-1", "ipp://a/1");
	clock_fix(-1);
	job_make(f, &fresh, 1, "office-1", "ipp://a/1");
	sp = start(f, printer);
	assert_int_equal(wait_for(f, old.id, PATIENCE_MS, code), PRINT_FAILED);
	assert_string_equal(code, "waited_too_long");
	assert_int_equal(
	    wait_for(f, fresh.id, PATIENCE_MS, code), PRINT_CONFIRMED);
	spooler_stop(sp);
	assert_int_equal(printer->sheets, 1);
	print_job_release(&old);
	print_job_release(&fresh);
	fake_free(printer);
}

/* The server of a single command prints what that command asks for. */
static void
what_waited_is_left_until_somebody_resumes(void **state)
{
	struct fixture *f = *state;
	const struct print_store in = store_of(f);
	struct fake_printer *printer = fake_new();
	const struct spooler_printers printers = fake_printers(printer);
	struct print_job before, now;
	struct spooler *sp;
	char code[40];

	job_make(f, &before, 0, "office-1", "ipp://a/1");
	assert_int_equal(spooler_start(&in, &printers, &quick, &sp, &f->e), 0);
	job_make(f, &now, 1, "office-1", "ipp://a/1");
	spooler_add(sp, &now);
	assert_int_equal(
	    wait_for(f, now.id, PATIENCE_MS, code), PRINT_CONFIRMED);
	assert_int_equal(wait_for(f, before.id, 20, code), PRINT_RENDERED);
	assert_int_equal(spooler_resume(sp, &f->e), 0);
	assert_int_equal(
	    wait_for(f, before.id, PATIENCE_MS, code), PRINT_CONFIRMED);
	assert_true(spooler_quiet(sp, 1000));
	spooler_stop(sp);
	print_job_release(&before);
	print_job_release(&now);
	fake_free(printer);
}

static void
states_change_only_along_the_arrows(void **state)
{
	static const char *const allowed[PRINT_STATES] = {
	    "rendered sent failed", "rendered sent confirmed failed unknown",
	    "failed", "", "rendered sent confirmed failed unknown"};
	struct fixture *f = *state;
	const struct print_store in = store_of(f);
	struct print_job job, copy;
	int from, to, may;

	job_make(f, &job, 0, "office-1", "ipp://a/1");
	for (from = 0; from < PRINT_STATES; from++)
		for (to = 0; to < PRINT_STATES; to++) {
			copy = job;
			copy.body = json_incref(job.body);
			copy.state = (enum print_state)from;
			may =
			    strstr(allowed[from],
				print_state_word((enum print_state)to)) != NULL;
			if (may)
				copy.version = 7; /* conflicts, so nothing is
						     written */
			assert_int_equal(
			    print_job_move(&in, &copy, (enum print_state)to,
				NULL, NULL, &f->e),
			    ERR_CONFLICT);
			assert_string_equal(f->e.code,
			    may ? "version_conflict" : "wrong_state");
			print_job_release(&copy);
		}
	print_job_release(&job);
}

/* Jobs that arrive while others wait, on many printers. */
static void
many_printers_at_once(void **state)
{
	enum {
		PRINTERS = 80,
		JOBS = 160
	};
	struct fixture *f = *state;
	struct fake_printer *printer = fake_new();
	struct print_job job;
	struct spooler *sp = start(f, printer);
	char code[40], id[40], uri[40];
	int i;

	for (i = 1; i <= JOBS; i++) {
		snprintf(uri, sizeof(uri), "ipp://p%d/1", i % PRINTERS);
		job_make(f, &job, i, "office-1", uri);
		spooler_add(sp, &job);
		spooler_add(sp, &job);
		print_job_release(&job);
	}
	for (i = 1; i <= JOBS; i++) {
		snprintf(id, sizeof(id), "JOB%023d", i);
		assert_int_equal(
		    wait_for(f, id, PATIENCE_MS, code), PRINT_CONFIRMED);
	}
	spooler_stop(sp);
	assert_int_equal(printer->sheets, JOBS);
	assert_int_equal(printer->prints, JOBS);
	fake_free(printer);
}

int
main(void)
{
#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_fault_at_every_arrow),
	    CASE(offices_take_turns),
	    CASE(a_clerk_who_was_faster_is_right),
	    CASE(a_canceled_job_is_not_sent),
	    CASE(nothing_comes_out_in_an_empty_room),
	    CASE(what_waited_is_left_until_somebody_resumes),
	    CASE(states_change_only_along_the_arrows),
	    CASE(many_printers_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
