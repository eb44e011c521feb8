/* verify_ofd_test.c - a sealed OFD licence, and everything done to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/ofd_maker.h"

static struct ofd_world world;

static int
setup(void **state)
{
	(void)state;
	ofd_world_make(&world);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	ofd_world_release(&world);
	return 0;
}

static int
valid(struct bytes file)
{
	struct verdict v;
	int ok = ofd_verify(&world, file, &v) == VERDICT_VALID;

	verdict_release(&v);
	return ok;
}

static void
must_be_valid(struct bytes file, struct verdict *v)
{
	if (ofd_verify(&world, file, v) != VERDICT_VALID)
		fail_msg("%s", v->nreasons ? v->reasons[0] : "-");
}

static void
a_sealed_licence_is_valid(void **state)
{
	struct verdict v;

	(void)state;
	must_be_valid(buf_bytes(&world.ofd), &v);
	assert_string_equal(v.format, "ofd");
	assert_int_equal(v.nreasons, 0);
	assert_int_equal(v.nsignatures, 1);
	assert_int_equal(v.signatures[0].integrity, INTEGRITY_INTACT);
	assert_int_equal(v.signatures[0].coverage, COVERAGE_WHOLE_FILE);
	assert_int_equal(v.signatures[0].trust, TRUST_TRUSTED);
	assert_string_equal(v.signatures[0].seal, "专用章");
	assert_string_equal(v.signatures[0].algorithm, "SM2/SM3");
	assert_true(v.signatures[0].claimed_time == WORLD_NOW - WORLD_DAY);
	assert_true(v.certificate.known);
	assert_string_equal(v.certificate.number, "QH-2026-0001");
	assert_memory_equal(v.certificate.face_digest, world.w.face_digest, 32);
	verdict_release(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sealed_licence_is_valid),
	};

	(void)valid;
	return cmocka_run_group_tests(tests, setup, teardown);
}
