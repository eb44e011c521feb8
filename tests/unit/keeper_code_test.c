/* keeper_code_test.c - what the keeper puts into a printed code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/base/text.h"
#include "crypto/copy_field.h"
#include "crypto/cose.h"
#include "crypto/qr_claims.h"
#include "tests/support/keeper_group.h"

/* A face whose scope is n characters that do not compress. */
static void
long_face(struct buf *out, size_t n)
{
	struct face *face = face_new();
	struct buf value = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < n; i++)
		text_utf8_put(&value, 0x4e00 + (uint32_t)(i * 7919 % 20000));
	assert_int_equal(face_add(face, "ZZMC", "测试证照", &e), 0);
	assert_int_equal(face_add(face, "ZZLXDM", fixture_types[0], &e), 0);
	assert_int_equal(face_add(face, "ZZBH", "No.2", &e), 0);
	assert_int_equal(
	    face_add(face, "ZZBFJGDM", fixture_departments[0], &e), 0);
	assert_int_equal(face_add(face, "CZZT", "张㛃", &e), 0);
	assert_int_equal(face_add(face, "KZ_FW", buf_cstr(&value), &e), 0);
	assert_int_equal(face_write(face, out, &e), 0);
	face_free(face);
	buf_release(&value);
}

static void
a_code_over_470_bytes_takes_the_reduced_form(void **state)
{
	struct buf face = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	struct qr_claims claims;
	uint8_t digest[32];
	struct cose cose;

	(void)state;
	long_face(&face, 200);
	assert_int_equal(
	    fixture_code(&f, 0, buf_bytes(&face), &out, digest, &e), 0);
	assert_true(out.n <= QR_BYTES_MAX);
	assert_int_equal(cose_parse(buf_bytes(&out), &cose, &e), 0);
	assert_int_equal(qr_claims_read(cose.payload, &claims, &e), 0);
	assert_int_equal(claims.form, 1);
	assert_int_equal(claims.nvalues, 3);
	assert_string_equal(claims.values[0], "测试证照");
	assert_string_equal(claims.values[1], "No.2");
	assert_string_equal(claims.values[2], "张㛃");
	qr_claims_release(&claims);
	buf_release(&face);
	buf_release(&out);
}

/* A face with what a purpose-bound copy has more. */
static void
copy_face(struct buf *out, const char *maker)
{
	struct buf plain = BUF_INIT;
	struct face *face = NULL;
	struct err e = ERR_INIT;

	fixture_face(&plain, fixture_departments[0], fixture_types[0], "No.3");
	assert_int_equal(face_parse(buf_bytes(&plain), &face, &e), 0);
	assert_int_equal(
	    face_add(face, COPY_MADE, "2026-11-26 08:00:00", &e), 0);
	assert_int_equal(face_add(face, COPY_MAKER, maker, &e), 0);
	assert_int_equal(face_add(face, COPY_PURPOSE, "开户", &e), 0);
	assert_int_equal(
	    face_add(face, COPY_UNTIL, "2026-12-26 23:59:59", &e), 0);
	assert_int_equal(face_write(face, out, &e), 0);
	face_free(face);
	buf_release(&plain);
}

static void
the_code_of_a_copy_says_that_it_is_one(void **state)
{
	/* 22 characters of three bytes: 21 fit. */
	static const char maker[] =
	    "一二三四五六七八九十一二三四五六七八九十一二";
	struct buf face = BUF_INIT, plain = BUF_INIT, out = BUF_INIT;
	struct qr_claims claims;
	struct err e = ERR_INIT;
	uint8_t digest[32];
	struct cose cose;

	(void)state;
	copy_face(&face, maker);
	f.copy = 7;
	assert_int_equal(
	    fixture_code(&f, 0, buf_bytes(&face), &out, digest, &e), 0);
	assert_int_equal(cose_parse(buf_bytes(&out), &cose, &e), 0);
	assert_int_equal(qr_claims_read(cose.payload, &claims, &e), 0);
	assert_int_equal(claims.copy.number, 7);
	assert_int_equal(strlen(claims.copy.office), 63);
	assert_memory_equal(claims.copy.office, maker, 63);
	assert_in_range(claims.copy.day,
	    (clock_now() + CLOCK_CST_OFFSET) / 86400 - 1,
	    (clock_now() + CLOCK_CST_OFFSET) / 86400);
	qr_claims_release(&claims);
	/* Neither a copy that keeps it back nor another face that claims it. */
	f.copy = 0;
	assert_int_equal(
	    fixture_code(&f, 0, buf_bytes(&face), &out, digest, &e), ERR_INPUT);
	assert_string_equal(e.code, "bad_copy");
	fixture_face(&plain, fixture_departments[0], fixture_types[0], "No.4");
	f.copy = 1;
	assert_int_equal(
	    fixture_code(&f, 0, buf_bytes(&plain), &out, digest, &e),
	    ERR_INPUT);
	assert_string_equal(e.code, "bad_copy");
	f.copy = 0;
	err_clear(&e);
	buf_release(&face);
	buf_release(&plain);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_code_over_470_bytes_takes_the_reduced_form),
	    cmocka_unit_test(the_code_of_a_copy_says_that_it_is_one),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(
	    tests, keeper_group_start, keeper_group_stop);
}
