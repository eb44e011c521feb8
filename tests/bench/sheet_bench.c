/*
 * sheet_bench.c - CPU of this process, medians: a printed sheet (layout, PDF,
 * and asking the keeper for code and seal), and a bare durable commit of one
 * small record.  What a print job costs above these is measured over HTTP.
 */
#include "tests/support/print_desk.h"

#include <time.h>

#include "certsvc/sheet.h"

enum {
	ROUNDS = 61
};

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v)
{
	qsort(v, ROUNDS, sizeof(*v), by_value);
	return v[ROUNDS / 2];
}

/* Of a certificate that nobody printed before. */
static double
sheet(struct office *o, const struct service_caller *caller, int n)
{
	struct store_certificate certificate;
	struct sheet_request req = {
	    .caller = caller, .certificate = &certificate, .number = 1};
	struct buf pdf = BUF_INIT, code = BUF_INIT;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], serial[16];
	double start;

	snprintf(serial, sizeof(serial), "S-%d", n);
	issue(o, POLICE, "dog-registration", serial, id);
	desk_certificate(o, id, &certificate);
	start = cpu_us();
	if (sheet_make(o->service, &req, &pdf, &code, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
	start = cpu_us() - start;
	buf_release(&pdf);
	buf_release(&code);
	store_certificate_release(&certificate);
	return start;
}

static double
commit(struct office *o, int n)
{
	struct store_record r = {
	    .kind = "bench", .office = "town", .version = 1, .at = 1};
	struct err e = ERR_INIT;
	double start;

	snprintf(r.id, sizeof(r.id), "%d", n);
	buf_printf(&r.body, "{\"purpose\":\"bench\"}");
	start = cpu_us();
	if (o->service->ops->records_put(o->service->store, &r, 1, NULL, &e) !=
	    0)
		fail_msg("%s: %s", e.code, e.en);
	start = cpu_us() - start;
	store_record_release(&r);
	return start;
}

static void
measure(void **state)
{
	static const char *const types[] = {DESK_DOG};
	struct office *o = *state;
	struct service_operator clerk;
	struct service_caller caller = {.address = "local"};
	double sheets[ROUNDS], commits[ROUNDS];

	desk_clerk(o, "town", "青禾市东关便民服务中心", types, 1, &clerk);
	caller.operator= & clerk;
	for (int i = 0; i < ROUNDS; i++) {
		sheets[i] = sheet(o, &caller, i);
		commits[i] = commit(o, i);
	}
	printf("sheet %.1f\ncommit %.1f\n", median(sheets), median(commits));
	service_operator_release(&clerk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		measure, office_setup, office_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
