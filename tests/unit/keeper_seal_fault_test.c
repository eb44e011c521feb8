/* keeper_seal_fault_test.c - the seal register in a keeper that is killed, on a
 * full disk, and with files that somebody exchanged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>

#include "tests/support/keeper_admin.h"

enum {
	SEALS = 120,
	AT_ONCE = 7
};

static int
start(void **state)
{
	signal(SIGXFSZ, SIG_IGN);
	return keeper_admin_start(state);
}

static void
load(const char *name, struct buf *content)
{
	struct err e = ERR_INIT;
	char path[256];

	snprintf(path, sizeof(path), "%s/keys/%s", f.dir, name);
	buf_reset(content);
	assert_int_equal(file_read(path, 1 << 24, content, &e), 0);
}

static void
save(const char *name, struct bytes content)
{
	struct err e = ERR_INIT;
	char path[256];

	snprintf(path, sizeof(path), "%s/keys/%s", f.dir, name);
	assert_int_equal(file_replace(path, content, 0600, &e), 0);
}

static void
must_refuse(const char *code)
{
	struct err e = ERR_INIT;

	fixture_start(&f);
	assert_int_not_equal(keeper_self_test(f.keeper, &e), 0);
	assert_string_equal(e.code, code);
	assert_int_equal(WEXITSTATUS(fixture_stop(&f)), KEEPER_EXIT_START);
}

static void
must_start(void)
{
	struct err e = ERR_INIT;

	fixture_start(&f);
	if (keeper_self_test(f.keeper, &e) != 0)
		fail_msg("%s: %s", e.code, e.en);
}

/* An action with a seal; 0, or the class of e. */
static int
act_on(const char *name, const char *seal, struct err *e)
{
	json_t *action = json_pack("{s:s,s:s}", "action", name, "seal", seal);
	json_t *answer = NULL;
	int rc = administrator_call(adm, f.keeper, action, &answer, e);

	json_decref(action);
	json_decref(answer);
	return rc;
}

static void
a_register_set_back_emptied_or_changed_is_refused(void **state)
{
	struct buf old = BUF_INIT, new = BUF_INIT;
	struct err e = ERR_INIT;
	char path[256];

	(void)state;
	load("seals", &old);
	assert_int_equal(act_on("seal_suspend", "police-1", &e), 0);
	fixture_stop(&f);
	load("seals", &new);
	assert_true(new.n > old.n);
	/* the suspension undone */
	save("seals", buf_bytes(&old));
	must_refuse("seals_rolled_back");
	save("seals", (struct bytes){new.p, 8});
	must_refuse("seals_rolled_back");
	save("seals", (struct bytes){NULL, 0});
	must_refuse("seals_damaged");
	new.p[new.n / 2] ^= 1;
	save("seals", buf_bytes(&new));
	must_refuse("seals_damaged");
	new.p[new.n / 2] ^= 1;
	snprintf(path, sizeof(path), "%s/keys/seals", f.dir);
	unlink(path);
	must_refuse("file_unreadable");
	save("seals", buf_bytes(&new));
	must_start();
	assert_int_equal(act_on("seal_resume", "police-1", &e), 0);
	buf_release(&old);
	buf_release(&new);
}

static json_t *
order(size_t first)
{
	json_t *action =
	    json_pack("{s:s,s:[]}", "action", "seal_make", "seals");
	json_t *seals = json_object_get(action, "seals");
	char id[32];
	size_t i;

	for (i = first; i < first + AT_ONCE && i < SEALS; i++) {
		snprintf(id, sizeof(id), "village-%zu", i);
		json_array_append_new(
		    seals, json_pack("{s:s,s:s,s:s,s:[s],s:{s:s,s:s,s:i,s:i}}",
			       "id", id, "department", fixture_departments[0],
			       "zh", "村民委员会", "types", fixture_types[0],
			       "picture", "type", "png", "data", "AAAA",
			       "width", 42, "height", 42));
	}
	return action;
}

/* Make all seals from the beginning, as a repeated command would; how many
 * actions were answered until the keeper died. */
static size_t
make_all(size_t *made, size_t *existed)
{
	json_t *action, *answer;
	const json_t *one;
	struct err e = ERR_INIT;
	size_t first, i, answered = 0;

	*made = *existed = 0;
	for (first = 0; first < SEALS; first += AT_ONCE) {
		action = order(first);
		answer = NULL;
		administrator_call(adm, f.keeper, action, &answer, &e);
		json_decref(action);
		if (answer == NULL)
			break;
		answered++;
		json_array_foreach (json_object_get(answer, "seals"), i, one)
			if (strcmp(json_string_value(
				       json_object_get(one, "result")),
				"made") == 0)
				++*made;
			else
				++*existed;
		json_decref(answer);
	}
	return answered;
}

static void
kill_soon(pid_t keeper, unsigned int ms)
{
	pid_t pid = fork();

	if (pid == 0) {
		usleep(ms * 1000);
		kill(keeper, SIGKILL);
		_exit(0);
	}
}

/* Each seal once, all of them, whenever the keeper died. */
static void
seals_made_by_a_keeper_that_is_killed_are_exact(void **state)
{
	size_t made, existed, rounds = 0;
	unsigned int ms;

	(void)state;
	for (ms = 3; ms < 100; ms += 9) {
		kill_soon(f.pid, ms);
		make_all(&made, &existed);
		while (wait(NULL) > 0) /* the keeper and who killed it */
			;
		keeper_free(f.keeper);
		must_start();
		rounds += existed > 0;
	}
	make_all(&made, &existed);
	assert_int_equal(made + existed, SEALS);
	make_all(&made, &existed);
	assert_int_equal(made, 0);
	assert_int_equal(existed, SEALS);
	assert_true(rounds > 0);
}

static void
a_full_disk_refuses_the_change_and_the_keeper_lives(void **state)
{
	struct buf seals = BUF_INIT, face = BUF_INIT, ses = BUF_INIT;
	struct rlimit small, whole;
	struct err e = ERR_INIT;

	(void)state;
	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	fixture_stop(&f);
	load("seals", &seals);
	getrlimit(RLIMIT_FSIZE, &whole);
	small = whole;
	small.rlim_cur = seals.n + 30;
	setrlimit(RLIMIT_FSIZE, &small);
	fixture_start(&f);
	setrlimit(RLIMIT_FSIZE, &whole);
	assert_int_equal(act_on("seal_suspend", "market-1", &e), ERR_STORAGE);
	assert_string_equal(e.code, "seals_unwritable");
	assert_int_equal(
	    fixture_ses(&f, 0, buf_bytes(&face), "market-1", 0, &ses, &e), 0);
	fixture_stop(&f);
	must_start();
	assert_int_equal(act_on("seal_suspend", "market-1", &e), 0);
	assert_int_equal(act_on("seal_resume", "market-1", &e), 0);
	buf_release(&face);
	buf_release(&ses);
	buf_release(&seals);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_register_set_back_emptied_or_changed_is_refused),
	    cmocka_unit_test(seals_made_by_a_keeper_that_is_killed_are_exact),
	    cmocka_unit_test(
		a_full_disk_refuses_the_change_and_the_keeper_lives),
	};
	return cmocka_run_group_tests(tests, start, keeper_admin_stop);
}
