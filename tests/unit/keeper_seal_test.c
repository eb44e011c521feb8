/* keeper_seal_test.c - the life of a seal through the keeper's socket: made,
 * used, counted, suspended, lost, renewed, destroyed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crypto/cms.h"
#include "crypto/ses_signature.h"
#include "tests/support/keeper_admin.h"

#define PICTURE                                                                \
	"\"picture\":{\"type\":\"png\",\"data\":\"bm90IGEgcGljdHVyZQ==\","     \
	"\"width\":42,\"height\":42}"

/* {"action":<name>,"seal":<id> more} must give the code, "" for success. */
static void
must(const char *name, const char *id, const char *more, const char *code)
{
	struct err e = ERR_INIT;
	char text[512];

	snprintf(text, sizeof(text), "{\"action\":\"%s\",\"seal\":\"%s\"%s}",
	    name, id, more);
	act(text, &e);
	assert_string_equal(e.code, code);
}

/* Seal as the first department, PDF and OFD; the code of both. */
static void
sealing_gives(const char *seal, const char *code)
{
	struct buf face = BUF_INIT, cms = BUF_INIT, ses = BUF_INIT;
	struct err e = ERR_INIT;

	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	fixture_seal(&f, 0, buf_bytes(&face), seal, &cms, &e);
	assert_string_equal(e.code, code);
	assert_int_equal(cms.n > 0, code[0] == '\0');
	err_clear(&e);
	e.code[0] = '\0';
	fixture_ses(&f, 0, buf_bytes(&face), seal, 0, &ses, &e);
	assert_string_equal(e.code, code);
	assert_int_equal(ses.n > 0, code[0] == '\0');
	buf_release(&face);
	buf_release(&cms);
	buf_release(&ses);
}

/* A seal's row in the directory, a new reference. */
static json_t *
row_of(const char *id)
{
	json_t *json, *found = NULL, *seal;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	const json_t *d;
	size_t i, j;

	assert_int_equal(keeper_directory(f.keeper, &text, &e), 0);
	json = json_loads(buf_cstr(&text), JSON_REJECT_DUPLICATES, NULL);
	buf_release(&text);
	json_array_foreach (json_object_get(json, "departments"), i, d)
		json_array_foreach (json_object_get(d, "seals"), j, seal)
			if (strcmp(
				json_string_value(json_object_get(seal, "id")),
				id) == 0)
				found = json_incref(seal);
	json_decref(json);
	assert_non_null(found);
	return found;
}

static json_int_t
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* A seal for the first department and type by its own row. */
static void
make_seal(const char *id)
{
	struct err e = ERR_INIT;
	char text[1024];

	snprintf(text, sizeof(text),
	    "{\"action\":\"seal_make\",\"seals\":[{\"id\":\"%s\","
	    "\"department\":\"11990100MB9A00014N\",\"zh\":\"新章\","
	    "\"kind\":\"round\",\"arc\":\"青禾市\",\"types\":["
	    "\"11990000MB9A010097001\"]," PICTURE "}]}",
	    id);
	assert_int_equal(act(text, &e), 0);
}

static void
a_seal_made_now_signs_now_and_after_a_restart(void **state)
{
	json_t *row;

	(void)state;
	sealing_gives("new-1", "not_authorised");
	make_seal("new-1");
	sealing_gives("new-1", "");
	row = row_of("new-1");
	assert_string_equal(
	    json_string_value(json_object_get(row, "arc")), "青禾市");
	assert_null(json_object_get(row, "picture"));
	assert_int_equal(json_array_size(json_object_get(row, "x509s")), 2);
	json_decref(row);
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	sealing_gives("new-1", "");
}

