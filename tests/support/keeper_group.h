/*
 * keeper_group.h - the keeper that the cases of a test share.  For one file of
 * a test; header only.
 */
#ifndef TESTS_SUPPORT_KEEPER_GROUP_H
#define TESTS_SUPPORT_KEEPER_GROUP_H

#include "tests/support/keeper_fixture.h"

static struct fixture f;

static inline int
keeper_group_start(void **state)
{
	(void)state;
	fixture_make(&f);
	return 0;
}

/* The keeper must end of its own accord. */
static inline int
keeper_group_stop(void **state)
{
	(void)state;
	assert_int_equal(fixture_stop(&f), 0);
	fixture_release(&f);
	return 0;
}

#endif
