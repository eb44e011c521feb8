/*
 * golden_test.c - the samples drawn with a fixed clock, id and code against the
 * pictures in tests/golden.
 */
#include "tests/support/golden.h"

static void
look_at_pictures(struct samples *w, size_t type, const struct step_list *steps,
    const char *pdf, const char *name)
{
	size_t page;

	(void)type;
	for (page = 0; page < steps->npages; page++)
		golden_page(w, pdf, name, page);
}

static void
every_page_looks_as_it_did(void **state)
{
	each_variant(*state, look_at_pictures);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_page_looks_as_it_did),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
