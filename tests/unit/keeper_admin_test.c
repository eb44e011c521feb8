/* keeper_admin_test.c - changes of the authority table, and their forgery. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/keeper_admin.h"

static int
identify(const struct keeper_credential *cred, const char *address)
{
	struct keeper_caller caller;
	struct err e = ERR_INIT;
	int rc = keeper_identify(f.keeper, cred, address, &caller, &e);

	keeper_caller_release(&caller);
	return rc;
}

/* A new key by an action with one %s for id and one for hash. */
static struct keeper_credential
new_key(const char *format, const char *third)
{
	struct keeper_credential cred;
	struct err e = ERR_INIT;
	char hash[65];
	json_t *action, *answer = NULL;

	assert_int_equal(administrator_credential(&cred, hash, &e), 0);
	action = json_loads(format, 0, NULL);
	assert_non_null(action);
	json_object_set_new(action, "id", json_string(cred.id));
	json_object_set_new(action, "hash", json_string(hash));
	if (third != NULL)
		json_object_set_new(action, "old", json_string(third));
	assert_int_equal(
	    administrator_call(adm, f.keeper, action, &answer, &e), 0);
	json_decref(action);
	json_decref(answer);
	return cred;
}

static void
a_revoked_key_is_refused_at_once_and_after_a_restart(void **state)
{
	struct keeper_credential cred = new_key(
	    "{\"action\":\"key_add\",\"department\":\"11990100MB9A00014N\"}",
	    NULL);
	struct err e = ERR_INIT;
	char text[128];

	(void)state;
	assert_int_equal(identify(&cred, "192.0.2.9"), 0);
	snprintf(text, sizeof(text),
	    "{\"action\":\"key_revoke\",\"id\":\"%s\"}", cred.id);
	assert_int_equal(act(text, &e), 0);
	assert_int_equal(identify(&cred, "192.0.2.9"), ERR_UNKNOWN);
	assert_int_equal(act(text, &e), 0); /* again: the same answer */
	assert_int_equal(fixture_stop(&f), 0);
	fixture_start(&f);
	assert_int_equal(identify(&cred, "192.0.2.9"), ERR_UNKNOWN);
	assert_int_equal(identify(&f.creds[0], "local"), 0);
}

static void
a_rotated_key_overlaps_with_its_successor(void **state)
{
	struct keeper_credential first = new_key(
	    "{\"action\":\"key_add\",\"department\":\"11990100MB9A00014N\"}",
	    NULL);
	struct keeper_credential second =
	    new_key("{\"action\":\"key_rotate\",\"overlap\":3600}", first.id);
	struct keeper_credential third =
	    new_key("{\"action\":\"key_rotate\",\"overlap\":0}", second.id);

	(void)state;
	assert_int_equal(identify(&first, "local"), 0);
	assert_int_equal(identify(&second, "local"), ERR_UNKNOWN);
	assert_int_equal(identify(&third, "local"), 0);
}

static void
a_key_is_held_to_its_types_and_addresses(void **state)
{
	struct keeper_credential cred =
	    new_key("{\"action\":\"key_add\",\"department\":"
		    "\"11990100MB9A00014N\",\"types\":"
		    "[\"11990000MB9A010097002\"],\"addresses\":"
		    "[\"192.0.2.0/24\"]}",
		NULL);
	struct buf face = BUF_INIT, cms = BUF_INIT;
	struct keeper_credential saved = f.creds[0];
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(identify(&cred, "192.0.2.200"), 0);
	assert_int_equal(identify(&cred, "192.0.3.1"), ERR_UNKNOWN);
	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	f.creds[0] = cred;
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &cms, &e),
	    ERR_DENIED);
	assert_string_equal(e.code, "not_authorised");
	f.creds[0] = saved;
	buf_release(&face);
}

