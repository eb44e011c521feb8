/* quota_test.c - uses a day: of departments' grants and of many offices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "keys/quota.h"

enum {
	OFFICES = 6634, /* of a prefecture: every town and village */
	NOON = 1795060800
};

static struct journal_line
line_of(int office, int intent, uint64_t number)
{
	struct journal_line line = {.op = "sheet",
	    .time = NOON,
	    .type = "11990000MB9A010097001",
	    .department = "11990100MB9A00014N",
	    .face = "00",
	    .number = number};

	if (office > 0)
		snprintf(line.office, sizeof(line.office), "o-%d", office);
	snprintf(line.intent, sizeof(line.intent), "%d", intent);
	return line;
}

static int
take(struct quota *q, struct journal_line line, uint64_t limit)
{
	struct err e = ERR_INIT;
	int rc = quota_take(q, &line, limit, &e);

	if (rc != 0)
		assert_string_equal(e.code, "quota_reached");
	return rc;
}

static void
every_office_has_its_own(void **state)
{
	struct quota q = QUOTA_INIT;
	int i;

	(void)state;
	for (i = 1; i <= OFFICES; i++) {
		assert_int_equal(take(&q, line_of(i, 1, 1), 2), 0);
		assert_int_equal(take(&q, line_of(i, 1, 2), 2), 0);
		assert_int_equal(take(&q, line_of(i, 1, 2), 2), 0);
	}
	assert_int_equal(q.ncounts, OFFICES);
	assert_int_equal(q.nuses, 2 * OFFICES);
	for (i = 1; i <= OFFICES; i++)
		assert_int_equal(take(&q, line_of(i, 2, 1), 2), ERR_LIMIT);
	/* the batch of the second half failed */
	quota_give_back(&q, OFFICES);
	assert_int_equal(take(&q, line_of(1, 2, 1), 2), ERR_LIMIT);
	assert_int_equal(take(&q, line_of(OFFICES, 2, 1), 2), 0);
	quota_release(&q);
}

/* Sheets of a department are counted apart from what it issues; each number
 * is another one, whatever the intent. */
static void
sheets_count_on_their_own(void **state)
{
	struct quota q = QUOTA_INIT;
	struct journal_line next = line_of(0, 1, 3);

	(void)state;
	assert_int_equal(take(&q, line_of(0, 1, 0), 1), 0);
	assert_int_equal(take(&q, line_of(0, 2, 0), 1), ERR_LIMIT);
	assert_int_equal(take(&q, line_of(0, 1, 1), 1), 0);
	assert_int_equal(take(&q, line_of(0, 1, 1), 1), 0);
	assert_int_equal(take(&q, line_of(0, 1, 2), 1), ERR_LIMIT);
	assert_int_equal(take(&q, line_of(7, 1, 2), 1), 0);
	next.time += 86400;
	assert_int_equal(take(&q, next, 1), 0);
	quota_release(&q);
}

/* What had no limit is kept for one that comes later, but not for a grant that
 * has none. */
static void
no_limit_is_kept_when_asked_for(void **state)
{
	struct quota q = QUOTA_INIT;

	(void)state;
	assert_int_equal(take(&q, line_of(1, 1, 1), QUOTA_NONE), 0);
	assert_int_equal(take(&q, line_of(1, 2, 1), QUOTA_NONE), 0);
	assert_int_equal(take(&q, line_of(1, 3, 1), 2), ERR_LIMIT);
	assert_int_equal(take(&q, line_of(2, 1, 1), 0), 0);
	assert_int_equal(q.nuses, 2);
	quota_release(&q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_office_has_its_own),
	    cmocka_unit_test(sheets_count_on_their_own),
	    cmocka_unit_test(no_limit_is_kept_when_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
