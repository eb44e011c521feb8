/*
 * spooler.h - a queue of print jobs with its offices and certificates, before a
 * printer that is none, for the tests of the spooler.  Header only.
 */
#ifndef TESTS_UNIT_SPOOLER_H
#define TESTS_UNIT_SPOOLER_H

#include "tests/unit/store_fixture.h"

#include "certsvc/spooler.h"
#include "crypto/base/clock.h"
#include "tests/support/fake_printer.h"

static const struct spooler_times quick = {
    .follow = 2, .again = 2, .again_most = 8, .lost = 80};

static inline struct print_store
store_of(struct fixture *f)
{
	return (struct print_store){f->ops, f->s};
}

/* An active office that prints the type, unless it is there. */
static inline void
office_make(struct fixture *f, const char *id)
{
	struct store_record r = {.version = 1, .kind = "office"};
	int rc;

	snprintf(r.id, sizeof(r.id), "%s", id);
	snprintf(r.state, sizeof(r.state), "active");
	buf_printf(&r.body,
	    "{\"id\":\"%s\",\"zh\":\"站\",\"region\":\"990100\","
	    "\"kind\":\"station\",\"types\":[{\"type\":\"" TYPE "\"}]}",
	    id);
	rc = f->ops->records_put(f->s, &r, 1, NULL, &f->e);
	assert_true(rc == 0 || rc == ERR_CONFLICT);
	err_clear(&f->e);
	store_record_release(&r);
}

/* A job of an office with its sheet and a blank, as the desk makes them. */
static inline void
job_make(struct fixture *f, struct print_job *job, int number,
    const char *office, const char *uri)
{
	struct store_record v[3];
	char serial[16];
	size_t i;

	memset(job, 0, sizeof(*job));
	snprintf(job->id, sizeof(job->id), "JOB%023d", number);
	snprintf(serial, sizeof(serial), "%d", number);
	assert_int_equal(
	    issue_put(f, serial, NULL, job->certificate, &f->e), 0);
	office_make(f, office);
	snprintf(job->office, sizeof(job->office), "%s", office);
	job->version = 1;
	job->made = job->changed = clock_now();
	job->body = json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "type", TYPE,
	    "channel", "printer", "copy", 1, "uri", uri, "media",
	    "iso_a4_210x297mm", "blank", "0001");
	assert_int_equal(print_job_record(job, &v[0], &f->e), 0);
	memset(&v[1], 0, sizeof(v[1]));
	snprintf(v[1].kind, sizeof(v[1].kind), "sheet");
	snprintf(v[1].id, sizeof(v[1].id), "%s/1", job->certificate);
	snprintf(v[1].state, sizeof(v[1].state), "live");
	v[1].version = 1;
	buf_add_str(&v[1].body, "{}");
	buf_printf(&v[1].blob, "%%PDF of %s", job->id);
	v[2] = (struct store_record){.version = 1, .kind = "blank"};
	snprintf(v[2].id, sizeof(v[2].id), "%s-0001", TYPE);
	snprintf(v[2].state, sizeof(v[2].state), "used");
	buf_add_str(&v[2].body, "{}");
	assert_int_equal(
	    f->ops->records_put(f->s, v, number == 0 ? 3 : 2, NULL, &f->e), 0);
	for (i = 0; i < 3; i++)
		store_record_release(&v[i]);
}

static inline void
record_state(struct fixture *f, const char *kind, const char *id, char *out)
{
	struct store_record r;

	assert_int_equal(f->ops->record_get(f->s, kind, id, 0, &r, &f->e), 0);
	memcpy(out, r.state, sizeof(r.state));
	store_record_release(&r);
}

static inline struct spooler *
start(struct fixture *f, struct fake_printer *printer)
{
	const struct print_store in = store_of(f);
	const struct spooler_printers printers = fake_printers(printer);
	struct spooler *sp;

	assert_int_equal(spooler_start(&in, &printers, &quick, &sp, &f->e), 0);
	assert_int_equal(spooler_resume(sp, &f->e), 0);
	return sp;
}

/* Until the job is in a final state, or ms have passed; its state and the code
 * of its detail. */
static inline enum print_state
wait_for(struct fixture *f, const char *id, int ms, char code[40])
{
	const struct print_store in = store_of(f);
	struct print_job job;
	enum print_state state;
	const char *why;

	for (;; ms--) {
		assert_int_equal(print_job_read(&in, id, &job, &f->e), 0);
		state = job.state;
		why = json_string_value(json_object_get(
		    json_object_get(job.body, "detail"), "code"));
		snprintf(code, 40, "%s", why != NULL ? why : "");
		print_job_release(&job);
		if (ms == 0 || (state != PRINT_RENDERED && state != PRINT_SENT))
			return state;
		usleep(1000);
	}
}

enum {
	PATIENCE_MS = 20000 /* on a machine that does much else */
};

/* The same until the job is in that state, for that reason (NULL: any). */
static inline enum print_state
wait_until(struct fixture *f, const char *id, enum print_state state,
    const char *why, char code[40])
{
	enum print_state now;
	int ms;

	for (ms = 0;; ms++) {
		now = wait_for(f, id, 0, code);
		if (ms == PATIENCE_MS ||
		    (now == state && (why == NULL || strcmp(code, why) == 0)))
			return now;
		usleep(1000);
	}
}

#endif