static void
a_suspended_seal_stops_and_resumes(void **state)
{
	struct buf face = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	uint8_t digest[32];

	(void)state;
	fixture_face(&face, fixture_departments[0], fixture_types[0], "1");
	assert_int_equal(
	    act("{\"action\":\"seal_suspend\",\"seal\":\"market-1\"}", &e), 0);
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &out, &e),
	    ERR_DENIED);
	assert_string_equal(e.code, "seal_suspended");
	assert_int_equal(
	    fixture_code(&f, 0, buf_bytes(&face), &out, digest, &e),
	    ERR_DENIED);
	assert_string_equal(e.code, "seal_suspended");
	assert_int_equal(
	    act("{\"action\":\"seal_resume\",\"seal\":\"market-1\"}", &e), 0);
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &out, &e), 0);
	buf_release(&face);
	buf_release(&out);
}

static void
a_grant_comes_and_goes(void **state)
{
	static const char grant[] =
	    "\"department\":\"11990100MB9A00014N\",\"type\":"
	    "\"11990000MB9A010097003\",\"seal\":\"market-1\"}";
	struct buf face = BUF_INIT, out = BUF_INIT;
	struct err e = ERR_INIT;
	char text[256];

	(void)state;
	fixture_face(&face, fixture_departments[0], fixture_types[2], "1");
	snprintf(text, sizeof(text), "{\"action\":\"grant_add\",%s", grant);
	assert_int_equal(act(text, &e), 0);
	assert_int_equal(act(text, &e), ERR_CONFLICT);
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &out, &e), 0);
	snprintf(text, sizeof(text), "{\"action\":\"grant_remove\",%s", grant);
	assert_int_equal(act(text, &e), 0);
	assert_int_equal(act(text, &e), ERR_NOT_FOUND);
	assert_int_equal(
	    fixture_seal(&f, 0, buf_bytes(&face), "market-1", &out, &e),
	    ERR_DENIED);
	buf_release(&face);
	buf_release(&out);
}

static void
another_departments_seal_cannot_be_granted(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    act("{\"action\":\"grant_add\",\"department\":"
		"\"11990100MB9A00014N\",\"type\":\"11990000MB9A010097003\","
		"\"seal\":\"police-1\"}",
		&e),
	    ERR_INPUT);
	assert_string_equal(e.code, "bad_action");
	assert_int_equal(act("{\"action\":\"nonsense\"}", &e), ERR_INPUT);
}

static void
the_list_of_keys_shows_no_hash(void **state)
{
	json_t *action = json_pack("{s:s}", "action", "key_list"), *answer;
	struct err e = ERR_INIT;
	char *text;

	(void)state;
	assert_int_equal(
	    administrator_call(adm, f.keeper, action, &answer, &e), 0);
	text = json_dumps(answer, 0);
	assert_non_null(strstr(text, f.creds[0].id));
	assert_null(strstr(text, "hash"));
	free(text);
	json_decref(action);
	json_decref(answer);
}

/* A request for seal_resume, good as it stands. */
static void
make_request(struct buf *request)
{
	json_t *action =
	    json_pack("{s:s,s:s}", "action", "seal_resume", "seal", "market-1");
	struct buf ask = BUF_INIT, nonce = BUF_INIT, sealed = BUF_INIT;
	struct err e = ERR_INIT;

	administrator_ask(&ask);
	assert_int_equal(
	    keeper_administer(f.keeper, buf_bytes(&ask), &nonce, &sealed, &e),
	    0);
	assert_int_equal(
	    administrator_request(adm, buf_bytes(&nonce), action, request, &e),
	    0);
	json_decref(action);
	buf_release(&ask);
	buf_release(&nonce);
}

static void
a_request_works_once(void **state)
{
	struct buf request = BUF_INIT, answer = BUF_INIT, sealed = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	make_request(&request);
	assert_int_equal(keeper_administer(f.keeper, buf_bytes(&request),
			     &answer, &sealed, &e),
	    0);
	assert_int_equal(keeper_administer(f.keeper, buf_bytes(&request),
			     &answer, &sealed, &e),
	    ERR_DENIED);
	assert_string_equal(e.code, "administrator_refused");
	buf_release(&request);
	buf_release(&answer);
	buf_release(&sealed);
}

