/* err_test.c - a wrong field is never no wrong field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/scarce_memory.h"

/* As those do that look at all fields first. */
static int
check_fields(void *ctx, struct err *e)
{
	(void)ctx;
	err_add(e, "missing", "/reason", "缺", "missing");
	return e->nitems == 0
		   ? 0
		   : err_set(e, ERR_INPUT, "bad_fields", "错", "wrong");
}

static void
a_wrong_field_is_told_without_memory(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	starve(check_fields, NULL, ERR_INPUT);
	assert_int_equal(check_fields(NULL, &e), ERR_INPUT);
	err_add(&e, "missing", "/note", "缺", "missing");
	assert_int_equal(e.nitems, 2);
	assert_string_equal(e.items[1].pointer, "/note");
	err_clear(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wrong_field_is_told_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
