/* seal_register_life_test.c - how the register ends a key, and how it bears
 * thousands of seals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include <malloc.h>

#include "crypto/base/clock.h"
#include "keys/seal_make.h"
#include "tests/support/seal_fixture.h"

enum {
	MANY = 7000
};

/* Destroyed, lost and renewed: the key that may not sign is overwritten. */
static void
a_key_that_may_not_sign_any_more_is_gone(void **state)
{
	static const enum seal_state ends[] = {SEAL_DESTROYED, SEAL_LOST};
	struct seal_place secret;
	struct seal_register r;
	struct seal_row *row;
	struct err e = ERR_INIT;
	EVP_PKEY *key;
	char head[65];
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < 2; i++) {
		fd = new_file();
		make_some(fd, head);
		must_open(&r, fd, head);
		check_key(&r, "market-1", SIGN_SM2);
		secret = seal_register_find(&r, "market-1")->secret;
		assert_false(all_zero(fd, secret));
		turn(&r, "market-1", ends[i], head);
		assert_true(all_zero(fd, secret));
		row = seal_register_find(&r, "market-1");
		assert_int_not_equal(
		    seal_register_key(&r, row, SIGN_SM2, &key, &e), 0);
		assert_int_equal(row->x509s[0].revoked_since, 1796000000);
		assert_int_equal(row->x509s[1].revoked_since, 1796000000);
		assert_int_equal(row->x509s[1].revoked_for, ends[i]);
		check_key(&r, "market-2", SIGN_SM2);
		seal_register_close(&r);
		must_open(&r, fd, head);
		seal_register_close(&r);
		close(fd);
	}
}

static void
a_renewed_seal_has_new_keys_and_keeps_its_old_x509s(void **state)
{
	struct seal_place secret;
	struct seal_register r;
	struct seal_row *row;
	char head[65];
	int fd = new_file();

	(void)state;
	make_some(fd, head);
	must_open(&r, fd, head);
	secret = seal_register_find(&r, "market-1")->secret;
	make(&r, "market-1", 2, head);
	assert_true(all_zero(fd, secret));
	seal_register_close(&r);
	must_open(&r, fd, head);
	row = seal_register_find(&r, "market-1");
	assert_int_equal(row->generation, 2);
	assert_int_equal(row->nx509s, 4);
	assert_int_equal(row->x509s[0].revoked_since, 0);
	assert_int_equal(seal_row_x509(row, SIGN_ES256)->generation, 2);
	assert_int_equal(
	    seal_register_department(&r, row->department)->nrows, 2);
	check_key(&r, "market-1", SIGN_ES256);
	seal_register_close(&r);
	close(fd);
}

/* Killed between the record and the overwriting. */
static void
what_a_crash_left_of_a_key_is_overwritten_at_the_next_start(void **state)
{
	uint8_t old[SEAL_SECRET_MAX];
	struct seal_place secret;
	struct seal_register r;
	char head[65];
	int fd = new_file();
	size_t half;

	(void)state;
	make_some(fd, head);
	must_open(&r, fd, head);
	secret = seal_register_find(&r, "market-1")->secret;
	assert_int_equal(
	    pread(fd, old, secret.n, (off_t)secret.offset), secret.n);
	turn(&r, "market-1", SEAL_DESTROYED, head);
	seal_register_close(&r);
	for (half = 0; half <= secret.n; half += secret.n / 2) {
		assert_int_equal(
		    pwrite(fd, old, half, (off_t)secret.offset), (ssize_t)half);
		must_open(&r, fd, head);
		assert_true(all_zero(fd, secret));
		seal_register_close(&r);
	}
	close(fd);
}

static void
fill_many(int fd, char head[65])
{
	struct buf object = BUF_INIT;
	struct seal_register r;
	struct err e = ERR_INIT;
	char id[32];
	int i;

	assert_non_null(buf_extend(&object, 6000));
	create(&r, fd);
	for (i = 0; i < MANY; i++) {
		snprintf(id, sizeof(id), "village-%d", i);
		add_made(&r, id, 1, buf_bytes(&object), head);
		if (i % 64 == 63 || i == MANY - 1)
			assert_int_equal(seal_register_sync(&r, &e), 0);
	}
	seal_register_close(&r);
	buf_release(&object);
}

