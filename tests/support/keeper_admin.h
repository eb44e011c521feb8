/*
 * keeper_admin.h - a keeper of a test and its administrator, who acts as JSON
 * says.  For one file of a test; header only.
 */
#ifndef TESTS_SUPPORT_KEEPER_ADMIN_H
#define TESTS_SUPPORT_KEEPER_ADMIN_H

#include <jansson.h>

#include "keys/administrator.h"
#include "tests/support/keeper_group.h"

static struct administrator *adm;

static inline int
keeper_admin_start(void **state)
{
	struct err e = ERR_INIT;

	keeper_group_start(state);
	return administrator_new(
	    f.dir, bytes_str(FIXTURE_PASSPHRASE), &adm, &e);
}

static inline int
keeper_admin_stop(void **state)
{
	(void)state;
	administrator_free(adm);
	fixture_release(&f);
	return 0;
}

/* Do an action; the answer is the caller's, or NULL with *e. */
static inline json_t *
ask(const char *text, struct err *e)
{
	json_t *action = json_loads(text, 0, NULL), *answer = NULL;

	assert_non_null(action);
	err_clear(e);
	if (administrator_call(adm, f.keeper, action, &answer, e) != 0)
		assert_null(answer);
	json_decref(action);
	return answer;
}

/* As ask; only its error class, code in *e. */
static inline int
act(const char *text, struct err *e)
{
	json_decref(ask(text, e));
	return e->class;
}

#endif
