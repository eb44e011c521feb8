/*
 * service_test.c - the life of certificates through service.h, over a real
 * store and a real keeper.
 */
#include "tests/support/service_fixture.h"

static void
the_same_key_gives_the_same_answer_and_another_body_is_refused(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	json_t *first, *second, *body = office_body(BUSINESS, "1");
	json_t *other = office_body(BUSINESS, "1");
	int replayed;

	assert_int_equal(
	    office_issue(o, MARKET, json_incref(body), &first, &replayed, &e),
	    0);
	assert_int_equal(replayed, 0);
	assert_string_equal(office_text(first, "status"), "valid");
	assert_int_equal(
	    json_array_size(json_object_get(first, "documents")), 6);
	assert_int_equal(
	    office_issue(o, MARKET, body, &second, &replayed, &e), 0);
	assert_int_equal(replayed, 1);
	assert_true(json_equal(first, second));
	json_decref(first);
	json_decref(second);
	json_object_set_new(other, "purpose", json_string("另一用途"));
	assert_int_equal(
	    office_issue(o, MARKET, other, &first, NULL, &e), ERR_CONFLICT);
	assert_null(first);
	assert_code("key_reused", &e);
}

static void
a_department_issues_its_own_types_only(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	json_t *answer, *body = office_body(BUSINESS, "1");

	assert_int_equal(
	    office_issue(o, SOCIAL, json_incref(body), &answer, NULL, &e),
	    ERR_DENIED);
	assert_code("not_authorised", &e);
	json_object_set_new(body, "type", json_string("no-such-type"));
	assert_int_equal(
	    office_issue(o, MARKET, body, &answer, NULL, &e), ERR_INPUT);
	assert_code("unknown_type", &e);
}

static void
wrong_fields_are_all_named_and_nothing_is_written(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	struct store_figures f;
	json_t *answer, *body = office_body(BUSINESS, "1");
	json_t *fields = json_object_get(body, "fields");

	json_object_set_new(fields, "uscc", json_string("91990100MA9QH0018X"));
	json_object_del(fields, "name");
	assert_int_equal(
	    office_issue(o, MARKET, body, &answer, NULL, &e), ERR_INPUT);
	assert_int_equal(e.nitems, 2);
	assert_code("fields_invalid", &e);
	assert_int_equal(service_figures(o->service, &f, &e), 0);
	assert_int_equal(f.certificates + f.intents_open, 0);
}

static void
each_renewal_supersedes_the_one_before(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];
	json_t *second, *third, *answer;
	const char *a, *b;

	issue(o, MARKET, BUSINESS, "1", id);
	assert_int_equal(office_act(o, MARKET, id, "renew",
			     again("expiring", "2"), &second, &e),
	    0);
	assert_string_equal(office_text(second, "supersedes"), id);
	status_is(o, id, "superseded");
	assert_int_equal(office_act(o, MARKET, office_text(second, "id"),
			     "renew", again("holder_request", "3"), &third, &e),
	    0);
	/* The identifier keeps its serial, one version up. */
	a = office_text(second, "identifier");
	b = office_text(third, "identifier");
	assert_non_null(strstr(a, ".002."));
	assert_non_null(strstr(b, ".003."));
	assert_memory_equal(a, b, (size_t)(strstr(a, ".002.") - a));
	assert_int_equal(office_act(o, MARKET, id, "renew",
			     again("expiring", "4"), &answer, &e),
	    ERR_CONFLICT);
	assert_code("wrong_status", &e);
	/* The same call again is the same certificate. */
	assert_int_equal(office_act(o, MARKET, id, "renew",
			     again("expiring", "2"), &answer, &e),
	    0);
	assert_string_equal(
	    office_text(answer, "id"), office_text(second, "id"));
	json_decref(answer);
	json_decref(second);
	json_decref(third);
}

static void
a_note_must_be_a_short_text(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], text[202];
	json_t *body, *answer;

	issue(o, MARKET, BUSINESS, "1", id);
	body = again("expiring", "2");
	json_object_set_new(body, "note", json_integer(1));
	assert_int_equal(
	    office_act(o, MARKET, id, "renew", body, &answer, &e), ERR_INPUT);
	assert_string_equal(e.items[0].pointer, "/note");
	assert_code("bad_fields", &e);
	memset(text, 'x', 201);
	text[201] = '\0';
	body = reason("lost");
	json_object_set_new(body, "note", json_string(text));
	assert_int_equal(
	    office_act(o, MARKET, id, "suspend", body, &answer, &e), ERR_INPUT);
	assert_string_equal(e.items[0].code, "too_long");
	assert_code("bad_fields", &e);
	status_is(o, id, "valid");
}

