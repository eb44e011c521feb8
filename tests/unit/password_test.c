/* Passwords, one-time codes and who has to wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "certsvc/lockout.h"
#include "certsvc/password.h"
#include "certsvc/totp.h"
#include "certsvc/wrapped.h"
#include "crypto/base/text.h"

static const uint8_t SALT[PASSWORD_SALT_SIZE] = "0123456789abcde";

/* Made with Python's hashlib.scrypt("密码 horse é", SALT, n=32768, r=8, p=1).
 */
static void
keys_are_those_of_scrypt(void **state)
{
	static const char WANT[] =
	    "64e6e892c026710368717eec498d3d8e80077d1a3c95c7817aacbbcbe874ae9b"
	    "cf508c2b7fe3b5061561054367479ec7f7e7771c2d4ba1139f71a7fd9ba2a568";
	struct password_keys a, b;
	struct err e = ERR_INIT;
	uint8_t want[64];

	(void)state;
	assert_int_equal(text_unhex(want, 64, WANT, 128), 0);
	assert_int_equal(password_derive("密码 horse é", SALT, &a, &e), 0);
	assert_memory_equal(a.verifier, want, 32);
	assert_memory_equal(a.wrap, want + 32, 32);
	/* Another keyboard, the same password: e and U+0301. */
	assert_int_equal(
	    password_derive("密码 horse e\xcc\x81", SALT, &b, &e), 0);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void
endless_passwords_are_nobodys(void **state)
{
	static char endless[1000001];
	struct password_keys a, b;
	struct err e = ERR_INIT;

	(void)state;
	memset(endless, 'a', sizeof(endless) - 1);
	assert_int_equal(password_derive(endless, SALT, &a, &e), 0);
	assert_int_equal(password_derive("", SALT, &b, &e), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_equal(password_check("", "zhang", &e), ERR_INPUT);
	err_clear(&e);
}

static void
weak_passwords_are_refused_in_words(void **state)
{
	static const char *const weak[] = {"", "short", "passwordpassword",
	    "Password123456", "1234567890", "aaaaaaaaaaaaaaa", "qwertyuiop123",
	    "zhangsan123456", "ZhangSanZhangSan", "admin@admin", "abcdefghijkl",
	    "密密密密密密密密密密密密", "1qaz2wsx3edc4rfv",
	    "goo\x01"
	    "dpassword1",
	    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	    "a\xe2\x80\x8b"
	    "bcqmwnebrv"};
	static const char *const good[] = {"correct horse battery",
	    "大江东去浪淘尽千古风流", "tR7!kqm2Zx", "zhangsan likes green tea"};
	struct err e = ERR_INIT;
	char longest[PASSWORD_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
		if (password_check(weak[i], "zhangsan", &e) != ERR_INPUT)
			fail_msg("accepted: %s", weak[i]);
		assert_string_equal(e.code, "weak_password");
	}
	err_clear(&e);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (password_check(good[i], "zhangsan", &e) != 0)
			fail_msg("refused: %s (%s)", good[i], e.en);
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = "k7#mZq2"[i % 7];
	longest[PASSWORD_MAX] = '\0';
	assert_int_equal(password_check(longest, "zhangsan", &e), 0);
	longest[PASSWORD_MAX] = 'x';
	longest[PASSWORD_MAX + 1] = '\0';
	assert_int_equal(password_check(longest, "zhangsan", &e), ERR_INPUT);
	err_clear(&e);
}

static void
one_time_passwords_are_random_and_good_enough(void **state)
{
	char a[PASSWORD_ONE_TIME_SIZE], b[PASSWORD_ONE_TIME_SIZE];

	(void)state;
	assert_int_equal(password_one_time(a), 0);
	assert_int_equal(password_one_time(b), 0);
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), 23);
}

static void *
derive(void *ctx)
{
	struct password_keys keys;
	struct err e = ERR_INIT;
	int *rc = ctx;

	*rc = password_derive("correct horse battery", SALT, &keys, &e);
	if (*rc == ERR_BUSY)
		assert_string_equal(e.code, "too_busy");
	return NULL;
}

static void
too_many_at_once_are_told_to_come_again(void **state)
{
	enum {
		MANY = 40
	};
	pthread_t threads[MANY];
	int rc[MANY], ok = 0, busy = 0;

	(void)state;
	for (int i = 0; i < MANY; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, derive, &rc[i]), 0);
	for (int i = 0; i < MANY; i++) {
		pthread_join(threads[i], NULL);
		ok += rc[i] == 0;
		busy += rc[i] == ERR_BUSY;
	}
	assert_int_equal(ok + busy, MANY);
	assert_true(ok >= 10);
	assert_true(busy > 0);
}

/* RFC 6238, appendix B (SHA-1); the last six of its eight digits. */
static void
codes_are_those_of_the_rfc(void **state)
{
	static const struct {
		int64_t time;
		const char *code;
	} cases[] = {{59, "287082"}, {1111111109, "081804"},
	    {1111111111, "050471"}, {1234567890, "005924"},
	    {2000000000, "279037"}, {20000000000, "353130"}};
	struct bytes secret = bytes_str("12345678901234567890");
	char code[TOTP_CODE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    totp_code(secret, cases[i].time / TOTP_STEP, code), 0);
		assert_string_equal(code, cases[i].code);
	}
}