static void
making_the_same_seal_again_changes_nothing(void **state)
{
	static const char same[] =
	    "{\"action\":\"seal_make\",\"seals\":[{\"id\":\"same-1\","
	    "\"department\":\"11990100MB9A00014N\",\"zh\":\"同章\"," PICTURE
	    "}]}";
	static const char other[] =
	    "{\"action\":\"seal_make\",\"seals\":[{\"id\":\"same-2\","
	    "\"department\":\"11990100MB9A00014N\",\"zh\":\"新\"," PICTURE
	    "},{\"id\":\"same-1\",\"department\":\"11990100MB9A00014N\","
	    "\"zh\":\"异章\"," PICTURE "}]}";
	static const char twice[] =
	    "{\"action\":\"seal_make\",\"seals\":[{\"id\":\"same-2\","
	    "\"department\":\"11990100MB9A00014N\",\"zh\":\"新\"," PICTURE
	    "},{\"id\":\"same-2\",\"department\":\"11990100MB9A00014N\","
	    "\"zh\":\"新\"," PICTURE "}]}";
	struct err e = ERR_INIT;
	json_t *answer, *version;

	(void)state;
	answer = ask(same, &e);
	version = json_incref(json_object_get(answer, "seals_version"));
	assert_string_equal(
	    json_string_value(json_object_get(
		json_array_get(json_object_get(answer, "seals"), 0), "result")),
	    "made");
	json_decref(answer);
	answer = ask(same, &e);
	assert_true(
	    json_equal(version, json_object_get(answer, "seals_version")));
	assert_string_equal(
	    json_string_value(json_object_get(
		json_array_get(json_object_get(answer, "seals"), 0), "result")),
	    "exists");
	json_decref(answer);
	/* all of an action or nothing of it */
	assert_int_equal(act(other, &e), ERR_CONFLICT);
	assert_string_equal(e.code, "seal_exists");
	assert_int_equal(act(twice, &e), ERR_CONFLICT);
	must("seal_suspend", "same-2", "", "no_such_seal");
	json_decref(version);
}

static void
what_is_no_seal_is_not_made(void **state)
{
	static const char *const bad[] = {"", "{}",
	    "{\"id\":\"a b\",\"zh\":\"章\"," PICTURE "}",
	    "{\"id\":\"x-1\"," PICTURE "}", "{\"id\":\"x-1\",\"zh\":\"章\"}",
	    "{\"id\":\"x-1\",\"zh\":\"\"," PICTURE "}",
	    "{\"id\":\"x-1\",\"zh\":\"章\",\"years\":11," PICTURE "}",
	    "{\"id\":\"x-1\",\"zh\":\"章\",\"years\":\"7\"," PICTURE "}",
	    "{\"id\":\"x-1\",\"zh\":\"章\",\"en\":7," PICTURE "}",
	    "{\"id\":\"x-1\",\"zh\":\"章\",\"types\":[\"short\"]," PICTURE "}",
	    "{\"id\":\"x-1\",\"zh\":\"章\",\"types\":\"all\"," PICTURE "}",
	    "{\"id\":\"x-1\",\"zh\":\"章\",\"picture\":{\"type\":\"png\","
	    "\"data\":\"?\",\"width\":42,\"height\":42}}",
	    "{\"id\":\"x-1\",\"zh\":\"章\",\"picture\":{\"type\":\"png\","
	    "\"data\":\"AAAA\",\"width\":0,\"height\":42}}"};
	struct err e = ERR_INIT;
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *seal = json_loads(bad[i], 0, NULL), *action, *answer;

		if (seal != NULL)
			json_object_set_new(seal, "department",
			    json_string("11990100MB9A00014N"));
		action = json_pack(
		    "{s:s,s:[o*]}", "action", "seal_make", "seals", seal);
		answer = NULL;
		assert_int_equal(
		    administrator_call(adm, f.keeper, action, &answer, &e),
		    ERR_INPUT);
		json_decref(action);
	}
	snprintf(text, sizeof(text),
	    "{\"action\":\"seal_make\",\"seals\":[{\"id\":\"x-1\",\"zh\":"
	    "\"章\",\"department\":\"11990100MB9A0001XX\"," PICTURE "}]}");
	assert_int_equal(act(text, &e), ERR_NOT_FOUND);
	must("seal_suspend", "x-1", "", "no_such_seal");
	must("seal_melt", "market-1", "", "bad_action");
}

static void
a_suspended_seal_is_refused_at_once_with_its_own_code(void **state)
{
	(void)state;
	make_seal("life-1");
	sealing_gives("life-1", "");
	must("seal_suspend", "life-1", ",\"reason\":\"盘点\"", "");
	sealing_gives("life-1", "seal_suspended");
	must("seal_suspend", "life-1", "", ""); /* again: the same answer */
	must("seal_renew", "life-1", "," PICTURE, "seal_state");
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	sealing_gives("life-1", "seal_suspended");
	must("seal_resume", "life-1", "", "");
	sealing_gives("life-1", "");
}

