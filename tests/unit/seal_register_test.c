/* seal_register_test.c - the file of all seals: what it keeps, and what it
 * finds when somebody changed it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>

#include "tests/support/seal_fixture.h"

static void
a_register_goes_on_where_it_was(void **state)
{
	const struct seal_department *d;
	struct buf out = BUF_INIT;
	struct seal_register r;
	struct seal_row *row;
	struct err e = ERR_INIT;
	char head[65];
	int fd = new_file();

	(void)state;
	make_some(fd, head);
	must_open(&r, fd, head);
	assert_int_equal(r.nrows, 2);
	assert_int_equal(r.version, 4);
	row = seal_register_find(&r, "market-1");
	assert_non_null(row);
	assert_int_equal(row->state, SEAL_ACTIVE);
	assert_string_equal(row->department, "11990100MB9A00014N");
	assert_true(seal_row_allows(row, "11990000MB9A010097002"));
	assert_false(seal_row_allows(row, "11990000MB9A010097003"));
	assert_null(seal_register_find(&r, "market-3"));
	d = seal_register_department(&r, "11990100MB9A00014N");
	assert_int_equal(d->nrows, 2);
	assert_int_equal(d->ntypes, 2);
	assert_null(seal_register_department(&r, "another"));
	assert_int_equal(
	    seal_register_read(&r, seal_row_x509(row, SIGN_SM2)->der, &out, &e),
	    0);
	assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&sm2.signer)));
	buf_reset(&out);
	assert_int_equal(seal_register_read(&r,
			     seal_row_x509(row, SIGN_ES256)->issuers, &out, &e),
	    0);
	assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&es.issuing)));
	buf_reset(&out);
	assert_int_equal(seal_register_read(&r, row->object, &out, &e), 0);
	assert_true(bytes_equal(buf_bytes(&out), bytes_str("an object")));
	check_key(&r, "market-1", SIGN_ES256);
	check_key(&r, "market-1", SIGN_SM2);
	check_key(&r, "market-2", SIGN_SM2);
	check_key(&r, "market-1", SIGN_SM2);
	make(&r, "market-3", 1, head);
	seal_register_close(&r);
	must_open(&r, fd, head);
	assert_non_null(seal_register_find(&r, "market-3"));
	seal_register_close(&r);
	buf_release(&out);
	close(fd);
}

static void
flip(int fd, int64_t at, uint8_t by)
{
	uint8_t byte;

	assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
	byte ^= by;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
}

static void
every_changed_byte_is_found(void **state)
{
	static const uint8_t flips[] = {0x01, 0x80};
	int fd = new_file();
	int64_t i, size;
	char head[65];
	size_t k;

	(void)state;
	make_some(fd, head);
	size = lseek(fd, 0, SEEK_END);
	for (i = 0; i < size; i++)
		for (k = 0; k < sizeof(flips); k++) {
			flip(fd, i, flips[k]);
			must_refuse(fd, head, NULL);
			assert_int_equal(lseek(fd, 0, SEEK_END), size);
			flip(fd, i, flips[k]);
		}
	close(fd);
}

static void
another_passphrase_opens_nothing(void **state)
{
	static const uint8_t other[32] = {9};
	struct seal_register r;
	struct err e = ERR_INIT;
	int fd = new_file();
	char head[65];

	(void)state;
	make_some(fd, head);
	assert_int_equal(
	    seal_register_open(&r, fd, other, head, &e), ERR_STORAGE);
	assert_string_equal(e.code, "seals_damaged");
	close(fd);
}

/* What was answered for is in the journal's head; the rest is a crash. */
static void
a_torn_last_record_is_cut_and_a_missing_one_is_not(void **state)
{
	char before[65], after[65];
	struct seal_register r;
	int fd = new_file();
	int64_t whole, size, cut;

	(void)state;
	make_some(fd, before);
	must_open(&r, fd, before);
	whole = r.size;
	make(&r, "market-3", 1, after);
	size = r.size;
	seal_register_close(&r);
	for (cut = size - 1; cut > whole; cut -= 7) {
		assert_int_equal(ftruncate(fd, cut), 0);
		must_refuse(fd, after, "seals_damaged");
		must_open(&r, fd, before);
		assert_int_equal(r.nrows, 2);
		assert_int_equal(lseek(fd, 0, SEEK_END), whole);
		make(&r, "market-3", 1, after);
		assert_int_equal(r.size, size);
		seal_register_close(&r);
	}
	assert_int_equal(ftruncate(fd, whole), 0);
	must_refuse(fd, after, "seals_rolled_back");
	/* pages that never reached the disk read as zeros */
	assert_int_equal(ftruncate(fd, whole + 5000), 0);
	must_open(&r, fd, before);
	assert_int_equal(lseek(fd, 0, SEEK_END), whole);
	seal_register_close(&r);
	/* but no crash leaves that much */
	assert_int_equal(ftruncate(fd, whole + SEAL_TAIL_MAX + 1), 0);
	must_refuse(fd, before, "seals_damaged");
	close(fd);
}

static void
a_full_disk_fails_the_batch_and_the_next_one_succeeds(void **state)
{
	struct rlimit small, old;
	struct seal_register r;
	struct err e = ERR_INIT;
	char head[65];
	int fd = new_file();

	(void)state;
	make_some(fd, head);
	must_open(&r, fd, head);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = (rlim_t)r.size + 20;
	setrlimit(RLIMIT_FSIZE, &small);
	add_made(&r, "market-3", 1, bytes_str("an object"), head);
	assert_int_equal(seal_register_sync(&r, &e), ERR_STORAGE);
	assert_string_equal(e.code, "seals_unwritable");
	assert_null(seal_register_find(&r, "market-3"));
	assert_int_equal(lseek(fd, 0, SEEK_END), r.size);
	setrlimit(RLIMIT_FSIZE, &old);
	make(&r, "market-3", 1, head);
	seal_register_close(&r);
	must_open(&r, fd, head);
	assert_int_equal(r.nrows, 3);
	seal_register_close(&r);
	close(fd);
}

static void
records_have_limits(void **state)
{
	struct buf object = BUF_INIT;
	struct seal_register r;
	struct seal_record record = {
	    .kind = SEAL_RECORD_CHANGED, .id = "market-1", .generation = 1};
	struct err e = ERR_INIT;
	int fd = new_file();

	(void)state;
	create(&r, fd);
	assert_non_null(buf_extend(&object, SEAL_OBJECT_MAX + 1));
	record.object = buf_bytes(&object);
	assert_int_equal(
	    seal_register_add(&r, &record, NULL, NULL, &e), ERR_LIMIT);
	assert_string_equal(e.code, "seal_too_large");
	seal_register_drop(&r);
	assert_int_equal(seal_register_sync(&r, &e), 0);
	assert_int_equal(r.version, 0);
	seal_register_close(&r);
	buf_release(&object);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_register_goes_on_where_it_was),
	    cmocka_unit_test(every_changed_byte_is_found),
	    cmocka_unit_test(another_passphrase_opens_nothing),
	    cmocka_unit_test(
		a_torn_last_record_is_cut_and_a_missing_one_is_not),
	    cmocka_unit_test(
		a_full_disk_fails_the_batch_and_the_next_one_succeeds),
	    cmocka_unit_test(records_have_limits),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
