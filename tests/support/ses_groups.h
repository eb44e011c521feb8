/*
 * ses_groups.h - one fixture of a test, and a group of cases for each algorithm
 * of the seal's maker.  For one file of a test; header only.
 */
#ifndef TESTS_SUPPORT_SES_GROUPS_H
#define TESTS_SUPPORT_SES_GROUPS_H

#include "tests/support/ses.h"

static struct ses_fixture fixture;

static inline int
ses_setup_es256(void **state)
{
	(void)state;
	ses_fixture_init(&fixture, SIGN_ES256);
	return 0;
}

static inline int
ses_setup_sm2(void **state)
{
	(void)state;
	ses_fixture_init(&fixture, SIGN_SM2);
	return 0;
}

static inline int
ses_teardown(void **state)
{
	(void)state;
	ses_fixture_release(&fixture);
	return 0;
}

#endif
