/* status_list_test.c - the signed status list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "crypto/cbor.h"
#include "crypto/status_list.h"
#include "tests/support/p256.h"

static EVP_PKEY *key;
static uint8_t point[65];
static struct cose_request signer;

static int
setup(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	key = p256_new();
	signer.alg = SIGN_ES256;
	signer.sign = p256_sign;
	signer.sign_ctx = key;
	return signature_point(SIGN_ES256, key, point, &e);
}

static int
teardown(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	return 0;
}

static int
read_signed(struct bytes cwt, struct status_list *list, struct err *e)
{
	struct cose cose;
	int r = cose_parse(cwt, &cose, e);

	if (r == 0)
		r = cose_verify(&cose, (struct bytes){point, 65}, e);
	return r != 0 ? r : status_list_read(&cose, list, e);
}

static void
places_are_packed_from_the_lowest_bit(void **state)
{
	struct status_list list;
	struct err e = ERR_INIT;

	(void)state;
	/* The draft's 2-bit example: 1 2 0 3 0 1 0 1 1 2 3 3 is c9 44 f9. */
	static const uint8_t values[] = {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
	size_t i;

	assert_int_equal(status_list_init(&list, 12, &e), 0);
	for (i = 0; i < 12; i++)
		status_list_set(&list, i, values[i]);
	assert_int_equal(list.nbits, 3);
	assert_memory_equal(list.bits, "\xc9\x44\xf9", 3);
	for (i = 0; i < 12; i++)
		assert_int_equal(status_list_get(&list, i), values[i]);
	assert_int_equal(status_list_get(&list, 12), -1);
	assert_int_equal(status_list_set(&list, 12, STATUS_VALUE_REVOKED), -1);
	status_list_set(&list, 3, STATUS_VALUE_VALID);
	assert_int_equal(status_list_get(&list, 3), 0);
	assert_int_equal(status_list_get(&list, 1), 2);
	status_list_release(&list);
}

static void
a_full_list_is_signed_and_read(void **state)
{
	struct status_list list, back;
	struct buf cwt = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	assert_int_equal(
	    status_list_init(&list, STATUS_LIST_ENTRIES_MAX, &e), 0);
	snprintf(list.uri, sizeof(list.uri), "https://v.example/status/1");
	list.issued = 1767225600;
	list.expires = 1767312000;
	list.ttl = 900;
	for (i = 0; i < 10486; i++)
		status_list_set(&list, i * 100 % STATUS_LIST_ENTRIES_MAX, 1);
	assert_int_equal(status_list_sign(&list, &signer, &cwt, &e), 0);
	assert_true(cwt.n < 40000);
	assert_int_equal(read_signed(buf_bytes(&cwt), &back, &e), 0);
	assert_string_equal(back.uri, list.uri);
	assert_int_equal(back.issued, list.issued);
	assert_int_equal(back.expires, list.expires);
	assert_int_equal(back.ttl, 900);
	assert_int_equal(back.nbits, list.nbits);
	assert_memory_equal(back.bits, list.bits, list.nbits);
	status_list_release(&back);
	cwt.p[cwt.n / 2] ^= 1;
	assert_int_equal(read_signed(buf_bytes(&cwt), &back, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_signature");
	status_list_release(&list);
	buf_release(&cwt);
}

static void
a_list_over_the_limit_is_refused(void **state)
{
	static uint8_t bits[STATUS_LIST_BYTES_MAX + 1];
	struct status_list list = {.uri = "u", .bits = bits}, back;
	struct buf cwt = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	list.nbits = STATUS_LIST_BYTES_MAX;
	assert_int_equal(status_list_sign(&list, &signer, &cwt, &e), 0);
	assert_int_equal(read_signed(buf_bytes(&cwt), &back, &e), 0);
	status_list_release(&back);
	buf_reset(&cwt);
	list.nbits++;
	assert_int_equal(status_list_sign(&list, &signer, &cwt, &e), 0);
	assert_int_equal(read_signed(buf_bytes(&cwt), &back, &e), ERR_INPUT);
	assert_string_equal(e.code, "malformed");
	assert_int_equal(
	    status_list_init(&back, STATUS_LIST_ENTRIES_MAX + 1, &e),
	    ERR_LIMIT);
	assert_string_equal(e.code, "list_too_long");
	assert_int_equal(status_list_init(&back, 0, &e), ERR_LIMIT);
	buf_release(&cwt);
}

static void
another_kind_of_signed_bytes_is_no_list(void **state)
{
	struct cose cose = {.alg = SIGN_ES256};
	struct status_list list;
	struct buf claims = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	cbor_put_map(&claims, 0);
	cose.payload = buf_bytes(&claims);
	assert_int_equal(status_list_read(&cose, &list, &e), ERR_INPUT);
	cose.typ = bytes_str(STATUS_LIST_TYP);
	assert_int_equal(status_list_read(&cose, &list, &e), ERR_INPUT);
	assert_string_equal(e.code, "malformed");
	buf_release(&claims);
}

static void
flipped_and_cut_claims_never_crash_the_reader(void **state)
{
	struct status_list list, back;
	struct buf cwt = BUF_INIT, copy = BUF_INIT;
	struct cose cose, changed;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	status_list_init(&list, 64, &e);
	status_list_set(&list, 9, STATUS_VALUE_SUPERSEDED);
	status_list_sign(&list, &signer, &cwt, &e);
	status_list_release(&list);
	assert_int_equal(cose_parse(buf_bytes(&cwt), &cose, &e), 0);
	buf_add(&copy, cose.payload.p, cose.payload.n);
	changed = cose;
	for (i = 0; i < copy.n * 8; i++) {
		copy.p[i / 8] ^= (uint8_t)(1 << i % 8);
		changed.payload = buf_bytes(&copy);
		if (status_list_read(&changed, &back, &e) == 0)
			status_list_release(&back);
		copy.p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (changed.payload.n = 0; changed.payload.n < copy.n;
	     changed.payload.n++)
		assert_int_equal(
		    status_list_read(&changed, &back, &e), ERR_INPUT);
	buf_release(&cwt);
	buf_release(&copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(places_are_packed_from_the_lowest_bit),
	    cmocka_unit_test(a_full_list_is_signed_and_read),
	    cmocka_unit_test(a_list_over_the_limit_is_refused),
	    cmocka_unit_test(another_kind_of_signed_bytes_is_no_list),
	    cmocka_unit_test(flipped_and_cut_claims_never_crash_the_reader),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
