/* seal_register_test.c - the file of all seals: what it keeps, what it finds
 * when somebody changed it, how it ends a key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "crypto/base/clock.h"
#include "keys/private_key.h"
#include "keys/seal_register.h"
#include "tests/support/pki.h"

enum {
	MANY = 7000
};

static const uint8_t kek[32] = {1, 2, 3};
static struct pki es, sm2;
static EVP_PKEY *keys[SEAL_ALGS];

static int
start(void **state)
{
	(void)state;
	pki_init_alg(&es, SIGN_ES256);
	pki_init_alg(&sm2, SIGN_SM2);
	keys[0] = es.signer_key;
	keys[1] = sm2.signer_key;
	signal(SIGXFSZ, SIG_IGN);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	pki_release(&es);
	pki_release(&sm2);
	return 0;
}

static int
new_file(void)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	return fileno(file);
}

static void
create(struct seal_register *r, int fd)
{
	struct err e = ERR_INIT;

	assert_int_equal(seal_register_create(r, fd, kek, &e), 0);
}

/* A generation of a seal into the batch; object: its bytes. */
static void
add_made(struct seal_register *r, const char *id, uint64_t generation,
    struct bytes object, char head[65])
{
	struct seal_record record = {.kind = SEAL_RECORD_MADE,
	    .generation = generation,
	    .time = 1795000000,
	    .meta =
		bytes_str("{\"department\":\"11990100MB9A00014N\",\"drawing\":"
			  "{\"kind\":\"round\"},\"types\":["
			  "\"11990000MB9A010097001\","
			  "\"11990000MB9A010097002\"]}"),
	    .x509s = {{SIGN_ES256, buf_bytes(&es.signer),
			  buf_bytes(&es.issuing), PKI_FROM, PKI_UNTIL},
		{SIGN_SM2, buf_bytes(&sm2.signer), {NULL, 0}, PKI_FROM,
		    PKI_UNTIL}},
	    .nx509s = 2,
	    .object = object};
	struct err e = ERR_INIT;

	snprintf(record.id, sizeof(record.id), "%s", id);
	assert_int_equal(seal_register_add(r, &record, keys, head, &e), 0);
}

static void
make(
    struct seal_register *r, const char *id, uint64_t generation, char head[65])
{
	struct err e = ERR_INIT;

	add_made(r, id, generation, bytes_str("an object"), head);
	assert_int_equal(seal_register_sync(r, &e), 0);
}

static void
turn(struct seal_register *r, const char *id, enum seal_state state,
    char head[65])
{
	struct seal_record record = {.kind = SEAL_RECORD_STATE,
	    .generation = seal_register_find(r, id)->generation,
	    .time = 1796000000,
	    .state = state,
	    .reason = "因为"};
	struct err e = ERR_INIT;

	snprintf(record.id, sizeof(record.id), "%s", id);
	assert_int_equal(seal_register_add(r, &record, NULL, head, &e), 0);
	assert_int_equal(seal_register_sync(r, &e), 0);
}

/* Two seals, one suspended and resumed; head is the last. */
static void
make_some(int fd, char head[65])
{
	struct seal_register r;

	create(&r, fd);
	make(&r, "market-1", 1, head);
	make(&r, "market-2", 1, head);
	turn(&r, "market-1", SEAL_SUSPENDED, head);
	turn(&r, "market-1", SEAL_ACTIVE, head);
	seal_register_close(&r);
}

static void
must_open(struct seal_register *r, int fd, const char *head)
{
	struct err e = ERR_INIT;
	int rc = seal_register_open(r, fd, kek, head, &e);

	if (rc != 0)
		fail_msg("%s: %s", e.code, e.en);
}

static void
must_refuse(int fd, const char *head, const char *code)
{
	struct seal_register r;
	struct err e = ERR_INIT;

	assert_int_equal(
	    seal_register_open(&r, fd, kek, head, &e), ERR_STORAGE);
	if (code != NULL)
		assert_string_equal(e.code, code);
	else if (strcmp(e.code, "seals_rolled_back") != 0)
		assert_string_equal(e.code, "seals_damaged");
	assert_true(e.zh[0] != '\0');
}

/* The key that the register gives is the one that was put in. */
static void
check_key(struct seal_register *r, const char *id, enum sign_alg alg)
{
	struct seal_row *row = seal_register_find(r, id);
	struct err e = ERR_INIT;
	EVP_PKEY *key;

	assert_int_equal(seal_register_key(r, row, alg, &key, &e), 0);
	assert_int_equal(EVP_PKEY_eq(key, keys[alg == SIGN_SM2]), 1);
	assert_int_not_equal(row->tested & 1u << (unsigned int)alg, 0);
}

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

static int
all_zero(int fd, struct seal_place place)
{
	uint8_t byte;
	size_t i;

	for (i = 0; i < place.n; i++)
		if (pread(fd, &byte, 1, (off_t)place.offset + (off_t)i) != 1 ||
		    byte != 0)
			return 0;
	return 1;
}

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_register_goes_on_where_it_was),
	    cmocka_unit_test(every_changed_byte_is_found),
	    cmocka_unit_test(another_passphrase_opens_nothing),
	    cmocka_unit_test(
		a_torn_last_record_is_cut_and_a_missing_one_is_not),
	    cmocka_unit_test(a_key_that_may_not_sign_any_more_is_gone),
	    cmocka_unit_test(
		a_renewed_seal_has_new_keys_and_keeps_its_old_x509s),
	    cmocka_unit_test(
		what_a_crash_left_of_a_key_is_overwritten_at_the_next_start),
	    cmocka_unit_test(
		a_full_disk_fails_the_batch_and_the_next_one_succeeds),
	    cmocka_unit_test(records_have_limits),
	    cmocka_unit_test(seven_thousand_seals_start_fast_and_small),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
