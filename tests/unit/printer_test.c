/* The printer process and the front's end of it: many calls, limits, and what
 * is left of a document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "certsvc/print/printer.h"
#include "certsvc/print/printer_frame.h"
#include "certsvc/print/printer_main.h"
#include "crypto/base/clock.h"
#include "tests/support/ipp_printer.h"

enum {
	MANY = 100,
	DOCUMENT = 3000000
};

struct world {
	struct fake_printer fake;
	struct printer *printer;
	struct printer_target target;
	pid_t pid;
};

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct err e = ERR_INIT;
	int fd;

	if (w == NULL || printer_start(NULL, &w->pid, &fd, &e) != 0 ||
	    fake_printer_start(&w->fake) != 0)
		return -1;
	w->printer = printer_new(fd);
	w->target.uri = w->fake.uri;
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	printer_free(w->printer);
	printer_stop(w->pid);
	fake_printer_stop(&w->fake);
	free(w);
	return 0;
}

static void
wait_for(const atomic_uint *n, unsigned int least)
{
	int64_t until = clock_monotonic_ms() + 10000;

	while (*n < least) {
		assert_true(clock_monotonic_ms() < until);
		fake_printer_pause();
	}
}

/* A call in a thread of its own. */
struct job {
	struct world *world;
	pthread_t thread;
	struct bytes document; /* empty: a probe */
	int rc;
	char code[ERR_CODE_SIZE];
};

static void *
do_job(void *ctx)
{
	struct job *j = ctx;
	struct printer_job_request req = {
	    .name = "sheet-1", .copies = 1, .document = j->document};
	struct printer_job job;
	struct err e = ERR_INIT;
	json_t *json = NULL;

	j->rc = j->document.n > 0 ? printer_print(j->world->printer,
					&j->world->target, &req, &job, &e)
				  : printer_probe(j->world->printer,
					&j->world->target, &json, &e);
	snprintf(j->code, sizeof(j->code), "%s", e.code);
	err_clear(&e);
	json_decref(json);
	return NULL;
}

static void
begin(struct world *w, struct job *j, struct bytes document)
{
	j->world = w;
	j->document = document;
	assert_int_equal(pthread_create(&j->thread, NULL, do_job, j), 0);
}

static void
end(struct job *j)
{
	assert_int_equal(pthread_join(j->thread, NULL), 0);
}

static void
answers_come_to_who_asked(void **state)
{
	struct world *w = *state;
	struct printer_job job;
	struct err e = ERR_INIT;
	json_t *json;

	assert_int_equal(printer_probe(w->printer, &w->target, &json, &e), 0);
	assert_string_equal(
	    json_string_value(json_object_get(json, "state")), "ready");
	json_decref(json);
	assert_int_equal(
	    printer_job_state(w->printer, &w->target, 5, &job, &e), 0);
	assert_int_equal(job.id, 5);
	assert_int_equal(job.state, PRINTER_JOB_COMPLETED);
	assert_int_equal(job.impressions, -1);
	assert_int_equal(
	    printer_find(w->printer, &w->target, "sheet-1", &job, &e), 0);
	assert_int_equal(
	    printer_find(w->printer, &w->target, "sheet-2", &job, &e),
	    ERR_NOT_FOUND);
	assert_string_equal(e.code, "no_such_job");
	err_clear(&e);
	assert_int_equal(printer_cancel(w->printer, &w->target, 5, &e), 0);
}

