/* Every role x every action x own, other and no office, department, region and
 * operator, against the table as docs/desk.md has it, written here again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "certsvc/permission.h"
#include "certsvc/region.h"

/* One letter a role: -: never, m: what oneself did, o: own office, d: own
 * department, r: own region. */
static const char *const WANT[PERMISSION_ACTIONS] = {
    [PERMISSION_DESK] = "o----",
    [PERMISSION_SEE_JOBS] = "o--rr",
    [PERMISSION_SEE_LOOKUPS] = "m--rr",
    [PERMISSION_SEE_OFFICES] = "o--rr",
    [PERMISSION_CHANGE_PRINTERS] = "----r",
    [PERMISSION_SEE_OPERATORS] = "--drr",
    [PERMISSION_CHANGE_OPERATORS] = "--d-r",
    [PERMISSION_SEE_SEALS] = "-dd--",
};

static const char *const OFFICES[] = {"centre", "station", "", NULL};
static const char *const DEPARTMENTS[] = {
    "11990100MB9A00014N", "11990100MB9A00030C", "", NULL};
static const char *const OPERATORS[] = {"zhang", "wang", "", NULL};
static const struct {
	const char *code;
	int inside;
} REGIONS[] = {{"990100", 1}, {"990102", 1}, {"990102001", 1},
    {"990102001003", 1}, {"990000", 0}, {"990200", 0}, {"980100", 0},
    {"9901", 0}, {"", 0}, {NULL, 0}};

static struct service_operator
operator_of(int role)
{
	struct service_operator op = {.role = (enum operator_role)role,
	    .name = "zhang",
	    .office = "centre",
	    .region = "990100",
	    .department = "11990100MB9A00014N"};

	return op;
}

static int
allowed(char letter, size_t office, size_t department, size_t region,
    size_t operator)
{
	switch (letter) {
	case 'm':
		return operator== 0;
	case 'o':
		return office == 0;
	case 'd':
		return department == 0;
	case 'r':
		return REGIONS[region].inside;
	default:
		return 0;
	}
}

static void
check_one(int role, int action, const size_t at[4])
{
	struct service_operator op = operator_of(role);
	struct permission_target target = {OFFICES[at[0]], REGIONS[at[2]].code,
	    DEPARTMENTS[at[1]], OPERATORS[at[3]]};
	struct err e = ERR_INIT;
	char letter = WANT[action][role];
	int rc =
	    permission_check(&op, (enum permission_action)action, &target, &e);
	int want = allowed(letter, at[0], at[1], at[2], at[3]) ? 0
		   : letter == '-'			       ? ERR_DENIED
							       : ERR_NOT_FOUND;

	if (rc != want)
		fail_msg("role %d action %d office %zu department %zu region "
			 "%zu operator %zu: %d, not %d",
		    role, action, at[0], at[1], at[2], at[3], rc, want);
	err_clear(&e);
}

static void
the_whole_table_holds(void **state)
{
	size_t at[4], walked = 0;

	(void)state;
	for (int role = 0; role < OPERATOR_ROLES; role++)
		for (int action = 0; action < PERMISSION_ACTIONS; action++)
			for (at[0] = 0; at[0] < 4; at[0]++)
				for (at[1] = 0; at[1] < 4; at[1]++)
					for (at[2] = 0; at[2] < 10; at[2]++)
						for (at[3] = 0; at[3] < 4;
						     at[3]++, walked++)
							check_one(
							    role, action, at);
	assert_int_equal(walked, 5 * 8 * 4 * 4 * 10 * 4);
}

/* What somebody does not have never matches what a thing does not have. */
static void
who_is_of_nothing_may_nothing(void **state)
{
	struct permission_target nothing = {"", "", "", ""};
	struct err e = ERR_INIT;

	(void)state;
	for (int role = 0; role < OPERATOR_ROLES; role++)
		for (int action = 0; action < PERMISSION_ACTIONS; action++) {
			struct service_operator op = {
			    .role = (enum operator_role)role};

			assert_true(permission_check(&op,
					(enum permission_action)action,
					&nothing, &e) != 0);
			err_clear(&e);
		}
}

static void
roles_have_words(void **state)
{
	(void)state;
	for (int role = 0; role < OPERATOR_ROLES; role++)
		assert_int_equal(operator_role_find(operator_role_word(
				     (enum operator_role)role)),
		    role);
	assert_int_equal(operator_role_find("root"), -1);
	assert_int_equal(operator_role_find(""), -1);
}

static void
regions_hold_what_is_in_them(void **state)
{
	static const struct {
		const char *outer, *inner;
		int covers;
	} cases[] = {{"990000", "990100", 1}, {"990100", "990100", 1},
	    {"990100", "990102", 1}, {"990102", "990102001000", 1},
	    {"990102001000", "990102001203", 1},
	    {"990102001", "990102001203", 1},
	    {"990102001000", "990102010000", 0},
	    {"990102001203", "990102001", 0},
	    {"990102001203", "990102001204", 0}, {"990102", "990100", 0},
	    {"990102", "990103", 0}, {"110000", "990000", 0},
	    {"990100000000", "990102", 1}, {"100000", "110000", 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (region_covers(cases[i].outer, cases[i].inner) !=
		    cases[i].covers)
			fail_msg("%s %s", cases[i].outer, cases[i].inner);
	assert_true(region_ok("990100") && region_ok("990102001"));
	assert_false(region_ok("") || region_ok("99010") ||
		     region_ok("000000") || region_ok("99010a") ||
		     region_ok("9901020010011") || region_ok("9901001"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_whole_table_holds),
	    cmocka_unit_test(who_is_of_nothing_may_nothing),
	    cmocka_unit_test(roles_have_words),
	    cmocka_unit_test(regions_hold_what_is_in_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