static void
seven_thousand_seals_start_fast_and_small(void **state)
{
	size_t before, used;
	struct seal_register r;
	int64_t began, took;
	char head[65];
	int fd = new_file();

	(void)state;
	fill_many(fd, head);
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	began = clock_monotonic_ms();
	must_open(&r, fd, head);
	took = clock_monotonic_ms() - began;
	used = mallinfo2().uordblks + mallinfo2().hblkhd - before;
	print_message(
	    "%d seals: %lld ms, %zu KiB\n", MANY, (long long)took, used / 1024);
	assert_int_equal(r.nrows, MANY);
	check_key(&r, "village-6999", SIGN_SM2);
#ifndef CERTSVC_ASAN
	assert_true(took < 1500);
	assert_true(used < 20u * 1024 * 1024);
#endif
	seal_register_close(&r);
	close(fd);
}

/* One too many would be written, and then no start could read it. */
static void
a_seal_too_many_is_refused_before_it_is_written(void **state)
{
	struct seal_register r;
	struct seal_maker maker = {.seals = &r};
	struct seal_order order = {.id = "one-more"};
	struct err e = ERR_INIT;
	struct seal_row *row;
	int fd = new_file();
	char head[65];
	size_t n;

	(void)state;
	make_some(fd, head);
	must_open(&r, fd, head);
	order.meta = json_object();
	n = r.nrows;
	r.nrows = SEAL_REGISTER_MAX - 1;
	assert_int_equal(seal_make(&maker, &order, head, &e), ERR_INPUT);
	order.waiting = 1;
	assert_int_equal(seal_make(&maker, &order, head, &e), ERR_LIMIT);
	assert_string_equal(e.code, "too_many_seals");
	r.nrows = n;
	order.id = "market-1";
	seal_register_find(&r, "market-1")->generation = SEAL_GENERATIONS_MAX;
	assert_int_equal(seal_make(&maker, &order, head, &e), ERR_LIMIT);
	row = seal_register_find(&r, "market-1");
	row->generation = 1;
	n = row->nx509s;
	row->nx509s = SEAL_X509S_MAX - SEAL_ALGS + 1;
	assert_int_equal(seal_make(&maker, &order, head, &e), ERR_LIMIT);
	row->nx509s = n;
	assert_int_equal(r.batch.n, 0);
	json_decref((json_t *)(uintptr_t)order.meta);
	seal_register_close(&r);
	close(fd);
}

/* Synced, but not all of it in the index: the file keeps it for the next
 * start. */
static void
a_broken_register_is_not_cut(void **state)
{
	struct seal_register r;
	struct err e = ERR_INIT;
	int fd = new_file();
	struct stat before, after;
	char head[65];

	(void)state;
	make_some(fd, head);
	must_open(&r, fd, head);
	assert_int_equal(fstat(fd, &before), 0);
	r.size -= 100;
	r.broken = 1;
	assert_int_equal(seal_register_sync(&r, &e), ERR_STORAGE);
	assert_string_equal(e.code, "seals_unwritable");
	assert_int_equal(fstat(fd, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	seal_register_close(&r);
	must_open(&r, fd, head);
	seal_register_close(&r);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_that_may_not_sign_any_more_is_gone),
	    cmocka_unit_test(
		a_renewed_seal_has_new_keys_and_keeps_its_old_x509s),
	    cmocka_unit_test(
		what_a_crash_left_of_a_key_is_overwritten_at_the_next_start),
	    cmocka_unit_test(a_seal_too_many_is_refused_before_it_is_written),
	    cmocka_unit_test(a_broken_register_is_not_cut),
	    cmocka_unit_test(seven_thousand_seals_start_fast_and_small),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
