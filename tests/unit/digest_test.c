/* digest_test.c - the published digests, whole and in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/base/text.h"
#include "crypto/digest.h"
#include "crypto/sm2.h"

/* FIPS 180-4 and GB/T 32905 A.1: "abc". */
static const char sha256_abc[] =
    "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";
static const char sm3_abc[] =
    "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0";
/* GB/T 32918.5, the key of its examples, and its Z. */
static const char point_hex[] =
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
static const char z_hex[] =
    "B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3";
static const char e_hex[] =
    "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640";

static void
the_published_digests_come_out(void **state)
{
	uint8_t want[32], got[32];

	(void)state;
	text_unhex(want, 32, sha256_abc, 64);
	assert_int_equal(digest_sha256(bytes_str("abc"), got), 0);
	assert_memory_equal(got, want, 32);
	text_unhex(want, 32, sm3_abc, 64);
	assert_int_equal(digest_sm3(bytes_str("abc"), got), 0);
	assert_memory_equal(got, want, 32);
}

static void
pieces_make_the_same_digest(void **state)
{
	uint8_t want[32], got[32];
	struct digest d;

	(void)state;
	text_unhex(want, 32, sm3_abc, 64);
	digest_begin(&d, DIGEST_SM3);
	digest_add(&d, bytes_str("a"));
	digest_add(&d, bytes_str(""));
	digest_add(&d, bytes_str("bc"));
	assert_int_equal(digest_finish(&d, got), 0);
	assert_memory_equal(got, want, 32);
	assert_int_equal(digest_finish(&d, got), -1);
	digest_begin(&d, DIGEST_SHA256);
	digest_add(&d, bytes_str("abc"));
	digest_release(&d);
	digest_add(&d, bytes_str("abc"));
	assert_int_equal(digest_finish(&d, got), -1);
}

static void
sm2_hashes_identifier_curve_and_point_first(void **state)
{
	uint8_t point[65], want[32], z[32], e[32];
	struct bytes view = {point, sizeof(point)};

	(void)state;
	text_unhex(point, 65, point_hex, 130);
	text_unhex(want, 32, z_hex, 64);
	assert_int_equal(sm2_z(bytes_str(SM2_IDENTIFIER), view, z), 0);
	assert_memory_equal(z, want, 32);
	text_unhex(want, 32, e_hex, 64);
	assert_int_equal(sm2_digest(z, bytes_str("message digest"), e), 0);
	assert_memory_equal(e, want, 32);
	assert_int_equal(sm2_z(bytes_str(""), view, z), 0);
	point[0] = 0x02;
	assert_int_equal(sm2_z(bytes_str(""), view, z), -1);
}

static void
a_digest_so_far_leaves_the_digest_going(void **state)
{
	uint8_t so_far[32], whole[32];
	struct digest d;

	(void)state;
	digest_begin(&d, DIGEST_SHA256);
	digest_add(&d, bytes_str("a"));
	assert_int_equal(digest_so_far(&d, so_far), 0);
	digest_sha256(bytes_str("a"), whole);
	assert_memory_equal(so_far, whole, 32);
	digest_add(&d, bytes_str("bc"));
	assert_int_equal(digest_finish(&d, so_far), 0);
	digest_sha256(bytes_str("abc"), whole);
	assert_memory_equal(so_far, whole, 32);
	assert_int_equal(digest_so_far(&d, so_far), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_published_digests_come_out),
	    cmocka_unit_test(pieces_make_the_same_digest),
	    cmocka_unit_test(sm2_hashes_identifier_curve_and_point_first),
	    cmocka_unit_test(a_digest_so_far_leaves_the_digest_going),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