/* Ways into each status, actions on it, and the status afterwards (NULL:
 * refused; the same word: repeated). */
static const struct {
	const char *action, *reason;
} actions[] = {
    {"hand_over", "handed_over"},
    {"suspend", "lost"},
    {"resume", "found"},
    {"revoke", "issued_in_error"},
    {"renew", "expiring"},
};
static const struct {
	const char *status;
	int way[3]; /* indexes of actions, then -1 */
	const char *after[5];
} table[] = {
    {"pending", {-1}, {"valid", NULL, NULL, "revoked", "superseded"}},
    {"valid", {0, -1}, {"valid", "suspended", NULL, "revoked", "superseded"}},
    {"suspended", {0, 1, -1}, {NULL, "suspended", "valid", "revoked", NULL}},
    {"revoked", {3, -1}, {NULL, NULL, NULL, "revoked", NULL}},
    {"superseded", {0, 4, -1}, {NULL, NULL, NULL, NULL, NULL}},
};

static int
do_action(struct office *o, const char *id, size_t action, const char *serial,
    struct err *e)
{
	json_t *answer = NULL;
	int rc;

	rc = office_act(o, POLICE, id, actions[action].action,
	    action == 4 ? again(actions[action].reason, serial)
			: reason(actions[action].reason),
	    &answer, e);
	json_decref(answer);
	return rc;
}

static void
every_action_on_every_status(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], serial[32];
	size_t i, j;
	int k;

	for (i = 0; i < 5; i++)
		for (j = 0; j < 5; j++) {
			snprintf(serial, sizeof(serial), "%zu-%zu", i, j);
			issue(o, POLICE, DOG, serial, id);
			strcat(serial, "-way");
			for (k = 0; table[i].way[k] >= 0; k++)
				assert_int_equal(
				    do_action(o, id, (size_t)table[i].way[k],
					serial, &e),
				    0);
			status_is(o, id, table[i].status);
			strcat(serial, "-act");
			if (table[i].after[j] != NULL) {
				assert_int_equal(
				    do_action(o, id, j, serial, &e), 0);
				status_is(o, id, table[i].after[j]);
			} else {
				assert_int_equal(
				    do_action(o, id, j, serial, &e),
				    ERR_CONFLICT);
				assert_code("wrong_status", &e);
				status_is(o, id, table[i].status);
			}
		}
}

static void
another_department_finds_nothing(void **state)
{
	struct office *o = *state;
	struct service_caller caller = office_caller(o, SOCIAL);
	struct service_file_name name = {.format = "pdf"};
	struct store_document doc;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];
	json_t *answer;

	issue(o, MARKET, BUSINESS, "1", id);
	name.id = id;
	assert_int_equal(
	    service_get(o->service, &caller, id, &answer, &e), ERR_NOT_FOUND);
	assert_code("not_found", &e);
	assert_int_equal(
	    service_file(o->service, &caller, &name, &doc, &e), ERR_NOT_FOUND);
	assert_code("not_found", &e);
	assert_int_equal(
	    office_act(o, SOCIAL, id, "revoke", reason("lost"), &answer, &e),
	    ERR_NOT_FOUND);
	assert_code("not_found", &e);
	assert_int_equal(office_act(o, SOCIAL, id, "renew",
			     again("expiring", "2"), &answer, &e),
	    ERR_NOT_FOUND);
	assert_code("not_found", &e);
	status_is(o, id, "valid");
}

static void
a_keeper_that_dies_leaves_an_intent_that_is_finished_later(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	struct store_figures f;
	json_t *answer, *body = office_body(BUSINESS, "1");
	int replayed;

	kill(o->f.pid, SIGKILL);
	assert_int_equal(
	    office_issue(o, MARKET, json_incref(body), &answer, NULL, &e),
	    ERR_BUSY);
	assert_code("keeper_unavailable", &e);
	assert_int_equal(service_figures(o->service, &f, &e), 0);
	assert_int_equal(f.intents_open, 1);
	assert_int_equal(f.certificates, 0);
	office_new_keeper(o);
	assert_int_equal(
	    office_issue(o, MARKET, body, &answer, &replayed, &e), 0);
	assert_int_equal(replayed, 0);
	json_decref(answer);
	assert_int_equal(service_figures(o->service, &f, &e), 0);
	assert_int_equal(f.intents_open, 0);
	assert_int_equal(f.certificates, 1);
}

