/* Life-cycle events and the status lists made of them. */
#include "tests/unit/store_fixture.h"

static int
event_put(struct fixture *f, const char *id, enum store_status status,
    unsigned int from)
{
	struct store_event ev = {.status = status, .at = 1700000100};
	char note[] = "note";

	snprintf(ev.certificate, sizeof(ev.certificate), "%s", id);
	snprintf(ev.action, sizeof(ev.action), "revoke");
	snprintf(ev.reason, sizeof(ev.reason), "holder_dissolved");
	ev.note = note;
	return f->ops->event_put(f->s, &ev, from, &f->e);
}

static unsigned int
list_bits(struct fixture *f, const char *id, uint64_t *last)
{
	struct store_certificate c;
	struct buf bits = BUF_INIT;
	unsigned int v;

	assert_int_equal(f->ops->certificate_get(f->s, id, &c, &f->e), 0);
	assert_int_equal(
	    f->ops->status_list(f->s, c.list, &bits, last, &f->e), 0);
	assert_int_equal(bits.n, STORE_LIST_ENTRIES / 4);
	v = bits.p[c.index / 4] >> c.index % 4 * 2 & 3;
	buf_release(&bits);
	store_certificate_release(&c);
	return v;
}

static void
a_status_changes_only_from_the_statuses_named(void **state)
{
	const unsigned int valid = 1U << STATUS_VALID;
	const unsigned int suspended = 1U << STATUS_SUSPENDED;
	struct fixture *f = *state;
	struct store_certificate c;
	struct store_event *events;
	char id[STORE_ID_SIZE];
	uint64_t last;
	size_t n, i;

	assert_int_equal(issue_put(f, "E1", NULL, id, &f->e), 0);
	assert_int_equal(list_bits(f, id, &last), 0);
	assert_int_equal(
	    event_put(f, id, STATUS_VALID, suspended), ERR_CONFLICT);
	assert_string_equal(f->e.code, "wrong_status");
	assert_int_equal(event_put(f, id, STATUS_SUSPENDED, valid), 0);
	assert_int_equal(list_bits(f, id, &last), 2);
	assert_int_equal(last, 2);
	assert_int_equal(event_put(f, id, STATUS_VALID, suspended), 0);
	assert_int_equal(list_bits(f, id, &last), 0);
	assert_int_equal(event_put(f, id, STATUS_REVOKED, valid), 0);
	assert_int_equal(list_bits(f, id, &last), 1);
	/* Nothing leads out of revoked, whatever the caller allows. */
	assert_int_equal(event_put(f, id, STATUS_VALID, ~0U), ERR_CONFLICT);
	assert_int_equal(
	    event_put(f, "NOBODY", STATUS_VALID, ~0U), ERR_NOT_FOUND);
	assert_int_equal(f->ops->certificate_get(f->s, id, &c, &f->e), 0);
	assert_int_equal(c.status, STATUS_REVOKED);
	assert_string_equal(c.status_reason, "holder_dissolved");
	store_certificate_release(&c);
	assert_int_equal(f->ops->events(f->s, id, &events, &n, &f->e), 0);
	assert_int_equal(n, 4);
	for (i = 0; i < n; i++) {
		assert_int_equal(events[i].seq, i + 1);
		store_event_release(&events[i]);
	}
	free(events);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
a_correction_supersedes_once(void **state)
{
	struct fixture *f = *state;
	struct store_certificate c;
	char old[STORE_ID_SIZE], new[STORE_ID_SIZE], third[STORE_ID_SIZE];
	uint64_t last;

	assert_int_equal(issue_put(f, "C1", NULL, old, &f->e), 0);
	assert_int_equal(issue_put(f, "C2", old, new, &f->e), 0);
	assert_int_equal(f->ops->certificate_get(f->s, old, &c, &f->e), 0);
	assert_int_equal(c.status, STATUS_SUPERSEDED);
	assert_string_equal(c.superseded_by, new);
	store_certificate_release(&c);
	assert_int_equal(list_bits(f, old, &last), 3);
	assert_int_equal(list_bits(f, new, &last), 0);
	assert_int_equal(issue_put(f, "C3", old, third, &f->e), ERR_CONFLICT);
	assert_string_equal(f->e.code, "not_current");
	assert_int_equal(
	    f->ops->certificate_get(f->s, third, &c, &f->e), ERR_NOT_FOUND);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
statuses_survive_a_restart(void **state)
{
	struct fixture *f = *state;
	char id[STORE_ID_SIZE];
	uint64_t last;

	assert_int_equal(issue_put(f, "R1", NULL, id, &f->e), 0);
	assert_int_equal(
	    event_put(f, id, STATUS_REVOKED, 1U << STATUS_VALID), 0);
	fixture_close(f);
	fixture_open(f);
	assert_int_equal(list_bits(f, id, &last), 1);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_status_changes_only_from_the_statuses_named, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		a_correction_supersedes_once, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		statuses_survive_a_restart, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
