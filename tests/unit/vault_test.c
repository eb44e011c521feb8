/* vault_test.c - keys at rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "keys/vault.h"

enum {
	LIGHT = 10 /* log2 N: these tests open thousands */
};

static void
fill(struct vault *v)
{
	struct vault_entry *a = vault_add(v, "seal/market-1");
	struct vault_entry *b;

	assert_non_null(a);
	buf_add_str(&a->pkcs8, "the first key");
	buf_add_str(&a->x509, "its x509");
	b = vault_add(v, "code/1");
	assert_non_null(b);
	buf_add_str(&b->pkcs8, "the second key");
	buf_add_str(&b->x509, "x");
}

static int
try_open(struct bytes file, const char *passphrase, struct vault *v)
{
	struct err e = ERR_INIT;
	uint8_t kek[VAULT_KEK_SIZE];
	int rc;

	rc = vault_kek(file, bytes_str(passphrase), kek, &e);
	if (rc == 0)
		rc = vault_open(file, kek, v, &e);
	if (rc != 0) {
		assert_int_equal(rc, ERR_STORAGE);
		assert_string_equal(e.code, "vault_unreadable");
	}
	return rc;
}

static void
make_file(struct buf *file)
{
	struct vault v = VAULT_INIT;
	struct err e = ERR_INIT;
	uint8_t kek[VAULT_KEK_SIZE];

	fill(&v);
	assert_int_equal(
	    vault_write(&v, bytes_str("right one"), LIGHT, file, kek, &e), 0);
	vault_release(&v);
}

static void
a_vault_opens_with_its_passphrase_and_gives_back_the_same(void **state)
{
	struct buf file = BUF_INIT;
	struct vault v = VAULT_INIT;

	(void)state;
	make_file(&file);
	assert_int_equal(try_open(buf_bytes(&file), "right one", &v), 0);
	assert_int_equal(v.nentries, 2);
	assert_string_equal(v.entries[0].id, "seal/market-1");
	assert_true(bytes_equal(
	    buf_bytes(&v.entries[0].pkcs8), bytes_str("the first key")));
	assert_true(
	    bytes_equal(buf_bytes(&v.entries[0].x509), bytes_str("its x509")));
	assert_true(bytes_equal(
	    buf_bytes(&v.entries[1].pkcs8), bytes_str("the second key")));
	vault_release(&v);
	buf_release(&file);
}

static void
no_key_stands_in_the_file_as_it_is(void **state)
{
	struct buf file = BUF_INIT;

	(void)state;
	make_file(&file);
	assert_null(memmem(file.p, file.n, "first key", 9));
	assert_null(memmem(file.p, file.n, "its x509", 8));
	buf_release(&file);
}

static void
a_wrong_passphrase_opens_nothing(void **state)
{
	struct buf file = BUF_INIT;
	struct vault v = VAULT_INIT;

	(void)state;
	make_file(&file);
	assert_int_not_equal(try_open(buf_bytes(&file), "wrong one", &v), 0);
	assert_int_not_equal(try_open(buf_bytes(&file), "", &v), 0);
	assert_int_equal(v.nentries, 0);
	buf_release(&file);
}

static void
every_changed_byte_is_the_same_error(void **state)
{
	static const uint8_t flips[] = {0x01, 0x20, 0x80};
	struct buf file = BUF_INIT;
	struct vault v = VAULT_INIT;
	size_t i, j;

	(void)state;
	make_file(&file);
	for (i = 0; i < file.n; i++)
		for (j = 0; j < 3; j++) {
			if (i == 11 && flips[j] == 1)
				continue; /* N doubled: covered, but slow */
			file.p[i] ^= flips[j];
			assert_int_not_equal(
			    try_open(buf_bytes(&file), "right one", &v), 0);
			file.p[i] ^= flips[j];
		}
	buf_release(&file);
}

static void
every_cut_and_any_addition_is_the_same_error(void **state)
{
	struct buf file = BUF_INIT;
	struct vault v = VAULT_INIT;
	size_t n;

	(void)state;
	make_file(&file);
	for (n = 0; n < file.n; n++)
		assert_int_not_equal(
		    try_open((struct bytes){file.p, n}, "right one", &v), 0);
	buf_add_byte(&file, 0);
	assert_int_not_equal(try_open(buf_bytes(&file), "right one", &v), 0);
	buf_release(&file);
}

static void
purposes_have_different_keys(void **state)
{
	uint8_t kek[VAULT_KEK_SIZE] = {1}, a[32], b[32];
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(vault_subkey(kek, "journal", a, &e), 0);
	assert_int_equal(vault_subkey(kek, "authority", b, &e), 0);
	assert_memory_not_equal(a, b, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_vault_opens_with_its_passphrase_and_gives_back_the_same),
	    cmocka_unit_test(no_key_stands_in_the_file_as_it_is),
	    cmocka_unit_test(a_wrong_passphrase_opens_nothing),
	    cmocka_unit_test(every_changed_byte_is_the_same_error),
	    cmocka_unit_test(every_cut_and_any_addition_is_the_same_error),
	    cmocka_unit_test(purposes_have_different_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