static void
an_old_intent_does_not_replace_what_was_suspended_since(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];
	json_t *answer;

	issue(o, MARKET, BUSINESS, "1", id);
	kill(o->f.pid, SIGKILL);
	assert_int_equal(office_act(o, MARKET, id, "renew",
			     again("expiring", "2"), &answer, &e),
	    ERR_BUSY);
	assert_code("keeper_unavailable", &e);
	office_new_keeper(o);
	act(o, MARKET, id, "suspend", reason("under_investigation"));
	assert_int_equal(office_act(o, MARKET, id, "renew",
			     again("expiring", "2"), &answer, &e),
	    ERR_CONFLICT);
	assert_code("wrong_status", &e);
	act(o, MARKET, id, "resume", reason("investigation_closed"));
	act(o, MARKET, id, "renew", again("expiring", "2"));
	status_is(o, id, "superseded");
}

static void
copy_database(struct office *o, int back)
{
	struct buf content = BUF_INIT;
	struct err e = ERR_INIT;
	char db[128], kept[128];

	snprintf(db, sizeof(db), "%s/store/db.sqlite", o->f.dir);
	snprintf(kept, sizeof(kept), "%s/kept", o->f.dir);
	assert_int_equal(file_read(back ? kept : db, 1 << 26, &content, &e), 0);
	assert_int_equal(
	    file_replace(back ? db : kept, buf_bytes(&content), 0600, &e), 0);
	buf_release(&content);
}

static void
a_database_older_than_the_journal_issues_nothing(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];
	json_t *answer;

	issue(o, MARKET, BUSINESS, "1", id);
	service_close(o->service);
	copy_database(o, 0);
	office_open(o);
	issue(o, MARKET, BUSINESS, "2", id);
	service_close(o->service);
	copy_database(o, 1);
	office_open(o);
	assert_int_equal(office_issue(o, MARKET, office_body(BUSINESS, "3"),
			     &answer, NULL, &e),
	    ERR_STORAGE);
	assert_code("database_rolled_back", &e);
	assert_int_equal(service_health(o->service, 0, &answer, &e), 0);
	assert_true(json_is_false(json_object_get(answer, "ok")));
	json_decref(answer);
}

static void
the_self_check_is_in_order(void **state)
{
	struct office *o = *state;
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE];
	json_t *answer, *check;
	size_t i;

	issue(o, MARKET, BUSINESS, "1", id);
	assert_int_equal(service_health(o->service, 1, &answer, &e), 0);
	json_array_foreach (json_object_get(answer, "checks"), i, check)
		if (!json_is_true(json_object_get(check, "ok")))
			fail_msg("%s", office_text(check, "en"));
	json_decref(answer);
	kill(o->f.pid, SIGKILL);
	usleep(50000);
	assert_int_equal(service_health(o->service, 0, &answer, &e), 0);
	assert_true(json_is_false(json_object_get(answer, "ok")));
	json_decref(answer);
	office_new_keeper(o);
}

static void
a_list_is_read_page_by_page(void **state)
{
	struct office *o = *state;
	struct service_caller caller = office_caller(o, MARKET);
	struct err e = ERR_INIT;
	char id[STORE_ID_SIZE], serial[8];
	json_t *query = json_pack("{s:i, s:s}", "limit", 2, "type", BUSINESS);
	json_t *answer;
	size_t seen = 0, i;

	for (i = 0; i < 5; i++) {
		snprintf(serial, sizeof(serial), "%zu", i);
		issue(o, MARKET, BUSINESS, serial, id);
	}
	for (i = 0; i < 3; i++) {
		assert_int_equal(
		    service_list(o->service, &caller, query, &answer, &e), 0);
		seen += json_array_size(json_object_get(answer, "items"));
		json_object_set(
		    query, "cursor", json_object_get(answer, "next"));
		json_decref(answer);
	}
	assert_int_equal(seen, 5);
	assert_true(json_is_null(json_object_get(query, "cursor")));
	json_object_set_new(query, "cursor", json_string("1x"));
	assert_int_equal(
	    service_list(o->service, &caller, query, &answer, &e), ERR_INPUT);
	assert_code("bad_query", &e);
	json_decref(query);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(
		the_same_key_gives_the_same_answer_and_another_body_is_refused),
	    CASE(a_department_issues_its_own_types_only),
	    CASE(wrong_fields_are_all_named_and_nothing_is_written),
	    CASE(each_renewal_supersedes_the_one_before),
	    CASE(a_note_must_be_a_short_text),
	    CASE(every_action_on_every_status),
	    CASE(another_department_finds_nothing),
	    CASE(a_keeper_that_dies_leaves_an_intent_that_is_finished_later),
	    CASE(an_old_intent_does_not_replace_what_was_suspended_since),
	    CASE(a_database_older_than_the_journal_issues_nothing),
	    CASE(the_self_check_is_in_order),
	    CASE(a_list_is_read_page_by_page),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