/* The x509s in the directory: n of them, the last `revoked` are revoked. */
static void
check_x509s(const char *id, size_t n, size_t revoked)
{
	json_t *row = row_of(id), *list = json_object_get(row, "x509s");
	size_t i;

	assert_int_equal(json_array_size(list), n);
	for (i = 0; i < n; i++)
		assert_int_equal(json_object_get(json_array_get(list, i),
				     "revoked_since") != NULL,
		    i >= n - revoked);
	json_decref(row);
}

static void
a_lost_seal_is_renewed_and_a_destroyed_one_never_comes_back(void **state)
{
	struct buf old = BUF_INIT, new = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *row;

	(void)state;
	make_seal("life-2");
	assert_int_equal(keeper_seal_object(f.keeper, "life-2", &old, &e), 0);
	check_x509s("life-2", 2, 0);
	must("seal_lost", "life-2", ",\"reason\":\"遗失\"", "");
	sealing_gives("life-2", "seal_lost");
	check_x509s("life-2", 2, 2);
	must("seal_resume", "life-2", "", "seal_state");
	must("seal_renew", "life-2", "," PICTURE ",\"years\":11", "bad_action");
	must("seal_renew", "life-2", "," PICTURE ",\"years\":\"3\"",
	    "bad_action");
	must("seal_renew", "life-2", "", "bad_action");
	must("seal_renew", "life-2", "," PICTURE ",\"years\":3", "");
	sealing_gives("life-2", "");
	check_x509s("life-2", 4, 2);
	row = row_of("life-2");
	assert_int_equal(number(row, "generation"), 2);
	json_decref(row);
	assert_int_equal(keeper_seal_object(f.keeper, "life-2", &new, &e), 0);
	assert_false(bytes_equal(buf_bytes(&old), buf_bytes(&new)));
	must("seal_destroy", "life-2", "", "");
	sealing_gives("life-2", "seal_destroyed");
	check_x509s("life-2", 4, 4);
	must("seal_resume", "life-2", "", "seal_state");
	must("seal_lost", "life-2", "", "seal_state");
	must("seal_renew", "life-2", "," PICTURE, "seal_state");
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	sealing_gives("life-2", "seal_destroyed");
	make_seal("life-3"); /* and the register goes on */
	buf_release(&old);
	buf_release(&new);
}

static void
a_code_needs_a_seal_in_force(void **state)
{
	struct buf face = BUF_INIT, cose = BUF_INIT;
	struct err e = ERR_INIT;
	uint8_t digest[32];

	(void)state;
	fixture_face(&face, fixture_departments[1], fixture_types[2], "1");
	assert_int_equal(
	    fixture_code(&f, 1, buf_bytes(&face), &cose, digest, &e), 0);
	must("seal_suspend", "social-1", "", "");
	fixture_code(&f, 1, buf_bytes(&face), &cose, digest, &e);
	assert_string_equal(e.code, "seal_suspended");
	must("seal_resume", "social-1", "", "");
	buf_release(&face);
	buf_release(&cose);
}

/* All uses by pages; how many signatures, and that nothing else is told. */
static size_t
count_uses(const char *seal)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	uint64_t cursor = 0;
	size_t n = 0, i;
	json_t *json;
	const json_t *use;

	do {
		buf_reset(&text);
		assert_int_equal(
		    keeper_seal_uses(f.keeper, seal, cursor, &text, &e), 0);
		json = json_loads(buf_cstr(&text), 0, NULL);
		json_array_foreach (json_object_get(json, "uses"), i, use) {
			const char *op =
			    json_string_value(json_object_get(use, "op"));

			assert_int_equal(json_object_size(use), 6);
			n += strcmp(op, "seal") == 0 || strcmp(op, "ses") == 0;
		}
		cursor = (uint64_t)number(json, "cursor");
		json_decref(json);
	} while (cursor != 0);
	buf_release(&text);
	return n;
}