static void
requests_that_are_wrong_do_not_leave(void **state)
{
	static const char *const names[] = {"", "a\nb", "\xe4\xb8\xad", NULL};
	struct world *w = *state;
	struct printer_job_request req = {
	    .copies = 1, .document = bytes_str("%PDF")};
	struct printer_target nowhere = {.uri = "http://127.0.0.1/"};
	struct printer_job job;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		req.name = names[i];
		assert_int_equal(
		    printer_print(w->printer, &w->target, &req, &job, &e),
		    ERR_INPUT);
		assert_string_equal(e.code, "bad_print_request");
	}
	req.name = "sheet-1";
	req.copies = 0;
	assert_int_equal(
	    printer_print(w->printer, &w->target, &req, &job, &e), ERR_INPUT);
	req.copies = PRINTER_COPIES_MAX + 1;
	assert_int_equal(
	    printer_print(w->printer, &w->target, &req, &job, &e), ERR_INPUT);
	req.copies = 1;
	req.document.n = (size_t)PRINTER_DOCUMENT_MAX + 1;
	assert_int_equal(
	    printer_print(w->printer, &w->target, &req, &job, &e), ERR_LIMIT);
	req.document.n = 0;
	assert_int_equal(
	    printer_print(w->printer, &w->target, &req, &job, &e), ERR_INPUT);
	assert_int_equal(
	    printer_job_state(w->printer, &w->target, 0, &job, &e), ERR_INPUT);
	req.document.n = 4;
	assert_int_equal(
	    printer_print(w->printer, &nowhere, &req, &job, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_printer_uri");
	err_clear(&e);
	assert_int_equal(w->fake.print_jobs, 0);
}

static void
one_printer_that_hangs_does_not_hold_the_others(void **state)
{
	struct world *w = *state;
	struct fake_printer other;
	struct printer_target target = {.uri = other.uri};
	struct job jobs[PRINTER_CALLS_TO_ONE + 4];
	const struct bytes none = {NULL, 0};
	struct err e = ERR_INIT;
	json_t *json;
	size_t i, busy = 0;

	assert_int_equal(fake_printer_start(&other), 0);
	w->fake.hold = 1U << IPP_GET_PRINTER_ATTRIBUTES;
	for (i = 0; i < PRINTER_CALLS_TO_ONE; i++)
		begin(w, &jobs[i], none);
	wait_for(&w->fake.waiting, PRINTER_CALLS_TO_ONE);
	for (; i < PRINTER_CALLS_TO_ONE + 4; i++) {
		begin(w, &jobs[i], none);
		end(&jobs[i]);
		busy += jobs[i].rc == ERR_BUSY &&
			strcmp(jobs[i].code, "printer_busy") == 0;
	}
	assert_int_equal(busy, 4);
	assert_int_equal(printer_probe(w->printer, &target, &json, &e), 0);
	json_decref(json);
	w->fake.hold = 0;
	for (i = 0; i < PRINTER_CALLS_TO_ONE; i++) {
		end(&jobs[i]);
		assert_int_equal(jobs[i].rc, 0);
	}
	fake_printer_stop(&other);
}

static void
a_hundred_calls_at_once_all_end(void **state)
{
	struct world *w = *state;
	static struct job jobs[MANY];
	size_t i, good = 0;

	for (i = 0; i < MANY; i++)
		begin(w, &jobs[i],
		    i % 2 ? bytes_str("%PDF") : (struct bytes){NULL, 0});
	for (i = 0; i < MANY; i++) {
		end(&jobs[i]);
		good += jobs[i].rc == 0;
		if (jobs[i].rc != 0)
			assert_string_equal(jobs[i].code, "printer_busy");
	}
	assert_true(good >= PRINTER_CALLS_TO_ONE);
}

/* 1 when the process' memory has the bytes; -1: it cannot be read. */
static int
memory_has(pid_t pid, const char *bytes)
{
	char path[64], line[512], *piece;
	unsigned long from, to;
	int mem, found = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	if (mem < 0 || maps == NULL)
		return -1;
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx rw", &from, &to) != 2 ||
		    to - from > 1000000000 || strstr(line, " rw-p ") == NULL ||
		    (piece = malloc(to - from)) == NULL)
			continue;
		if (pread(mem, piece, to - from, (off_t)from) ==
		    (ssize_t)(to - from))
			found |= memmem(piece, to - from, bytes,
				     strlen(bytes)) != NULL;
		free(piece);
	}
	fclose(maps);
	close(mem);
	return found;
}

static void
nothing_is_left_of_a_document(void **state)
{
	/* made at run time: as a literal it would be in every process */
	char canary[24];
	struct world *w = *state;
	struct job job;
	uint8_t *document = malloc(DOCUMENT);
	size_t i;
	int before, after;

	assert_non_null(document);
	snprintf(canary, sizeof(canary), "canary-%lld",
	    (long long)clock_monotonic_ms() * 7919);
	for (i = 0; i + sizeof(canary) < DOCUMENT; i += sizeof(canary))
		memcpy(document + i, canary, sizeof(canary));
	memset(document + i, ' ', DOCUMENT - i);
	w->fake.hold = 1U << IPP_PRINT_JOB;
	begin(w, &job, (struct bytes){document, DOCUMENT});
	wait_for(&w->fake.print_jobs, 1);
	before = memory_has(w->pid, canary);
	w->fake.hold = 0;
	end(&job);
	after = memory_has(w->pid, canary);
	free(document);
	assert_int_equal(job.rc, 0);
	if (before < 0)
		skip(); /* only root may look into a process that hides */
	assert_int_equal(before, 1);
	assert_int_equal(after, 0);
}

static void
a_process_that_dies_leaves_a_job_uncertain(void **state)
{
	struct world *w = *state;
	struct job print, probe, again;
	struct err e = ERR_INIT;
	int fd;

	w->fake.hold = 1U << IPP_PRINT_JOB;
	begin(w, &print, bytes_str("%PDF"));
	wait_for(&w->fake.print_jobs, 1);
	w->fake.hold |= 1U << IPP_GET_PRINTER_ATTRIBUTES;
	begin(w, &probe, (struct bytes){NULL, 0});
	usleep(50000);
	printer_stop(w->pid);
	end(&print);
	end(&probe);
	assert_string_equal(print.code, "printer_uncertain");
	assert_int_equal(print.rc, ERR_CONFLICT);
	assert_string_equal(probe.code, "printer_unavailable");
	w->fake.hold = 0;
	begin(w, &again, bytes_str("%PDF"));
	end(&again);
	assert_string_equal(again.code, "printer_unavailable");
	assert_int_equal(printer_start(NULL, &w->pid, &fd, &e), 0);
	printer_replace(w->printer, fd);
	begin(w, &again, bytes_str("%PDF"));
	end(&again);
	assert_int_equal(again.rc, 0);
}

