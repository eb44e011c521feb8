/* health_expiry_test.c - who is told what ends, and in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "certsvc/health_expiry.h"

enum {
	NOW = 1795000000,
	DAY = 86400
};

static int
first(json_t *directory, struct expiry *out)
{
	int rc = expiry_first(directory, NOW, out);

	json_decref(directory);
	return rc;
}

static json_t *
two(const char *a, int64_t a_ends, const char *b, int64_t b_ends)
{
	return json_pack("{s:[{s:s,s:I},{s:s,s:I}]}", "expires", "id", a,
	    "not_after", (json_int_t)a_ends, "id", b, "not_after",
	    (json_int_t)b_ends);
}

static void
the_first_to_end_is_named(void **state)
{
	struct expiry x;

	(void)state;
	assert_int_equal(
	    first(two("ca", NOW + 400LL * DAY, "root.crl", NOW + 366LL * DAY),
		&x),
	    0);
	assert_string_equal(x.id, "root.crl");
	assert_string_equal(x.date, "2027-11-19");
	assert_int_equal(x.soon, 0);
	assert_int_equal(first(json_pack("{s:[]}", "expires"), &x), -1);
	assert_int_equal(first(json_object(), &x), -1);
}

static void
sixty_days_before_it_is_soon(void **state)
{
	struct expiry x;
	const char *zh, *en;

	(void)state;
	first(two("maker-sm2", NOW + 60LL * DAY, "ca", NOW + 999LL * DAY), &x);
	assert_int_equal(x.soon, 0);
	first(two("maker-sm2", NOW + 60LL * DAY - 1, "ca", NOW + 999LL * DAY),
	    &x);
	assert_int_equal(x.soon, 1);
	expiry_advice(&x, &zh, &en);
	assert_non_null(strstr(en, "ca renew"));
	first(two("root-sm2.crl", NOW - DAY, "root", NOW + 9LL * DAY), &x);
	assert_int_equal(x.soon, 1);
	expiry_advice(&x, &zh, &en);
	assert_non_null(strstr(en, "ca crl"));
	first(two("root", NOW, "code/1", NOW + DAY), &x);
	expiry_advice(&x, &zh, &en);
	assert_string_equal(en, "see docs/pki.md");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_to_end_is_named),
	    cmocka_unit_test(sixty_days_before_it_is_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
