/* Records: versions, conflicts, all or none, lists; the event `print`. */
#include "tests/unit/store_record.h"

#include <pthread.h>

static void
what_was_put_is_read(void **state)
{
	struct fixture *f = *state;
	struct store_record r, got;

	record_make(&r, "J1", 1);
	assert_int_equal(f->ops->records_put(f->s, &r, 1, NULL, &f->e), 0);
	assert_int_equal(r.made, MADE + 1);
	assert_int_equal(
	    f->ops->record_get(f->s, "print", "J1", 1, &got, &f->e), 0);
	assert_int_equal(got.version, 1);
	assert_string_equal(got.office, "office-1");
	assert_string_equal(got.subject, "SUBJECT");
	assert_string_equal(got.state, "rendered");
	assert_int_equal(got.at, MADE + 1);
	assert_int_equal(got.made, MADE + 1);
	assert_true(bytes_equal(buf_bytes(&got.body), buf_bytes(&r.body)));
	assert_int_equal(got.blob.n, 0);
	assert_int_equal(got.blob_size, 0);
	store_record_release(&got);
	store_record_release(&r);
	assert_int_equal(
	    f->ops->record_get(f->s, "sheet", "J1", 0, &got, &f->e),
	    ERR_NOT_FOUND);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
a_version_follows_the_one_that_was_read(void **state)
{
	struct fixture *f = *state;
	struct store_record r;

	assert_int_equal(record_put_version(f, "J1", 2), ERR_CONFLICT);
	assert_string_equal(f->e.code, "version_conflict");
	assert_int_equal(record_version(f, "J1"), 0);
	assert_int_equal(record_put_version(f, "J1", 1), 0);
	assert_int_equal(record_put_version(f, "J1", 1), ERR_CONFLICT);
	assert_string_equal(f->e.code, "version_conflict");
	assert_int_equal(record_put_version(f, "J1", 3), ERR_CONFLICT);
	record_make(&r, "J1", 2);
	snprintf(r.state, sizeof(r.state), "sent");
	assert_int_equal(record_put(f, &r), 0);
	assert_int_equal(
	    f->ops->record_get(f->s, "print", "J1", 0, &r, &f->e), 0);
	assert_int_equal(r.version, 2);
	assert_string_equal(r.state, "sent");
	assert_int_equal(r.at, MADE + 2);
	assert_int_equal(r.made, MADE + 1);
	assert_string_equal(buf_cstr(&r.body), "{\"id\":\"J1\",\"v\":2}");
	store_record_release(&r);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
a_later_version_keeps_the_blob(void **state)
{
	struct fixture *f = *state;
	struct store_record r;
	uint8_t digest[32];
	char id[STORE_ID_SIZE];
	int i;

	record_make(&r, "S1", 1);
	buf_add_str(&r.blob, "the first document");
	assert_int_equal(f->ops->records_put(f->s, &r, 1, NULL, &f->e), 0);
	assert_int_equal(r.blob_size, 18);
	memcpy(digest, r.blob_digest, 32);
	store_record_release(&r);
	/* later bytes of others, then a version that names the old ones: what
	 * is cut at the next start is only what nobody names */
	assert_int_equal(issue_put(f, "B1", NULL, id, &f->e), 0);
	record_make(&r, "S2", 1);
	buf_add_str(&r.blob, "another document");
	assert_int_equal(record_put(f, &r), 0);
	assert_int_equal(record_put_version(f, "S1", 2), 0);
	for (i = 0; i < 2; i++) {
		fixture_close(f);
		fixture_open(f);
		assert_int_equal(
		    f->ops->record_get(f->s, "print", "S2", 1, &r, &f->e), 0);
		assert_string_equal(buf_cstr(&r.blob), "another document");
		store_record_release(&r);
	}
	assert_int_equal(
	    f->ops->record_get(f->s, "print", "S1", 1, &r, &f->e), 0);
	assert_string_equal(buf_cstr(&r.blob), "the first document");
	assert_memory_equal(r.blob_digest, digest, 32);
	store_record_release(&r);
	record_make(&r, "S1", 3);
	buf_add_str(&r.blob, "a second");
	assert_int_equal(record_put(f, &r), 0);
	assert_int_equal(
	    f->ops->record_get(f->s, "print", "S1", 1, &r, &f->e), 0);
	assert_string_equal(buf_cstr(&r.blob), "a second");
	store_record_release(&r);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
print_event(struct store_event *event, const char *id)
{
	memset(event, 0, sizeof(*event));
	snprintf(event->certificate, sizeof(event->certificate), "%s", id);
	snprintf(event->action, sizeof(event->action), "print");
	event->at = MADE + 500;
}

static int
status_put(struct fixture *f, const char *id, enum store_status status)
{
	struct store_event event;

	print_event(&event, id);
	event.status = status;
	event.at = MADE + 300;
	snprintf(event.action, sizeof(event.action), "suspend");
	snprintf(event.reason, sizeof(event.reason), "under_investigation");
	return f->ops->event_put(f->s, &event, ~0U, &f->e);
}

static size_t
events_of(struct fixture *f, const char *id)
{
	struct store_event *events;
	size_t n, i;

	assert_int_equal(f->ops->events(f->s, id, &events, &n, &f->e), 0);
	for (i = 0; i < n; i++)
		store_event_release(&events[i]);
	free(events);
	return n;
}

static void
all_or_none(void **state)
{
	struct fixture *f = *state;
	struct store_record r[3];
	struct store_event event;
	struct store_figures figures;
	char id[STORE_ID_SIZE];
	int i;

	assert_int_equal(issue_put(f, "P1", NULL, id, &f->e), 0);
	assert_int_equal(record_put_version(f, "taken", 1), 0);
	record_make(&r[0], "one", 1);
	record_make(&r[1], "two", 1);
	record_make(&r[2], "taken", 1);
	buf_add_str(&r[0].blob, "bytes of one");
	buf_add_str(&r[1].blob, "bytes of two");
	print_event(&event, id);
	assert_int_equal(
	    f->ops->records_put(f->s, r, 3, &event, &f->e), ERR_CONFLICT);
	assert_int_equal(record_version(f, "one"), 0);
	assert_int_equal(events_of(f, id), 1);
	assert_int_equal(f->ops->records_put(f->s, r, 2, &event, &f->e), 0);
	assert_int_equal(event.status, STATUS_VALID);
	assert_int_equal(events_of(f, id), 2);
	assert_int_equal(f->ops->figures(f->s, &figures, &f->e), 0);
	assert_int_equal(figures.ledger_size, 2);
	/* an event that is refused takes the records with it */
	assert_int_equal(status_put(f, id, STATUS_SUSPENDED), 0);
	store_record_release(&r[2]);
	record_make(&r[2], "three", 1);
	assert_int_equal(
	    f->ops->records_put(f->s, &r[2], 1, &event, &f->e), ERR_CONFLICT);
	assert_string_equal(f->e.code, "wrong_status");
	assert_int_equal(record_version(f, "three"), 0);
	print_event(&event, "NOBODY");
	assert_int_equal(
	    f->ops->records_put(f->s, &r[2], 1, &event, &f->e), ERR_NOT_FOUND);
	assert_int_equal(record_version(f, "three"), 0);
	for (i = 0; i < 3; i++)
		store_record_release(&r[i]);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
an_event_that_is_no_print_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_record r;
	struct store_event event;
	char id[STORE_ID_SIZE];

	assert_int_equal(issue_put(f, "P1", NULL, id, &f->e), 0);
	print_event(&event, id);
	snprintf(event.action, sizeof(event.action), "revoke");
	record_make(&r, "one", 1);
	assert_int_equal(
	    f->ops->records_put(f->s, &r, 1, &event, &f->e), ERR_INTERNAL);
	store_record_release(&r);
	assert_int_equal(record_version(f, "one"), 0);
}

static uint64_t
list_last(struct fixture *f, const struct store_certificate *c)
{
	struct buf bits = BUF_INIT;
	uint64_t last;

	assert_int_equal(
	    f->ops->status_list(f->s, c->list, &bits, &last, &f->e), 0);
	assert_int_equal(bits.p[c->index / 4] >> c->index % 4 * 2 & 3, 2);
	buf_release(&bits);
	return last;
}

static void
a_print_leaves_the_status_and_its_list_alone(void **state)
{
	struct fixture *f = *state;
	struct store_certificate c;
	struct store_record r;
	struct store_event event;
	char id[STORE_ID_SIZE], name[16];
	uint64_t last;
	int i;

	assert_int_equal(issue_put(f, "P1", NULL, id, &f->e), 0);
	assert_int_equal(status_put(f, id, STATUS_PENDING), 0);
	assert_int_equal(f->ops->certificate_get(f->s, id, &c, &f->e), 0);
	last = list_last(f, &c);
	store_certificate_release(&c);
	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "J%d", i);
		record_make(&r, name, 1);
		print_event(&event, id);
		assert_int_equal(
		    f->ops->records_put(f->s, &r, 1, &event, &f->e), 0);
		assert_int_equal(event.status, STATUS_PENDING);
		store_record_release(&r);
	}
	assert_int_equal(f->ops->certificate_get(f->s, id, &c, &f->e), 0);
	assert_int_equal(c.status, STATUS_PENDING);
	assert_int_equal(c.status_since, MADE + 300);
	assert_string_equal(c.status_reason, "under_investigation");
	assert_int_equal(list_last(f, &c), last);
	store_certificate_release(&c);
	/* and the life goes on behind it */
	assert_int_equal(status_put(f, id, STATUS_REVOKED), 0);
	assert_int_equal(events_of(f, id), 6);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

static void
list_fill(struct fixture *f)
{
	struct store_record r;
	char id[16];
	size_t i;

	for (i = 0; i < 60; i++) {
		snprintf(id, sizeof(id), "J%zu", i);
		record_make(&r, id, 1);
		r.at = MADE + (int64_t)i;
		snprintf(r.office, sizeof(r.office), "office-%zu", i % 3 + 1);
		snprintf(r.subject, sizeof(r.subject), "S%zu", i % 5);
		assert_int_equal(record_put(f, &r), 0);
		/* a newer version, which is the only one that counts */
		record_make(&r, id, 2);
		r.at = MADE + 5000;
		snprintf(r.office, sizeof(r.office), "office-%zu", i % 3 + 1);
		snprintf(r.subject, sizeof(r.subject), "S%zu", i % 5);
		snprintf(r.state, sizeof(r.state), i % 4 == 0 ? "sent" : "new");
		assert_int_equal(record_put(f, &r), 0);
	}
}

static void
a_list_has_what_was_asked_for(void **state)
{
	static const struct {
		struct store_record_query q;
		uint64_t n;
	} cases[] = {
	    {{.kind = "print"}, 60},
	    {{.kind = "sheet"}, 0},
	    {{.kind = "print", .office = "office-2"}, 20},
	    {{.kind = "print", .state = "sent"}, 15},
	    {{.kind = "print", .subject = "S3"}, 12},
	    {{.kind = "print", .office = "office-2", .state = "sent"}, 5},
	    {{.kind = "print",
		 .office = "office-2",
		 .state = "sent",
		 .subject = "S3"},
		1},
	    {{.kind = "print", .from = MADE + 10, .to = MADE + 30}, 20},
	    {{.kind = "print",
		 .office = "office-2",
		 .from = MADE + 10,
		 .to = MADE + 30},
		7},
	    {{.kind = "print", .subject = "S3", .from = 0, .to = MADE + 10}, 2},
	    {{.kind = "print", .office = "nowhere"}, 0},
	};
	struct fixture *f = *state;
	struct store_record_query q;
	struct store_record_page page;
	uint64_t n, seen;
	size_t i, j;
	int64_t made;

	list_fill(f);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		q = cases[i].q;
		assert_int_equal(f->ops->record_count(f->s, &q, &n, &f->e), 0);
		assert_int_equal(n, cases[i].n);
		seen = 0;
		made = INT64_MAX;
		q.limit = 7;
		do {
			assert_int_equal(
			    f->ops->record_list(f->s, &q, &page, &f->e), 0);
			for (j = 0; j < page.n; j++, seen++) {
				assert_true(page.v[j].made < made);
				made = page.v[j].made;
				assert_int_equal(page.v[j].version, 2);
			}
			q.before = page.next;
			store_record_page_release(&page);
		} while (q.before != 0);
		assert_int_equal(seen, cases[i].n);
	}
	q = (struct store_record_query){.kind = "print", .before = 999};
	assert_int_equal(
	    f->ops->record_list(f->s, &q, &page, &f->e), ERR_INPUT);
	assert_string_equal(f->e.code, "bad_cursor");
}

struct racer {
	struct fixture f;
	int won;
};

static void *
race(void *arg)
{
	struct racer *r = arg;
	struct store_record record;
	int i;

	for (i = 1; i <= 50; i++) {
		record_make(&record, "contested", (unsigned int)i);
		r->won += r->f.ops->records_put(
			      r->f.s, &record, 1, NULL, &r->f.e) == 0;
		store_record_release(&record);
	}
	return NULL;
}

static void
of_two_writers_of_one_version_one_wins(void **state)
{
	enum {
		RACERS = 6
	};
	struct fixture *f = *state;
	struct racer racers[RACERS];
	pthread_t threads[RACERS];
	int i, won = 0;

	for (i = 0; i < RACERS; i++) {
		racers[i] = (struct racer){*f, 0};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (i = 0; i < RACERS; i++) {
		pthread_join(threads[i], NULL);
		won += racers[i].won;
	}
	assert_int_equal(record_version(f, "contested"), won);
	assert_int_equal(won, 50);
	assert_int_equal(f->ops->audit(f->s, &f->e), 0);
}

int
main(void)
{
#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    CASE(what_was_put_is_read),
	    CASE(a_version_follows_the_one_that_was_read),
	    CASE(a_later_version_keeps_the_blob),
	    CASE(all_or_none),
	    CASE(an_event_that_is_no_print_is_refused),
	    CASE(a_print_leaves_the_status_and_its_list_alone),
	    CASE(a_list_has_what_was_asked_for),
	    CASE(of_two_writers_of_one_version_one_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