static void
hanging_up_ends_calls(void **state)
{
	struct world *w = *state;
	struct job print, later;

	w->fake.hold = 1U << IPP_PRINT_JOB;
	begin(w, &print, bytes_str("%PDF"));
	wait_for(&w->fake.print_jobs, 1);
	printer_hang_up(w->printer);
	end(&print);
	assert_string_equal(print.code, "printer_uncertain");
	begin(w, &later, bytes_str("%PDF"));
	end(&later);
	assert_string_equal(later.code, "printer_unavailable");
}

/* A process that answers the one request it gets, and ends. */
struct liar {
	int fd;
	pthread_t thread;
	void (*answer)(uint64_t number, struct buf *out);
};

static void *
lie(void *ctx)
{
	struct liar *liar = ctx;
	uint8_t header[PRINTER_FRAME_HEADER], room[PRINTER_FRAME_MAX];
	struct buf out = BUF_INIT;
	struct printer_frame f;
	size_t message, document;

	if (printer_read_all(liar->fd, header, sizeof(header)) == 0 &&
	    printer_frame_sizes(header, &message, &document) == 0 &&
	    printer_read_all(liar->fd, room, message) == 0 &&
	    printer_frame_read((struct bytes){room, message}, &f) == 0 &&
	    printer_read_all(liar->fd, room, document) == 0) {
		liar->answer(f.number, &out);
		printer_write_all(liar->fd, out.p, out.n);
	}
	buf_release(&out);
	close(liar->fd);
	return NULL;
}

static void
no_memory(uint64_t number, struct buf *out)
{
	struct err e = ERR_INIT;

	err_nomem(&e);
	printer_answer_write(number, (struct bytes){NULL, 0}, &e, out);
}

static void
no_job(uint64_t number, struct buf *out)
{
	printer_answer_write(number, bytes_str("{}"), NULL, out);
}

static void
half_an_answer(uint64_t number, struct buf *out)
{
	const uint8_t bytes[] = {0, 0, 0, 3, 0x84, 1, (uint8_t)number};

	buf_add(out, bytes, sizeof(bytes));
}

static void
too_much(uint64_t number, struct buf *out)
{
	(void)number;
	buf_add(out, "\xff\xff\xff\xff", 4);
}

static void
a_process_that_lies_leaves_a_job_uncertain(void **state)
{
	void (*const answers[])(uint64_t, struct buf *) = {
	    no_memory, no_job, half_an_answer, too_much};
	struct printer_target target = {.uri = "ipp://127.0.0.1/"};
	struct printer_job_request req = {
	    .name = "x", .copies = 1, .document = bytes_str("%PDF")};
	struct printer_job job;
	struct err e = ERR_INIT;
	struct liar liar;
	int pair[2];

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct printer *p;

		assert_int_equal(
		    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair),
		    0);
		liar.fd = pair[1];
		liar.answer = answers[i];
		assert_int_equal(
		    pthread_create(&liar.thread, NULL, lie, &liar), 0);
		p = printer_new(pair[0]);
		assert_non_null(p);
		assert_int_equal(
		    printer_print(p, &target, &req, &job, &e), ERR_CONFLICT);
		assert_string_equal(e.code, "printer_uncertain");
		err_clear(&e);
		pthread_join(liar.thread, NULL);
		printer_free(p);
	}
}

/* What the process does with bytes that no front sends. */
static void
nonsense_ends_the_process(void **state)
{
	static const struct bytes nonsense[] = {
	    {(const uint8_t *)"\xff\xff\xff\xff\0\0\0\0", 8},
	    {(const uint8_t *)"\0\0\0\1\xff\xff\xff\xff", 8},
	    {(const uint8_t *)"\0\0\0\1\0\0\0\0\xff", 9},
	    {(const uint8_t *)"\0\0\0\2\0\0\0\0\x81\1", 10},
	};
	struct err e = ERR_INIT;
	pid_t pid;
	int fd, status;

	(void)state;
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		assert_int_equal(printer_start(NULL, &pid, &fd, &e), 0);
		assert_int_equal(
		    printer_write_all(fd, nonsense[i].p, nonsense[i].n), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		close(fd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		answers_come_to_who_asked, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		requests_that_are_wrong_do_not_leave, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		one_printer_that_hangs_does_not_hold_the_others, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		a_hundred_calls_at_once_all_end, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		nothing_is_left_of_a_document, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_process_that_dies_leaves_a_job_uncertain, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		hanging_up_ends_calls, set_up, tear_down),
	    cmocka_unit_test(a_process_that_lies_leaves_a_job_uncertain),
	    cmocka_unit_test(nonsense_ends_the_process),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