static void
a_request_with_any_byte_changed_is_refused(void **state)
{
	struct buf request = BUF_INIT, answer = BUF_INIT, sealed = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	make_request(&request);
	for (i = 0; i < request.n; i++) {
		request.p[i] ^= 1;
		assert_int_equal(keeper_administer(f.keeper,
				     buf_bytes(&request), &answer, &sealed, &e),
		    ERR_DENIED);
		request.p[i] ^= 1;
	}
	assert_int_equal(keeper_administer(f.keeper, buf_bytes(&request),
			     &answer, &sealed, &e),
	    0);
	buf_release(&request);
	buf_release(&answer);
	buf_release(&sealed);
}

static void
without_the_passphrase_nothing_can_be_changed(void **state)
{
	struct administrator *other;
	json_t *action = json_pack(
		   "{s:s,s:s}", "action", "seal_suspend", "seal", "market-1"),
	       *answer = NULL;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(
	    administrator_new(f.dir, bytes_str("a wrong guess"), &other, &e),
	    0);
	assert_int_equal(
	    administrator_call(other, f.keeper, action, &answer, &e),
	    ERR_DENIED);
	assert_string_equal(e.code, "administrator_refused");
	administrator_free(other);
	json_decref(action);
}

static void
an_answer_made_up_by_the_relay_is_found(void **state)
{
	struct buf request = BUF_INIT, answer = BUF_INIT, sealed = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *json = NULL;
	size_t i;

	(void)state;
	make_request(&request);
	assert_int_equal(keeper_administer(f.keeper, buf_bytes(&request),
			     &answer, &sealed, &e),
	    0);
	for (i = 0; i < answer.n; i++) {
		answer.p[i] ^= 4;
		assert_int_equal(
		    administrator_answer(adm, buf_bytes(&answer), &json, &e),
		    ERR_DENIED);
		assert_string_equal(e.code, "administrator_answer_forged");
		answer.p[i] ^= 4;
	}
	assert_int_equal(
	    administrator_answer(adm, buf_bytes(&answer), &json, &e), 0);
	json_decref(json);
	buf_release(&request);
	buf_release(&answer);
	buf_release(&sealed);
}

static void
a_quota_holds_over_a_restart(void **state)
{
	struct buf face = BUF_INIT, out = BUF_INIT;
	char number[2] = "1";
	int rc;

	(void)state;
	for (number[0] = '1'; number[0] <= '5'; number[0]++) {
		struct err e = ERR_INIT;
		int again;

		buf_reset(&face);
		fixture_face(
		    &face, fixture_departments[0], fixture_types[1], number);
		for (again = 0; again < 2; again++) {
			rc = fixture_seal(
			    &f, 0, buf_bytes(&face), "market-2", &out, &e);
			assert_int_equal(rc, number[0] <= '3' ? 0 : ERR_LIMIT);
			if (rc != 0)
				assert_string_equal(e.code, "quota_reached");
		}
		if (number[0] == '2') {
			assert_int_equal(fixture_stop(&f), 0);
			fixture_start(&f);
		}
	}
	buf_release(&face);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_revoked_key_is_refused_at_once_and_after_a_restart),
	    cmocka_unit_test(a_rotated_key_overlaps_with_its_successor),
	    cmocka_unit_test(a_key_is_held_to_its_types_and_addresses),
	    cmocka_unit_test(a_suspended_seal_stops_and_resumes),
	    cmocka_unit_test(a_grant_comes_and_goes),
	    cmocka_unit_test(another_departments_seal_cannot_be_granted),
	    cmocka_unit_test(the_list_of_keys_shows_no_hash),
	    cmocka_unit_test(a_request_works_once),
	    cmocka_unit_test(a_request_with_any_byte_changed_is_refused),
	    cmocka_unit_test(without_the_passphrase_nothing_can_be_changed),
	    cmocka_unit_test(an_answer_made_up_by_the_relay_is_found),
	    cmocka_unit_test(a_quota_holds_over_a_restart),
	};
	return cmocka_run_group_tests(
	    tests, keeper_admin_start, keeper_admin_stop);
}