static void
every_use_is_counted_and_listed(void **state)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	int64_t before;
	json_t *row;
	int i;

	(void)state;
	make_seal("count-1");
	row = row_of("count-1");
	assert_int_equal(number(row, "uses"), 0);
	assert_int_equal(number(row, "last_used"), 0);
	json_decref(row);
	before = clock_now();
	for (i = 0; i < 60; i++)
		sealing_gives("count-1", "");
	row = row_of("count-1");
	assert_int_equal(number(row, "uses"), 120);
	json_decref(row);
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	row = row_of("count-1");
	assert_int_equal(number(row, "uses"), 120);
	assert_true(number(row, "last_used") >= before);
	json_decref(row);
	assert_int_equal(count_uses("count-1"), 120);
	assert_int_equal(
	    keeper_seal_uses(f.keeper, "nobodys", 0, &text, &e), ERR_NOT_FOUND);
	assert_int_equal(
	    keeper_seal_uses(f.keeper, "count-1", 1u << 30, &text, &e), 0);
	buf_release(&text);
}

static void
another_departments_seal_is_for_joint_places_only(void **state)
{
	static const char grant[] =
	    "{\"action\":\"grant_add\",\"department\":\"12990100MB9A00022E\","
	    "\"type\":\"11990000MB9A010097002\",\"seal\":\"market-2\"%s}";
	struct buf face = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	char text[512];

	(void)state;
	snprintf(text, sizeof(text), grant, "");
	assert_int_equal(act(text, &e), ERR_INPUT);
	snprintf(text, sizeof(text), grant, ",\"place\":16");
	assert_int_equal(act(text, &e), ERR_INPUT);
	snprintf(text, sizeof(text), grant, ",\"place\":1");
	assert_int_equal(act(text, &e), 0);
	assert_int_equal(act(text, &e), ERR_CONFLICT);
	fixture_face(&face, fixture_departments[1], fixture_types[1], "1");
	assert_int_equal(
	    fixture_seal_at(&f, 1, buf_bytes(&face), "market-2", 1, &out, &e),
	    0);
	assert_int_equal(
	    fixture_ses(&f, 1, buf_bytes(&face), "market-2", 1, &out, &e), 0);
	assert_int_equal(
	    fixture_ses(&f, 1, buf_bytes(&face), "market-2", 0, &out, &e),
	    ERR_DENIED);
	assert_int_equal(
	    fixture_ses(&f, 1, buf_bytes(&face), "market-2", 2, &out, &e),
	    ERR_DENIED);
	assert_int_equal(
	    fixture_ses(&f, 1, buf_bytes(&face), "market-1", 1, &out, &e),
	    ERR_DENIED);
	/* its own administrator stops it for everybody */
	must("seal_suspend", "market-2", "", "");
	err_clear(&e);
	fixture_ses(&f, 1, buf_bytes(&face), "market-2", 1, &out, &e);
	assert_string_equal(e.code, "seal_suspended");
	must("seal_resume", "market-2", "", "");
	buf_release(&face);
	buf_release(&out);
}

static void
all_seals_are_listed_in_pages(void **state)
{
	struct err e = ERR_INIT;
	json_int_t cursor = 0;
	size_t n = 0, pages = 0;
	json_t *answer;
	char text[128], id[32];
	int i;

	(void)state;
	for (i = 0; i < 120; i++) {
		snprintf(id, sizeof(id), "village-%d", i);
		make_seal(id);
	}
	do {
		snprintf(text, sizeof(text),
		    "{\"action\":\"seal_list\",\"cursor\":%lld}",
		    (long long)cursor);
		answer = ask(text, &e);
		assert_non_null(answer);
		n += json_array_size(json_object_get(answer, "seals"));
		pages++;
		cursor = number(answer, "cursor");
		json_decref(answer);
	} while (cursor != 0);
	assert_int_equal(pages, 2);
	assert_true(n >= 120 + FIXTURE_SEALS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_seal_made_now_signs_now_and_after_a_restart),
	    cmocka_unit_test(making_the_same_seal_again_changes_nothing),
	    cmocka_unit_test(what_is_no_seal_is_not_made),
	    cmocka_unit_test(
		a_suspended_seal_is_refused_at_once_with_its_own_code),
	    cmocka_unit_test(
		a_lost_seal_is_renewed_and_a_destroyed_one_never_comes_back),
	    cmocka_unit_test(a_code_needs_a_seal_in_force),
	    cmocka_unit_test(every_use_is_counted_and_listed),
	    cmocka_unit_test(another_departments_seal_is_for_joint_places_only),
	    cmocka_unit_test(all_seals_are_listed_in_pages),
	};
	return cmocka_run_group_tests(
	    tests, keeper_admin_start, keeper_admin_stop);
}
