/* Purpose-bound copies: kept apart, and following their original. */
#include "tests/unit/store_fixture.h"

#include <sqlite3.h>

enum {
	NOW = 1700000000,
	LATER = NOW + 86400
};

static int
copy_put(struct fixture *f, const char *serial, const char *original,
    char id[STORE_ID_SIZE])
{
	struct store_intent i;
	struct issue x;
	int rc, existed;

	intent_make(&i, serial);
	assert_int_equal(f->ops->intent_put(f->s, &i, &existed, &f->e), 0);
	issue_make(&x, &i, 100);
	snprintf(x.c.copy_of, sizeof(x.c.copy_of), "%s", original);
	x.c.valid_to = LATER;
	snprintf(x.event.action, sizeof(x.event.action), "copy");
	rc = f->ops->certificate_put(f->s, &x.c, &x.event, x.docs, 2, &f->e);
	memcpy(id, i.certificate, STORE_ID_SIZE);
	issue_release(&x);
	return rc;
}

static int
event_put(struct fixture *f, const char *id, enum store_status status)
{
	struct store_event ev = {.status = status, .at = NOW + 1};

	snprintf(ev.certificate, sizeof(ev.certificate), "%s", id);
	snprintf(ev.action, sizeof(ev.action), "change");
	snprintf(ev.reason, sizeof(ev.reason), "wrong_data");
	return f->ops->event_put(f->s, &ev, ~0U, &f->e);
}

static void
assert_status(struct fixture *f, const char *id, enum store_status status)
{
	struct store_certificate c;
	struct buf bits = BUF_INIT;
	uint64_t last;
	unsigned int v;

	assert_int_equal(f->ops->certificate_get(f->s, id, &c, &f->e), 0);
	assert_int_equal(c.status, status);
	assert_int_equal(
	    f->ops->status_list(f->s, c.list, &bits, &last, &f->e), 0);
	v = bits.p[c.index / 4] >> c.index % 4 * 2 & 3;
	assert_int_equal(v, status == STATUS_VALID	 ? 0
			    : status == STATUS_REVOKED	 ? 1
			    : status == STATUS_SUSPENDED ? 2
							 : 3);
	buf_release(&bits);
	store_certificate_release(&c);
}

static void
copies_are_listed_under_their_original_only(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.department = DEPARTMENT};
	struct store_page page;
	struct store_certificate c;
	char id[STORE_ID_SIZE], a[STORE_ID_SIZE], b[STORE_ID_SIZE];

	assert_int_equal(issue_put(f, "O1", NULL, id, &f->e), 0);
	assert_int_equal(copy_put(f, "A", id, a), 0);
	assert_int_equal(copy_put(f, "B", id, b), 0);
	assert_int_equal(f->ops->certificate_list(f->s, &q, &page, &f->e), 0);
	assert_int_equal(page.n, 1);
	assert_string_equal(page.v[0].id, id);
	store_page_release(&page);
	q.copy_of = id;
	assert_int_equal(f->ops->certificate_list(f->s, &q, &page, &f->e), 0);
	assert_int_equal(page.n, 2);
	assert_string_equal(page.v[0].id, b);
	assert_string_equal(page.v[0].copy_of, id);
	store_page_release(&page);
	/* A number means the certificate, not its newest copy. */
	assert_int_equal(
	    f->ops->certificate_by_number(f->s, TYPE, "A", &c, &f->e),
	    ERR_NOT_FOUND);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
copies_follow_their_original(void **state)
{
	struct fixture *f = *state;
	char id[STORE_ID_SIZE], a[STORE_ID_SIZE], b[STORE_ID_SIZE];
	char next[STORE_ID_SIZE];

	assert_int_equal(issue_put(f, "O1", NULL, id, &f->e), 0);
	assert_int_equal(copy_put(f, "A", id, a), 0);
	assert_int_equal(copy_put(f, "B", id, b), 0);
	/* Suspended on its own, it stays so when the original is resumed. */
	assert_int_equal(event_put(f, b, STATUS_SUSPENDED), 0);
	assert_int_equal(event_put(f, id, STATUS_SUSPENDED), 0);
	assert_status(f, a, STATUS_SUSPENDED);
	assert_int_equal(event_put(f, a, STATUS_VALID), ERR_CONFLICT);
	assert_string_equal(f->e.code, "original_not_valid");
	assert_int_equal(event_put(f, id, STATUS_VALID), 0);
	assert_status(f, a, STATUS_VALID);
	assert_status(f, b, STATUS_SUSPENDED);
	/* A renewed original makes its copies worthless too. */
	assert_int_equal(issue_put(f, "N1", id, next, &f->e), 0);
	assert_status(f, a, STATUS_SUPERSEDED);
	assert_status(f, b, STATUS_SUPERSEDED);
	assert_status(f, next, STATUS_VALID);
	assert_int_equal(copy_put(f, "C", next, a), 0);
	assert_int_equal(event_put(f, next, STATUS_REVOKED), 0);
	assert_status(f, a, STATUS_REVOKED);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
no_copy_of_what_is_not_valid_or_a_copy(void **state)
{
	struct fixture *f = *state;
	struct store_certificate c;
	char id[STORE_ID_SIZE], a[STORE_ID_SIZE], b[STORE_ID_SIZE];

	assert_int_equal(issue_put(f, "O1", NULL, id, &f->e), 0);
	assert_int_equal(copy_put(f, "A", id, a), 0);
	assert_int_equal(copy_put(f, "B", a, b), ERR_CONFLICT);
	assert_string_equal(f->e.code, "is_copy");
	assert_int_equal(event_put(f, id, STATUS_REVOKED), 0);
	assert_int_equal(copy_put(f, "C", id, b), ERR_CONFLICT);
	assert_string_equal(f->e.code, "original_not_valid");
	assert_int_equal(
	    f->ops->certificate_get(f->s, b, &c, &f->e), ERR_NOT_FOUND);
	assert_int_equal(copy_put(f, "D", "NOBODY", b), ERR_NOT_FOUND);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
a_lost_row_of_a_copy_is_found(void **state)
{
	struct fixture *f = *state;
	char id[STORE_ID_SIZE], a[STORE_ID_SIZE], path[96];
	sqlite3 *h;

	assert_int_equal(issue_put(f, "O1", NULL, id, &f->e), 0);
	assert_int_equal(copy_put(f, "A", id, a), 0);
	fixture_close(f);
	snprintf(path, sizeof(path), "%s/store/db.sqlite", f->dir);
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(h, "DELETE FROM copy", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(h);
	fixture_open(f);
	assert_int_equal(f->ops->audit(f->s, &f->e), ERR_STORAGE);
	err_clear(&f->e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		copies_are_listed_under_their_original_only, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		copies_follow_their_original, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		no_copy_of_what_is_not_valid_or_a_copy, fixture_setup,
		fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		a_lost_row_of_a_copy_is_found, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