static void
a_code_is_good_once_and_for_a_step_around(void **state)
{
	struct bytes secret = bytes_str("12345678901234567890");
	int64_t at = 1111111109, step = at / TOTP_STEP;

	(void)state;
	assert_int_equal(totp_step(secret, "081804", at, -1), step);
	assert_int_equal(totp_step(secret, "081804", at + 30, -1), step);
	assert_int_equal(totp_step(secret, "081804", at - 30, -1), step);
	assert_int_equal(totp_step(secret, "081804", at + 60, -1), -1);
	assert_int_equal(totp_step(secret, "081804", at - 60, -1), -1);
	assert_int_equal(totp_step(secret, "081804", at, step), -1);
	assert_int_equal(totp_step(secret, "081804", at, step - 1), step);
	assert_int_equal(totp_step(secret, "081805", at, -1), -1);
	assert_int_equal(totp_step(secret, "81804", at, -1), -1);
	assert_int_equal(totp_step(secret, "", at, -1), -1);
}

static void
the_address_is_what_apps_read(void **state)
{
	struct buf uri = BUF_INIT;

	(void)state;
	totp_uri(bytes_str("12345678901234567890"), "zhang.san", &uri);
	assert_string_equal(buf_cstr(&uri),
	    "otpauth://totp/certsvc:zhang.san?secret="
	    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	    "&issuer=certsvc&algorithm=SHA1&digits=6&period=30");
	buf_release(&uri);
}

/* Fail until it locks; how many tries that took. */
static int
lock(struct lockout *l, int64_t now)
{
	int n = 1;

	while (!lockout_try(l, now))
		n++;
	return n;
}

static void
five_wrong_ones_lock_and_each_lock_is_longer(void **state)
{
	static const int64_t want[] = {
	    900, 1800, 3600, 7200, 14400, 28800, 57600, 86400, 86400, 86400};
	struct lockout l = {0};
	int64_t now = 1000000;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_int_equal(lock(&l, now), LOCKOUT_TRIES);
		assert_int_equal(lockout_wait(&l, now), want[i]);
		assert_int_equal(lockout_wait(&l, now + want[i] - 1), 1);
		now += want[i];
		assert_int_equal(lockout_wait(&l, now), 0);
	}
	assert_int_equal(l.since, 50);
	lockout_reset(&l);
	assert_int_equal(lock(&l, now), LOCKOUT_TRIES);
	assert_int_equal(lockout_wait(&l, now), 900);
}

static void
old_failures_do_not_count_and_a_taken_back_one_neither(void **state)
{
	struct lockout l = {0};
	int64_t now = 1000000;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(lockout_try(&l, now), 0);
	now += LOCKOUT_WINDOW + 1;
	for (int i = 0; i < 4; i++)
		assert_int_equal(lockout_try(&l, now), 0);
	assert_int_equal(l.since, 8);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(lockout_try(&l, now), 1);
		lockout_take_back(&l);
		assert_int_equal(lockout_wait(&l, now), 0);
	}
	assert_int_equal(l.level, 0);
	assert_int_equal(lockout_try(&l, now), 1);
	assert_int_equal(lockout_wait(&l, now), 900);
}

static void
what_is_wrapped_opens_only_as_it_was(void **state)
{
	uint8_t key[WRAPPED_KEY_SIZE], other[WRAPPED_KEY_SIZE];
	struct buf text = BUF_INIT, plain = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(wrapped_key(bytes_str("secret"), "a", key, &e), 0);
	assert_int_equal(wrapped_key(bytes_str("secret"), "b", other, &e), 0);
	assert_memory_not_equal(key, other, sizeof(key));
	assert_int_equal(
	    wrapped_seal(key, "office", "zhang", bytes_str("plain"), &text, &e),
	    0);
	assert_int_equal(
	    wrapped_open(key, "office", "zhang", buf_cstr(&text), &plain, &e),
	    0);
	assert_int_equal(plain.n, 5);
	assert_memory_equal(plain.p, "plain", 5);
	buf_reset(&plain);
	assert_int_equal(
	    wrapped_open(other, "office", "zhang", buf_cstr(&text), &plain, &e),
	    ERR_STORAGE);
	assert_int_equal(
	    wrapped_open(key, "office", "zhan", buf_cstr(&text), &plain, &e),
	    ERR_STORAGE);
	assert_int_equal(
	    wrapped_open(key, "totp", "zhang", buf_cstr(&text), &plain, &e),
	    ERR_STORAGE);
	text.p[3] ^= 1;
	assert_int_equal(
	    wrapped_open(key, "office", "zhang", buf_cstr(&text), &plain, &e),
	    ERR_STORAGE);
	assert_int_equal(
	    wrapped_open(key, "office", "zhang", "", &plain, &e), ERR_STORAGE);
	assert_int_equal(plain.n, 0);
	err_clear(&e);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_are_those_of_scrypt),
	    cmocka_unit_test(endless_passwords_are_nobodys),
	    cmocka_unit_test(weak_passwords_are_refused_in_words),
	    cmocka_unit_test(one_time_passwords_are_random_and_good_enough),
	    cmocka_unit_test(too_many_at_once_are_told_to_come_again),
	    cmocka_unit_test(codes_are_those_of_the_rfc),
	    cmocka_unit_test(a_code_is_good_once_and_for_a_step_around),
	    cmocka_unit_test(the_address_is_what_apps_read),
	    cmocka_unit_test(five_wrong_ones_lock_and_each_lock_is_longer),
	    cmocka_unit_test(
		old_failures_do_not_count_and_a_taken_back_one_neither),
	    cmocka_unit_test(what_is_wrapped_opens_only_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
