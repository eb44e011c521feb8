/*
 * service_threads_test.c - many threads issue, change and verify while keepers
 * die: no call is answered wrongly, nothing is issued twice.  THREADS=64
 * ROUNDS=5 in the environment makes it longer.
 */
#include "tests/support/service_fixture.h"

#include <pthread.h>

enum {
	THREADS_MAX = 128,
	DEATHS = 3
};

struct crowd {
	struct office *office;
	int rounds, verify;
	pthread_mutex_t lock;
	unsigned int issued, replayed, refused, valid, invalid, busy;
	int done;
};

struct person {
	struct crowd *crowd;
	int number;
	pthread_t thread;
};

static void
count(struct crowd *c, unsigned int *figure)
{
	pthread_mutex_lock(&c->lock);
	(*figure)++;
	pthread_mutex_unlock(&c->lock);
}

/* Ask until it is issued; a keeper that is away is no answer. */
static json_t *
issue_at_last(struct crowd *c, const char *serial)
{
	struct err e = ERR_INIT;
	json_t *answer;
	int rc, replayed, tries;

	for (tries = 0; tries < 600; tries++) {
		rc = office_issue(c->office, POLICE, office_body(DOG, serial),
		    &answer, &replayed, &e);
		if (rc == 0) {
			count(c, replayed ? &c->replayed : &c->issued);
			return answer;
		}
		if (rc != ERR_BUSY)
			fail_msg("%s: %s", e.code, e.en);
		count(c, &c->busy);
		err_clear(&e);
		usleep(20000);
	}
	fail_msg("never issued");
	return NULL;
}

static void
verify(struct crowd *c, const char *qr)
{
	struct verdict v = {.kind = VERDICT_VALID};
	struct err e = ERR_INIT;

	if (service_verify(
		c->office->service, bytes_str(qr), clock_now(), &v, &e) != 0)
		assert_string_equal(e.code, "verifier_busy");
	else
		count(c, v.kind == VERDICT_VALID ? &c->valid : &c->invalid);
	verdict_release(&v);
	err_clear(&e);
}

static void
change(struct crowd *c, const char *id, const char *action, const char *code)
{
	struct err e = ERR_INIT;
	json_t *answer;

	if (office_act(c->office, POLICE, id, action, reason(code), &answer,
		&e) != 0) {
		assert_string_equal(e.code, "wrong_status");
		count(c, &c->refused);
	}
	json_decref(answer);
	err_clear(&e);
}

/* Two people share each serial: one of them gets the other's certificate. */
static void *
live(void *arg)
{
	struct person *me = arg;
	struct crowd *c = me->crowd;
	char serial[32];
	json_t *answer;
	int i;

	for (i = 0; i < c->rounds; i++) {
		snprintf(serial, sizeof(serial), "%d-%d", me->number / 2, i);
		answer = issue_at_last(c, serial);
		change(
		    c, office_text(answer, "id"), "hand_over", "handed_over");
		if (c->verify)
			verify(c, office_text(answer, "qr"));
		change(
		    c, office_text(answer, "id"), "revoke", "issued_in_error");
		status_is(c->office, office_text(answer, "id"), "revoked");
		json_decref(answer);
	}
	return NULL;
}

/* New parse processes whenever one may have been used. */
static void *
feed(void *arg)
{
	struct crowd *c = arg;
	int done = 0, fd;

	while (!done) {
		pthread_mutex_lock(&c->lock);
		fd = children_get(&c->office->children, 'P', "", "", NULL);
		done = c->done;
		pthread_mutex_unlock(&c->lock);
		service_add_parser(c->office->service, fd);
		usleep(30000);
	}
	return NULL;
}

static int
setting(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? atoi(text) : otherwise;
}

static void
a_crowd_gets_right_answers_while_keepers_die(void **state)
{
	static struct person people[THREADS_MAX];
	struct crowd c = {.office = *state,
	    .rounds = setting("ROUNDS", 2),
	    .verify = setting("VERIFY", 1),
	    .lock = PTHREAD_MUTEX_INITIALIZER};
	int n = setting("THREADS", 8), i;
	struct store_figures f;
	struct err e = ERR_INIT;
	pthread_t feeder;

	assert_true(n > 0 && n <= THREADS_MAX && n % 2 == 0);
	pthread_create(&feeder, NULL, feed, &c);
	for (i = 0; i < n; i++) {
		people[i] = (struct person){.crowd = &c, .number = i};
		pthread_create(&people[i].thread, NULL, live, &people[i]);
	}
	for (i = 0; i < DEATHS; i++) {
		usleep(150000);
		kill(c.office->f.pid, SIGKILL);
		usleep(50000);
		pthread_mutex_lock(&c.lock);
		/* The feeder asks for children too: one at a time. */
		office_new_keeper(c.office);
		pthread_mutex_unlock(&c.lock);
		service_authority_changed(c.office->service, &e);
		err_clear(&e);
	}
	for (i = 0; i < n; i++)
		pthread_join(people[i].thread, NULL);
	pthread_mutex_lock(&c.lock);
	c.done = 1;
	pthread_mutex_unlock(&c.lock);
	pthread_join(feeder, NULL);
	print_message("%u issued, %u replayed, %u refused, %u valid,"
		      " %u invalid, %u tried again\n",
	    c.issued, c.replayed, c.refused, c.valid, c.invalid, c.busy);
	assert_int_equal(c.issued + c.replayed, n * c.rounds);
	assert_int_equal(c.issued, n / 2 * c.rounds);
	assert_int_equal(service_figures(c.office->service, &f, &e), 0);
	assert_int_equal(f.certificates, n / 2 * c.rounds);
	assert_int_equal(f.intents_open, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_crowd_gets_right_answers_while_keepers_die),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
